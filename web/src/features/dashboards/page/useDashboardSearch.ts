import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'

import { type Chosen, fromUrl, urlName, urlValue } from '@/features/dashboards/model/variables'

/** What the page of a dashboard keeps in its URL besides project and range. */
export interface DashboardSearch {
  edit?: string
  /** The panel shown alone. */
  panel?: string
  /** Seconds between answers; 0 = only when asked. */
  refresh?: string
  wall?: string
  from?: string
  to?: string
}

export function useDashboardSearch() {
  const search = useSearch({ strict: false }) as DashboardSearch & Record<string, unknown>
  const navigate = useNavigate()
  const set = useCallback(
    (change: DashboardSearch | Record<string, string | undefined>, options: { replace?: boolean } = {}) =>
      void navigate({
        to: '.',
        search: ((before: object) => ({ ...before, ...change })) as never,
        ...options,
      }),
    [navigate],
  )
  const text = JSON.stringify(fromUrl(search))
  const asked = useMemo(() => JSON.parse(text) as Chosen, [text])
  const choose = useCallback(
    (name: string, values: string[]) => set({ [urlName(name)]: values.length ? urlValue(values) : undefined }),
    [set],
  )
  return { search, set, asked, choose }
}
