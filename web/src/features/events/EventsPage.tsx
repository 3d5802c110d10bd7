import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'

import type { ProductEvent } from '@/shared/api/types'
import { dateTime } from '@/shared/format/format'
import { useListKeys } from '@/shared/keys/useListKeys'
import { useScope } from '@/shared/time/useScope'
import { Attributes } from '@/shared/ui/Attributes'
import { CopyButton } from '@/shared/ui/CopyButton'
import page from '@/shared/ui/listPage.module.css'
import { NothingFound } from '@/shared/ui/NothingFound'
import { PagedList } from '@/shared/ui/PagedList'
import { withFilter } from '@/shared/ui/search'
import { SearchBox } from '@/shared/ui/SearchBox'
import { SidePanel } from '@/shared/ui/SidePanel'

import { EventHead, EventRow } from './EventRow'
import classes from './Events.module.css'
import { Names } from './Names'
import { useEvents } from './useEvents'

const route = getRouteApi('/shell/events')

/** What do people do? */
export function EventsPage() {
  const { query = '', record: openId } = route.useSearch()
  const scope = useScope()
  const navigate = useNavigate({ from: '/events' })
  const { list, names } = useEvents(scope, query, Boolean(openId))
  const items = useMemo(() => list.data?.pages.flatMap((one) => one.items) ?? [], [list.data])
  const [cursor, setCursor] = useState(openId)
  const active = items.findIndex(({ id }) => id === cursor)
  const open = items.find(({ id }) => id === openId)

  const search = (text: string) =>
    void navigate({ search: (before) => ({ ...before, query: text || undefined, record: undefined }) })
  const show = (id: string | undefined) =>
    void navigate({ search: (before) => ({ ...before, record: id }), replace: Boolean(openId && id) })
  const filter = (field: string, value: string, isExcluded: boolean) =>
    search(withFilter(query, field, value, isExcluded))
  useListKeys({
    count: items.length,
    active,
    onActive: (index) => {
      setCursor(items[index]?.id)
      if (openId) show(items[index]?.id)
    },
    onOpen: (index) => show(items[index]?.id),
  })

  return (
    <div className={page.page}>
      <div className={page.bar}>
        <h1>Events</h1>
        <SearchBox
          page="/events"
          label="Search events"
          placeholder="name:signup, distinct_id:abc, any.property:value"
          value={query}
          onSearch={search}
          error={list.error}
        />
      </div>
      <div className={page.split}>
        <Names
          names={names.data?.items}
          query={query}
          onName={(name) => search(name ? withFilter('', 'name', name) : '')}
        />
        <PagedList
          label="Events"
          list={list}
          items={items}
          rowHeight={28}
          keyOf={({ id }) => id}
          active={active}
          header={<EventHead />}
          sketched={{ rows: 18, height: 16 }}
          empty={<NothingFound what="events" query={query} onClear={() => search('')} snippet={snippet()} />}
        >
          {(event, index) => (
            <EventRow
              event={event}
              isActive={index === active}
              onOpen={() => {
                setCursor(event.id)
                show(event.id)
              }}
            />
          )}
        </PagedList>
        {open && <Detail event={open} onClose={() => show(undefined)} onFilter={filter} />}
      </div>
    </div>
  )
}

interface DetailProps {
  event: ProductEvent
  onClose: () => void
  onFilter: (field: string, value: string, isExcluded: boolean) => void
}

function Detail({ event, onClose, onFilter }: DetailProps) {
  const about = {
    name: event.name,
    ...(event.distinct_id ? { distinct_id: event.distinct_id } : {}),
    ...(event.session_id ? { session_id: event.session_id } : {}),
  }
  return (
    <SidePanel
      label="Event"
      title={event.name}
      onClose={onClose}
      actions={<CopyButton value={JSON.stringify(event, null, 2)} label="Copy JSON" />}
    >
      <div className={classes.muted}>{dateTime(event.timestamp)}</div>
      <Attributes title="Event" values={about} onFilter={onFilter} />
      <Attributes title="Properties" values={event.properties} onFilter={onFilter} />
    </SidePanel>
  )
}

const snippet = () => ({
  label: 'curl',
  code: `curl ${location.origin}/api/events -H 'Authorization: Bearer YOUR_KEY' \\
  -H 'Content-Type: application/json' \\
  -d '{"name": "signup", "distinct_id": "visitor-1", "properties": {"plan": "free"}}'`,
})
