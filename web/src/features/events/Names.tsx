import { Skeleton } from '@mantine/core'

import type { EventName } from '@/shared/api/types'
import { count } from '@/shared/format/format'
import { withFilter } from '@/shared/ui/search'

import classes from './Events.module.css'

interface Props {
  names: EventName[] | undefined
  query: string
  onName: (name: string | null) => void
}

/** The kinds of events with how often they happened; one of them narrows the list. */
export function Names({ names, query, onName }: Props) {
  if (names?.length === 0) return null
  const most = Math.max(1, ...(names ?? []).map((one) => one.count))
  return (
    <nav className={classes.names} aria-label="Event names">
      <h2>Names</h2>
      {!names && <Skeleton height={120} />}
      {names?.map(({ name, count: times, people }) => {
        const isChosen = query === withFilter('', 'name', name)
        return (
          <button
            key={name}
            type="button"
            aria-pressed={isChosen}
            title={`${count(people)} people`}
            onClick={() => onName(isChosen ? null : name)}
          >
            <i style={{ width: `${(times / most) * 100}%` }} />
            <span>{name}</span>
            <b>{count(times)}</b>
          </button>
        )
      })}
    </nav>
  )
}
