import { Select, Switch, TextInput } from '@mantine/core'

import { COLOR_NAMES } from '@/features/dashboards/model/colors'
import type { Annotation } from '@/features/dashboards/model/types'

import { Cards } from './Cards'
import classes from './Cards.module.css'

const SIGNALS = [
  { value: 'events', label: 'Events' },
  { value: 'logs', label: 'Logs' },
  { value: 'errors', label: 'Errors' },
  { value: 'traces', label: 'Traces' },
  { value: 'metrics', label: 'Metrics' },
]

interface Props {
  annotations: Annotation[]
  onChange: (annotations: Annotation[], about?: string) => void
}

/** Marks over all panels: deploys, alerts, whatever a search finds. */
export function AnnotationsForm({ annotations, onChange }: Props) {
  return (
    <Cards
      items={annotations}
      what="annotation"
      nameOf={({ name }) => name}
      onChange={onChange}
      make={(): Annotation => ({
        name: `Annotation ${annotations.length + 1}`,
        signal: 'events',
        text: '',
        label: '',
        tags: [],
        color: 'blue',
        enabled: true,
        limit: 100,
      })}
      none="Annotations mark moments over all panels: what a search finds, or when a metric query is above nothing."
    >
      {(annotation, change) => (
        <div className={classes.fields}>
          <TextInput
            label="Name"
            value={annotation.name}
            onChange={(event) => change({ name: event.currentTarget.value }, 'name')}
          />
          <Select
            label="Signal"
            size="xs"
            data={SIGNALS}
            value={annotation.signal}
            allowDeselect={false}
            onChange={(signal) => change({ signal: signal as Annotation['signal'] })}
          />
          <TextInput
            data-wide
            label={annotation.signal === 'metrics' ? 'PromQL' : 'Search'}
            className={classes.mono}
            value={annotation.text}
            onChange={(event) => change({ text: event.currentTarget.value }, 'text')}
          />
          <TextInput
            label="Words of the mark"
            placeholder="{{version}}"
            value={annotation.label}
            onChange={(event) => change({ label: event.currentTarget.value }, 'label')}
          />
          <Select
            label="Colour"
            size="xs"
            data={[...COLOR_NAMES]}
            value={(COLOR_NAMES as readonly string[]).includes(annotation.color) ? annotation.color : null}
            placeholder={annotation.color || 'accent'}
            onChange={(color) => change({ color: color ?? '' })}
          />
          <Switch
            size="xs"
            label="Shown"
            checked={annotation.enabled}
            onChange={(event) => change({ enabled: event.currentTarget.checked })}
          />
        </div>
      )}
    </Cards>
  )
}
