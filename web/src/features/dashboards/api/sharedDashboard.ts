import { keepPreviousData, queryOptions } from '@tanstack/react-query'

import type { DataAnswer, SharedDashboard, VariablesAnswer } from '@/features/dashboards/model/types'
import type { Chosen } from '@/features/dashboards/model/variables'
import { request } from '@/shared/api/client'

const pathOf = (token: string) => `/api/shared/${encodeURIComponent(token)}`

/** GET /api/shared/{token}: no sign-in. */
export const sharedQuery = (token: string) =>
  queryOptions({
    queryKey: ['shared', token],
    queryFn: ({ signal }) => request<SharedDashboard>(pathOf(token), { signal }),
    staleTime: 60_000,
    refetchInterval: 60_000,
    retry: false,
  })

interface Question {
  token: string
  vars: Chosen
  from: string
  to: string
}

/** GET /api/shared/{token}/data: the answers of all its panels. */
export const sharedDataQuery = ({ token, vars, from, to, maxPoints, everyMs }: Question & { maxPoints: number; everyMs: number }) =>
  queryOptions({
    queryKey: ['shared data', token, vars, from, to, maxPoints],
    queryFn: ({ signal }) =>
      request<DataAnswer>(`${pathOf(token)}/data`, {
        params: { from, to, vars: JSON.stringify(vars), max_points: maxPoints },
        signal,
      }),
    placeholderData: keepPreviousData,
    refetchInterval: everyMs || false,
  })

/** GET /api/shared/{token}/variables: what can be chosen. */
export const sharedVariablesQuery = ({ token, vars, from, to, isNeeded }: Question & { isNeeded: boolean }) =>
  queryOptions({
    queryKey: ['shared variables', token, vars, from, to],
    queryFn: ({ signal }) =>
      request<VariablesAnswer>(`${pathOf(token)}/variables`, {
        params: { from, to, vars: JSON.stringify(vars) },
        signal,
      }),
    select: ({ variables }) => variables,
    placeholderData: keepPreviousData,
    enabled: isNeeded,
    staleTime: 60_000,
  })
