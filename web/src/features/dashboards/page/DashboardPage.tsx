import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useEffect } from 'react'

import { dashboardQuery } from '@/features/dashboards/api/dashboard'
import { opened } from '@/features/dashboards/model/shelf'
import { useScope } from '@/shared/time/useScope'
import { ErrorState } from '@/shared/ui/States'

import { BoardSkeleton } from './BoardSkeleton'
import { OpenDashboard } from './OpenDashboard'

/** Anything on one page. */
export function DashboardPage() {
  const { uid = '' } = useParams({ strict: false }) as { uid?: string }
  const scope = useScope()
  const { data, error, refetch } = useQuery(dashboardQuery(scope.project, uid))
  const isThere = data !== undefined
  useEffect(() => {
    if (isThere) opened(uid)
  }, [uid, isThere])
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (!data) return <BoardSkeleton />
  return <OpenDashboard key={`${scope.project}/${uid}`} saved={data} scope={scope} />
}
