import { useInfiniteQuery } from '@tanstack/react-query'

import { listTraces } from '@/shared/api/traces'
import { useRefetchOnArrival } from '@/shared/live/useLive'
import type { Scope } from '@/shared/time/useScope'

export function useTraces({ project, from, to, live }: Scope, query: string) {
  const queryKey = [project, 'traces', query, from, to]
  const list = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) =>
      listTraces({ project, query, from, to, limit: 100, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const isAtTop = (list.data?.pages.length ?? 0) <= 1
  useRefetchOnArrival('traces', project, [queryKey], live && isAtTop && !list.error, 3_000)
  return list
}
