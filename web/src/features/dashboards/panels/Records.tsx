import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import type { Issue, LogRecord, ProductEvent, TraceSummary } from '@/shared/api/types'
import { SEVERITY_COLOR } from '@/shared/charts/colors'
import { SparkBars } from '@/shared/charts/Sparkline'
import { clock, count, dateTime, duration } from '@/shared/format/format'
import { TimeAgo } from '@/shared/ui/TimeAgo'

import type { BodyProps } from './body'
import classes from './Records.module.css'

/** The records themselves, each leading to its page: log records, issues, traces or events. */
export function Records({ panel, data, canLeave = true }: BodyProps) {
  const rows = data.frames.flatMap((frame) =>
    (frame.items ?? []).map((item, index) => (
      <li key={`${frame.query}/${index}`}>{rowOf(frame.kind, item, canLeave)}</li>
    )),
  )
  return (
    <ul className={classes.list} aria-label={panel.title} tabIndex={0}>
      {rows}
    </ul>
  )
}

function rowOf(kind: string, item: Record<string, unknown>, canLeave: boolean): ReactNode {
  const plain = (content: ReactNode, className: string, style?: object) => (
    <div className={className} style={style}>
      {content}
    </div>
  )
  if (kind === 'logs') {
    const record = item as unknown as LogRecord
    const style = { '--severity': `var(${SEVERITY_COLOR[record.severity] ?? '--v-sev-info'})` } as object
    const content = (
      <>
        <time dateTime={record.timestamp} title={dateTime(record.timestamp)}>
          {clock(record.timestamp)}
        </time>
        <span className={classes.source}>{record.service}</span>
        <span className={classes.body}>{record.body || record.event_name}</span>
      </>
    )
    return canLeave ? (
      <Link to="/logs" search={{ record: record.id }} className={classes.log} style={style} title={record.body}>
        {content}
      </Link>
    ) : (
      plain(content, classes.log as string, style)
    )
  }
  if (kind === 'errors') {
    const issue = item as unknown as Issue
    const content = <IssueLine issue={issue} />
    return canLeave ? (
      <Link to="/errors/$issueId" params={{ issueId: issue.id }} className={classes.issue}>
        {content}
      </Link>
    ) : (
      plain(content, classes.issue as string)
    )
  }
  if (kind === 'traces') {
    const trace = item as unknown as TraceSummary
    const content = (
      <>
        <time dateTime={trace.timestamp}>{clock(trace.timestamp)}</time>
        <span className={classes.source}>{trace.root_service}</span>
        <span className={classes.body}>{trace.root_name}</span>
        <b>{duration(trace.duration_ms)}</b>
      </>
    )
    return canLeave ? (
      <Link to="/traces/$traceId" params={{ traceId: trace.trace_id }} className={classes.log}>
        {content}
      </Link>
    ) : (
      plain(content, classes.log as string)
    )
  }
  const event = item as unknown as ProductEvent
  return plain(
    <>
      <time dateTime={event.timestamp}>{clock(event.timestamp)}</time>
      <span className={classes.body}>{event.name}</span>
    </>,
    classes.log as string,
  )
}

function IssueLine({ issue }: { issue: Issue }) {
  return (
    <>
      <span className={classes.what}>
        <b>{issue.type || issue.value}</b>
        <small>{issue.type ? issue.value : issue.culprit}</small>
      </span>
      {issue.trend && (
        <SparkBars values={issue.trend.counts} label={`Trend of ${issue.type}`} width={64} color="var(--v-bad)" />
      )}
      <span className={classes.when}>
        {count(issue.events)} ×
        <small>
          <TimeAgo time={issue.last_seen} />
        </small>
      </span>
    </>
  )
}
