import { queryOptions } from '@tanstack/react-query'

import type { DashboardSummary } from '@/features/dashboards/model/types'
import { request } from '@/shared/api/client'
import type { Page } from '@/shared/api/types'

/** GET /api/dashboards: the project's own and the shipped ones. */
export const dashboardsQuery = (project: string) =>
  queryOptions({
    queryKey: [project, 'dashboards'],
    queryFn: ({ signal }) => request<Page<DashboardSummary>>('/api/dashboards', { project, signal }),
    select: ({ items }) => items,
  })
