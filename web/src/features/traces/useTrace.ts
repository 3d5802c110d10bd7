import { useQuery } from '@tanstack/react-query'

import { listErrorEventsOfTrace } from '@/shared/api/errorEvents'
import { listLogs } from '@/shared/api/logs'
import { getTrace } from '@/shared/api/traces'

const HOUR_MS = 3_600_000

export const useTrace = (project: string, traceId: string) =>
  useQuery({
    queryKey: [project, 'trace', traceId],
    queryFn: ({ signal }) => getTrace(project, traceId, signal),
  })

/** The trace's log records; they may have been written somewhat before or after its spans. */
export const useTraceLogs = (project: string, traceId: string, startMs: number, durationMs: number) =>
  useQuery({
    queryKey: [project, 'trace logs', traceId],
    queryFn: ({ signal }) =>
      listLogs(
        {
          project,
          query: `trace_id:${traceId}`,
          from: new Date(startMs - HOUR_MS).toISOString(),
          to: new Date(startMs + durationMs + HOUR_MS).toISOString(),
          limit: 500,
        },
        signal,
      ),
    enabled: startMs > 0,
  })

export const useTraceErrors = (project: string, traceId: string) =>
  useQuery({
    queryKey: [project, 'trace errors', traceId],
    queryFn: ({ signal }) => listErrorEventsOfTrace(project, traceId, signal),
  })
