import { queryOptions } from '@tanstack/react-query'

import type { NewShare, Share } from '@/features/dashboards/model/types'
import { request } from '@/shared/api/client'
import type { Page } from '@/shared/api/types'

import { pathOf } from './dashboard'

/** GET /api/dashboards/{uid}/shares: links that were made, whether they still open or not. */
export const sharesQuery = (project: string, uid: string) =>
  queryOptions({
    queryKey: [project, 'dashboard shares', uid],
    queryFn: ({ signal }) => request<Page<Share>>(`${pathOf(uid)}/shares`, { project, signal }),
    select: ({ items }) => items,
    staleTime: 0,
  })

/** POST /api/dashboards/{uid}/share */
export const shareDashboard = (project: string, uid: string, expires_in_s: number) =>
  request<NewShare>(`${pathOf(uid)}/share`, { method: 'POST', project, body: { expires_in_s } })

/** DELETE /api/dashboards/{uid}/shares/{id} */
export const revokeShare = (project: string, uid: string, id: number) =>
  request<void>(`${pathOf(uid)}/shares/${id}`, { method: 'DELETE', project })
