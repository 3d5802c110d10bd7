import { request } from './client'
import type { ErrorEvent, ErrorEventSummary, Page } from './types'

export const listErrorEventsOfTrace = (project: string, traceId: string, signal?: AbortSignal) =>
  request<Page<ErrorEventSummary>>('/api/errors/events', {
    project,
    params: { trace_id: traceId },
    signal,
  })

export const listErrorEvents = (
  project: string,
  issueId: string,
  page: { limit?: number; cursor?: string },
  signal?: AbortSignal,
) =>
  request<Page<ErrorEventSummary>>(`/api/errors/issues/${encodeURIComponent(issueId)}/events`, {
    project,
    params: page,
    signal,
  })

export const getErrorEvent = (project: string, eventId: string, signal?: AbortSignal) =>
  request<ErrorEvent>(`/api/errors/events/${encodeURIComponent(eventId)}`, { project, signal })
