import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'

import { askData } from '@/features/dashboards/api/panelData'
import type { Dashboard, DataAnswer } from '@/features/dashboards/model/types'
import { tokenOf } from '@/features/dashboards/model/colors'
import { safeUrl } from '@/features/dashboards/model/links'
import { useLiveConnected } from '@/shared/live/useLive'
import type { Scope } from '@/shared/time/useScope'

import { useLiveDashboard } from './useLiveDashboard'
import { type Asking, useServerSource } from './usePanelData'
import type { Variables } from './useVariables'

const pointsFor = (width: number) => (width <= 700 ? 200 : width <= 1920 ? 400 : 800)

interface Props {
  dashboard: Dashboard
  scope: Scope
  variables: Variables
  everyS: number
  /** The dashboard is looked at as it is saved, so that the server can tell all of it at once. */
  isSaved: boolean
  isReady: boolean
}

/** Everything the panels of a dashboard are answered by: asked at first, told or asked again later. */
export function useSource({ dashboard, scope, variables, everyS, isSaved, isReady }: Props) {
  const client = useQueryClient()
  const isConnected = useLiveConnected()
  const { project, from, to, live } = scope
  const maxPoints = pointsFor(window.innerWidth)
  const asking = useMemo<Asking>(
    () => ({ project, variables: variables.chosen, definitions: variables.definitions, from, to, maxPoints }),
    [project, variables.chosen, variables.definitions, from, to, maxPoints],
  )
  const isFollowing = live && everyS > 0
  // The server tells as often as the dashboard says; other wishes are asked for.
  const isTold = isFollowing && isSaved && everyS === dashboard.refresh_s
  const everyMs = isFollowing && !(isTold && isConnected) ? everyS * 1000 : 0
  const rows = useMemo(() => dashboard.panels.filter(({ type }) => type === 'row'), [dashboard.panels])
  const source = useServerSource(asking, rows, everyMs, isReady && variables.isReady)

  const annotations = dashboard.annotations.filter(({ enabled }) => enabled)
  const marksKey = [project, 'dashboard marks', asking, annotations]
  const { data: marks } = useQuery({
    queryKey: marksKey,
    queryFn: async ({ signal }) => (await askData({ ...asking, panels: [], annotations }, signal)).marks,
    enabled: annotations.length > 0 && isReady && variables.isReady,
    refetchInterval: everyMs ? Math.max(everyMs, 10_000) : false,
  })
  useLiveDashboard({
    uid: dashboard.uid,
    version: dashboard.version,
    panels: dashboard.panels,
    asking,
    source,
    isOn: isTold && isReady,
    onMarks: (answer) => annotations.length > 0 && client.setQueryData(marksKey, answer.marks),
  })
  const shownMarks = useMemo(() => marks?.map(markOf), [marks])
  const refresh = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: [project, 'panel'] }),
      client.invalidateQueries({ queryKey: [project, 'dashboard marks'] }),
    ])
  return { source, marks: shownMarks, refresh }
}

export const markOf = ({ time, text, color, link }: DataAnswer['marks'][number]) => ({
  time,
  text,
  color: tokenOf(color),
  href: (link && safeUrl(link)) || undefined,
})
