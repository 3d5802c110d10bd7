import { TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { ask, type RulesData } from '@/features/metrics/api'
import classes from '@/features/metrics/targets/Targets.module.css'
import { count } from '@/shared/format/format'
import { useScope } from '@/shared/time/useScope'
import { EmptyState, ErrorState, PageSkeleton } from '@/shared/ui/States'

import { GroupPanel } from './GroupPanel'
import { countRules, groupsOf, type Shown } from './rules'

const CHOICES: { value: Shown; label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'recording', label: 'Recording' },
  { value: 'alerting', label: 'Alerting' },
  { value: 'failing', label: 'Failing' },
]

/** Rules that make new series, and those that are kept for alerts: what they ask, and how that went last. */
export function Rules() {
  const { project } = useScope()
  const [shown, setShown] = useState<Shown>('all')
  const [search, setSearch] = useState('')
  const rules = useQuery({
    queryKey: [project, 'rules'],
    queryFn: ({ signal }) => ask<RulesData>('rules', project, {}, signal).then(({ data }) => data.groups),
    refetchInterval: 10_000,
  })
  if (rules.isPending) return <PageSkeleton />
  if (!rules.data) return <ErrorState error={rules.error} onRetry={() => void rules.refetch()} />
  const counts = countRules(rules.data)
  const groups = groupsOf(rules.data, shown, search)
  return (
    <div className={classes.page}>
      <div className={classes.bar}>
        <div role="group" aria-label="Rules shown" className={classes.states}>
          {CHOICES.map(({ value, label }) => (
            <button key={value} type="button" data-state={value === 'failing' && counts.failing ? 'down' : undefined} aria-pressed={shown === value} onClick={() => setShown(value)}>
              {value === 'failing' && <i aria-hidden />} {label} <b>{count(counts[value])}</b>
            </button>
          ))}
        </div>
        <TextInput size="xs" className={classes.search} aria-label="Search rules" placeholder="Group, name or expression" leftSection={<IconSearch size={14} />} value={search} onChange={(event) => setSearch(event.currentTarget.value)} />
      </div>
      {counts.all === 0 ? (
        <EmptyState title="No rules">
          Name rule files of Prometheus in <code>rule_files</code>, such as <code>rule_files = &quot;rules/*.yml&quot;</code>: recording rules are
          worked out as they say, and changes are followed.
        </EmptyState>
      ) : groups.length === 0 ? (
        <EmptyState title="No such rule">Other words or another choice may find it.</EmptyState>
      ) : (
        groups.map((group) => <GroupPanel key={`${group.file} ${group.name}`} group={group} />)
      )}
    </div>
  )
}
