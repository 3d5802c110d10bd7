import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'

import { useSession } from '@/shared/api/session'

import { isRelative, readRange, type TimeRange } from './range'

/** What every page of the shell carries in its URL. */
export interface ScopeSearch {
  project?: string
  from?: string
  to?: string
  live?: string
  wall?: string
}

export interface Scope extends TimeRange {
  project: string
  /** New data is followed: on unless switched off, and only while the range ends now. */
  live: boolean
}

export function useScope(): Scope {
  const search = useSearch({ strict: false }) as ScopeSearch
  const session = useSession()
  const { from, to } = readRange(search.from, search.to)
  const names = session?.projects.map((project) => project.name) ?? []
  const project = search.project ?? (names.includes('default') ? 'default' : (names[0] ?? 'default'))
  const live = isRelative({ from, to }) && search.live !== '0'
  return useMemo(() => ({ project, from, to, live }), [project, from, to, live])
}

/** Change part of the scope, leaving the rest of the URL as it is. */
export function useSetScope() {
  const navigate = useNavigate()
  return useCallback(
    (change: ScopeSearch) =>
      void navigate({
        to: '.',
        search: ((before: ScopeSearch) => ({ ...before, ...change })) as never,
      }),
    [navigate],
  )
}
