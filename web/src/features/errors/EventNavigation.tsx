import { Button } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useEffect } from 'react'

import { dateTime } from '@/shared/format/format'

import classes from './Issue.module.css'
import type { useIssueEvents } from './useIssues'

interface Props {
  pages: ReturnType<typeof useIssueEvents>
  eventId: string | null | undefined
  timestamp: string | undefined
  onShow: (eventId: string) => void
}

/** Walks through the events of an issue, newest first. */
export function EventNavigation({ pages, eventId, timestamp, onShow }: Props) {
  const events = pages.data?.pages.flatMap((page) => page.items) ?? []
  const index = events.findIndex(({ event_id }) => event_id === eventId)
  const newer = index > 0 ? events[index - 1] : undefined
  const older = index >= 0 ? events[index + 1] : undefined
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages
  useEffect(() => {
    if (index >= events.length - 2 && hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [index, events.length, hasNextPage, isFetchingNextPage, fetchNextPage])
  useHotkeys([
    ['j', () => older && onShow(older.event_id)],
    ['k', () => newer && onShow(newer.event_id)],
  ])
  return (
    <nav className={classes.navigation} aria-label="Events of this issue">
      <Button.Group>
        <Button
          variant="default"
          aria-label="Newer event"
          disabled={!newer}
          onClick={() => newer && onShow(newer.event_id)}
        >
          <IconChevronLeft size={14} /> Newer
        </Button>
        <Button
          variant="default"
          aria-label="Older event"
          disabled={!older}
          onClick={() => older && onShow(older.event_id)}
        >
          Older <IconChevronRight size={14} />
        </Button>
      </Button.Group>
      {timestamp && <span>{dateTime(timestamp)}</span>}
      <code>{eventId?.slice(0, 8)}</code>
    </nav>
  )
}
