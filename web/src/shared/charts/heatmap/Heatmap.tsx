import { useComputedColorScheme } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { type PointerEvent, type ReactNode, useEffect, useRef, useState } from 'react'

import type { Place } from '@/shared/charts/place'
import { number } from '@/shared/format/format'
import { formatValue } from '@/shared/format/units'

import { draw, ticksOf } from './draw'
import { type Heat, heightOf } from './heat'
import classes from './Heatmap.module.css'

interface Props {
  heat: Heat
  label: string
  unit?: string
  height?: number
  /** Laid over the cells, such as exemplars. */
  overlay?: (place: Place) => ReactNode
  onZoom?: (fromS: number, toS: number) => void
}
interface Spot {
  column: number
  row: number
  x: number
  y: number
}

const LEFT = 62
const BOTTOM = 22

/** How often which values, over time: a column for each step, a row for each bucket; dragging zooms. */
export function Heatmap({ heat, label, unit, height = 300, overlay, onZoom }: Props) {
  const { ref, width: whole } = useElementSize()
  const canvas = useRef<HTMLCanvasElement>(null)
  const scheme = useComputedColorScheme('dark')
  const [spot, setSpot] = useState<Spot | null>(null)
  const [dragged, setDragged] = useState<[number, number] | null>(null)
  const [width, tall] = [Math.max(0, whole - LEFT - 12), height - BOTTOM]
  useEffect(() => {
    if (canvas.current && width > 0) draw(canvas.current, heat, width, tall)
  }, [heat, width, tall, scheme])

  const [columns, rows] = [Math.max(1, heat.times.length), Math.max(1, heat.rows.length)]
  const first = heat.times[0] ?? 0
  const step = (heat.times[1] ?? first + 60) - first
  const xOf = (time: number) => ((time - first) / step + 0.5) * (width / columns)
  const timeAt = (x: number) => first + (x / (width / columns) - 0.5) * step
  const inside = (time: number) => {
    const x = xOf(time)
    return x >= 0 && x <= width ? x : null
  }
  const y = (value: number) => {
    const share = heightOf(value, heat.rows)
    return share === null ? null : tall * (1 - share)
  }
  const at = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect()
    const zoom = box.width / width || 1
    return [(event.clientX - box.left) / zoom, (event.clientY - box.top) / zoom] as const
  }
  const move = (event: PointerEvent) => {
    const [x, y] = at(event)
    const column = Math.floor(x / (width / columns))
    const row = heat.rows.length - 1 - Math.floor(y / (tall / rows))
    const isOnCells = event.target instanceof HTMLCanvasElement
    setSpot(isOnCells && heat.rows[row] && heat.times[column] !== undefined ? { column, row, x, y } : null)
    if (dragged) setDragged([dragged[0], x])
  }
  const drop = () => {
    if (dragged && Math.abs(dragged[1] - dragged[0]) > 4) onZoom?.(timeAt(Math.min(...dragged)), timeAt(Math.max(...dragged)))
    setDragged(null)
  }
  const every = Math.max(1, Math.ceil(18 / (tall / rows)))
  return (
    <figure ref={ref} className={classes.frame} style={{ height }} aria-label={label}>
      <div
        className={classes.plot}
        style={{ left: LEFT, width, height: tall }}
        onPointerDown={(event) => onZoom && event.button === 0 && setDragged([at(event)[0], at(event)[0]])}
        onPointerMove={move}
        onPointerUp={drop}
        onPointerLeave={() => (setSpot(null), setDragged(null))}
      >
        <canvas ref={canvas} style={{ width, height: tall }} />
        {dragged && <i className={classes.drag} style={{ left: Math.min(...dragged), width: Math.abs(dragged[1] - dragged[0]) }} />}
        {overlay && width > 0 && <div className={classes.overlay}>{overlay({ width, height: tall, x: inside, y })}</div>}
        {spot && !dragged && <Reading heat={heat} spot={spot} unit={unit} width={width} />}
      </div>
      {heat.rows.map((each, row) =>
        (heat.rows.length - 1 - row) % every ? null : (
          <span
            key={row}
            className={classes.y}
            style={{ width: LEFT - 8, top: tall - (each.to === null ? row + 0.5 : row + 1) * (tall / rows) - (each.to === null ? 7 : 1) }}
          >
            {endOf(each, unit)}
          </span>
        ),
      )}
      {ticksOf(heat.times, width / 90).map((time) => (
        <span key={time} className={classes.x} style={{ left: LEFT + xOf(time), top: tall + 4 }}>
          {clockOf(time, (heat.times.at(-1) ?? first) - first)}
        </span>
      ))}
    </figure>
  )
}

const endOf = ({ to, name = '' }: Heat['rows'][number], unit?: string) =>
  to === null ? name : to === Infinity ? '∞' : formatValue(to, unit)

function clockOf(time: number, span: number): string {
  const date = new Date(time * 1000)
  const hours = date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', ...(span < 300 ? { second: '2-digit' } : {}) })
  if (span < 86_400) return hours
  const day = date.toLocaleDateString('en-US', { month: 'short', day: '2-digit' })
  return hours === '00:00' || span > 86_400 * 5 ? day : `${day} ${hours}`
}

function Reading({ heat, spot, unit, width }: { heat: Heat; spot: Spot; unit?: string; width: number }) {
  const row = heat.rows[spot.row] as Heat['rows'][number]
  const all = heat.cells.reduce((sum, values) => sum + (values[spot.column] ?? 0), 0)
  const value = heat.cells[spot.row]?.[spot.column] ?? null
  const below = heat.cells.slice(0, spot.row + 1).reduce((sum, values) => sum + (values[spot.column] ?? 0), 0)
  const side = spot.x > width / 2 ? { right: width - spot.x + 12 } : { left: spot.x + 12 }
  return (
    <div className={classes.reading} style={{ ...side, top: Math.max(0, spot.y - 70) }}>
      <span>{new Date((heat.times[spot.column] as number) * 1000).toLocaleString('en-GB')}</span>
      <div>
        {row.to === null ? row.name : `${formatValue(row.from, unit)} – ${endOf(row, unit)}`}
        <b>{number(value)}</b>
      </div>
      {all > 0 && row.to !== null && (
        <span>
          {Math.round(((value ?? 0) / all) * 1000) / 10}% here, {Math.round((below / all) * 1000) / 10}% up to here
        </span>
      )}
    </div>
  )
}
