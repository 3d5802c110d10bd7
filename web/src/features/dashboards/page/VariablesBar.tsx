import { MultiSelect, Select, TextInput } from '@mantine/core'
import { useState } from 'react'

import type { Variable } from '@/features/dashboards/model/types'
import { ALL } from '@/features/dashboards/model/variables'

import type { Variables } from './useVariables'
import classes from './VariablesBar.module.css'

interface Props {
  variables: Variables
  onChoose: (name: string, values: string[]) => void
}

/** What can be chosen above the panels. */
export function VariablesBar({ variables, onChoose }: Props) {
  const visible = variables.definitions.filter(({ hidden, type }) => !hidden && type !== 'constant')
  if (visible.length === 0) return null
  return (
    <div className={classes.bar} role="group" aria-label="Variables">
      {visible.map((variable) => (
        <label key={variable.name} className={classes.variable}>
          <span>{variable.label || variable.name}</span>
          <Choice
            variable={variable}
            chosen={variables.chosen[variable.name] ?? []}
            options={variables.options[variable.name] ?? []}
            error={variables.answers[variable.name]?.error ?? undefined}
            onChoose={(values) => onChoose(variable.name, values)}
          />
        </label>
      ))}
    </div>
  )
}

interface ChoiceProps {
  variable: Variable
  chosen: string[]
  options: string[]
  error: string | undefined
  onChoose: (values: string[]) => void
}

function Choice({ variable, chosen, options, error, onChoose }: ChoiceProps) {
  const label = variable.label || variable.name
  if (variable.type === 'text') return <FreeText label={label} value={chosen[0] ?? ''} onChoose={onChoose} />
  const data = [
    ...(variable.include_all ? [{ value: ALL, label: 'All' }] : []),
    ...[...new Set([...options, ...chosen.filter((value) => value !== ALL)])].map((value) => ({ value, label: value })),
  ]
  const shared = {
    size: 'xs',
    data,
    error: error ? <span title={error}>{error}</span> : undefined,
    searchable: data.length > 8,
    nothingFoundMessage: 'Nothing by that name',
    maxDropdownHeight: 320,
    limit: 300,
    'aria-label': label,
    comboboxProps: { shadow: 'md', width: 'max-content', position: 'bottom-start' },
  } as const
  if (!variable.multi)
    return (
      <Select
        {...shared}
        className={classes.select}
        value={chosen[0] ?? null}
        allowDeselect={false}
        onChange={(value) => value && onChoose([value])}
      />
    )
  return (
    <MultiSelect
      {...shared}
      className={classes.multi}
      classNames={{ pillsList: classes.pills }}
      value={chosen}
      placeholder={chosen.length === 0 ? 'Choose' : undefined}
      onChange={(values) => onChoose(withoutContradiction(values, chosen))}
    />
  )
}

/** All is all: choosing it drops the others, choosing another drops it. */
function withoutContradiction(values: string[], before: string[]): string[] {
  if (!values.includes(ALL)) return values
  return before.includes(ALL) ? values.filter((value) => value !== ALL) : [ALL]
}

function FreeText({ label, value, onChoose }: { label: string; value: string; onChoose: (values: string[]) => void }) {
  const [draft, setDraft] = useState(value)
  const [shown, setShown] = useState(value)
  if (shown !== value) {
    setShown(value)
    setDraft(value)
  }
  const commit = () => draft !== value && onChoose(draft ? [draft] : [])
  return (
    <TextInput
      className={classes.select}
      aria-label={label}
      value={draft}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => event.key === 'Enter' && commit()}
    />
  )
}
