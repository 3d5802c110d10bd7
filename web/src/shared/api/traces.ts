import { request } from './client'
import type { Page, Trace, TraceSummary } from './types'

export interface TracesQuestion {
  project: string
  query?: string
  from?: string
  to?: string
  limit?: number
  cursor?: string
}

export const listTraces = ({ project, ...params }: TracesQuestion, signal?: AbortSignal) =>
  request<Page<TraceSummary>>('/api/traces', { project, params, signal })

export const getTrace = (project: string, id: string, signal?: AbortSignal) =>
  request<Trace>(`/api/traces/${encodeURIComponent(id)}`, { project, signal })
