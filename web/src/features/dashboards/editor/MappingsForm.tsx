import { NumberInput, Select, TextInput } from '@mantine/core'

import type { Mapping } from '@/features/dashboards/model/types'
import { Cards } from '@/features/dashboards/settings/Cards'
import fields from '@/features/dashboards/settings/Cards.module.css'

import { ColorPick } from './ColorPick'
import classes from './PanelForm.module.css'

const TYPES = [
  { value: 'value', label: 'One value' },
  { value: 'range', label: 'A range' },
  { value: 'regex', label: 'A pattern' },
  { value: 'special', label: 'Nothing' },
]
const SPECIAL = [
  { value: 'null', label: 'no value' },
  { value: 'nan', label: 'not a number' },
  { value: 'null+nan', label: 'neither' },
  { value: 'empty', label: 'empty text' },
]

interface Props {
  mappings: Mapping[]
  onChange: (mappings: Mapping[], about?: string) => void
}

/** Words and colours in place of values: 1 is “up”. */
export function MappingsForm({ mappings, onChange }: Props) {
  return (
    <Cards
      items={mappings}
      what="mapping"
      nameOf={({ text }, index) => text || `Mapping ${index + 1}`}
      onChange={onChange}
      make={(): Mapping => ({ type: 'value', value: '', from: null, to: null, text: '', color: null })}
      none="A mapping shows words in place of a value: 1 as “up”. The first that fits counts."
    >
      {(mapping, change) => (
        <div className={fields.fields}>
          <Select
            label="Of"
            size="xs"
            data={TYPES}
            value={mapping.type}
            allowDeselect={false}
            onChange={(type) =>
              change({ type: type as Mapping['type'], value: type === 'special' ? 'null' : '' })
            }
          />
          <Which mapping={mapping} onChange={change} />
          <TextInput
            label="Words"
            value={mapping.text}
            onChange={(event) => change({ text: event.currentTarget.value }, 'text')}
          />
          <div>
            <div className={classes.caption}>Colour</div>
            <ColorPick
              label="Colour of the words"
              color={mapping.color ?? 'text'}
              onChange={(color) => change({ color })}
            />
          </div>
        </div>
      )}
    </Cards>
  )
}

function Which({ mapping, onChange }: { mapping: Mapping; onChange: (part: Partial<Mapping>, field?: string) => void }) {
  const { type, value, from, to } = mapping
  if (type === 'special')
    return (
      <Select
        label="Which"
        size="xs"
        data={SPECIAL}
        value={value}
        allowDeselect={false}
        onChange={(next) => onChange({ value: next ?? 'null' })}
      />
    )
  if (type !== 'range')
    return (
      <TextInput
        label={type === 'regex' ? 'Pattern' : 'Value'}
        value={value}
        onChange={(event) => onChange({ value: event.currentTarget.value }, 'value')}
      />
    )
  const read = (next: number | string) => (typeof next === 'number' ? next : null)
  return (
    <div className={classes.pair} style={{ gridTemplateColumns: '1fr 1fr' }}>
      <NumberInput
        label="From"
        size="xs"
        value={from ?? ''}
        onChange={(next) => onChange({ from: read(next) }, 'from')}
      />
      <NumberInput label="To" size="xs" value={to ?? ''} onChange={(next) => onChange({ to: read(next) }, 'to')} />
    </div>
  )
}
