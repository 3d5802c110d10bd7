import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useRef } from 'react'

import classes from './VirtualList.module.css'

interface Props<T> {
  label: string
  items: T[]
  rowHeight: number
  keyOf: (item: T) => string
  children: (item: T, index: number) => ReactNode
  /** The row kept in view, -1 for none. */
  active?: number
  isLoadingMore?: boolean
  onEnd?: () => void
  header?: ReactNode
}

/** A list that draws only the rows in sight; `onEnd` is told when its end comes near. */
export function VirtualList<T>(props: Props<T>) {
  const { label, items, rowHeight, keyOf, children, active = -1, isLoadingMore, onEnd, header } = props
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    getItemKey: (index) => keyOf(items[index] as T),
  })
  const visible = rows.getVirtualItems()
  const lastVisible = visible.at(-1)?.index ?? -1
  const ended = useRef(onEnd)
  useEffect(() => {
    ended.current = onEnd
  })
  useEffect(() => {
    if (items.length > 0 && lastVisible >= items.length - 8) ended.current?.()
  }, [lastVisible, items.length])
  useEffect(() => {
    if (active >= 0) rows.scrollToIndex(active, { align: 'auto' })
  }, [active, rows])

  return (
    <div ref={scroller} className={classes.scroller} tabIndex={0}>
      {header}
      <div
        role="list"
        aria-label={label}
        style={{ height: rows.getTotalSize(), position: 'relative' }}
      >
        {visible.map((row) => (
          <div
            key={row.key}
            role="listitem"
            className={classes.row}
            style={{ height: rowHeight, transform: `translateY(${row.start}px)` }}
          >
            {children(items[row.index] as T, row.index)}
          </div>
        ))}
      </div>
      {isLoadingMore && <div className={classes.more}>Loading more…</div>}
    </div>
  )
}
