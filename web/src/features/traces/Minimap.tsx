import { useComputedColorScheme } from '@mantine/core'
import { useResizeObserver } from '@mantine/hooks'
import { type PointerEvent, useEffect, useRef, useState } from 'react'

import { cssColor } from '@/shared/charts/colors'

import type { TraceTree } from './tree'
import classes from './Waterfall.module.css'

interface Props {
  tree: TraceTree
  colors: Map<string, string>
  /** The part of the trace that the waterfall shows, as shares of its length. */
  window: [number, number]
  onWindow: (window: [number, number]) => void
}

/** The whole trace at a glance; drag to look at a part of it, double-click for all of it. */
export function Minimap({ tree, colors, window: shown, onWindow }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [frame, rect] = useResizeObserver<HTMLDivElement>()
  const scheme = useComputedColorScheme('dark')
  const [drag, setDrag] = useState<[number, number] | null>(null)

  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context || !canvas.current || rect.width === 0) return
    const scale = devicePixelRatio
    canvas.current.width = rect.width * scale
    canvas.current.height = rect.height * scale
    context.scale(scale, scale)
    const painted = new Map([...colors].map(([name, color]) => [name, cssColor(color.slice(4, -1))]))
    const bad = cssColor('--v-bad')
    const step = Math.min(5, (rect.height - 6) / tree.rows.length)
    tree.rows.forEach(({ span, offsetMs }, i) => {
      const x = (offsetMs / tree.durationMs) * rect.width
      const width = Math.max(1, (span.duration_ns / 1e6 / tree.durationMs) * rect.width)
      context.fillStyle = span.status.code === 'error' ? bad : (painted.get(span.service) ?? bad)
      context.fillRect(x, 3 + i * step, width, Math.max(0.6, step - 1))
    })
  }, [tree, colors, rect.width, rect.height, scheme])

  const share = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect()
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width))
  }
  const [from, to] = drag ? [Math.min(...drag), Math.max(...drag)] : shown
  return (
    <div
      ref={frame}
      className={classes.map}
      role="img"
      aria-label="The whole trace; drag to zoom, double-click to see all of it"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        setDrag([share(event), share(event)])
      }}
      onPointerMove={(event) => drag && setDrag([drag[0], share(event)])}
      onPointerUp={() => {
        if (drag && to - from > 0.003) onWindow([from, to])
        setDrag(null)
      }}
      onDoubleClick={() => onWindow([0, 1])}
    >
      <canvas ref={canvas} />
      <span className={classes.shade} style={{ left: 0, width: `${from * 100}%` }} />
      <span className={classes.shade} style={{ right: 0, width: `${(1 - to) * 100}%` }} />
    </div>
  )
}
