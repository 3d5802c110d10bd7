import { ActionIcon, Select, Switch, TextInput, Tooltip } from '@mantine/core'
import { IconCopy, IconEye, IconEyeOff, IconTrash } from '@tabler/icons-react'

import type { Query } from '@/features/dashboards/model/types'

import { PromqlInput } from './PromqlInput'
import classes from './Queries.module.css'
import { RecordsQuery } from './RecordsQuery'
import { useTyped } from './useTyped'

const SIGNALS = [
  { value: 'metrics', label: 'Metrics' },
  { value: 'logs', label: 'Logs' },
  { value: 'traces', label: 'Traces' },
  { value: 'errors', label: 'Errors' },
  { value: 'events', label: 'Events' },
]
const FORMATS = [
  { value: 'series', label: 'Time series' },
  { value: 'table', label: 'Table' },
  { value: 'heatmap', label: 'Heatmap' },
]

export interface QueryProps {
  query: Query
  project: string
  onChange: (part: Partial<Query>, field?: string) => void
}

interface Props extends QueryProps {
  error: string | undefined
  onCopy: () => void
  onRemove: () => void
}

/** One question: of which signal, and how its answer is named and shaped. */
export function QueryRow({ query, project, error, onChange, onCopy, onRemove }: Props) {
  const { id, signal, hidden } = query
  return (
    <section className={classes.query} data-hidden={hidden || undefined} aria-label={`Query ${id}`}>
      <header className={classes.head}>
        <b>{id}</b>
        <Select
          size="xs"
          className={classes.signal}
          aria-label={`Signal of query ${id}`}
          data={SIGNALS}
          value={signal}
          allowDeselect={false}
          onChange={(value) =>
            onChange({
              signal: value as Query['signal'],
              text: '',
              aggregate: value === 'metrics' ? null : { fn: 'count', by: [] },
              format: 'series',
            })
          }
        />
        <div className={classes.buttons}>
          <Tooltip label={hidden ? 'Ask again' : 'Leave out'}>
            <ActionIcon aria-label={hidden ? `Ask query ${id} again` : `Leave out query ${id}`} onClick={() => onChange({ hidden: !hidden })}>
              {hidden ? <IconEyeOff size={15} /> : <IconEye size={15} />}
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Duplicate">
            <ActionIcon aria-label={`Duplicate query ${id}`} onClick={onCopy}>
              <IconCopy size={15} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Remove">
            <ActionIcon aria-label={`Remove query ${id}`} onClick={onRemove}>
              <IconTrash size={15} />
            </ActionIcon>
          </Tooltip>
        </div>
      </header>
      <div className={classes.body}>
        {signal === 'metrics' ? (
          <MetricsQuery query={query} project={project} onChange={onChange} />
        ) : (
          <RecordsQuery query={query} project={project} onChange={onChange} />
        )}
        {error && (
          <p className={classes.fault} role="alert">
            {error}
          </p>
        )}
      </div>
    </section>
  )
}

function MetricsQuery({ query, project, onChange }: QueryProps) {
  const [legend, setLegend] = useTyped(query.legend, (text) => onChange({ legend: text }, 'legend'))
  return (
    <>
      <PromqlInput
        id={query.id}
        project={project}
        value={query.text}
        onChange={(text) => onChange({ text }, 'text')}
      />
      <div className={classes.fields}>
        <TextInput
          className={`${classes.legend} ${classes.mono}`}
          label="Legend"
          placeholder="{{instance}}"
          value={legend}
          onChange={(event) => setLegend(event.currentTarget.value)}
        />
        <Select
          className={classes.narrow}
          size="xs"
          label="Shape"
          data={FORMATS}
          value={query.format}
          allowDeselect={false}
          onChange={(format) => onChange({ format: format as Query['format'] })}
        />
        <Switch
          size="xs"
          className={classes.switch}
          label="Only the last moment"
          checked={query.instant}
          onChange={(event) => onChange({ instant: event.currentTarget.checked })}
        />
      </div>
    </>
  )
}
