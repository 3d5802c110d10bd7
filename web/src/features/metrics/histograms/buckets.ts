/** Buckets of native histograms, as the API shows them, and of classic ones, which are series by `le`. */

import type { Histogram, RangeSeries } from '@/features/metrics/api'
import { type Bucket, type Heat, heatOf, thinned } from '@/shared/charts/heatmap/heat'

/** The buckets of a native histogram, from the lowest values up. */
export const bucketsOf = ({ buckets = [] }: Histogram): Bucket[] =>
  buckets.map(([, from, to, count]) => ({ from: Number(from), to: Number(to), count: Number(count) }))

const placesOf = (times: number[]) => new Map(times.map((time, at) => [Math.round(time * 1000), at]))

/** Native histograms of all series at each time, added up. */
export function heatOfNative(series: RangeSeries[], times: number[]): Heat {
  const place = placesOf(times)
  const columns: (Bucket[] | null)[] = new Array(times.length).fill(null)
  for (const { histograms = [] } of series)
    for (const [time, histogram] of histograms) {
      const at = place.get(Math.round(time * 1000))
      if (at !== undefined) columns[at] = [...(columns[at] ?? []), ...bucketsOf(histogram)]
    }
  return heatOf(times, columns)
}

const boundOf = (text: string | undefined) =>
  text === undefined ? NaN : text === '+Inf' ? Infinity : Number(text)

/** Whether every series is a bucket of a classic histogram. */
export const isClassic = (series: { metric: Record<string, string> }[]) =>
  series.length > 1 && series.every(({ metric }) => !Number.isNaN(boundOf(metric.le)))

/** Classic histograms: cumulative counts by `le`, added up over all other labels and taken apart. */
export function heatOfClassic(series: RangeSeries[], times: number[]): Heat {
  const place = placesOf(times)
  const byBound = new Map<number, (number | null)[]>()
  for (const { metric, values = [] } of series) {
    const bound = boundOf(metric.le)
    const sums = byBound.get(bound) ?? new Array<number | null>(times.length).fill(null)
    byBound.set(bound, sums)
    for (const [time, text] of values) {
      const at = place.get(Math.round(time * 1000))
      const value = Number(text)
      if (at !== undefined && Number.isFinite(value)) sums[at] = (sums[at] ?? 0) + value
    }
  }
  const sorted = [...byBound].sort(([a], [b]) => a - b)
  const columns = times.map((_, at) => apart(sorted.map(([to, counts]) => [to, counts[at] ?? null])))
  return heatOf(times, columns)
}

function apart(cumulative: [number, number | null][]): Bucket[] | null {
  const known = cumulative.filter((one): one is [number, number] => one[1] !== null)
  if (!known.length) return null
  return known.map(([to, count], at) => {
    const [from, below] = known[at - 1] ?? [to > 0 ? 0 : -Infinity, 0]
    return { from, to, count: Math.max(0, count - below) }
  })
}

/** At most `most` bars that stand for all buckets, empty ones between them included. */
export function stripOf(buckets: Bucket[], most = 28): Bucket[] {
  const edges = thinned([...new Set(buckets.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b), most)
  const bars = edges.slice(1).map((to, at) => ({ from: edges[at] as number, to, count: 0 }))
  for (const { to, count } of buckets) {
    const bar = bars.find((one) => to <= one.to)
    if (bar) bar.count += count
  }
  return bars
}

/** Ways to draw the histograms a query answers; the text asked of the server for each. */
export const HISTOGRAM_VIEWS = ['heatmap', 'quantiles', 'rate', 'average'] as const
export type HistogramView = (typeof HISTOGRAM_VIEWS)[number]
export const VIEW_NAMES: Record<HistogramView, string> = {
  heatmap: 'Heatmap',
  quantiles: 'p50 · p90 · p99',
  rate: 'Count',
  average: 'Average',
}

export interface Part {
  name: string
  text: string
}
const QUANTILES: [string, string][] = [
  ['p50', '0.5'],
  ['p90', '0.9'],
  ['p99', '0.99'],
]

/** What to ask so that as little as needed is sent: whole histograms only for the heatmap, and those added up. */
export function partsOf(view: HistogramView, text: string): Part[] {
  const inner = `(\n${text}\n)`
  if (view === 'heatmap') return [{ name: '', text: `sum${inner}` }]
  if (view === 'rate') return [{ name: 'count', text: `histogram_count${inner}` }]
  if (view === 'average') return [{ name: 'average', text: `histogram_avg${inner}` }]
  return QUANTILES.map(([name, share]) => ({ name, text: `histogram_quantile(${share}, \n${text}\n)` }))
}

/** Whether a query is a plain selector: its histograms are then sums since the start, not those of each moment. */
export const isRunningTotal = (text: string) => !/[()[\]]/.test(text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|#.*/g, ''))

/** The names in a query that are native histograms as far as the metadata tells. */
export function mayBeNative(text: string, metadata: Record<string, { type: string }[]>): boolean {
  const names = text.match(/[a-zA-Z_:][\w:.]*/g) ?? []
  return names.some((name) => metadata[name]?.[0]?.type === 'histogram')
}
