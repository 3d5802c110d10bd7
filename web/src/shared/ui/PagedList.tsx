import type { ReactNode } from 'react'

import page from './listPage.module.css'
import { ErrorState, RowsSkeleton } from './States'
import { VirtualList } from './VirtualList'

interface Props<T> {
  label: string
  /** The query that fetches the list page by page. */
  list: {
    isPending: boolean
    error: Error | null
    hasNextPage: boolean
    isFetchingNextPage: boolean
    fetchNextPage: () => unknown
    refetch: () => unknown
  }
  /** What all its pages hold. */
  items: T[]
  rowHeight: number
  keyOf: (item: T) => string
  active: number
  header?: ReactNode
  /** How many rows to sketch while the first page is on its way. */
  sketched: { rows: number; height?: number }
  empty: ReactNode
  children: (item: T, index: number) => ReactNode
}

/** A list that fetches more as its end comes near, or why there is none: still loading, failed, empty. */
export function PagedList<T>({ list, items, sketched, empty, children, ...rest }: Props<T>) {
  if (list.isPending) return <Filled><RowsSkeleton {...sketched} /></Filled>
  if (items.length === 0)
    return <Filled>{list.error ? <ErrorState error={list.error} onRetry={() => void list.refetch()} /> : empty}</Filled>
  return (
    <VirtualList
      {...rest}
      items={items}
      isLoadingMore={list.isFetchingNextPage}
      onEnd={() => {
        if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage()
      }}
    >
      {children}
    </VirtualList>
  )
}

const Filled = ({ children }: { children: ReactNode }) => <div className={page.fill}>{children}</div>
