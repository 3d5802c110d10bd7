import { useComputedColorScheme } from '@mantine/core'
import { type PointerEvent, useEffect, useMemo, useRef, useState } from 'react'

import { type Heat, heatOf } from '@/features/dashboards/model/heat'
import { cssColor } from '@/shared/charts/colors'
import { number } from '@/shared/format/format'
import { formatValue } from '@/shared/format/units'

import type { BodyProps } from './body'
import classes from './Heatmap.module.css'

const LEFT = 58
const BOTTOM = 20

interface Spot {
  column: number
  row: number
  x: number
  y: number
}

/** How often which bucket, over time. */
export function Heatmap({ panel, data, width, height, onZoom }: BodyProps) {
  const heat = useMemo(() => heatOf(data), [data])
  const canvas = useRef<HTMLCanvasElement>(null)
  const scheme = useComputedColorScheme('dark')
  const [spot, setSpot] = useState<Spot | null>(null)
  const plot = { width: Math.max(0, width - LEFT), height: Math.max(0, height - BOTTOM) }
  useEffect(() => {
    if (canvas.current) draw(canvas.current, heat, plot.width, plot.height)
  }, [heat, plot.width, plot.height, scheme])

  const cell = { width: plot.width / Math.max(1, heat.times.length), height: plot.height / Math.max(1, heat.rows.length) }
  const find = (event: PointerEvent) => {
    const bounds = event.currentTarget.getBoundingClientRect()
    const zoom = bounds.width / plot.width || 1
    const [x, y] = [(event.clientX - bounds.left) / zoom, (event.clientY - bounds.top) / zoom]
    const column = Math.floor(x / cell.width)
    const row = heat.rows.length - 1 - Math.floor(y / cell.height)
    setSpot(heat.rows[row] && heat.times[column] !== undefined ? { column, row, x, y } : null)
  }
  const step = (heat.times[1] ?? 0) - (heat.times[0] ?? 0) || 60
  const every = Math.max(1, Math.ceil(16 / Math.max(1, cell.height)))
  return (
    <div className={classes.frame} role="img" aria-label={`${panel.title}: ${heat.rows.length} buckets over time`}>
      <div className={classes.plot} style={{ left: LEFT, width: plot.width, height: plot.height }}>
        <canvas
          ref={canvas}
          style={{ width: plot.width, height: plot.height }}
          onPointerMove={find}
          onPointerLeave={() => setSpot(null)}
          onDoubleClick={() => {
            const time = spot && heat.times[spot.column]
            if (time) onZoom?.(time - step * 10, time + step * 10)
          }}
        />
        {spot && <Reading heat={heat} spot={spot} unit={panel.unit} width={plot.width} />}
      </div>
      {heat.rows.map((row, i) =>
        i % every ? null : (
          <span
            key={row.name}
            className={classes.y}
            style={{ width: LEFT - 8, top: plot.height - (row.to === null ? i + 0.5 : i + 1) * cell.height - 7 }}
          >
            {rowName(row, panel.unit)}
          </span>
        ),
      )}
      {ticks(heat.times, plot.width).map(({ time, x }) => (
        <span key={time} className={classes.x} style={{ left: LEFT + x, top: plot.height + 3 }}>
          {hour(time)}
        </span>
      ))}
    </div>
  )
}

const rowName = (row: Heat['rows'][number], unit: string) =>
  row.to === null ? row.name : row.to === Infinity ? '∞' : formatValue(row.to, unit)

const hour = (time: number) =>
  new Date(time * 1000).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })

function ticks(times: number[], width: number): { time: number; x: number }[] {
  const count = Math.max(1, Math.floor(width / 90))
  const every = Math.max(1, Math.ceil(times.length / count))
  return times.flatMap((time, i) =>
    i % every === Math.floor(every / 2) ? [{ time, x: ((i + 0.5) * width) / times.length }] : [],
  )
}

function draw(canvas: HTMLCanvasElement, heat: Heat, width: number, height: number) {
  const ratio = window.devicePixelRatio || 1
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  const context = canvas.getContext('2d')
  if (!context || heat.max <= 0) return
  context.fillStyle = cssColor('--v-accent')
  const [columns, rows] = [heat.times.length, heat.rows.length]
  const edge = (i: number, of: number, size: number) => Math.round((i * size) / of)
  heat.cells.forEach((values, row) => {
    const top = edge(rows - 1 - row, rows, canvas.height)
    const tall = edge(rows - row, rows, canvas.height) - top
    values.forEach((value, column) => {
      if (!value || value < 0) return
      // The root keeps rare cells visible beside frequent ones.
      context.globalAlpha = 0.08 + 0.92 * Math.sqrt(value / heat.max)
      const left = edge(column, columns, canvas.width)
      const wide = edge(column + 1, columns, canvas.width) - left
      context.fillRect(left, top, Math.max(1, wide - (wide > 4 ? 1 : 0)), Math.max(1, tall - (tall > 4 ? 1 : 0)))
    })
  })
}

function Reading({ heat, spot, unit, width }: { heat: Heat; spot: Spot; unit: string; width: number }) {
  const row = heat.rows[spot.row] as Heat['rows'][number]
  const value = heat.cells[spot.row]?.[spot.column] ?? null
  const side = spot.x > width / 2 ? { right: width - spot.x + 10 } : { left: spot.x + 10 }
  return (
    <div className={classes.reading} style={{ ...side, top: Math.max(0, spot.y - 44) }}>
      <span>{new Date((heat.times[spot.column] as number) * 1000).toLocaleString('en-GB')}</span>
      <div>
        {row.to === null ? row.name : `${formatValue(row.from, unit)} – ${rowName(row, unit)}`}
        <b>{number(value)}</b>
      </div>
    </div>
  )
}
