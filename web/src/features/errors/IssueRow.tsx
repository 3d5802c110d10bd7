import { Badge } from '@mantine/core'
import { Link } from '@tanstack/react-router'

import type { Issue } from '@/shared/api/types'
import { SparkBars } from '@/shared/charts/Sparkline'
import { count } from '@/shared/format/format'
import page from '@/shared/ui/listPage.module.css'
import { TimeAgo } from '@/shared/ui/TimeAgo'

import classes from './Issues.module.css'

export function IssueHead() {
  return (
    <div className={`${page.headrow} ${classes.columns}`} aria-hidden>
      <span>Issue</span>
      <span className={classes.trend}>Trend</span>
      <span className={classes.num}>Events</span>
      <span className={classes.num}>Users</span>
      <span className={classes.num}>Last seen</span>
    </div>
  )
}

export function IssueRow({ issue, isActive }: { issue: Issue; isActive: boolean }) {
  return (
    <Link
      to="/errors/$issueId"
      params={{ issueId: issue.id }}
      className={`${page.row} ${classes.columns}`}
      data-active={isActive || undefined}
      aria-label={`${issue.type}: ${issue.value}`}
    >
      <span className={classes.what}>
        <span className={classes.line}>
          <i data-level={issue.level} aria-hidden />
          <b>{issue.type || issue.value}</b>
          <span>{issue.type ? issue.value : ''}</span>
        </span>
        <small className={classes.line}>
          {issue.status !== 'unresolved' && (
            <Badge size="xs" variant="default" color="gray" tt="none">
              {issue.status}
            </Badge>
          )}
          <span>{issue.culprit || issue.platform}</span>
          {issue.last_release && <span>{issue.last_release}</span>}
          {issue.environments.length > 0 && <span>{issue.environments.join(', ')}</span>}
        </small>
      </span>
      <span className={classes.trend}>
        <SparkBars values={issue.trend.counts} label={`Trend of ${issue.type}`} width={110} height={28} />
      </span>
      <b className={classes.num}>{count(issue.events)}</b>
      <span className={classes.num}>{count(issue.users)}</span>
      <span className={classes.seen}>
        <TimeAgo time={issue.last_seen} />
        <small>
          first <TimeAgo time={issue.first_seen} />
        </small>
      </span>
    </Link>
  )
}
