import { Autocomplete, NumberInput, Select, Switch, TextInput } from '@mantine/core'

import type { Override, Panel } from '@/features/dashboards/model/types'
import { UNITS } from '@/features/dashboards/model/units'
import { Cards } from '@/features/dashboards/settings/Cards'
import fields from '@/features/dashboards/settings/Cards.module.css'

import { ColorPick } from './ColorPick'
import classes from './PanelForm.module.css'

const MATCHES = [
  { value: 'name', label: 'With the name' },
  { value: 'regex', label: 'Whose name matches' },
  { value: 'query', label: 'Of the query' },
]
const AXES = [
  { value: 'left', label: 'Left' },
  { value: 'right', label: 'Right' },
]
const STACKS = [
  { value: 'yes', label: 'upon others' },
  { value: 'no', label: 'stands alone' },
]
const DRAWS = [
  { value: 'line', label: 'Lines' },
  { value: 'bars', label: 'Bars' },
  { value: 'points', label: 'Points' },
]
const KNOWN = new Set(UNITS.flatMap(({ items }) => items.map(({ value }) => value)))

interface Props {
  panel: Panel
  /** The series or columns there are. */
  names: string[]
  onChange: (overrides: Override[], about?: string) => void
}

/** How single series or columns differ from the rest. */
export function OverridesForm({ panel, names, onChange }: Props) {
  const thing = panel.type === 'table' ? 'columns' : 'series'
  return (
    <Cards
      items={panel.overrides}
      what="override"
      nameOf={({ match, value }) => (match === 'query' ? `Query ${value}` : value || `New override`)}
      onChange={onChange}
      make={(): Override => ({ match: 'name', value: unused(names, panel.overrides) })}
      none={`An override gives single ${thing} a unit, a colour or a name of their own. Later ones count more.`}
      isOrdered
    >
      {(override, change) => (
        <div className={fields.fields}>
          <Select
            label={thing === 'columns' ? 'Columns' : 'Series'}
            size="xs"
            data={MATCHES}
            value={override.match}
            allowDeselect={false}
            onChange={(match) =>
              change({
                match: match as Override['match'],
                value: match === 'query' ? (panel.queries[0]?.id ?? 'A') : override.match === 'query' ? '' : override.value,
              })
            }
          />
          <Which override={override} panel={panel} names={names} onChange={change} />
          <Words override={override} onChange={change} />
          {panel.type === 'timeseries' && <Drawing override={override} onChange={change} />}
          {panel.type === 'table' && <ColumnFields override={override} onChange={change} />}
          <div className={classes.picks}>
            <div>
              <div className={classes.caption}>Colour</div>
              <ColorPick
                label="Colour"
                color={override.color ?? ''}
                onChange={(color) => change({ color })}
                onClear={() => change({ color: null })}
              />
            </div>
            <Switch
              size="xs"
              label="Hide"
              checked={override.hidden ?? false}
              onChange={(event) => change({ hidden: event.currentTarget.checked || null })}
            />
          </div>
        </div>
      )}
    </Cards>
  )
}

/** The first name that has no override yet. */
const unused = (names: string[], overrides: Override[]) =>
  names.find((name) => !overrides.some(({ match, value }) => match === 'name' && value === name)) ?? ''

interface FieldProps {
  override: Override
  onChange: (part: Partial<Override>, field?: string) => void
}

function Which({ override, panel, names, onChange }: FieldProps & Pick<Props, 'panel' | 'names'>) {
  const { match, value } = override
  if (match === 'query')
    return (
      <Select
        label="Query"
        size="xs"
        data={panel.queries.map(({ id }) => id)}
        value={value}
        allowDeselect={false}
        onChange={(next) => onChange({ value: next ?? 'A' })}
      />
    )
  return (
    <Autocomplete
      label={match === 'regex' ? 'Pattern' : 'Name'}
      size="xs"
      className={match === 'regex' ? fields.mono : undefined}
      data={match === 'name' ? [...new Set(names)].filter(Boolean) : []}
      limit={50}
      maxDropdownHeight={280}
      placeholder={match === 'regex' ? '^http_' : undefined}
      error={match === 'regex' && !isPattern(value) ? 'no regular expression' : undefined}
      value={value}
      onChange={(next) => onChange({ value: next }, 'value')}
    />
  )
}

/** The name, the unit and how exactly. */
function Words({ override, onChange }: FieldProps) {
  const { name, unit, decimals } = override
  const data = !unit || KNOWN.has(unit) ? UNITS : [...UNITS, { group: 'As imported', items: [{ value: unit, label: unit }] }]
  return (
    <>
      <TextInput
        label="Shown as"
        placeholder="its own name"
        value={name ?? ''}
        onChange={(event) => onChange({ name: event.currentTarget.value || null }, 'name')}
        wrapperProps={{ 'data-wide': true }}
      />
      <Select
        label="Unit"
        size="xs"
        searchable
        clearable
        placeholder="the panel's"
        data={data}
        value={unit ?? null}
        maxDropdownHeight={320}
        onChange={(next) => onChange({ unit: next })}
      />
      <NumberInput
        label="Decimals"
        size="xs"
        placeholder="the panel's"
        min={0}
        max={12}
        value={decimals ?? ''}
        onChange={(next) => onChange({ decimals: typeof next === 'number' ? next : null }, 'decimals')}
      />
    </>
  )
}

function Drawing({ override, onChange }: FieldProps) {
  return (
    <>
      <Select
        label="Axis"
        size="xs"
        clearable
        placeholder="left"
        data={AXES}
        value={override.axis ?? null}
        onChange={(axis) => onChange({ axis: axis as Override['axis'] })}
      />
      <Select
        label="Drawn as"
        size="xs"
        clearable
        placeholder="the panel's"
        data={DRAWS}
        value={override.draw ?? null}
        onChange={(draw) => onChange({ draw: draw as Override['draw'] })}
      />
      <Select
        label="Stacked"
        size="xs"
        clearable
        placeholder="the panel's"
        data={STACKS}
        value={override.stack == null ? null : override.stack ? 'yes' : 'no'}
        onChange={(stack) => onChange({ stack: stack === null ? null : stack === 'yes' })}
      />
      <div className={classes.picks}>
        <Switch
          size="xs"
          label="Dashed"
          checked={override.dashed ?? false}
          onChange={(event) => onChange({ dashed: event.currentTarget.checked || null })}
        />
        <Switch
          size="xs"
          label="Below the axis"
          checked={override.negate ?? false}
          onChange={(event) => onChange({ negate: event.currentTarget.checked || null })}
        />
      </div>
    </>
  )
}

function ColumnFields({ override, onChange }: FieldProps) {
  const url = override.links?.[0]?.url ?? ''
  return (
    <>
      <NumberInput
        label="Width"
        size="xs"
        placeholder="auto"
        min={20}
        max={2000}
        step={10}
        suffix=" px"
        value={override.width ?? ''}
        onChange={(next) => onChange({ width: typeof next === 'number' ? next : null }, 'width')}
      />
      <TextInput
        label="Cells lead to"
        className={fields.mono}
        placeholder="/traces?query=${__value.raw}"
        value={url}
        onChange={(event) => {
          const next = event.currentTarget.value
          onChange({ links: next ? [{ title: '', url: next }] : null }, 'links')
        }}
      />
    </>
  )
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text.replace(/^\/(.*)\/[a-z]*$/, '$1'))
    return true
  } catch {
    return false
  }
}
