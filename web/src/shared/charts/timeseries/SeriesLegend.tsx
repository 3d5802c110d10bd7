import { cssOf } from './Reading'
import { colorOf, type Plotted, summary } from './series'
import classes from './TimeSeriesChart.module.css'

const LIST_PX = 3
const HEAD_PX = 24
const ROW_PX = 22

/** How much of the height the legend may take: whole rows, of a list at most four. */
function legendPxOf(kind: 'list' | 'table', count: number, height: number): number {
  if (kind === 'list') return LIST_PX + Math.max(1, Math.min(4, Math.floor((height * 0.35 - LIST_PX) / ROW_PX))) * ROW_PX
  const fitting = Math.floor((Math.max(HEAD_PX + ROW_PX, height * 0.4) - HEAD_PX) / ROW_PX)
  return HEAD_PX + Math.min(count, fitting) * ROW_PX
}

interface Props {
  kind: 'list' | 'table'
  series: Plotted[]
  hidden: ReadonlySet<string>
  format: (value: number) => string
  /** Of the chart with its legend. */
  height: number
  onToggle: (key: string, isAlone: boolean) => void
}

/** The names of the series; a click shows one alone, with ⌘ it hides or shows one. */
export function SeriesLegend({ kind, series, hidden, format, height, onToggle }: Props) {
  const name = (one: Plotted, index: number) => (
    <button
      type="button"
      className={classes.name}
      aria-pressed={!hidden.has(one.key)}
      title={one.name}
      onClick={(event) => onToggle(one.key, !(event.metaKey || event.ctrlKey))}
    >
      <i style={{ background: cssOf(colorOf(one, index)) }} />
      <span>{one.name}</span>
    </button>
  )
  if (kind === 'list')
    return (
      <ul className={classes.list} style={{ maxHeight: legendPxOf(kind, series.length, height) }} aria-label="Series">
        {series.map((one, index) => (
          <li key={one.key}>{name(one, index)}</li>
        ))}
      </ul>
    )
  return (
    <div className={classes.table} style={{ height: legendPxOf(kind, series.length, height) }} tabIndex={0} role="region" aria-label="Series">
      <table>
        <thead>
          <tr>
            <th>Series</th>
            <th>Mean</th>
            <th>Max</th>
            <th>Last</th>
          </tr>
        </thead>
        <tbody>
          {series.map((one, index) => {
            const { mean, max, last } = summary(one.values)
            const shown = (value: number | null) => (value === null ? '–' : (one.format ?? format)(value))
            return (
              <tr key={one.key}>
                <td>{name(one, index)}</td>
                <td>{shown(mean)}</td>
                <td>{shown(max)}</td>
                <td>{shown(last)}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
