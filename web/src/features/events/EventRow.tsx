import type { ProductEvent } from '@/shared/api/types'
import { text } from '@/shared/format/format'
import page from '@/shared/ui/listPage.module.css'
import { Stamp } from '@/shared/ui/Stamp'

import classes from './Events.module.css'

export function EventHead() {
  return (
    <div className={`${page.headrow} ${classes.columns}`} aria-hidden>
      <span>Time</span>
      <span>Event</span>
      <span className={classes.person}>Person</span>
      <span className={classes.properties}>Properties</span>
    </div>
  )
}

interface Props {
  event: ProductEvent
  isActive: boolean
  onOpen: () => void
}

export function EventRow({ event, isActive, onOpen }: Props) {
  return (
    <button
      type="button"
      className={`${page.row} ${classes.columns}`}
      data-active={isActive || undefined}
      onClick={onOpen}
      tabIndex={-1}
    >
      <Stamp time={event.timestamp} />
      <b>{event.name}</b>
      <span className={`${classes.muted} ${classes.person}`}>{event.distinct_id}</span>
      <span className={`${classes.muted} ${classes.properties}`}>
        {Object.entries(event.properties)
          .map(([name, value]) => `${name}=${text(value)}`)
          .join('  ')}
      </span>
    </button>
  )
}
