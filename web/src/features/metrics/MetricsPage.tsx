import { Button, SegmentedControl, Select, Skeleton, Switch } from '@mantine/core'
import { IconLayoutDashboard, IconListSearch, IconPlus } from '@tabler/icons-react'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'

import { useScope } from '@/shared/time/useScope'
import page from '@/shared/ui/listPage.module.css'
import { Notice } from '@/shared/ui/Notice'
import { EmptyState } from '@/shared/ui/States'

import { AddToDashboard } from './AddToDashboard'
import { Browser } from './Browser'
import { Explain } from './Explain'
import classes from './Metrics.module.css'
import { type Asked, freeId, readQueries, writeQueries } from './model'
import { QueryRow } from './QueryRow'
import { Graph, Table } from './Results'
import { Targets } from './Targets'
import { useAnswers, type View } from './useAnswers'

const route = getRouteApi('/shell/explore')
const UNITS = ['short', 'none', 'percentunit', 'percent', 's', 'ms', 'bytes', 'Bps', 'reqps', 'ops', 'celsius', 'hertz']
const STEPS = ['5', '15', '60', '300', '3600']
const DRAWS = ['line', 'area', 'bars', 'points'] as const

/** What is this number doing? */
export function MetricsPage() {
  const search = route.useSearch()
  const scope = useScope()
  const navigate = useNavigate({ from: '/explore' })
  const queries = readQueries(search)
  const view: View = search.view === 'table' ? 'table' : 'graph'
  const draw = DRAWS.find((one) => one === search.draw) ?? 'line'
  const unit = search.unit ?? 'short'
  const step = search.step && Number(search.step) > 0 ? Number(search.step) : undefined
  const answers = useAnswers(scope, queries, view, step, search.compare === '1')
  const [isAdding, setAdding] = useState(false)

  const set = (change: Record<string, string | undefined>) =>
    void navigate({ search: (before) => ({ ...before, ...change }) })
  const write = (next: Asked[]) => set(writeQueries(next))
  const replace = (query: Asked) => write(queries.map((one) => (one.id === query.id ? query : one)))
  const add = (text: string, legend = '') => {
    const id = freeId(queries)
    if (id) write([...queries, { id, text, legend, hidden: false }])
  }
  const choose = (text: string) => replace({ ...(queries.at(-1) as Asked), text })
  const errorOf = (id: string) => answers.now[answers.shown.findIndex((one) => one.id === id)]?.error
  const isFirst = answers.shown.length > 0 && answers.now.every(({ data, error }) => !data && !error)
  const count = answers.now.reduce((sum, { data }) => sum + (Array.isArray(data?.data.result) ? data.data.result.length : 0), 0)
  const tookMs = Math.max(0, ...answers.now.map(({ data }) => data?.tookMs ?? 0))
  const notes = [...new Set(answers.now.flatMap(({ data }) => data?.notes ?? []))]

  return (
    <div className={page.page}>
      <div className={page.bar}>
        <h1>Metrics</h1>
        <Button size="xs" variant="default" leftSection={<IconListSearch size={14} />} onClick={() => set({ panel: search.panel === 'browse' ? undefined : 'browse' })}>
          Browse metrics
        </Button>
        <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} disabled={!freeId(queries)} onClick={() => add(' ')}>
          Query
        </Button>
        <Button size="xs" variant="default" leftSection={<IconLayoutDashboard size={14} />} disabled={!answers.shown.length} onClick={() => setAdding(true)}>
          Add to dashboard
        </Button>
        <Button size="xs" variant="subtle" color="gray" onClick={() => set({ panel: search.panel === 'targets' ? undefined : 'targets' })}>
          Targets
        </Button>
      </div>
      <div className={classes.queries}>
        {queries.map((query) => (
          <QueryRow
            key={query.id}
            query={query}
            project={scope.project}
            error={errorOf(query.id)}
            isOnly={queries.length === 1}
            onChange={replace}
            onDuplicate={freeId(queries) ? () => add(query.text, query.legend) : undefined}
            onRemove={() => write(queries.filter(({ id }) => id !== query.id))}
          />
        ))}
      </div>
      <div className={classes.controls}>
        <SegmentedControl size="xs" aria-label="View" data={[{ value: 'graph', label: 'Graph' }, { value: 'table', label: 'Table' }]} value={view} onChange={(value) => set({ view: value === 'table' ? value : undefined })} />
        <Select size="xs" w={110} aria-label="Draw as" data={[...DRAWS]} value={draw} allowDeselect={false} onChange={(value) => set({ draw: value === 'line' ? undefined : (value ?? undefined) })} />
        <Select size="xs" w={120} aria-label="Unit" searchable data={UNITS} value={unit} allowDeselect={false} onChange={(value) => set({ unit: value === 'short' ? undefined : (value ?? undefined) })} />
        <Select size="xs" w={110} aria-label="Step" placeholder="step: auto" clearable data={STEPS.map((value) => ({ value, label: `${value} s` }))} value={search.step ?? null} onChange={(value) => set({ step: value ?? undefined })} />
        <Switch size="xs" label="Stacked" checked={search.stacked === '1'} onChange={(event) => set({ stacked: event.currentTarget.checked ? '1' : undefined })} />
        <Switch size="xs" label="Period before" checked={search.compare === '1'} onChange={(event) => set({ compare: event.currentTarget.checked ? '1' : undefined })} />
        {answers.shown.length > 0 && (
          <span className={classes.facts}>
            {count} series · {Math.round(tookMs)} ms
          </span>
        )}
      </div>
      <div className={page.split}>
        <div className={classes.result}>
          {notes.map((note) => (
            <Notice key={note} tone="warn">
              {note}
            </Notice>
          ))}
          {!answers.shown.length ? (
            <EmptyState title="Ask for a number" action={<Button onClick={() => set({ panel: 'browse' })}>Browse metrics</Button>}>
              Type a metric or a PromQL expression and press Enter, or choose a metric from the list. Nothing there yet? Point a
              Prometheus here: <code>remote_write: [url: {location.origin}/api/v1/write]</code>.
            </EmptyState>
          ) : isFirst ? (
            <Skeleton height={420} />
          ) : count === 0 && answers.now.every(({ error }) => !error) ? (
            <EmptyState title="No series match in this range">Check the names and labels, or look at a longer range.</EmptyState>
          ) : view === 'table' ? (
            <Table answers={answers} unit={unit} />
          ) : (
            <Graph answers={answers} draw={draw} isStacked={search.stacked === '1'} unit={unit} />
          )}
          {answers.shown.map(({ id, text }) => (
            <Explain key={id} project={scope.project} query={text} />
          ))}
        </div>
        {search.panel === 'browse' && <Browser scope={scope} onClose={() => set({ panel: undefined })} onChoose={choose} />}
        {search.panel === 'targets' && <Targets project={scope.project} onClose={() => set({ panel: undefined })} />}
      </div>
      {isAdding && <AddToDashboard project={scope.project} queries={answers.shown} unit={unit} onClose={() => setAdding(false)} />}
    </div>
  )
}
