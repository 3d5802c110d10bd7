import { Select, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'

import type { Scope } from '@/shared/time/useScope'
import { SidePanel } from '@/shared/ui/SidePanel'
import { ErrorState, RowsSkeleton } from '@/shared/ui/States'
import { VirtualList } from '@/shared/ui/VirtualList'

import { ask, type Metadata } from './api'
import classes from './Metrics.module.css'
import { suggestion, typeOf } from './model'
import { windowOf } from './useAnswers'

interface Props {
  scope: Scope
  onClose: () => void
  onChoose: (query: string) => void
}

/** Which metrics are there? With their types and meaning; a label narrows the query that is made. */
export function Browser({ scope, onClose, onChoose }: Props) {
  const [search, setSearch] = useState('')
  const [picked, setPicked] = useState<string | null>(null)
  const names = useQuery({
    queryKey: [scope.project, 'metric names', scope.from, scope.to],
    queryFn: ({ signal }) => ask<string[]>('label/__name__/values', scope.project, bounds(scope), signal),
  })
  const metadata = useQuery({
    queryKey: [scope.project, 'metric metadata'],
    queryFn: ({ signal }) => ask<Metadata>('metadata', scope.project, {}, signal),
  })
  const told = useMemo(() => metadata.data?.data ?? {}, [metadata.data])
  const found = useMemo(() => {
    const words = search.toLowerCase().split(/\s+/).filter(Boolean)
    return (names.data?.data ?? []).filter((name) => {
      const text = `${name} ${told[name]?.[0]?.help ?? ''}`.toLowerCase()
      return words.every((word) => text.includes(word))
    })
  }, [names.data, told, search])

  return (
    <SidePanel label="Metrics" title={<b>Metrics</b>} onClose={onClose}>
      <TextInput
        size="xs"
        aria-label="Search metrics"
        placeholder="Name or meaning"
        leftSection={<IconSearch size={14} />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      {picked && (
        <Drill
          key={picked}
          scope={scope}
          name={picked}
          type={typeOf(picked, told)}
          help={told[picked]?.[0]?.help}
          onChoose={onChoose}
        />
      )}
      <div className={classes.names}>
        {names.isPending ? (
          <RowsSkeleton rows={14} height={14} />
        ) : names.error ? (
          <ErrorState error={names.error} onRetry={() => void names.refetch()} />
        ) : (
          <VirtualList
            label="Metrics found"
            items={found}
            rowHeight={40}
            keyOf={(name) => name}
            active={picked ? found.indexOf(picked) : -1}
          >
            {(name) => (
              <button
                type="button"
                className={classes.metric}
                data-active={name === picked || undefined}
                onClick={() => {
                  setPicked(name)
                  onChoose(suggestion(name, typeOf(name, told)))
                }}
              >
                <span className={classes.metricName}>{name}</span>
                <small>
                  {typeOf(name, told) || 'unknown'}
                  {told[name]?.[0]?.help && ` · ${told[name][0].help}`}
                </small>
              </button>
            )}
          </VirtualList>
        )}
      </div>
    </SidePanel>
  )
}

const bounds = (scope: Scope) => {
  const { startS, endS } = windowOf(scope, 240)
  return { start: startS, end: endS }
}

interface DrillProps {
  scope: Scope
  name: string
  type: string
  help?: string
  onChoose: (query: string) => void
}

function Drill({ scope, name, type, help, onChoose }: DrillProps) {
  const match = JSON.stringify(name)
  const [label, setLabel] = useState<string | null>(null)
  const params = { 'match[]': `{__name__=${match}}`, ...bounds(scope) }
  const labels = useQuery({
    queryKey: [scope.project, 'labels of', name, scope.from, scope.to],
    queryFn: ({ signal }) => ask<string[]>('labels', scope.project, params, signal),
  })
  const values = useQuery({
    queryKey: [scope.project, 'values of', name, label, scope.from, scope.to],
    queryFn: ({ signal }) => ask<string[]>(`label/${label}/values`, scope.project, params, signal),
    enabled: label !== null,
  })
  return (
    <div className={classes.drill}>
      {help && <p>{help}</p>}
      <Select
        size="xs"
        aria-label="Label"
        placeholder="Narrow by a label"
        searchable
        data={(labels.data?.data ?? []).filter((one) => one !== '__name__')}
        value={label}
        onChange={setLabel}
      />
      {label && (
        <Select
          size="xs"
          aria-label="Value"
          placeholder={`${values.data?.data.length ?? '…'} values`}
          searchable
          limit={200}
          data={values.data?.data ?? []}
          onChange={(value) => value !== null && onChoose(suggestion(name, type, `${label}=${JSON.stringify(value)}`))}
        />
      )}
    </div>
  )
}
