import { Button } from '@mantine/core'
import { IconTimeline } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'

import type { Attributes as Values, LogRecord } from '@/shared/api/types'
import { SEVERITY_COLOR } from '@/shared/charts/colors'
import { dateTime } from '@/shared/format/format'
import { Attributes } from '@/shared/ui/Attributes'
import { CopyButton } from '@/shared/ui/CopyButton'
import { SidePanel } from '@/shared/ui/SidePanel'
import { ErrorState, RowsSkeleton } from '@/shared/ui/States'

import classes from './Logs.module.css'

interface Props {
  record: LogRecord | undefined
  error: unknown
  onClose: () => void
  onFilter: (field: string, value: string, isExcluded: boolean) => void
}

/** One record with everything it carries. */
export function LogDetail({ record, error, onClose, onFilter }: Props) {
  return (
    <SidePanel
      label="Log record"
      title={record ? dateTime(record.timestamp) : 'Log record'}
      onClose={onClose}
      actions={record && <CopyButton value={JSON.stringify(record, null, 2)} label="Copy JSON" />}
    >
      {record ? (
        <Record record={record} onFilter={onFilter} />
      ) : error ? (
        <ErrorState error={error} />
      ) : (
        <RowsSkeleton rows={8} />
      )}
    </SidePanel>
  )
}

function Record({ record, onFilter }: { record: LogRecord; onFilter: Props['onFilter'] }) {
  const about: Values = {
    level: record.severity,
    service: record.service,
    ...(record.scope.name ? { scope: record.scope.name } : {}),
    ...(record.event_name ? { event_name: record.event_name } : {}),
    ...(record.trace_id ? { trace_id: record.trace_id } : {}),
    ...(record.span_id ? { span_id: record.span_id } : {}),
  }
  return (
    <>
      <pre
        className={classes.message}
        style={{ '--severity': `var(${SEVERITY_COLOR[record.severity]})` } as object}
      >
        {pretty(record.body)}
      </pre>
      {record.trace_id && (
        <div className={classes.links}>
          <Button
            variant="default"
            leftSection={<IconTimeline size={14} />}
            renderRoot={(props) => (
              <Link
                {...props}
                to="/traces/$traceId"
                params={{ traceId: record.trace_id as string }}
                search={{ span: record.span_id || undefined }}
              />
            )}
          >
            Open trace
          </Button>
        </div>
      )}
      <Attributes title="Record" values={about} onFilter={onFilter} />
      <Attributes title="Attributes" values={record.attributes} onFilter={onFilter} />
      <Attributes title="Resource" values={record.resource} onFilter={onFilter} prefix="resource." />
    </>
  )
}

function pretty(body: string): string {
  if (!/^\s*[{[]/.test(body)) return body
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}
