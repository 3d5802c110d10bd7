import { useInfiniteQuery, useQuery } from '@tanstack/react-query'

import { getLog, listLogs, logHistogram } from '@/shared/api/logs'
import type { Scope } from '@/shared/time/useScope'
import { useRefetchOnArrival } from '@/shared/live/useLive'
import { resolve } from '@/shared/time/range'

const PAGE = 200

/** The log records of a search, newest first, page by page, and how many there are over time. */
export function useLogs({ project, from, to, live }: Scope, query: string, isHeld: boolean) {
  const listKey = [project, 'logs', query, from, to]
  const histogramKey = [project, 'logs histogram', query, from, to]
  const list = useInfiniteQuery({
    queryKey: listKey,
    queryFn: ({ pageParam, signal }) =>
      listLogs({ project, query, from, to, limit: PAGE, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const histogram = useQuery({
    queryKey: histogramKey,
    queryFn: ({ signal }) => logHistogram({ project, query, from, to, buckets: 60 }, signal),
  })
  // Someone who has scrolled further down or reads one record is not to be moved.
  const isAtTop = (list.data?.pages.length ?? 0) <= 1
  const [start, end] = resolve({ from, to })
  useRefetchOnArrival(
    'logs',
    project,
    [listKey, histogramKey],
    live && isAtTop && !isHeld && !list.error,
    end - start > 86_400 ? 15_000 : 2_000,
  )
  return { list, histogram }
}

export function useLog(project: string, id: string | undefined, isNeeded: boolean) {
  return useQuery({
    queryKey: [project, 'log', id],
    queryFn: ({ signal }) => getLog(project, id as string, signal),
    enabled: Boolean(id) && isNeeded,
  })
}
