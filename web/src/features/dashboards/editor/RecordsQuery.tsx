import { NumberInput, Select, TagsInput, TextInput } from '@mantine/core'

import type { Aggregate, Query } from '@/features/dashboards/model/types'

import classes from './Queries.module.css'
import type { QueryProps } from './QueryRow'
import { useTyped } from './useTyped'

const RECORDS = 'records'
const FUNCTIONS: { value: Aggregate['fn'] | typeof RECORDS; label: string }[] = [
  { value: RECORDS, label: 'The records' },
  { value: 'count', label: 'Count' },
  { value: 'rate', label: 'Rate per second' },
  { value: 'share', label: 'Share' },
  { value: 'uniq', label: 'Different values' },
  { value: 'sum', label: 'Sum' },
  { value: 'avg', label: 'Average' },
  { value: 'min', label: 'Minimum' },
  { value: 'max', label: 'Maximum' },
  { value: 'p50', label: 'Median' },
  { value: 'p75', label: '75th percentile' },
  { value: 'p90', label: '90th percentile' },
  { value: 'p95', label: '95th percentile' },
  { value: 'p99', label: '99th percentile' },
]
const WITHOUT_FIELD = new Set<string>([RECORDS, 'count', 'rate', 'share'])
const HINTS: Record<Query['signal'], { search: string; field: string; by: string }> = {
  metrics: { search: '', field: '', by: '' },
  logs: { search: 'words, "a phrase", level:error, service:api', field: 'an attribute', by: 'service, level, …' },
  traces: { search: 'service:api, status:error, duration:>250', field: 'duration', by: 'service, name, …' },
  errors: { search: 'words of the type or message', field: 'user', by: 'type, release, …' },
  events: { search: 'name:signup, any.property:value', field: 'distinct_id', by: 'name, country, …' },
}

/** A search, and what to work out of what it finds. */
export function RecordsQuery({ query, onChange }: QueryProps) {
  const { signal, aggregate, limit, format } = query
  const hint = HINTS[signal]
  const [text, setText] = useTyped(query.text, (typed) => onChange({ text: typed }, 'text'))
  const [field, setField] = useTyped(aggregate?.field ?? '', (typed) => change({ field: typed || null }, 'field'))
  const [of, setOf] = useTyped(aggregate?.of ?? '', (typed) => change({ of: typed || null }, 'of'))
  const [legend, setLegend] = useTyped(query.legend, (typed) => onChange({ legend: typed }, 'legend'))
  const fn = aggregate?.fn ?? RECORDS
  const change = (part: Partial<Aggregate>, about?: string) =>
    onChange({ aggregate: { fn: 'count', by: [], ...aggregate, ...part } }, about)
  return (
    <>
      <TextInput
        className={classes.mono}
        aria-label={`Search of query ${query.id}`}
        placeholder={hint.search}
        value={text}
        spellCheck={false}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className={classes.fields}>
        <Select
          className={classes.narrow}
          w={150}
          size="xs"
          label="Show"
          data={FUNCTIONS}
          value={fn}
          allowDeselect={false}
          maxDropdownHeight={340}
          onChange={(value) =>
            value === RECORDS ? onChange({ aggregate: null }) : change({ fn: value as Aggregate['fn'] })
          }
        />
        {!WITHOUT_FIELD.has(fn) && (
          <TextInput
            className={`${classes.narrow} ${classes.mono}`}
            label="of"
            placeholder={hint.field}
            value={field}
            onChange={(event) => setField(event.currentTarget.value)}
          />
        )}
        {fn === 'share' && (
          <TextInput
            className={`${classes.by} ${classes.mono}`}
            label="of those that also match"
            placeholder="status:error"
            value={of}
            onChange={(event) => setOf(event.currentTarget.value)}
          />
        )}
        {aggregate && (
          <>
            <TagsInput
              className={classes.by}
              size="xs"
              label="by"
              maxTags={3}
              placeholder={aggregate.by.length ? undefined : hint.by}
              value={aggregate.by}
              onChange={(by) => change({ by })}
            />
            <Select
              className={classes.narrow}
              size="xs"
              label="Shape"
              data={[
                { value: 'series', label: 'Over time' },
                { value: 'table', label: 'Table' },
                { value: 'heatmap', label: 'Heatmap' },
              ]}
              value={format}
              allowDeselect={false}
              onChange={(value) => onChange({ format: value as Query['format'] })}
            />
            <TextInput
              className={`${classes.narrow} ${classes.mono}`}
              label="Legend"
              placeholder="{{service}}"
              value={legend}
              onChange={(event) => setLegend(event.currentTarget.value)}
            />
          </>
        )}
        <NumberInput
          className={classes.narrow}
          w={84}
          size="xs"
          label="At most"
          min={1}
          max={1000}
          placeholder={aggregate ? '10' : '50'}
          value={limit ?? ''}
          onChange={(value) => onChange({ limit: typeof value === 'number' ? value : null })}
        />
      </div>
    </>
  )
}
