import { useInfiniteQuery, useQuery } from '@tanstack/react-query'

import { useRefetchOnArrival } from '@/shared/live/useLive'
import type { Scope } from '@/shared/time/useScope'

import { listEventNames, listEvents } from './api'

export function useEvents({ project, from, to, live }: Scope, query: string, isHeld: boolean) {
  const listKey = [project, 'events', query, from, to]
  const namesKey = [project, 'event names', from, to]
  const list = useInfiniteQuery({
    queryKey: listKey,
    queryFn: ({ pageParam, signal }) =>
      listEvents({ project, query, from, to, limit: 200, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const names = useQuery({
    queryKey: namesKey,
    queryFn: ({ signal }) => listEventNames({ project, from, to }, signal),
  })
  const isAtTop = (list.data?.pages.length ?? 0) <= 1
  useRefetchOnArrival('events', project, [listKey, namesKey], live && isAtTop && !isHeld && !list.error)
  return { list, names }
}
