import { dateTime } from '@/shared/format/format'

import type { Mark } from './options'
import { nearest, type Plotted } from './series'
import classes from './TimeSeriesChart.module.css'

const MOST = 12

export interface Cursor {
  at: number
  left: number
  /** The value under the pointer; NaN when another chart leads. */
  value: number
}

interface Props {
  time: number
  cursor: Cursor
  series: Plotted[]
  /** Where each is drawn, which in a pile is not its value. */
  heights: (number | null)[][]
  marks: Mark[]
  stepS: number
  format: (value: number) => string
  width: number
  left: number
}

/** The values at the time under the cursor, the largest first. */
export function Reading({ time, cursor, series, heights, marks, stepS, format, width, left }: Props) {
  const { at, value } = cursor
  const known = series.filter((one) => one.values[at] != null)
  const hit = series[nearest(heights, at, value)]
  const sorted = [...known].sort((a, b) => (b.values[at] as number) - (a.values[at] as number))
  const place = hit ? sorted.indexOf(hit) : 0
  const start = Math.max(0, Math.min(place - MOST / 2, sorted.length - MOST))
  const near = marks.filter((mark) => Math.abs(mark.time - time) <= Math.max(stepS, 1))
  const isOnRight = cursor.left > (width - left) / 2
  return (
    <div
      className={classes.reading}
      style={isOnRight ? { right: width - left - cursor.left + 14 } : { left: left + cursor.left + 14 }}
    >
      <div className={classes.time}>{dateTime(new Date(time * 1000).toISOString()).slice(0, -4)}</div>
      {near.slice(0, 4).map((mark) => (
        <div key={mark.time + mark.text} className={classes.mark}>
          <i style={{ background: cssOf(mark.color) }} />
          <span>{mark.text}</span>
        </div>
      ))}
      {sorted.slice(start, start + MOST).map((one) => (
        <div key={one.key} className={classes.row} data-hit={(one === hit && sorted.length > 1) || undefined}>
          <i style={{ background: cssOf(one.color ?? '--v-accent') }} />
          <span>{one.name}</span>
          <b>{(one.format ?? format)(one.values[at] as number)}</b>
        </div>
      ))}
      {sorted.length > MOST && <div className={classes.time}>and {sorted.length - MOST} more</div>}
    </div>
  )
}

export const cssOf = (color: string) => (color.startsWith('--') ? `var(${color})` : color)
