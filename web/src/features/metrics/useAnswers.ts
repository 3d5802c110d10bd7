import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query'

import { resolve } from '@/shared/time/range'
import type { Scope } from '@/shared/time/useScope'

import { type Answer, ask, type Data, type ExemplarSeries, type Metadata } from './api'
import { type HistogramView, mayBeNative, type Part, partsOf } from './histograms/buckets'
import { type Asked, stepOf } from './model'

const LIVE_EVERY_MS = 5000
/** Rows that are asked for a table; the server says when there are more. */
const MOST_ROWS = 2000

export interface Window {
  startS: number
  endS: number
  stepS: number
}
/** What a query answered: lines, or histograms in the parts that the chosen view needs. */
export interface Answered {
  window: Window
  /** How far back the answer lies, in seconds. */
  shiftS: number
  tookMs: number
  notes: string[]
  isNative: boolean
  parts: { name: string; data: Data }[]
}

/** The steps that are asked for: whole multiples of the step, so that the same moments are asked again and again. */
export function windowOf(scope: Scope, points: number, chosenStep?: number): Window {
  const [from, to] = resolve(scope)
  const stepS = Math.max(chosenStep ?? stepOf(from, to, points), Math.ceil((to - from) / 10_000))
  return { startS: Math.floor(from / stepS) * stepS, endS: Math.floor(to / stepS) * stepS, stepS }
}

export type View = 'graph' | 'table'

export const metadataQuery = (project: string) => ({
  queryKey: [project, 'metric metadata'],
  queryFn: ({ signal }: { signal: AbortSignal }) => ask<Metadata>('metadata', project, {}, signal),
  staleTime: 60_000,
})

const hasHistograms = ({ data }: Answer<Data>) =>
  (data.resultType === 'matrix' && data.result.some(({ histograms }) => histograms)) ||
  (data.resultType === 'vector' && data.result.some(({ histogram }) => histogram))

interface Options {
  queries: Asked[]
  view: View
  stepS: number | undefined
  isCompared: boolean
  histogramView: HistogramView
}

/** The answers of all shown queries, of the period before when compared, and their exemplars. */
export function useAnswers(scope: Scope, { queries, view, stepS, isCompared, histogramView }: Options) {
  const { project } = scope
  const shown = queries.filter(({ text, hidden }) => text.trim() && !hidden)
  const refetchInterval = scope.live ? LIVE_EVERY_MS : (false as const)
  const metadata = useQuery(metadataQuery(project))
  const told = metadata.data?.data

  const answer = (one: Asked, shift: number) => ({
    queryKey: [project, 'promql', view, one.text, scope.from, scope.to, stepS, shift, view === 'graph' ? histogramView : ''],
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Answered> => {
      const window = windowOf(scope, 240, stepS)
      const shiftS = shift * (window.endS - window.startS)
      const at = { start: window.startS - shiftS, end: window.endS - shiftS, step: window.stepS }
      const instant = (query: string, limit: number) =>
        ask<Data>('query', project, { query, time: at.end, limit }, signal)
      const range = (query: string) => ask<Data>('query_range', project, { query, ...at }, signal)

      if (view === 'table') return joined(window, shiftS, [''], [await instant(one.text, MOST_ROWS)])
      // Histograms are many times larger than numbers: whether there are any is asked of one series first.
      const isLikely = mayBeNative(one.text, told ?? {}) && hasHistograms(await instant(one.text, 1))
      const plain = isLikely ? null : await range(one.text)
      if (plain && !hasHistograms(plain)) return joined(window, shiftS, [''], [plain])
      const parts: Part[] = partsOf(histogramView, one.text)
      const answers = await Promise.all(parts.map(({ text }) => range(text)))
      return { ...joined(window, shiftS, parts.map(({ name }) => name), answers), isNative: true }
    },
    placeholderData: keepPreviousData,
    refetchInterval,
    retry: false,
    enabled: !metadata.isPending,
  })
  const now = useQueries({ queries: shown.map((one) => answer(one, 0)) })
  const before = useQueries({ queries: isCompared && view === 'graph' ? shown.map((one) => answer(one, 1)) : [] })
  const exemplars = useQuery({
    queryKey: [project, 'exemplars', shown.map(({ text }) => text), scope.from, scope.to],
    queryFn: async ({ signal }) => {
      const window = windowOf(scope, 240, stepS)
      const params = { start: window.startS, end: window.endS }
      return Promise.all(
        shown.map((one) =>
          ask<ExemplarSeries[]>('query_exemplars', project, { query: one.text, ...params }, signal)
            .then(({ data }) => data)
            .catch(() => []),
        ),
      )
    },
    placeholderData: keepPreviousData,
    refetchInterval,
    enabled: view === 'graph' && shown.length > 0,
  })
  return { shown, now, before, exemplars: exemplars.data ?? [], told }
}

export type Answers = ReturnType<typeof useAnswers>

function joined(window: Window, shiftS: number, names: string[], answers: Answer<Data>[]): Answered {
  return {
    window,
    shiftS,
    tookMs: Math.max(0, ...answers.map(({ tookMs }) => tookMs)),
    notes: [...new Set(answers.flatMap(({ notes }) => notes))],
    isNative: false,
    parts: answers.map(({ data }, at) => ({ name: names[at] ?? '', data })),
  }
}
