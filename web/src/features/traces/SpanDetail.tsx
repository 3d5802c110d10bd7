import { Tabs } from '@mantine/core'
import { Link } from '@tanstack/react-router'

import type { Attributes as Values, ErrorEventSummary, LogRecord } from '@/shared/api/types'
import { SEVERITY_COLOR } from '@/shared/charts/colors'
import { clock, dateTime, duration } from '@/shared/format/format'
import { rangeAround } from '@/shared/time/range'
import { useScope } from '@/shared/time/useScope'
import { Attributes } from '@/shared/ui/Attributes'
import { CopyButton } from '@/shared/ui/CopyButton'
import { SidePanel } from '@/shared/ui/SidePanel'

import classes from './SpanDetail.module.css'
import type { SpanRow } from './tree'

interface Props {
  row: SpanRow
  color: string | undefined
  logs: LogRecord[]
  errors: ErrorEventSummary[]
  onClose: () => void
}

/** One span: what it carries, what was logged in it, what broke in it. */
export function SpanDetail({ row, color, logs, errors, onClose }: Props) {
  const { span, offsetMs } = row
  const scope = useScope()
  const allLogs = {
    query: `trace_id:${span.trace_id}`,
    ...rangeAround(scope, Date.parse(span.timestamp) / 1000),
  }
  const ownLogs = logs.filter(({ span_id }) => span_id === span.span_id)
  const ownErrors = errors.filter(({ span_id }) => span_id === span.span_id)
  const about: Values = {
    service: span.service,
    kind: span.kind,
    started: `${dateTime(span.timestamp)} (+${duration(offsetMs)})`,
    duration: duration(span.duration_ns / 1e6),
    status: span.status.message ? `${span.status.code}: ${span.status.message}` : span.status.code,
    span_id: span.span_id,
    ...(span.parent_span_id ? { parent_span_id: span.parent_span_id } : {}),
    ...(span.scope.name ? { scope: `${span.scope.name} ${span.scope.version}`.trim() } : {}),
  }
  return (
    <SidePanel
      label="Span"
      onClose={onClose}
      title={
        <>
          <i className={classes.tint} style={{ background: color }} />
          {span.name}
        </>
      }
      actions={<CopyButton value={JSON.stringify(span, null, 2)} label="Copy JSON" />}
    >
      <Tabs defaultValue="span" keepMounted={false} classNames={{ tab: classes.tab }}>
        <Tabs.List>
          <Tabs.Tab value="span">Span</Tabs.Tab>
          <Tabs.Tab value="events">Events {span.events.length}</Tabs.Tab>
          <Tabs.Tab value="logs">Logs {ownLogs.length}</Tabs.Tab>
          <Tabs.Tab value="errors">Errors {ownErrors.length}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="span">
          {span.status.code === 'error' && span.status.message && (
            <p className={classes.failure}>{span.status.message}</p>
          )}
          <Attributes title="About" values={about} />
          <Attributes title="Attributes" values={span.attributes} />
          <Attributes title="Resource" values={span.resource} />
          {span.links.length > 0 && (
            <section aria-label="Links">
              <h3 className={classes.heading}>Links</h3>
              {span.links.map((link) => (
                <Link
                  key={link.trace_id + link.span_id}
                  to="/traces/$traceId"
                  params={{ traceId: link.trace_id }}
                  search={{ span: link.span_id }}
                  className={classes.link}
                >
                  {link.trace_id} · {link.span_id}
                </Link>
              ))}
            </section>
          )}
        </Tabs.Panel>
        <Tabs.Panel value="events">
          {span.events.length === 0 && <p className={classes.none}>No events in this span.</p>}
          {span.events.map((event, i) => (
            <Attributes
              key={i}
              title={`${clock(event.timestamp)}  ${event.name}`}
              values={Object.keys(event.attributes).length ? event.attributes : { name: event.name }}
            />
          ))}
        </Tabs.Panel>
        <Tabs.Panel value="logs">
          {ownLogs.length === 0 && (
            <p className={classes.none}>
              Nothing was logged in this span{logs.length ? `; ${logs.length} records in the whole trace` : ''}.
            </p>
          )}
          {ownLogs.map((record) => (
            <Link
              key={record.id}
              to="/logs"
              search={{ ...allLogs, record: record.id }}
              className={classes.log}
              style={{ borderLeftColor: `var(${SEVERITY_COLOR[record.severity]})` }}
            >
              <time>{clock(record.timestamp)}</time> {record.body}
            </Link>
          ))}
          <Link to="/logs" search={allLogs} className={classes.link}>
            All logs of this trace
          </Link>
        </Tabs.Panel>
        <Tabs.Panel value="errors">
          {ownErrors.length === 0 && (
            <p className={classes.none}>
              No error in this span{errors.length ? `; ${errors.length} in the whole trace` : ''}.
            </p>
          )}
          {(ownErrors.length ? ownErrors : errors).map((error) =>
            error.issue_id ? (
              <Link
                key={error.event_id}
                to="/errors/$issueId"
                params={{ issueId: error.issue_id }}
                search={{ event: error.event_id }}
                className={classes.log}
                style={{ borderLeftColor: 'var(--v-bad)' }}
              >
                <b>{error.type}</b> {error.message}
              </Link>
            ) : null,
          )}
        </Tabs.Panel>
      </Tabs>
    </SidePanel>
  )
}
