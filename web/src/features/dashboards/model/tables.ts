/** Rows and columns of an answer, sorted as asked. */

import { linesOf } from './frames'
import { reduced, type Reducer } from './reduce'
import type { Frame, PanelData } from './types'

export interface Column {
  name: string
  type: 'time' | 'number' | 'text'
  unit?: string | null
  /** The page that the ids in it open; such a column is not for reading. */
  leads_to?: 'trace' | 'issue' | 'record' | null
}
export type Cell = string | number | null
export interface Table {
  columns: Column[]
  rows: Cell[][]
}

const isKey = ({ type }: Column) => type !== 'number' && type !== 'time'

/**
 * One table of all frames: several are joined where their texts agree, or where the texts of the
 * column `joinBy` do; series give a row each.
 */
export function tableOf(data: PanelData, reducer: Reducer = 'last', joinBy: string | null = null): Table {
  const tables = data.frames.flatMap((frame): { query: string; table: Table }[] =>
    frame.kind === 'table' && frame.columns && frame.rows
      ? [{ query: frame.query, table: { columns: frame.columns, rows: frame.rows as Cell[][] } }]
      : frame.series
        ? [{ query: frame.query, table: ofSeries(frame, reducer) }]
        : [],
  )
  const [first, ...others] = tables
  if (!first) return { columns: [], rows: [] }
  return others.length === 0 ? first.table : joined(tables, joinBy)
}

function ofSeries(frame: Frame, reducer: Reducer): Table {
  const { lines } = linesOf({ frames: [frame], errors: [], warnings: [] })
  const names = [...new Set(lines.flatMap(({ labels }) => Object.keys(labels)))].filter((name) => name !== '__name__')
  const hasNames = names.length === 0 && lines.length > 0
  return {
    columns: [
      ...(hasNames ? ['series'] : names).map((name) => ({ name, type: 'text' as const })),
      { name: 'value', type: 'number' as const },
    ],
    rows: lines.map((line) => [
      ...(hasNames ? [line.name] : names.map((name) => line.labels[name] ?? null)),
      reduced(line.values, reducer),
    ]),
  }
}

function joined(tables: { query: string; table: Table }[], joinBy: string | null): Table {
  const keys = [...new Set(tables.flatMap(({ table }) => table.columns.filter(isKey).map(({ name }) => name)))]
  const values = tables.flatMap(({ query, table }) =>
    table.columns.flatMap((column, at) =>
      isKey(column) || column.type === 'time' ? [] : [{ query, at, column }],
    ),
  )
  const isUnique = new Set(values.map(({ column }) => column.name)).size === values.length
  const rows = new Map<string, Cell[]>()
  for (const { query, table } of tables)
    for (const row of table.rows) {
      const key = keys.map((name) => row[table.columns.findIndex((column) => column.name === name)] ?? null)
      const by = joinBy === null ? null : key[keys.indexOf(joinBy)]
      const id = JSON.stringify(by ?? key)
      const whole = rows.get(id) ?? [...key, ...values.map(() => null)]
      key.forEach((cell, i) => (whole[i] ??= cell))
      values.forEach((value, i) => {
        if (value.query === query) whole[keys.length + i] = row[value.at] ?? null
      })
      rows.set(id, whole)
    }
  return {
    columns: [
      ...keys.map((name) => ({ name, type: 'text' as const })),
      ...values.map(({ query, column }) => ({
        ...column,
        name: isUnique ? column.name : column.name === 'value' ? query : `${query} ${column.name}`,
      })),
    ],
    rows: [...rows.values()],
  }
}

/** How far a value is from the least to the most, 0 to 1, for its shade; null where there is no value. */
export function shareOf(value: number | null, { min, max, unit }: ShadedBy): number | null {
  if (value === null) return null
  const low = min ?? 0
  const high = max ?? (unit === 'percentunit' ? 1 : unit === 'percent' ? 100 : null)
  // Without ends to go by a colour says all there is to say.
  if (high === null || high <= low) return 0.4
  return Math.min(1, Math.max(0, (value - low) / (high - low)))
}

interface ShadedBy {
  min?: number | null
  max?: number | null
  unit: string
}

/** Rows by one column; what is missing comes last either way. */
export function sortedRows(rows: Cell[][], at: number, isDown: boolean): Cell[][] {
  const way = isDown ? -1 : 1
  return [...rows].sort((a, b) => {
    const [left, right] = [a[at] ?? null, b[at] ?? null]
    if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1
    if (typeof left === 'number' && typeof right === 'number') return (left - right) * way
    return String(left).localeCompare(String(right), 'en', { numeric: true }) * way
  })
}

/** The names of the columns of a table, else of the series. */
export function namesIn(type: string, data: PanelData): string[] {
  const names =
    type === 'table'
      ? tableOf(data).columns.flatMap(({ name, leads_to }) => (leads_to ? [] : [name]))
      : linesOf(data).lines.map(({ name }) => name)
  return [...new Set(names)].slice(0, 500)
}
