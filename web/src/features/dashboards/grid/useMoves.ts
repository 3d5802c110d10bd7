import { type KeyboardEvent, type PointerEvent, type RefObject, useCallback, useEffect, useRef, useState } from 'react'

import { type Box, COLUMNS, fitted, GAP_PX, put, ROW_PX } from '@/features/dashboards/model/layout'
import type { Panel } from '@/features/dashboards/model/types'

export type Move = 'place' | 'size'

interface Dragging {
  id: number
  /** The layout as it would be if let go now. */
  panels: Panel[]
  /** Where the dragged panel is drawn, in pixels of the grid. */
  rect: { left: number; top: number; width: number; height: number }
}

interface Held {
  id: number
  move: Move
  start: { x: number; y: number }
  box: Box
  pointer: { x: number; y: number }
  isMoving: boolean
}

const SLACK_PX = 4
const EDGE_PX = 48
const LEAST_H = 2
/** Narrower grids show one panel under the other (see Grid.module.css), where there is nothing to drag. */
const NARROW_PX = 700

/** The nearest ancestor that scrolls. */
function scrollerOf(element: HTMLElement): HTMLElement {
  for (let one = element.parentElement; one; one = one.parentElement)
    if (/auto|scroll/.test(getComputedStyle(one).overflowY)) return one
  return document.documentElement
}

/** Moving and resizing by pointer and by keys; the layout changes when the panel is let go. */
export function useMoves(
  grid: RefObject<HTMLDivElement | null>,
  panels: Panel[],
  onLayout: (panels: Panel[], moved: Panel, move: Move) => void,
) {
  const [dragging, setDragging] = useState<Dragging | null>(null)
  const held = useRef<Held | null>(null)
  const latest = useRef({ panels, onLayout, dragging })
  useEffect(() => {
    latest.current = { panels, onLayout, dragging }
  })

  const follow = useCallback(() => {
    const element = grid.current
    const drag = held.current
    if (!element || !drag) return
    const bounds = element.getBoundingClientRect()
    const zoom = bounds.width / element.offsetWidth || 1
    const column = (element.offsetWidth + GAP_PX) / COLUMNS
    const line = ROW_PX + GAP_PX
    const [dx, dy] = [
      (drag.pointer.x - bounds.left) / zoom - drag.start.x,
      (drag.pointer.y - bounds.top) / zoom - drag.start.y,
    ]
    if (!drag.isMoving && Math.hypot(dx, dy) < SLACK_PX) return
    drag.isMoving = true
    const { box, move, id } = drag
    const wanted =
      move === 'place'
        ? fitted({ ...box, x: box.x + dx / column, y: box.y + dy / line })
        : sized(box, box.w + dx / column, box.h + dy / line)
    const rect = {
      left: box.x * column + (move === 'place' ? dx : 0),
      top: box.y * line + (move === 'place' ? dy : 0),
      width: Math.max(2 * column, box.w * column + (move === 'size' ? dx : 0)) - GAP_PX,
      height: Math.max(LEAST_H * line, box.h * line + (move === 'size' ? dy : 0)) - GAP_PX,
    }
    if (move === 'place') rect.height = box.h * line - GAP_PX
    setDragging({ id, panels: put(latest.current.panels, id, wanted), rect })
  }, [grid])

  // While a panel is held near an edge the page scrolls by itself.
  useEffect(() => {
    if (!dragging || !grid.current) return
    const scroller = scrollerOf(grid.current)
    let frame = 0
    const scroll = () => {
      const pointer = held.current?.pointer
      const { top, bottom } = scroller.getBoundingClientRect()
      const by = !pointer ? 0 : pointer.y < top + EDGE_PX ? -10 : pointer.y > bottom - EDGE_PX ? 10 : 0
      if (by !== 0) {
        const before = scroller.scrollTop
        scroller.scrollTop += by
        if (scroller.scrollTop !== before) follow()
      }
      frame = requestAnimationFrame(scroll)
    }
    frame = requestAnimationFrame(scroll)
    return () => cancelAnimationFrame(frame)
  }, [dragging, follow, grid])

  const end = useCallback((isKept: boolean) => {
    const { dragging: now, onLayout: tell } = latest.current
    const drag = held.current
    held.current = null
    setDragging(null)
    if (!now || !drag?.isMoving || !isKept) return
    tell(now.panels, now.panels.find(({ id }) => id === now.id) as Panel, drag.move)
  }, [])

  const isDragging = dragging !== null
  useEffect(() => {
    if (!isDragging) return
    const onKey = (event: globalThis.KeyboardEvent) => event.key === 'Escape' && end(false)
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [isDragging, end])

  /** What a grip must listen to. */
  const grip = (panel: Panel, move: Move) => ({
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      const element = grid.current
      if (event.button !== 0 || !element || element.offsetWidth <= NARROW_PX) return
      if ((event.target as HTMLElement).closest('button, a, [data-no-drag]')) return
      const bounds = element.getBoundingClientRect()
      const zoom = bounds.width / element.offsetWidth || 1
      event.currentTarget.setPointerCapture(event.pointerId)
      held.current = {
        id: panel.id,
        move,
        box: panel.grid,
        start: { x: (event.clientX - bounds.left) / zoom, y: (event.clientY - bounds.top) / zoom },
        pointer: { x: event.clientX, y: event.clientY },
        isMoving: false,
      }
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      if (!held.current) return
      held.current.pointer = { x: event.clientX, y: event.clientY }
      follow()
    },
    onPointerUp: () => end(true),
    onPointerCancel: () => end(false),
  })

  /** Arrows move the panel by one, with Shift they change its size. */
  const onKeys = (panel: Panel) => (event: KeyboardEvent) => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key]
    if (!by) return
    event.preventDefault()
    const [dx, dy] = by as [number, number]
    const move: Move = event.shiftKey ? 'size' : 'place'
    const { grid: box } = panel
    const tryOut = (times: number) =>
      put(
        panels,
        panel.id,
        move === 'size'
          ? sized(box, box.w + dx, box.h + dy)
          : fitted({ ...box, x: box.x + dx * times, y: box.y + dy * times }),
      )
    // One step down changes nothing until the panel is past the one below it.
    for (let times = 1; times <= 40; times += 1) {
      const next = tryOut(times)
      const moved = next.find(({ id }) => id === panel.id) as Panel
      const isChanged = JSON.stringify(moved.grid) !== JSON.stringify(box)
      if (isChanged) return onLayout(next, moved, move)
      if (move === 'size' || dx !== 0) return
    }
  }
  return { dragging, grip, onKeys }
}

function sized(box: Box, w: number, h: number): Box {
  return fitted({ ...box, w: Math.min(COLUMNS - box.x, w), h: Math.max(LEAST_H, h) })
}
