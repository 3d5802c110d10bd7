import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { useState } from 'react'

import { formatValue } from '@/shared/format/units'

import type { Matcher } from './browser/suggestions'
import { nameOf, type Row, rowsOf } from './model'
import classes from './Results.module.css'
import { Strip } from './Strip'
import type { Answers } from './useAnswers'

const MOST_ROWS = 500

interface Props {
  answers: Answers
  unit: string
  /** A label was chosen that the query shall be narrowed by. */
  onNarrow: (id: string, matcher: Matcher) => void
}
interface Listed extends Row {
  id: string
  name: string
  legend: string
}
type Column = 'series' | 'value' | 'sum' | 'mean'

const figures: Record<Column, (row: Listed) => number | string> = {
  series: ({ name }) => name,
  value: ({ value }) => Number(value),
  sum: ({ histogram }) => Number(histogram?.sum),
  mean: ({ histogram }) => Number(histogram?.sum) / Number(histogram?.count),
}

/** The values at the end of the range; a click on a label narrows the query. */
export function Table({ answers, unit, onNarrow }: Props) {
  const [sorted, setSorted] = useState<{ by: Column; isUp: boolean }>({ by: 'value', isUp: false })
  const rows = answers.shown.flatMap((asked, at): Listed[] => {
    const data = answers.now[at]?.data?.parts[0]?.data
    return data ? rowsOf(data).map((row) => ({ ...row, id: asked.id, legend: asked.legend, name: nameOf(row.labels, asked.legend) })) : []
  })
  const figure = figures[sorted.by]
  rows.sort((one, other) => {
    const [a, b] = [figure(one), figure(other)]
    const order = a < b ? -1 : a > b ? 1 : 0
    return sorted.isUp ? order : -order
  })
  const areMany = answers.shown.length > 1
  const areHistograms = rows.some(({ histogram }) => histogram)
  const head = (column: Column, label: string) => (
    <th scope="col" className={column === 'sum' ? classes.sum : undefined} aria-sort={sorted.by === column ? (sorted.isUp ? 'ascending' : 'descending') : undefined} data-num={column !== 'series' || undefined}>
      <button type="button" onClick={() => setSorted({ by: column, isUp: sorted.by === column ? !sorted.isUp : column === 'series' })}>
        {label}
        {sorted.by === column && (sorted.isUp ? <IconArrowUp size={12} /> : <IconArrowDown size={12} />)}
      </button>
    </th>
  )
  return (
    <div className={classes.table} tabIndex={0} role="region" aria-label="Values at the end of the range">
      <table>
        <thead>
          <tr>
            {areMany && <th scope="col">Query</th>}
            {head('series', 'Series')}
            {head('value', areHistograms ? 'Count' : 'Value')}
            {areHistograms && head('sum', 'Sum')}
            {areHistograms && head('mean', 'Mean')}
            {areHistograms && <th scope="col">Buckets</th>}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_ROWS).map((row, at) => (
            <tr key={at}>
              {areMany && <td>{row.id}</td>}
              <td className={classes.series}>{row.legend ? row.name : <Series row={row} onNarrow={onNarrow} />}</td>
              <td data-num>{row.histogram ? formatValue(Number(row.value), 'short') : shown(row.value, unit)}</td>
              {areHistograms && (
                <td data-num className={classes.sum}>
                  {row.histogram && shown(row.histogram.sum, unit)}
                </td>
              )}
              {areHistograms && <td data-num>{row.histogram && formatValue(figures.mean(row) as number, unit)}</td>}
              {areHistograms && <td>{row.histogram && <Strip histogram={row.histogram} unit={unit} />}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST_ROWS && <p>{rows.length - MOST_ROWS} more series</p>}
    </div>
  )
}

const shown = (value: string, unit: string) =>
  value.trim() !== '' && Number.isFinite(Number(value)) && unit !== 'none' ? formatValue(Number(value), unit) : value

function Series({ row, onNarrow }: { row: Listed; onNarrow: Props['onNarrow'] }) {
  const { __name__: name, ...labels } = row.labels
  const pairs = Object.entries(labels)
  return (
    <>
      {name}
      {(pairs.length > 0 || !name) && '{'}
      {pairs.map(([label, value], at) => (
        <span key={label}>
          {at > 0 && ', '}
          <button type="button" title={`Only ${label}="${value}"`} onClick={() => onNarrow(row.id, { name: label, value })}>
            {label}=&quot;{value}&quot;
          </button>
        </span>
      ))}
      {(pairs.length > 0 || !name) && '}'}
    </>
  )
}
