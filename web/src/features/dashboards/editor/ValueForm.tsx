import { NumberInput, Select } from '@mantine/core'

import type { Panel } from '@/features/dashboards/model/types'
import { UNITS } from '@/features/dashboards/model/units'

import type { ChangePanel } from './PanelEditor'
import classes from './PanelForm.module.css'

const KNOWN = new Set(UNITS.flatMap(({ items }) => items.map(({ value }) => value)))

/** The unit of the values, and between what they are drawn. */
export function ValueForm({ panel, onChange }: { panel: Panel; onChange: ChangePanel }) {
  const { unit, decimals, min, max } = panel
  const data = KNOWN.has(unit) ? UNITS : [...UNITS, { group: 'As imported', items: [{ value: unit, label: unit }] }]
  const read = (value: number | string) => (typeof value === 'number' ? value : null)
  return (
    <>
      <Select
        label="Unit"
        size="xs"
        searchable
        data={data}
        value={unit}
        allowDeselect={false}
        maxDropdownHeight={320}
        onChange={(next) => onChange({ unit: next ?? 'none' })}
      />
      <div className={classes.pair}>
        <NumberInput
          label="From"
          size="xs"
          placeholder="auto"
          value={min ?? ''}
          onChange={(value) => onChange({ min: read(value) }, 'min')}
        />
        <NumberInput
          label="To"
          size="xs"
          placeholder="auto"
          value={max ?? ''}
          onChange={(value) => onChange({ max: read(value) }, 'max')}
        />
        <NumberInput
          label="Decimals"
          size="xs"
          placeholder="auto"
          min={0}
          max={12}
          value={decimals ?? ''}
          onChange={(value) => onChange({ decimals: read(value) }, 'decimals')}
        />
      </div>
    </>
  )
}
