import { Skeleton } from '@mantine/core'
import { lazy, Suspense } from 'react'

import type { EditorProps } from './Editor'

const Editor = lazy(() => import('./Editor'))

/** The PromQL editor; its code is fetched when it is first shown. */
export function PromqlEditor(props: EditorProps) {
  return (
    <Suspense fallback={<Skeleton height={34} />}>
      <Editor {...props} />
    </Suspense>
  )
}
