import { type QueryKey, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useSyncExternalStore } from 'react'

import type { Signal, LiveArrival } from '@/shared/api/types'

import { liveSocket } from './socket'

/** Whether the live connection stands. */
export const useLiveConnected = () =>
  useSyncExternalStore(liveSocket.watch, () => liveSocket.connected)

/** Whether a live connection is wanted and missing. */
export const useLiveMissing = () => useSyncExternalStore(liveSocket.watch, () => liveSocket.isTrying)

/** Follow a live topic while `enabled`; `onData` gets every message. */
export function useLive<T>(
  topic: string,
  project: string,
  params: Record<string, string>,
  onData: (data: T) => void,
  enabled = true,
) {
  const listener = useRef(onData)
  useEffect(() => {
    listener.current = onData
  })
  const question = JSON.stringify(params)
  useEffect(() => {
    if (!enabled) return
    return liveSocket.subscribe(topic, project, JSON.parse(question) as Record<string, string>, {
      onData: (data: T) => listener.current(data),
    })
  }, [topic, project, question, enabled])
}

/**
 * Ask the queries under `keys` again when new records of `signal` have arrived, at most every
 * `everyMs`; without a live connection simply every ten seconds.
 */
export function useRefetchOnArrival(
  signal: Signal,
  project: string,
  keys: QueryKey[],
  enabled: boolean,
  everyMs = 2000,
) {
  const client = useQueryClient()
  const connected = useLiveConnected()
  const last = useRef<{ seen: string | null; at: number; timer?: number }>({ seen: null, at: 0 })
  const refetch = useRef(() => {})
  useEffect(() => {
    refetch.current = () => {
      last.current.at = Date.now()
      for (const queryKey of keys) void client.invalidateQueries({ queryKey })
    }
  })

  useLive<{ signals: LiveArrival[] }>(
    'arrivals',
    project,
    {},
    ({ signals }) => {
      const newest = signals.find((arrival) => arrival.signal === signal)?.last_record_at ?? null
      const state = last.current
      const isFirst = state.seen === null
      if (newest === null || newest === state.seen) return
      state.seen = newest
      if (isFirst) return
      window.clearTimeout(state.timer)
      const wait = Math.max(0, state.at + everyMs - Date.now())
      state.timer = window.setTimeout(() => refetch.current(), wait)
    },
    enabled,
  )
  useEffect(() => {
    if (!enabled || connected) return
    const timer = window.setInterval(() => refetch.current(), 10_000)
    return () => window.clearInterval(timer)
  }, [enabled, connected])
  useEffect(() => {
    const state = last.current
    return () => window.clearTimeout(state.timer)
  }, [enabled])
}
