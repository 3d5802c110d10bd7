import { Button } from '@mantine/core'
import { IconListDetails, IconTimeline } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'

import type { ErrorEvent, IssueDetail } from '@/shared/api/types'
import { barRange } from '@/shared/charts/plot'
import { TimeChart } from '@/shared/charts/TimeChart'
import { count, number, text } from '@/shared/format/format'
import { rangeAround } from '@/shared/time/range'
import { useScope } from '@/shared/time/useScope'
import { Panel } from '@/shared/ui/Panel'
import { TimeAgo } from '@/shared/ui/TimeAgo'

import classes from './Issue.module.css'

/** Since when, how often, for whom; and what this event says of its surroundings. */
export function IssueSide({ issue, event }: { issue: IssueDetail; event: ErrorEvent | undefined }) {
  const services = issue.services ?? []
  return (
    <aside className={classes.side} aria-label="About this issue">
      <Panel label="Trend">
        <div className={classes.big}>
          <div>
            {count(issue.events)}
            <small>events in range</small>
          </div>
          <div>
            {count(issue.users)}
            <small>users in range</small>
          </div>
        </div>
        <TimeChart
          label="Events of this issue over time"
          kind="stacked-bars"
          height={80}
          times={issue.trend.times}
          range={barRange(issue.trend.times)}
          format={number}
          series={[{ label: 'events', values: issue.trend.counts, color: '--v-bad' }]}
        />
        <dl className={classes.facts} style={{ marginTop: 8 }}>
          <Fact name="Last seen"><TimeAgo time={issue.last_seen} /></Fact>
          <Fact name="First seen"><TimeAgo time={issue.first_seen} /></Fact>
          <Fact name="First release">{issue.first_release}</Fact>
          <Fact name="Last release">{issue.last_release}</Fact>
          <Fact name="Environments">{issue.environments.join(', ')}</Fact>
          <Fact name="Services">{services.join(', ')}</Fact>
        </dl>
      </Panel>
      {event && <EventSide event={event} />}
    </aside>
  )
}

function EventSide({ event }: { event: ErrorEvent }) {
  const scope = useScope()
  const tags = Object.entries(event.tags)
  const user = Object.entries(event.user ?? {}).filter(([, value]) => value !== null && value !== '')
  return (
    <>
      <Panel title="This event">
        {event.trace_id && (
          <div style={{ display: 'flex', gap: 8, marginBottom: 10 }}>
            <Button
              variant="default"
              leftSection={<IconTimeline size={14} />}
              renderRoot={(props) => (
                <Link
                  {...props}
                  to="/traces/$traceId"
                  params={{ traceId: event.trace_id as string }}
                  search={{ span: event.span_id ?? undefined }}
                />
              )}
            >
              Open trace
            </Button>
            <Button
              variant="default"
              leftSection={<IconListDetails size={14} />}
              renderRoot={(props) => (
                <Link
                  {...props}
                  to="/logs"
                  search={{
                    query: `trace_id:${event.trace_id}`,
                    ...rangeAround(scope, Date.parse(event.timestamp) / 1000),
                  }}
                />
              )}
            >
              Logs
            </Button>
          </div>
        )}
        <dl className={classes.facts}>
          <Fact name="Level">{event.level}</Fact>
          <Fact name="Handled">{event.handled === null ? null : event.handled ? 'yes' : 'no'}</Fact>
          <Fact name="Transaction">{event.transaction}</Fact>
          <Fact name="Release">{event.release}</Fact>
          <Fact name="Environment">{event.environment}</Fact>
          <Fact name="Server">{event.server_name}</Fact>
          <Fact name="SDK">{event.sdk && `${event.sdk.name ?? ''} ${event.sdk.version ?? ''}`.trim()}</Fact>
        </dl>
      </Panel>
      {user.length > 0 && (
        <Panel title="User">
          <dl className={classes.facts}>
            {user.map(([name, value]) => (
              <Fact key={name} name={name}>{text(value)}</Fact>
            ))}
          </dl>
        </Panel>
      )}
      {tags.length > 0 && (
        <Panel title="Tags">
          <div className={classes.tags}>
            {tags.map(([name, value]) => (
              <span key={name}>
                <b>{name}</b>
                <i>{text(value)}</i>
              </span>
            ))}
          </div>
        </Panel>
      )}
    </>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (!children) return null
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}
