import type { LogRecord } from '@/shared/api/types'
import { SEVERITY_COLOR } from '@/shared/charts/colors'
import { clock, dateTime } from '@/shared/format/format'

import classes from './Logs.module.css'
import { summary } from './model'

interface Props {
  record: LogRecord
  isActive: boolean
  onOpen: () => void
}

export function LogRow({ record, isActive, onOpen }: Props) {
  return (
    <button
      type="button"
      className={classes.row}
      data-active={isActive || undefined}
      data-severity={record.severity}
      style={{ '--severity': `var(${SEVERITY_COLOR[record.severity]})` } as object}
      onClick={onOpen}
      tabIndex={-1}
    >
      <time dateTime={record.timestamp} title={dateTime(record.timestamp)}>
        {clock(record.timestamp)}
      </time>
      <span className={classes.level}>{record.severity}</span>
      <span className={classes.service}>{record.service}</span>
      <span className={classes.body}>{summary(record)}</span>
    </button>
  )
}
