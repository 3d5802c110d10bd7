/** The pure parts of the Metrics page. */

import type { Plotted } from '@/shared/charts/timeseries/TimeSeriesChart'

import type { Data, ExemplarSeries, Labels } from './api'

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

/** Lines of a matrix; `shiftS` moves the answer of an earlier period under the present one. */
export function plotted(data: Data, asked: Asked, times: number[], shiftS = 0): Plotted[] {
  if (data.resultType !== 'matrix') return []
  const place = new Map(times.map((time, at) => [Math.round(time * 1000), at]))
  return data.result.slice(0, MOST_PLOTTED).flatMap(({ metric, values = [], histograms = [] }) => {
    const line: (number | null)[] = new Array(times.length).fill(null)
    const points: [number, string][] = [...values, ...histograms.map(([at, { count }]): [number, string] => [at, count])]
    for (const [at, text] of points) {
      const index = place.get(Math.round((at + shiftS) * 1000))
      const value = Number(text)
      if (index !== undefined && Number.isFinite(value)) line[index] = value
    }
    const name = nameOf(metric, asked.legend) + (histograms.length ? ' (count)' : '')
    const key = `${asked.id} ${nameOf(metric, '')}${shiftS ? ' before' : ''}`
    return [{ key, name: shiftS ? `${name} (before)` : name, labels: metric, values: line, dashed: shiftS > 0 }]
  })
}

/** Rows of an instant answer, largest first. */
export function rowsOf(data: Data): { labels: Labels; value: string }[] {
  if (data.resultType === 'vector')
    return data.result
      .map(({ metric, value, histogram }) => ({
        labels: metric,
        value: value ? value[1] : `count ${histogram?.[1].count}, sum ${histogram?.[1].sum}`,
      }))
      .sort((a, b) => Number(b.value) - Number(a.value))
  if (data.resultType === 'matrix') return []
  return [{ labels: {}, value: data.result[1] }]
}

/** A sensible first question about a metric of a type. */
export function suggestion(name: string, type: string, selector = ''): string {
  const plain = /^[a-zA-Z_:][\w:]*$/.test(name)
  const one = plain ? `${name}${selector && `{${selector}}`}` : `{${JSON.stringify(name)}${selector && `, ${selector}`}}`
  if (name.endsWith('_bucket')) return `histogram_quantile(0.95, sum by (le) (rate(${one}[5m])))`
  if (type === 'counter' || name.endsWith('_total') || name.endsWith('_count') || name.endsWith('_sum'))
    return `sum(rate(${one}[5m]))`
  if (type === 'histogram') return `histogram_quantile(0.95, sum(rate(${one}[5m])))`
  return one
}

/** The type of a series' family: histograms and summaries have several names. */
export function typeOf(name: string, metadata: Record<string, { type: string }[]>): string {
  const family = metadata[name] ?? metadata[name.replace(/_(bucket|count|sum|total)$/, '')]
  return family?.[0]?.type ?? ''
}

/** Exemplars as marks of a chart, newest first, not too many. */
export const marksOf = (found: ExemplarSeries[]) =>
  found
    .flatMap(({ exemplars }) => exemplars)
    .filter(({ labels }) => labels.trace_id)
    .sort((a, b) => b.timestamp - a.timestamp)
    .slice(0, 60)
    .map(({ labels, value, timestamp }) => ({
      time: timestamp,
      text: `Exemplar ${value}`,
      href: `/traces/${labels.trace_id}`,
    }))
