import { useQuery, useQueryClient } from '@tanstack/react-query'

import { request } from '@/shared/api/client'
import type { Overview } from '@/shared/api/types'
import { useLive, useLiveConnected } from '@/shared/live/useLive'
import type { Scope } from '@/shared/time/useScope'

/** GET /api/overview, kept fresh by the live topic of the same name and by polling without it. */
export function useOverview({ project, from, to, live }: Scope) {
  const client = useQueryClient()
  const isConnected = useLiveConnected()
  const queryKey = [project, 'overview', from, to]
  useLive<Overview>(
    'overview',
    project,
    { from, to },
    (data) => client.setQueryData(queryKey, data),
    live,
  )
  return useQuery({
    queryKey,
    queryFn: ({ signal }) =>
      request<Overview>('/api/overview', { project, params: { from, to }, signal }),
    placeholderData: (before, query) =>
      query?.queryKey[0] === project ? before : undefined,
    refetchInterval: live && !isConnected ? 10_000 : false,
  })
}
