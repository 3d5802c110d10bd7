import { SegmentedControl, TextInput } from '@mantine/core'
import { IconChevronRight, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useDeferredValue, useMemo, useState } from 'react'

import { ask } from '@/features/metrics/api'
import { metadataQuery, windowOf } from '@/features/metrics/useAnswers'
import { count } from '@/shared/format/format'
import type { Scope } from '@/shared/time/useScope'
import { SidePanel } from '@/shared/ui/SidePanel'
import { EmptyState, ErrorState, RowsSkeleton } from '@/shared/ui/States'
import { VirtualList } from '@/shared/ui/VirtualList'

import { Badge } from './Badge'
import classes from './Browser.module.css'
import { familiesOf, type Kind, type Row, searched, treeOf } from './families'
import { Detail } from './Detail'
import { type Suggestion, suggestionsOf } from './suggestions'

interface Props {
  scope: Scope
  /** The query that choices go into. */
  target: { id: string; text: string }
  onClose: () => void
  onChoose: (suggestion: Suggestion) => void
  onAdd?: (suggestion: Suggestion) => void
  onText: (text: string) => void
}

const KINDS: { value: string; label: string; kinds: Kind[] }[] = [
  { value: '', label: 'All', kinds: [] },
  { value: 'counter', label: 'Counters', kinds: ['counter'] },
  { value: 'gauge', label: 'Gauges', kinds: ['gauge', 'unknown', 'info'] },
  { value: 'histogram', label: 'Histograms', kinds: ['histogram', 'native histogram', 'summary'] },
]
/** As many matches are shown with all groups open. */
const MOST_OPENED = 3000

/** Which metrics are there? By the words of their names, with types and meaning; one that is chosen shows its labels. */
export function Browser({ scope, target, onClose, onChoose, onAdd, onText }: Props) {
  const [search, setSearch] = useState('')
  const [kind, setKind] = useState('')
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const [picked, setPicked] = useState<string | null>(null)
  const names = useQuery({
    queryKey: [scope.project, 'metric names', scope.from, scope.to],
    queryFn: ({ signal }) => {
      const { startS, endS } = windowOf(scope, 240)
      return ask<string[]>('label/__name__/values', scope.project, { start: startS, end: endS }, signal)
    },
  })
  const metadata = useQuery(metadataQuery(scope.project))
  const families = useMemo(() => familiesOf(names.data?.data ?? [], metadata.data?.data ?? {}), [names.data, metadata.data])
  const wanted = useDeferredValue(search)
  const found = useMemo(() => {
    const kinds = KINDS.find(({ value }) => value === kind)?.kinds ?? []
    return searched(families, wanted).filter((one) => !kinds.length || kinds.includes(one.kind))
  }, [families, wanted, kind])
  const isOpened = Boolean(wanted.trim()) && found.length <= MOST_OPENED
  const rows = useMemo(() => treeOf(found, isOpened ? 'all' : open), [found, isOpened, open])
  const family = picked === null ? undefined : families.find(({ name }) => name === picked)
  const toggle = (key: string) =>
    setOpen((before) => {
      const after = new Set(before)
      if (!after.delete(key)) after.add(key)
      return after
    })
  const pick = (row: Row & { is: 'family' }) => {
    setPicked(row.family.name)
    const first = suggestionsOf(row.family, { matchers: [] })[0]
    if (first) onChoose(first)
  }

  return (
    <SidePanel label="Metrics" title={<b>Metrics</b>} onClose={onClose}>
      <div className={classes.whole}>
        <TextInput
          size="xs"
          autoFocus
          aria-label="Search metrics"
          placeholder="Name or meaning"
          leftSection={<IconSearch size={14} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <div className={classes.filters}>
          <SegmentedControl size="xs" aria-label="Type" data={KINDS.map(({ value, label }) => ({ value, label }))} value={kind} onChange={setKind} />
          <span>{names.data && `${count(found.length)} of ${count(families.length)}`}</span>
        </div>
        <div className={classes.names} data-shared={family !== undefined || undefined}>
          {names.isPending ? (
            <RowsSkeleton rows={14} height={14} />
          ) : names.error ? (
            <ErrorState error={names.error} onRetry={() => void names.refetch()} />
          ) : rows.length === 0 ? (
            <EmptyState title={families.length ? 'No metric by that name' : 'No metrics in this range'}>
              {families.length ? 'The words are looked for in names and in their meaning.' : 'Look at a longer range, or connect a source.'}
            </EmptyState>
          ) : (
            <VirtualList
              label="Metrics found"
              items={rows}
              rowHeight={28}
              keyOf={({ is, key }) => `${is} ${key}`}
              active={picked ? rows.findIndex(({ is, key }) => is === 'family' && key === picked) : -1}
            >
              {(row) =>
                row.is === 'group' ? (
                  <button
                    type="button"
                    className={classes.row}
                    style={{ paddingLeft: 4 + row.depth * 14 }}
                    aria-expanded={row.isOpen}
                    disabled={isOpened}
                    onClick={() => toggle(row.key)}
                  >
                    <IconChevronRight size={13} className={classes.chevron} aria-hidden />
                    <span className={classes.name}>{row.label}</span>
                    <small className={classes.count}>{count(row.count)}</small>
                  </button>
                ) : (
                  <button
                    type="button"
                    className={classes.row}
                    style={{ paddingLeft: 21 + row.depth * 14 }}
                    data-active={row.key === picked || undefined}
                    title={row.family.help || undefined}
                    onClick={() => pick(row)}
                  >
                    <span className={classes.name}>{row.label}</span>
                    <small className={classes.help}>{row.family.help}</small>
                    <Badge kind={row.family.kind} />
                  </button>
                )
              }
            </VirtualList>
          )}
        </div>
        {family && (
          <Detail
            key={family.name}
            scope={scope}
            family={family}
            target={target}
            onChoose={onChoose}
            onAdd={onAdd}
            onText={onText}
            onClose={() => setPicked(null)}
          />
        )}
      </div>
    </SidePanel>
  )
}
