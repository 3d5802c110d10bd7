import { request } from './client'
import type { LogHistogram, LogRecord, Page } from './types'

export interface LogsQuestion {
  project: string
  query?: string
  from?: string
  to?: string
  limit?: number
  cursor?: string
}

export const listLogs = ({ project, ...params }: LogsQuestion, signal?: AbortSignal) =>
  request<Page<LogRecord>>('/api/logs', { project, params, signal })

export const logHistogram = (
  { project, ...params }: LogsQuestion & { buckets?: number },
  signal?: AbortSignal,
) => request<LogHistogram>('/api/logs/histogram', { project, params, signal })

export const getLog = (project: string, id: string, signal?: AbortSignal) =>
  request<LogRecord>(`/api/logs/${encodeURIComponent(id)}`, { project, signal })
