import type { Plotted } from '@/shared/charts/timeseries/TimeSeriesChart'
import { dateTime } from '@/shared/format/format'
import { formatValue } from '@/shared/format/units'
import table from '@/shared/ui/table.module.css'

import classes from './Results.module.css'
import { compared } from './model'

const MOST = 50

interface Props {
  series: Plotted[]
  unit: string
  shiftS: number
  /** Where the present period begins. */
  startS: number
}

/** Each line beside itself in the period before; the greatest change comes first. */
export function Compared({ series, unit, shiftS, startS }: Props) {
  const rows = compared(series)
  return (
    <div className={table.scroll}>
      <p className={classes.period}>
        <i data-now /> {period(startS, shiftS)} <i /> {period(startS - shiftS, shiftS)}, the period before
      </p>
      <table className={table.table} aria-label="Compared with the period before">
        <thead>
          <tr>
            <th>Series</th>
            <th className={table.num}>Mean now</th>
            <th className={table.num}>{spanOf(shiftS)} before</th>
            <th className={table.num}>Change</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST).map(({ key, name, color, now, before, change }) => (
            <tr key={key}>
              <td className={table.cut} title={name}>
                <i className={classes.swatch} style={{ background: `var(${color ?? '--v-muted'})` }} /> {name}
              </td>
              <td className={table.num}>{formatValue(now, unit)}</td>
              <td className={table.num}>{formatValue(before, unit)}</td>
              <td className={table.num}>{change === null ? '–' : <b>{percentOf(change)}</b>}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST && <p className={table.none}>{rows.length - MOST} more series</p>}
    </div>
  )
}

function percentOf(change: number): string {
  const size = Math.abs(change) * 100
  const text = size >= 1000 ? `${Math.round(size / 100)}×` : `${size >= 10 ? Math.round(size) : Math.round(size * 10) / 10}%`
  return `${change > 0 ? '▲' : change < 0 ? '▼' : ''} ${text}`.trim()
}

function spanOf(seconds: number): string {
  if (seconds % 86_400 === 0) return `${seconds / 86_400} d`
  if (seconds >= 7200) return `${Math.round(seconds / 360) / 10} h`
  return `${Math.round(seconds / 60)} min`
}

function period(fromS: number, lengthS: number): string {
  const at = (seconds: number) => dateTime(new Date(seconds * 1000).toISOString()).slice(0, -7)
  const [from, to] = [at(fromS), at(fromS + lengthS)]
  return `${from} – ${from.slice(0, 6) === to.slice(0, 6) ? to.slice(7) : to}`
}
