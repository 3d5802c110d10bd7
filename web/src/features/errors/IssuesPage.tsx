import { SegmentedControl } from '@mantine/core'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'

import { useListKeys } from '@/shared/keys/useListKeys'
import { useScope } from '@/shared/time/useScope'
import page from '@/shared/ui/listPage.module.css'
import { NothingFound } from '@/shared/ui/NothingFound'
import { PagedList } from '@/shared/ui/PagedList'
import { SearchBox } from '@/shared/ui/SearchBox'

import { IssueHead, IssueRow } from './IssueRow'
import { useIssues } from './useIssues'

const route = getRouteApi('/shell/errors')
const STATUSES = [
  { value: 'unresolved', label: 'Unresolved' },
  { value: 'resolved', label: 'Resolved' },
  { value: 'ignored', label: 'Ignored' },
  { value: 'all', label: 'All' },
]

/** What is broken, since when, for whom? */
export function IssuesPage() {
  const { query = '', status = 'unresolved' } = route.useSearch()
  const scope = useScope()
  const list = useIssues(scope, query, status)
  const go = useNavigate()
  const navigate = useNavigate({ from: '/errors' })
  const items = useMemo(() => list.data?.pages.flatMap((one) => one.items) ?? [], [list.data])
  const [cursor, setCursor] = useState<string>()
  const active = items.findIndex(({ id }) => id === cursor)
  const search = (text: string) =>
    void navigate({ search: (before) => ({ ...before, query: text || undefined }) })
  useListKeys({
    count: items.length,
    active,
    onActive: (index) => setCursor(items[index]?.id),
    onOpen: (index) =>
      items[index] && void go({ to: '/errors/$issueId', params: { issueId: items[index].id } }),
  })
  return (
    <div className={page.page}>
      <div className={page.bar}>
        <h1>Errors</h1>
        <SearchBox
          page="/errors"
          label="Search errors"
          placeholder="words of the type or message"
          value={query}
          onSearch={search}
          error={list.error}
        />
        <SegmentedControl
          size="xs"
          aria-label="Status"
          data={STATUSES}
          value={status}
          onChange={(value) => void navigate({ search: (before) => ({ ...before, status: value }) })}
        />
      </div>
      <div className={page.split}>
        <PagedList
          label="Issues"
          list={list}
          items={items}
          rowHeight={58}
          keyOf={({ id }) => id}
          active={active}
          header={<IssueHead />}
          sketched={{ rows: 12, height: 34 }}
          empty={
            <NothingFound
              what={status === 'all' ? 'errors' : `${status} errors`}
              query={query}
              onClear={() => search('')}
              snippet={snippet()}
            />
          }
        >
          {(issue, index) => <IssueRow issue={issue} isActive={index === active} />}
        </PagedList>
      </div>
    </div>
  )
}

const snippet = () => ({
  label: 'Python',
  code: `pip install sentry-sdk

import sentry_sdk
sentry_sdk.init(dsn="${location.protocol}//YOUR_KEY@${location.host}/1")
sentry_sdk.capture_message("Hello, Vedette", level="error")`,
})
