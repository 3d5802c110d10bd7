import { Accordion, Select, Textarea, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'

import { PANEL_TYPES } from '@/features/dashboards/model/panels'
import type { Panel, PanelOptions, PanelType, Variable } from '@/features/dashboards/model/types'
import { LinksForm } from '@/features/dashboards/settings/LinksForm'

import { MappingsForm } from './MappingsForm'
import type { ChangePanel } from './PanelEditor'
import { OverridesForm } from './OverridesForm'
import classes from './PanelForm.module.css'
import { ThresholdsForm } from './ThresholdsForm'
import { TimeForm } from './TimeForm'
import { TypeForm } from './TypeForm'
import { TypeSwitch } from './TypeSwitch'
import { ValueForm } from './ValueForm'

interface Props {
  panel: Panel
  /** What the panel shows now: the names of its series or columns. */
  names: string[]
  variables: Variable[]
  onChange: ChangePanel
}

const FIGURES = new Set<PanelType>(['timeseries', 'stat', 'gauge', 'bar', 'table', 'status', 'heatmap', 'histogram'])
const MAPPED = new Set<PanelType>(['stat', 'gauge', 'bar', 'table', 'status'])
const OVERRIDABLE = new Set<PanelType>(['timeseries', 'table', 'stat', 'gauge', 'bar', 'status'])
const COLORED = new Set<PanelType>(['timeseries', 'stat', 'gauge', 'bar', 'table', 'status'])

/** How a panel shows what it is answered. */
export function PanelForm({ panel, names, variables, onChange }: Props) {
  const { type, title, description, links, repeat, repeat_direction } = panel
  const setOptions = (part: Partial<PanelOptions>, about?: string) =>
    onChange({ options: { ...panel.options, ...part } }, about)
  const kind = PANEL_TYPES.find((one) => one.type === type)
  return (
    <div className={classes.form}>
      <TypeSwitch type={type} onChange={(next) => onChange({ type: next })} />
      <TextInput
        label="Title"
        value={title}
        maxLength={200}
        onChange={(event) => onChange({ title: event.currentTarget.value }, 'title')}
      />
      <Textarea
        label="Description"
        size="xs"
        autosize
        minRows={1}
        maxRows={6}
        value={description}
        onChange={(event) => onChange({ description: event.currentTarget.value }, 'description')}
      />
      <Accordion multiple defaultValue={['type', 'value', 'thresholds']} classNames={ACCORDION}>
        <Part value="type" title={kind?.name ?? 'Options'}>
          <TypeForm panel={panel} names={names} onChange={onChange} onOptions={setOptions} />
        </Part>
        {FIGURES.has(type) && (
          <Part value="value" title="Values">
            <ValueForm panel={panel} onChange={onChange} />
          </Part>
        )}
        {COLORED.has(type) && (
          <Part value="thresholds" title="Thresholds">
            <ThresholdsForm thresholds={panel.thresholds} onChange={(thresholds, about) => onChange({ thresholds }, about)} />
          </Part>
        )}
        {MAPPED.has(type) && (
          <Part value="mappings" title="Words for values" count={panel.mappings.length}>
            <MappingsForm mappings={panel.mappings} onChange={(mappings, about) => onChange({ mappings }, about)} />
          </Part>
        )}
        {OVERRIDABLE.has(type) && (
          <Part value="overrides" title="Overrides" count={panel.overrides.length}>
            <OverridesForm
              panel={panel}
              names={names}
              onChange={(overrides, about) => onChange({ overrides }, about)}
            />
          </Part>
        )}
        {type !== 'text' && type !== 'row' && (
          <Part value="time" title="Time" count={Number(Boolean(panel.range)) + Number(Boolean(panel.shift))}>
            <TimeForm panel={panel} onChange={onChange} />
          </Part>
        )}
        <Part value="links" title="Links" count={links.length}>
          <LinksForm links={links} onChange={(next, about) => onChange({ links: next }, about)} />
        </Part>
        <Part value="repeat" title="Repeat" count={repeat ? 1 : 0}>
          <Select
            label="Once for each value of"
            size="xs"
            clearable
            placeholder={variables.length ? 'No variable' : 'The dashboard has no variables'}
            disabled={variables.length === 0}
            data={variables.map(({ name, label }) => ({ value: name, label: label || name }))}
            value={repeat ?? null}
            onChange={(name) => onChange({ repeat: name })}
          />
          {repeat && (
            <Select
              label="Copies stand"
              size="xs"
              data={[
                { value: 'h', label: 'beside each other' },
                { value: 'v', label: 'below each other' },
              ]}
              value={repeat_direction}
              allowDeselect={false}
              onChange={(way) => onChange({ repeat_direction: way as Panel['repeat_direction'] })}
            />
          )}
        </Part>
      </Accordion>
    </div>
  )
}

const ACCORDION = {
  root: classes.accordion,
  item: classes.item,
  control: classes.control,
  label: classes.label,
  content: classes.content,
}

function Part({ value, title, count = 0, children }: { value: string; title: string; count?: number; children: ReactNode }) {
  return (
    <Accordion.Item value={value}>
      <Accordion.Control>
        {title}
        {count > 0 && <span className={classes.count}>{count}</span>}
      </Accordion.Control>
      <Accordion.Panel>
        <div className={classes.fields}>{children}</div>
      </Accordion.Panel>
    </Accordion.Item>
  )
}
