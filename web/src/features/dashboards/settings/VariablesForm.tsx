import { Select, Switch, TagsInput, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'

import { variableOptionsQuery } from '@/features/dashboards/api/variableOptions'
import type { Variable } from '@/features/dashboards/model/types'
import { useScope } from '@/shared/time/useScope'

import { Cards } from './Cards'
import classes from './Cards.module.css'

const TYPES = [
  { value: 'query', label: 'Query' },
  { value: 'custom', label: 'Custom list' },
  { value: 'interval', label: 'Interval' },
  { value: 'text', label: 'Free text' },
  { value: 'constant', label: 'Constant' },
]
const SORTS = [
  { value: 'none', label: 'As given' },
  { value: 'ascending', label: 'A to Z' },
  { value: 'descending', label: 'Z to A' },
  { value: 'numeric', label: 'Small to large' },
  { value: 'numeric_descending', label: 'Large to small' },
]
const INTERVALS = ['1m', '5m', '15m', '1h']

const fresh = (taken: Variable[]): Variable => ({
  name: `variable${taken.length + 1}`,
  label: '',
  type: 'query',
  query: '',
  regex: '',
  options: [],
  sort: 'none',
  multi: false,
  include_all: false,
  all_value: null,
  current: '',
  hidden: false,
})

interface Props {
  project: string
  variables: Variable[]
  onChange: (variables: Variable[], about?: string) => void
}

/** What people may choose above the panels, and where the choices come from. */
export function VariablesForm({ project, variables, onChange }: Props) {
  return (
    <Cards
      items={variables}
      what="variable"
      nameOf={({ name, label }) => label || `$${name}`}
      onChange={onChange}
      make={() => fresh(variables)}
      none="Variables stand for values that people choose above the panels: write $name in queries, titles and links."
      isOrdered
    >
      {(variable, change) => <Fields project={project} variable={variable} all={variables} onChange={change} />}
    </Cards>
  )
}

interface FieldsProps {
  project: string
  variable: Variable
  all: Variable[]
  onChange: (part: Partial<Variable>, field?: string) => void
}

function Fields({ project, variable, all, onChange }: FieldsProps) {
  const { name, label, type, query, regex, options, sort, multi, include_all, current } = variable
  const isTwice = all.filter((one) => one.name === name).length > 1
  const isList = type === 'custom' || type === 'interval'
  const single = Array.isArray(current) ? (current[0] ?? '') : current
  return (
    <div className={classes.fields}>
      <TextInput
        label="Name"
        className={classes.mono}
        value={name}
        error={isTwice ? 'Taken' : /^[A-Za-z_]\w*$/.test(name) ? undefined : 'Letters, digits and _ only'}
        onChange={(event) => onChange({ name: event.currentTarget.value }, 'name')}
      />
      <TextInput
        label="Label"
        value={label}
        placeholder={name}
        onChange={(event) => onChange({ label: event.currentTarget.value }, 'label')}
      />
      <Select
        label="Kind"
        size="xs"
        data={TYPES}
        value={type}
        allowDeselect={false}
        onChange={(value) => {
          const next = value as Variable['type']
          onChange({ type: next, ...(next === 'interval' && options.length === 0 ? { options: INTERVALS } : {}) })
        }}
      />
      {type === 'query' && (
        <Select
          label="Order"
          size="xs"
          data={SORTS}
          value={sort}
          allowDeselect={false}
          onChange={(value) => onChange({ sort: value as Variable['sort'] })}
        />
      )}
      {type === 'query' && (
        <>
          <TextInput
            data-wide
            label="Query"
            description="label_values(metric, label), metrics(regex), field_values(logs, service)"
            className={classes.mono}
            value={query}
            onChange={(event) => onChange({ query: event.currentTarget.value }, 'query')}
          />
          <TextInput
            data-wide
            label="Keep what matches"
            description="A regular expression; its first group becomes the value"
            className={classes.mono}
            value={regex}
            onChange={(event) => onChange({ regex: event.currentTarget.value }, 'regex')}
          />
        </>
      )}
      {isList && (
        <TagsInput
          data-wide
          size="xs"
          label="Options"
          value={options}
          onChange={(next) => onChange({ options: next })}
        />
      )}
      {(type === 'constant' || type === 'text') && (
        <TextInput
          label={type === 'constant' ? 'Value' : 'Value at first'}
          value={single}
          onChange={(event) => onChange({ current: event.currentTarget.value }, 'current')}
        />
      )}
      {(type === 'query' || type === 'custom') && (
        <>
          <Switch
            size="xs"
            label="Several at once"
            checked={multi}
            onChange={(event) => onChange({ multi: event.currentTarget.checked })}
          />
          <Switch
            size="xs"
            label="Offer “All”"
            checked={include_all}
            onChange={(event) => onChange({ include_all: event.currentTarget.checked })}
          />
        </>
      )}
      {type === 'query' && query && <Preview project={project} variable={variable} all={all} />}
    </div>
  )
}

/** What there would be to choose from. */
function Preview({ project, variable, all }: Omit<FieldsProps, 'onChange'>) {
  const { from, to } = useScope()
  const before = all.slice(0, all.indexOf(variable))
  const [asked] = useDebouncedValue(JSON.stringify([...before, variable]), 400)
  const { data } = useQuery(
    variableOptionsQuery({ project, variables: JSON.parse(asked) as Variable[], values: {}, from, to }),
  )
  const answer = data?.[variable.name]
  if (!answer) return null
  const some = answer.options.slice(0, 8).join(', ')
  return (
    <p data-wide className={classes.options} data-bad={answer.error ? true : undefined} role="status">
      {answer.error ??
        (answer.options.length === 0
          ? 'Nothing to choose from in this range'
          : `${answer.options.length} options: ${some}${answer.options.length > 8 ? ' …' : ''}`)}
    </p>
  )
}
