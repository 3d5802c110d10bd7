import { queryOptions } from '@tanstack/react-query'

import type { Dashboard } from '@/features/dashboards/model/types'
import { request } from '@/shared/api/client'

export const pathOf = (uid: string) => `/api/dashboards/${encodeURIComponent(uid)}`

/** GET /api/dashboards/{uid} */
export const dashboardQuery = (project: string, uid: string) =>
  queryOptions({
    queryKey: [project, 'dashboard', uid],
    queryFn: ({ signal }) => request<Dashboard>(pathOf(uid), { project, signal }),
    staleTime: 30_000,
  })

/** What a dashboard is made of, without what only the server knows. */
export type Content = Omit<Dashboard, 'uid' | 'version' | 'shipped' | 'updated_at' | 'updated_by'>

/** POST /api/dashboards */
export const createDashboard = (project: string, content: Content) =>
  request<Dashboard>('/api/dashboards', { method: 'POST', project, body: content })

/** PUT /api/dashboards/{uid}; a stale `version` is refused with 409. */
export const saveDashboard = (project: string, dashboard: Dashboard, message: string) =>
  request<Dashboard>(pathOf(dashboard.uid), {
    method: 'PUT',
    project,
    body: { ...contentOf(dashboard), version: dashboard.version, message },
  })

/** DELETE /api/dashboards/{uid} */
export const deleteDashboard = (project: string, uid: string) =>
  request<void>(pathOf(uid), { method: 'DELETE', project })

export function contentOf(dashboard: Dashboard): Content {
  const { title, description, tags, variables, panels, annotations, links, time, refresh_s } = dashboard
  return { title, description, tags, variables, panels, annotations, links, time, refresh_s }
}
