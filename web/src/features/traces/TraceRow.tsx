import { Link } from '@tanstack/react-router'

import type { TraceSummary } from '@/shared/api/types'
import { count, duration } from '@/shared/format/format'
import page from '@/shared/ui/listPage.module.css'
import { Stamp } from '@/shared/ui/Stamp'

import classes from './Traces.module.css'

export function TraceHead() {
  return (
    <div className={`${page.headrow} ${classes.columns}`} aria-hidden>
      <span>Started</span>
      <span>Request</span>
      <span className={classes.services}>Services</span>
      <span className={classes.num}>Spans</span>
      <span className={classes.num}>Status</span>
      <span>Duration</span>
    </div>
  )
}

interface Props {
  trace: TraceSummary
  longestMs: number
  isActive: boolean
}

export function TraceRow({ trace, longestMs, isActive }: Props) {
  const isFailed = trace.error_count > 0 || trace.status === 'error'
  const others = trace.services.filter((service) => service !== trace.root_service)
  return (
    <Link
      to="/traces/$traceId"
      params={{ traceId: trace.trace_id }}
      className={`${page.row} ${classes.columns}`}
      data-active={isActive || undefined}
      aria-label={`${trace.root_service} ${trace.root_name}, ${duration(trace.duration_ms)}${isFailed ? ', failed' : ''}`}
    >
      <Stamp time={trace.timestamp} />
      <span className={classes.cut}>
        {trace.root_name} <small>{trace.root_service}</small>
      </span>
      <span className={`${classes.services} ${classes.cut} ${classes.muted}`}>{others.join(', ')}</span>
      <span className={`${classes.num} ${classes.muted}`}>{count(trace.span_count)}</span>
      <span className={`${classes.num} ${isFailed ? classes.bad : classes.muted}`}>{statusOf(trace)}</span>
      <span className={classes.duration}>
        <b>{duration(trace.duration_ms)}</b>
        <span className={classes.track}>
          <i
            data-failed={isFailed || undefined}
            style={{ width: `${longestMs > 0 ? Math.max(1, (trace.duration_ms / longestMs) * 100) : 0}%` }}
          />
        </span>
      </span>
    </Link>
  )
}

function statusOf({ http_status, error_count, status }: TraceSummary): string {
  if (http_status) return String(http_status)
  if (error_count > 0) return `${count(error_count)} failed`
  return status === 'error' ? 'failed' : 'ok'
}
