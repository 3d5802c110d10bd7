/** Prometheus' HTTP API: https://prometheus.io/docs/prometheus/latest/querying/api/. */

import { ApiError, type Params } from '@/shared/api/client'
import type { components } from '@/shared/api/schema.gen'

export type Labels = Record<string, string>
export interface Histogram {
  count: string
  sum: string
  buckets?: [number, string, string, string][]
}
export interface RangeSeries {
  metric: Labels
  values?: [number, string][]
  histograms?: [number, Histogram][]
}
export interface InstantSample {
  metric: Labels
  value?: [number, string]
  histogram?: [number, Histogram]
}
export type Data =
  | { resultType: 'matrix'; result: RangeSeries[] }
  | { resultType: 'vector'; result: InstantSample[] }
  | { resultType: 'scalar' | 'string'; result: [number, string] }
export interface Answer<T> {
  data: T
  notes: string[]
  tookMs: number
}
export interface ExemplarSeries {
  seriesLabels: Labels
  exemplars: { labels: Labels; value: string; timestamp: number }[]
}
export type Metadata = Record<string, { type: string; help: string; unit: string }[]>
export interface ActiveTarget {
  labels: Labels
  discoveredLabels: Labels
  scrapePool: string
  scrapeUrl: string
  lastError: string
  lastScrape: string
  /** Seconds. */
  lastScrapeDuration: number
  health: 'up' | 'down' | 'unknown'
  scrapeInterval: string
  scrapeTimeout: string
}
export interface TargetsData {
  activeTargets: ActiveTarget[]
  droppedTargets: { discoveredLabels: Labels; scrapePool: string }[]
  droppedTargetCounts: Record<string, number>
}
export interface Rule {
  name: string
  query: string
  labels: Labels
  health: 'ok' | 'err' | 'unknown'
  lastError?: string
  /** Seconds. */
  evaluationTime: number
  lastEvaluation: string
  type: 'recording' | 'alerting'
  state?: string
  duration?: number
  annotations?: Labels
}
export interface RuleGroup {
  name: string
  file: string
  /** Seconds. */
  interval: number
  evaluationTime: number
  lastEvaluation: string
  rules: Rule[]
}
export interface RulesData {
  groups: RuleGroup[]
}
export type Explanation = components['schemas']['Explanation']

interface Envelope<T> {
  status: 'success' | 'error'
  data: T
  error?: string
  errorType?: string
  warnings?: string[]
  infos?: string[]
}

/** Ask one of the routes under /api/v1; raises ApiError with Prometheus' own words. */
export async function ask<T>(path: string, project: string, params: Params, signal?: AbortSignal): Promise<Answer<T>> {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) if (value != null && value !== '') search.set(name, String(value))
  const began = performance.now()
  const address = `/api/v1/${path}?${search}`
  const response = await fetch(address, {
    signal,
    credentials: 'same-origin',
    headers: { Accept: 'application/json', 'X-Vedette-Project': project },
  })
  const body = (await response.json().catch(() => null)) as Envelope<T> | null
  if (!response.ok || body?.status !== 'success')
    throw new ApiError({
      type: 'about:blank',
      title: 'The query has no answer',
      status: response.status,
      code: body?.errorType ?? 'unknown',
      detail: body?.error?.replace('invalid parameter "query": ', '') ?? `The server answered ${response.status}.`,
    })
  return {
    data: body.data,
    notes: [...(body.warnings ?? []), ...(body.infos ?? [])],
    tookMs: answeredIn(address, began),
  }
}

/** How long the server took in ms, as the browser saw it, without waiting for a free connection. */
function answeredIn(address: string, began: number): number {
  const [entry] = performance.getEntriesByName(location.origin + address, 'resource').slice(-1) as PerformanceResourceTiming[]
  return entry?.requestStart && entry.startTime >= began - 1 ? entry.responseEnd - entry.requestStart : performance.now() - began
}
