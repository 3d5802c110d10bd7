import { IconAlertCircle, IconChevronRight } from '@tabler/icons-react'

import { duration } from '@/shared/format/format'

import type { SpanRow } from './tree'
import classes from './Waterfall.module.css'

interface Props {
  row: SpanRow
  color: string
  fromMs: number
  toMs: number
  isActive: boolean
  isFolded: boolean
  onFold: (spanId: string, isFolded: boolean) => void
  onSelect: (spanId: string) => void
}

const INDENT_PX = 14
const DEEPEST = 24

export function SpanLine({ row, color, fromMs, toMs, isActive, isFolded, onFold, onSelect }: Props) {
  const { span, depth, children, offsetMs, errorsBelow, isOrphan } = row
  const length = Math.max(toMs - fromMs, 1e-9)
  const ms = span.duration_ns / 1e6
  const left = ((offsetMs - fromMs) / length) * 100
  const width = (ms / length) * 100
  const isFailed = span.status.code === 'error'
  const isLabelLeft = left + width > 82
  const isInSight = left + width >= 0 && left <= 100
  return (
    <div className={classes.line} data-active={isActive || undefined} onClick={() => onSelect(span.span_id)}>
      <div className={classes.name} style={{ paddingLeft: 8 + Math.min(depth, DEEPEST) * INDENT_PX }}>
        {children > 0 ? (
          <button
            type="button"
            className={classes.fold}
            aria-label={`${isFolded ? 'Unfold' : 'Fold'} ${span.name}`}
            aria-expanded={!isFolded}
            onClick={(event) => {
              event.stopPropagation()
              onFold(span.span_id, !isFolded)
            }}
          >
            <IconChevronRight size={13} />
          </button>
        ) : (
          <span className={classes.fold} aria-hidden />
        )}
        <span className={classes.tint} style={{ background: color }} />
        <button type="button" className={classes.label} title={`${span.service} · ${span.name}`}>
          {span.name}
          <small>
            {span.service}
            {isOrphan && ' · parent missing'}
            {isFolded && ` · ${children} folded`}
          </small>
        </button>
        {isFailed ? (
          <IconAlertCircle size={14} className={classes.failed} aria-label="Failed" />
        ) : (
          isFolded && errorsBelow > 0 && <span className={classes.hint} role="img" aria-label="Failures below" />
        )}
      </div>
      <div className={classes.lane}>
        <div
          className={classes.bar}
          data-failed={isFailed || undefined}
          style={{ left: `${left}%`, width: `${width}%`, background: color }}
        />
        {span.events.slice(0, 40).map((event, i) => (
          <span
            key={i}
            className={classes.event}
            title={event.name}
            style={{ left: `${left + (eventOffset(event.timestamp, span.timestamp) / length) * 100}%` }}
          />
        ))}
        <span
          className={classes.time}
          data-inside={(isLabelLeft && left < LABEL_ROOM) || undefined}
          style={isLabelLeft ? { right: `${clamp(100 - left)}%` } : { left: `${clamp(left + width)}%` }}
        >
          {isInSight ? duration(ms) : left > 100 ? '›' : '‹'}
        </span>
      </div>
    </div>
  )
}

/** Share of the lane that a label needs beside its bar. */
const LABEL_ROOM = 9

/** Keeps the label of a bar that is only partly in sight within it. */
const clamp = (share: number) => Math.min(92, Math.max(0, share))

const eventOffset = (at: string, start: string) => Math.max(0, Date.parse(at) - Date.parse(start))
