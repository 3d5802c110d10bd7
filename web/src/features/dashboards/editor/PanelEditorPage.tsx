import { useQuery } from '@tanstack/react-query'
import { Navigate, useParams } from '@tanstack/react-router'
import { useEffect } from 'react'

import { dashboardQuery } from '@/features/dashboards/api/dashboard'
import { useDraft } from '@/features/dashboards/page/useDraft'
import { useScope } from '@/shared/time/useScope'
import { EmptyState, ErrorState, PageSkeleton } from '@/shared/ui/States'

import { PanelEditor } from './PanelEditor'

/** One panel, its questions and how it shows the answers. */
export function PanelEditorPage() {
  const { uid = '', panelId = '' } = useParams({ strict: false }) as { uid?: string; panelId?: string }
  const scope = useScope()
  const { data: saved, error, refetch } = useQuery(dashboardQuery(scope.project, uid))
  const tools = useDraft(scope.project, uid)
  const { start, draft } = tools
  useEffect(() => {
    if (saved && !saved.shipped && !draft) start(saved)
  }, [saved, draft, start])
  if (error && !saved) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (saved?.shipped) return <Navigate to="/dashboards/$uid" params={{ uid }} replace />
  const dashboard = tools.dashboard
  if (!saved || !dashboard) return <PageSkeleton />
  const panel = dashboard.panels.find(({ id }) => String(id) === panelId)
  if (!panel) return <EmptyState title="This dashboard has no such panel" />
  return <PanelEditor key={panel.id} panel={panel} dashboard={dashboard} saved={saved} tools={tools} scope={scope} />
}
