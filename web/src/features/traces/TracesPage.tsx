import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'

import { useListKeys } from '@/shared/keys/useListKeys'
import { useScope } from '@/shared/time/useScope'
import page from '@/shared/ui/listPage.module.css'
import { NothingFound } from '@/shared/ui/NothingFound'
import { PagedList } from '@/shared/ui/PagedList'
import { SearchBox } from '@/shared/ui/SearchBox'

import { Scatter } from './Scatter'
import { TraceHead, TraceRow } from './TraceRow'
import { useTraces } from './useTraces'

const route = getRouteApi('/shell/traces')

export function TracesPage() {
  const { query = '' } = route.useSearch()
  const scope = useScope()
  const list = useTraces(scope, query)
  const go = useNavigate()
  const navigate = useNavigate({ from: '/traces' })
  const items = useMemo(() => list.data?.pages.flatMap((one) => one.items) ?? [], [list.data])
  const longest = useMemo(() => items.reduce((most, one) => Math.max(most, one.duration_ms), 0), [items])
  const [cursor, setCursor] = useState<string>()
  const active = items.findIndex(({ trace_id }) => trace_id === cursor)
  const open = (traceId: string) => void go({ to: '/traces/$traceId', params: { traceId } })
  const search = (text: string) =>
    void navigate({ search: (before) => ({ ...before, query: text || undefined }) })
  useListKeys({
    count: items.length,
    active,
    onActive: (index) => setCursor(items[index]?.trace_id),
    onOpen: (index) => items[index] && open(items[index].trace_id),
  })
  return (
    <div className={page.page}>
      <div className={page.bar}>
        <h1>Traces</h1>
        <SearchBox
          page="/traces"
          label="Search traces"
          placeholder='service:api, name:"GET /", status:error, duration:>250, any.attribute:value'
          value={query}
          onSearch={search}
          error={list.error}
        />
        <span className={page.total} role="status">
          {list.data && `${items.length}${list.hasNextPage ? '+' : ''} traces`}
        </span>
      </div>
      {items.length > 0 && <Scatter traces={items} scope={scope} onOpen={open} />}
      <div className={page.split}>
        <PagedList
          label="Traces"
          list={list}
          items={items}
          rowHeight={34}
          keyOf={({ trace_id }) => trace_id}
          active={active}
          header={<TraceHead />}
          sketched={{ rows: 16 }}
          empty={<NothingFound what="traces" query={query} onClear={() => search('')} snippet={snippet()} />}
        >
          {(trace, index) => <TraceRow trace={trace} longestMs={longest} isActive={index === active} />}
        </PagedList>
      </div>
    </div>
  )
}

const snippet = () => ({
  label: 'Python',
  code: `pip install opentelemetry-distro opentelemetry-exporter-otlp
opentelemetry-bootstrap -a install
OTEL_SERVICE_NAME=my-service \\
OTEL_EXPORTER_OTLP_ENDPOINT=${location.origin} \\
OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf \\
OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer%20YOUR_KEY" \\
opentelemetry-instrument python app.py`,
})
