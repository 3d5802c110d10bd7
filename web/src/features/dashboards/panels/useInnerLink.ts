import { useRouter } from '@tanstack/react-router'
import type { MouseEvent } from 'react'

/** Follow links to this server's own pages without loading everything anew. */
export function useInnerLink() {
  const router = useRouter()
  return (event: MouseEvent<HTMLElement>) => {
    const link = (event.target as HTMLElement).closest('a')
    const href = link?.getAttribute('href')
    if (!href?.startsWith('/') || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    router.history.push(href)
  }
}
