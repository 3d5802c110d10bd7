import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import { request } from '@/shared/api/client'
import type { Connect, Key, NewKey, LiveArrival } from '@/shared/api/types'
import { useLive, useLiveConnected } from '@/shared/live/useLive'

export function useConnect(project: string) {
  const isConnected = useLiveConnected()
  return useQuery({
    queryKey: [project, 'connect'],
    queryFn: ({ signal }) => request<Connect>('/api/connect', { project, signal }),
    refetchInterval: isConnected ? false : 3_000,
  })
}

/** What arrives right now, by signal; empty until the live connection has said something. */
export function useArrivals(project: string): LiveArrival[] {
  const [arrivals, setArrivals] = useState<LiveArrival[]>([])
  useLive<{ signals: LiveArrival[] }>('arrivals', project, {}, ({ signals }) => setArrivals(signals))
  return arrivals
}

export const useKeys = (project: string) =>
  useQuery({
    queryKey: [project, 'keys'],
    queryFn: ({ signal }) => request<{ items: Key[] }>('/api/keys', { project, signal }),
  })

export function useCreateKey(project: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (name: string) =>
      request<NewKey>('/api/keys', { method: 'POST', project, body: { name } }),
    onSuccess: () => client.invalidateQueries({ queryKey: [project, 'keys'] }),
  })
}

export function useRevokeKey(project: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: Key['id']) =>
      request<void>(`/api/keys/${encodeURIComponent(id)}`, { method: 'DELETE', project }),
    onSuccess: () => client.invalidateQueries({ queryKey: [project, 'keys'] }),
  })
}
