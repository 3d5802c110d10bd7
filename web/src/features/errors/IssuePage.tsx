import { getRouteApi } from '@tanstack/react-router'

import { ApiError } from '@/shared/api/client'
import { useScope } from '@/shared/time/useScope'
import { EmptyState, ErrorState, PageSkeleton, RowsSkeleton } from '@/shared/ui/States'

import { Breadcrumbs } from './Breadcrumbs'
import { EventFacts } from './EventFacts'
import { EventNavigation } from './EventNavigation'
import classes from './Issue.module.css'
import { IssueHeader } from './IssueHeader'
import { IssueSide } from './IssueSide'
import { StackTrace } from './StackTrace'
import { useErrorEvent, useIssue, useIssueEvents } from './useIssues'

const route = getRouteApi('/shell/errors/$issueId')

/** One issue, shown by one of its events. */
export function IssuePage() {
  const { issueId } = route.useParams()
  const { event: chosen } = route.useSearch()
  const navigate = route.useNavigate()
  const scope = useScope()
  const { project } = scope
  const issue = useIssue(scope, issueId)
  const events = useIssueEvents(project, issueId)
  const eventId = chosen ?? issue.data?.latest_event_id ?? events.data?.pages[0]?.items[0]?.event_id
  const event = useErrorEvent(project, eventId)
  const show = (id: string) =>
    void navigate({ search: (before) => ({ ...before, event: id }), replace: true })

  if (issue.error instanceof ApiError && issue.error.problem.status === 404)
    return <EmptyState title="This issue is not here">It may be older than what is kept.</EmptyState>
  if (issue.error) return <ErrorState error={issue.error} onRetry={() => void issue.refetch()} />
  if (!issue.data) return <PageSkeleton />
  return (
    <div className={classes.page}>
      <IssueHeader issue={issue.data} project={project} />
      <div className={classes.columns}>
        <div className={classes.main}>
          <EventNavigation
            pages={events}
            eventId={eventId}
            timestamp={event.data?.timestamp}
            onShow={show}
          />
          {event.error ? (
            <ErrorState error={event.error} onRetry={() => void event.refetch()} />
          ) : event.data ? (
            <>
              <StackTrace key={event.data.event_id} event={event.data} />
              <Breadcrumbs crumbs={event.data.breadcrumbs} />
              <EventFacts event={event.data} />
            </>
          ) : (
            <RowsSkeleton />
          )}
        </div>
        <IssueSide issue={issue.data} event={event.data} />
      </div>
    </div>
  )
}
