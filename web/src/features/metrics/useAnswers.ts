import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query'

import { resolve } from '@/shared/time/range'
import type { Scope } from '@/shared/time/useScope'

import { ask, type Data, type ExemplarSeries } from './api'
import { type Asked, stepOf } from './model'

const LIVE_EVERY_MS = 5000

export interface Window {
  startS: number
  endS: number
  stepS: number
}

/** The steps that are asked for: whole multiples of the step, so that the same moments are asked again and again. */
export function windowOf(scope: Scope, points: number, chosenStep?: number): Window {
  const [from, to] = resolve(scope)
  const stepS = Math.max(chosenStep ?? stepOf(from, to, points), Math.ceil((to - from) / 10_000))
  return { startS: Math.floor(from / stepS) * stepS, endS: Math.floor(to / stepS) * stepS, stepS }
}

export type View = 'graph' | 'table'

/** The answers of all shown queries, of the period before when `isCompared`, and their exemplars. */
export function useAnswers(scope: Scope, queries: Asked[], view: View, stepS: number | undefined, isCompared: boolean) {
  const shown = queries.filter(({ text, hidden }) => text.trim() && !hidden)
  const refetchInterval = scope.live ? LIVE_EVERY_MS : (false as const)
  const range = (shift: number) => (one: Asked) => ({
    queryKey: [scope.project, 'promql', view, one.text, scope.from, scope.to, stepS, shift],
    queryFn: async ({ signal }: { signal: AbortSignal }) => {
      const window = windowOf(scope, 240, stepS)
      const length = shift * (window.endS - window.startS)
      const answer =
        view === 'table'
          ? await ask<Data>('query', scope.project, { query: one.text, time: window.endS }, signal)
          : await ask<Data>(
              'query_range',
              scope.project,
              { query: one.text, start: window.startS - length, end: window.endS - length, step: window.stepS },
              signal,
            )
      return { ...answer, window, shiftS: length }
    },
    placeholderData: keepPreviousData,
    refetchInterval,
    retry: false,
  })
  const now = useQueries({ queries: shown.map(range(0)) })
  const before = useQueries({ queries: isCompared && view === 'graph' ? shown.map(range(1)) : [] })
  const exemplars = useQuery({
    queryKey: [scope.project, 'exemplars', shown.map(({ text }) => text), scope.from, scope.to],
    queryFn: async ({ signal }) => {
      const window = windowOf(scope, 240, stepS)
      const params = { start: window.startS, end: window.endS }
      const found = await Promise.all(
        shown.map((one) =>
          ask<ExemplarSeries[]>('query_exemplars', scope.project, { query: one.text, ...params }, signal)
            .then(({ data }) => data)
            .catch(() => []),
        ),
      )
      return found.flat()
    },
    enabled: view === 'graph' && shown.length > 0,
  })
  return { shown, now, before, exemplars: exemplars.data ?? [] }
}
