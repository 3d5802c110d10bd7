import { type KeyboardEvent, type PointerEvent, useRef } from 'react'

import classes from './TableBody.module.css'

const LEAST = 48
const MOST = 2000
const KEY_STEP = 16

interface Props {
  name: string
  /** In pixels; undefined while the column is as wide as it needs. */
  width: number | undefined
  /** The width while it is dragged, and once it is let go. */
  onWidth: (width: number, isDone: boolean) => void
}

/** The right edge of a column's head: dragged, or moved by arrow keys, it sets the width. */
export function ColumnEdge({ name, width, onWidth }: Props) {
  const start = useRef<{ x: number; width: number } | null>(null)
  const widthOf = (edge: HTMLElement) => edge.parentElement?.offsetWidth ?? LEAST
  const at = (event: PointerEvent) =>
    start.current ? Math.max(LEAST, Math.round(start.current.width + event.clientX - start.current.x)) : LEAST
  const end = (event: PointerEvent) => {
    if (start.current) onWidth(at(event), true)
    start.current = null
  }
  return (
    <div
      className={classes.edge}
      role="separator"
      aria-orientation="vertical"
      aria-label={`Width of ${name}`}
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      aria-valuenow={width ?? LEAST}
      aria-valuetext={width === undefined ? 'as wide as needed' : `${width} pixels`}
      tabIndex={0}
      onPointerDown={(event) => {
        event.stopPropagation()
        event.currentTarget.setPointerCapture(event.pointerId)
        start.current = { x: event.clientX, width: widthOf(event.currentTarget) }
      }}
      onPointerMove={(event) => start.current && onWidth(at(event), false)}
      onPointerUp={end}
      onPointerCancel={end}
      onKeyDown={(event: KeyboardEvent<HTMLDivElement>) => {
        const by = { ArrowLeft: -KEY_STEP, ArrowRight: KEY_STEP }[event.key]
        if (!by) return
        event.preventDefault()
        onWidth(Math.max(LEAST, widthOf(event.currentTarget) + by), true)
      }}
    />
  )
}
