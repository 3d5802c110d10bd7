import { request } from '@/shared/api/client'
import type { Issue, IssueDetail, Page } from '@/shared/api/types'

export interface IssuesQuestion {
  project: string
  query?: string
  status?: string
  from?: string
  to?: string
  limit?: number
  cursor?: string
}
export type IssueAction = 'resolve' | 'ignore' | 'reopen'

const path = (id: string) => `/api/errors/issues/${encodeURIComponent(id)}`

export const listIssues = ({ project, ...params }: IssuesQuestion, signal?: AbortSignal) =>
  request<Page<Issue>>('/api/errors/issues', { project, params, signal })

/** The issue, its figures counted within the range. */
export const getIssue = (
  { project, from, to }: { project: string; from: string; to: string },
  id: string,
  signal?: AbortSignal,
) => request<IssueDetail>(path(id), { project, params: { from, to }, signal })

export const changeIssue = (project: string, id: string, action: IssueAction) =>
  request<Issue>(`${path(id)}/${action}`, { method: 'POST', project })
