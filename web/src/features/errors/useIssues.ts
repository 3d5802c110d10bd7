import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { getErrorEvent, listErrorEvents } from '@/shared/api/errorEvents'
import { useRefetchOnArrival } from '@/shared/live/useLive'
import type { Scope } from '@/shared/time/useScope'

import { changeIssue, getIssue, type IssueAction, listIssues } from './api'

export function useIssues({ project, from, to, live }: Scope, query: string, status: string) {
  const queryKey = [project, 'issues', query, status, from, to]
  const list = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) =>
      listIssues({ project, query, status, from, to, limit: 100, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const isAtTop = (list.data?.pages.length ?? 0) <= 1
  useRefetchOnArrival('errors', project, [queryKey], live && isAtTop && !list.error, 3_000)
  return list
}

export const useIssue = ({ project, from, to }: Scope, id: string) =>
  useQuery({
    queryKey: [project, 'issue', id, from, to],
    queryFn: ({ signal }) => getIssue({ project, from, to }, id, signal),
    placeholderData: (before) => (before?.id === id ? before : undefined),
  })

export const useIssueEvents = (project: string, id: string) =>
  useInfiniteQuery({
    queryKey: [project, 'issue events', id],
    queryFn: ({ pageParam, signal }) =>
      listErrorEvents(project, id, { limit: 100, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })

export const useErrorEvent = (project: string, eventId: string | null | undefined) =>
  useQuery({
    queryKey: [project, 'error event', eventId],
    queryFn: ({ signal }) => getErrorEvent(project, eventId as string, signal),
    enabled: Boolean(eventId),
    staleTime: Infinity,
    placeholderData: (before) => before,
  })

export function useChangeIssue(project: string, id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (action: IssueAction) => changeIssue(project, id, action),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: [project, 'issue', id] })
      await client.invalidateQueries({ queryKey: [project, 'issues'] })
    },
  })
}
