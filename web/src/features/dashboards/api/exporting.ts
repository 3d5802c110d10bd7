import { request } from '@/shared/api/client'

import { pathOf } from './dashboard'

export type ExportFormat = 'vedette' | 'grafana'

/** GET /api/dashboards/{uid}/export */
export const exportDashboard = (project: string, uid: string, format: ExportFormat) =>
  request<object>(`${pathOf(uid)}/export`, { project, params: { format } })
