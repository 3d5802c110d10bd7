import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'

import type { LogRecord } from '@/shared/api/types'
import { count } from '@/shared/format/format'
import { useListKeys } from '@/shared/keys/useListKeys'
import { useScope, useSetScope } from '@/shared/time/useScope'
import { PagedList } from '@/shared/ui/PagedList'
import { withFilter } from '@/shared/ui/search'
import { SearchBox } from '@/shared/ui/SearchBox'
import page from '@/shared/ui/listPage.module.css'

import { LogDetail } from './LogDetail'
import { LogHistogram } from './LogHistogram'
import { LogRow } from './LogRow'
import { NoLogs } from './NoLogs'
import { useLog, useLogs } from './useLogs'

const route = getRouteApi('/shell/logs')

/** What was said? */
export function LogsPage() {
  const { query = '', record: openId } = route.useSearch()
  const scope = useScope()
  const setScope = useSetScope()
  const navigate = useNavigate({ from: '/logs' })
  const { list, histogram } = useLogs(scope, query, Boolean(openId))
  const items = useMemo(() => list.data?.pages.flatMap((one) => one.items) ?? [], [list.data])
  const [cursor, setCursor] = useState(openId)

  const active = items.findIndex(({ id }) => id === cursor)
  const listed = items.find(({ id }) => id === openId)
  const fetched = useLog(scope.project, openId, !listed && !list.isPending)
  const open = listed ?? fetched.data

  const search = (text: string) =>
    void navigate({ search: (before) => ({ ...before, query: text || undefined, record: undefined }) })
  const show = (id: string | undefined) =>
    void navigate({ search: (before) => ({ ...before, record: id }), replace: Boolean(openId && id) })
  const moveTo = (index: number) => {
    const record = items[index] as LogRecord
    setCursor(record.id)
    if (openId) show(record.id)
  }
  useListKeys({
    count: items.length,
    active,
    onActive: moveTo,
    onOpen: (index) => show(items[index]?.id),
  })
  const filter = (field: string, value: string, isExcluded: boolean) =>
    search(withFilter(query, field, value, isExcluded))

  return (
    <div className={page.page}>
      <div className={page.bar}>
        <h1>Logs</h1>
        <SearchBox
          page="/logs"
          label="Search logs"
          placeholder='words, "a phrase", level:error, service:api, http.status_code:>499'
          value={query}
          onSearch={search}
          error={list.error}
        />
        <span className={page.total} role="status">
          {histogram.data && `${count(histogram.data.total)} records`}
        </span>
      </div>
      {!histogram.error && (
        <LogHistogram
          data={histogram.data}
          onZoom={(from, to) => setScope({ from, to })}
          onLevel={(level) => filter('level', level, false)}
        />
      )}
      <div className={page.split}>
        <PagedList
          label="Log records"
          list={list}
          items={items}
          rowHeight={24}
          keyOf={(record) => record.id}
          active={active}
          sketched={{ rows: 24, height: 14 }}
          empty={<NoLogs query={query} onClear={() => search('')} />}
        >
          {(record, index) => (
            <LogRow
              record={record}
              isActive={index === active}
              onOpen={() => {
                setCursor(record.id)
                show(record.id)
              }}
            />
          )}
        </PagedList>
        {openId && (
          <LogDetail
            record={open}
            error={fetched.error}
            onClose={() => show(undefined)}
            onFilter={filter}
          />
        )}
      </div>
    </div>
  )
}
