/** The pure parts of the Metrics page. */

import type { Plotted } from '@/shared/charts/timeseries/TimeSeriesChart'

import type { Data, ExemplarSeries, Histogram, Labels } from './api'

export interface Asked {
  id: string
  text: string
  legend: string
  hidden: boolean
}

const IDS = 'ABCDEFGHIJ'

/** The queries of a URL: `query` is A, `q-B` … are the others; `q-legend-A` is a legend, `q-hide-A` hides. */
export function readQueries(search: Record<string, string | undefined>): Asked[] {
  const found = [...IDS].flatMap((id) => {
    const text = id === 'A' ? search.query : search[`q-${id}`]
    return text === undefined ? [] : [{ id, text, legend: search[`q-legend-${id}`] ?? '', hidden: search[`q-hide-${id}`] === '1' }]
  })
  return found.length ? found : [{ id: 'A', text: '', legend: '', hidden: false }]
}

/** The same as parameters; those of queries that are gone are undefined. */
export function writeQueries(queries: Asked[]): Record<string, string | undefined> {
  const written: Record<string, string | undefined> = {}
  for (const id of IDS) {
    const one = queries.find((query) => query.id === id)
    written[id === 'A' ? 'query' : `q-${id}`] = one?.text || (one && id !== 'A' ? ' ' : undefined)
    written[`q-legend-${id}`] = one?.legend || undefined
    written[`q-hide-${id}`] = one?.hidden ? '1' : undefined
  }
  return written
}

/** The first letter that no query has, if there is one. */
export const freeId = (queries: Asked[]) => [...IDS].find((id) => !queries.some((one) => one.id === id))

const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400]

/** A round step that cuts a range into about `points`. */
export function stepOf(fromS: number, toS: number, points: number): number {
  const wanted = (toS - fromS) / points
  return STEPS.find((step) => step >= wanted) ?? Math.ceil(wanted / 86_400) * 86_400
}

/** `{{label}}` filled in, or the labels as PromQL writes them. */
export function nameOf(labels: Labels, legend: string): string {
  if (legend) return legend.replace(/\{\{\s*([^}]+?)\s*\}\}/g, (_, label: string) => labels[label] ?? '')
  const { __name__: name = '', ...rest } = labels
  const inner = Object.entries(rest)
    .map(([label, value]) => `${label}="${value}"`)
    .join(', ')
  return inner ? `${name}{${inner}}` : name || '{}'
}

/** The times of a range query's steps. */
export const timesOf = (startS: number, endS: number, stepS: number) =>
  Array.from({ length: Math.floor((endS - startS) / stepS) + 1 }, (_, at) => startS + at * stepS)

const MOST_PLOTTED = 300

export interface Shift {
  /** Moves the answer of an earlier period under the present one, in seconds. */
  shiftS?: number
  /** Which figure of histograms this is, such as `p99`. */
  part?: string
}

/** Lines of a matrix. */
export function plotted(data: Data, asked: Asked, times: number[], { shiftS = 0, part = '' }: Shift = {}): Plotted[] {
  if (data.resultType !== 'matrix') return []
  const place = new Map(times.map((time, at) => [Math.round(time * 1000), at]))
  return data.result.slice(0, MOST_PLOTTED).map(({ metric, values = [] }) => {
    const line: (number | null)[] = new Array(times.length).fill(null)
    for (const [at, text] of values) {
      const index = place.get(Math.round((at + shiftS) * 1000))
      const value = Number(text)
      if (index !== undefined && Number.isFinite(value)) line[index] = value
    }
    const own = nameOf(metric, asked.legend)
    const name = !part ? own : own === '{}' ? part : `${part} ${own}`
    const key = `${asked.id} ${part} ${nameOf(metric, '')}${shiftS ? ' before' : ''}`
    return { key, name: shiftS ? `${name} (before)` : name, labels: metric, values: line, dashed: shiftS > 0 }
  })
}

/** How many series of a matrix are not drawn. */
export const undrawn = (data: Data) => (data.resultType === 'matrix' ? Math.max(0, data.result.length - MOST_PLOTTED) : 0)

const COLORS = 10

/** The lines of now in the theme's colours, each line of the period before in the same, only fainter. */
export function coloured(now: Plotted[], before: Plotted[]): Plotted[] {
  const colors = new Map(now.map(({ key }, at) => [key, `--v-cat-${(at % COLORS) + 1}`]))
  return [
    ...now.map((one) => ({ ...one, color: colors.get(one.key) })),
    ...before.map((one) => ({ ...one, color: colors.get(one.key.replace(/ before$/, '')) ?? '--v-muted' })),
  ]
}

export interface Compared {
  key: string
  name: string
  color?: string
  now: number | null
  before: number | null
  /** The relative change, null when there is nothing to compare with. */
  change: number | null
}

const mean = (values: (number | null)[]) => {
  const known = values.filter((value) => value !== null)
  return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null
}

/** Means of each line now and in the period before, the greatest change first. */
export function compared(series: Plotted[]): Compared[] {
  const rows = new Map<string, Compared>()
  for (const { key, name, color, values, dashed } of series) {
    const own = dashed ? key.replace(/ before$/, '') : key
    const row = rows.get(own) ?? { key: own, name: name.replace(/ \(before\)$/, ''), color, now: null, before: null, change: null }
    row[dashed ? 'before' : 'now'] = mean(values)
    rows.set(own, row)
  }
  for (const row of rows.values())
    if (row.now !== null && row.before) row.change = (row.now - row.before) / Math.abs(row.before)
  return [...rows.values()].sort((a, b) => Math.abs(b.change ?? 0) - Math.abs(a.change ?? 0))
}

export interface Row {
  labels: Labels
  /** As the server wrote it; of a histogram the number of observations. */
  value: string
  histogram?: Histogram
}

const samplesIn = (count: number) => `${count} ${count === 1 ? 'sample' : 'samples'}`

/** Rows of an instant answer, largest first. */
export function rowsOf(data: Data): Row[] {
  if (data.resultType === 'vector')
    return data.result
      .map(({ metric, value, histogram }): Row =>
        histogram
          ? { labels: metric, value: histogram[1].count, histogram: histogram[1] }
          : { labels: metric, value: value?.[1] ?? '' },
      )
      .sort((a, b) => Number(b.value) - Number(a.value))
  if (data.resultType === 'matrix')
    return data.result.map(({ metric, values = [], histograms = [] }) => ({
      labels: metric,
      value: `${samplesIn(values.length + histograms.length)}, newest ${values.at(-1)?.[1] ?? histograms.at(-1)?.[1].count ?? '–'}`,
    }))
  return [{ labels: {}, value: data.result[1] }]
}

const MOST_EXEMPLARS = 60

export interface Exemplar {
  key: string
  time: number
  value: number
  traceId: string
  labels: Labels
  series: Labels
}

/** Exemplars that have a trace: of those near each other in time the one with the greatest value, oldest first. */
export function exemplarsOf(found: ExemplarSeries[], fromS: number, toS: number): Exemplar[] {
  const width = Math.max(1, (toS - fromS) / MOST_EXEMPLARS)
  const best = new Map<number, Exemplar>()
  for (const { seriesLabels, exemplars } of found)
    for (const { labels, value, timestamp } of exemplars) {
      const { trace_id: traceId, ...others } = labels
      const slot = Math.floor((timestamp - fromS) / width)
      if (!traceId || timestamp < fromS || timestamp > toS || (best.get(slot)?.value ?? -Infinity) >= Number(value)) continue
      const one = { key: `${traceId} ${timestamp}`, time: timestamp, value: Number(value), traceId }
      best.set(slot, { ...one, labels: others, series: seriesLabels })
    }
  return [...best.values()].sort((a, b) => a.time - b.time)
}

/** Whether what a query gives is on the scale of the observations, so that exemplars can stand at their values. */
export const isOnValueScale = (text: string) => /histogram_quantile|histogram_avg|_sum\b[\s\S]*\//.test(text)
