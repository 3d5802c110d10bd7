import { TimeSeriesChart } from '@/shared/charts/timeseries/TimeSeriesChart'
import { formatValue } from '@/shared/format/units'
import { fromSeconds } from '@/shared/time/range'
import { useSetScope } from '@/shared/time/useScope'

import classes from './Metrics.module.css'
import { marksOf, nameOf, plotted, rowsOf, timesOf } from './model'
import type { useAnswers } from './useAnswers'

type Answers = ReturnType<typeof useAnswers>

interface GraphProps {
  answers: Answers
  draw: 'line' | 'area' | 'bars' | 'points'
  isStacked: boolean
  unit: string
}

/** Every query's lines on one chart; dragging zooms. */
export function Graph({ answers, draw, isStacked, unit }: GraphProps) {
  const setScope = useSetScope()
  const first = answers.now.find(({ data }) => data)?.data
  if (!first) return null
  const times = timesOf(first.window.startS, first.window.endS, first.window.stepS)
  const series = answers.shown.flatMap((asked, at) => {
    const now = answers.now[at]?.data
    const before = answers.before[at]?.data
    return [
      ...(now ? plotted(now.data, asked, times) : []),
      ...(before ? plotted(before.data, asked, times, before.shiftS) : []),
    ]
  })
  const marks = marksOf(answers.exemplars).map((mark) => ({ ...mark, color: 'var(--v-accent)' }))
  return (
    <TimeSeriesChart
      label="Values over time"
      times={times}
      series={series}
      draw={draw}
      stacked={isStacked}
      unit={unit}
      marks={marks}
      height={420}
      legend={series.length > 1 ? 'table' : 'list'}
      onZoom={(from, to) => setScope({ from: fromSeconds(from), to: fromSeconds(to) })}
    />
  )
}

const MOST_ROWS = 500

/** The values at the end of the range. */
export function Table({ answers, unit }: { answers: Answers; unit: string }) {
  const rows = answers.shown.flatMap((asked, at) => {
    const data = answers.now[at]?.data?.data
    return data ? rowsOf(data).map((row) => ({ ...row, id: asked.id, legend: asked.legend })) : []
  })
  return (
    <div className={classes.table} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Query</th>
            <th scope="col">Series</th>
            <th scope="col">Value</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_ROWS).map(({ id, labels, legend, value }, at) => (
            <tr key={at}>
              <td>{id}</td>
              <td className={classes.series}>{nameOf(labels, legend)}</td>
              <td className={classes.value}>
                {Number.isFinite(Number(value)) && unit !== 'none' ? formatValue(Number(value), unit) : value}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST_ROWS && <p>{rows.length - MOST_ROWS} more series</p>}
    </div>
  )
}
