import { queryOptions } from '@tanstack/react-query'

import type { Dashboard, VersionSummary } from '@/features/dashboards/model/types'
import { request } from '@/shared/api/client'
import type { Page } from '@/shared/api/types'

import { pathOf } from './dashboard'

/** GET /api/dashboards/{uid}/versions, the latest first. */
export const versionsQuery = (project: string, uid: string) =>
  queryOptions({
    queryKey: [project, 'dashboard versions', uid],
    queryFn: ({ signal }) => request<Page<VersionSummary>>(`${pathOf(uid)}/versions`, { project, signal }),
    select: ({ items }) => items,
    staleTime: 0,
  })

/** POST /api/dashboards/{uid}/versions/{n}/restore: what it was then becomes a new version. */
export const restoreVersion = (project: string, uid: string, version: number) =>
  request<Dashboard>(`${pathOf(uid)}/versions/${version}/restore`, { method: 'POST', project })
