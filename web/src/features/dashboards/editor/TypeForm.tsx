import { Autocomplete, NumberInput, SegmentedControl, Select, Slider, Switch, TagsInput, Textarea } from '@mantine/core'
import type { ReactNode } from 'react'

import { REDUCER_NAMES } from '@/features/dashboards/model/reduce'
import type { Panel, PanelOptions } from '@/features/dashboards/model/types'

import type { ChangePanel } from './PanelEditor'
import classes from './PanelForm.module.css'

interface Props {
  panel: Panel
  /** The series or columns there are. */
  names: string[]
  onChange: ChangePanel
  onOptions: (part: Partial<PanelOptions>, about?: string) => void
}

const REDUCERS = Object.entries(REDUCER_NAMES).map(([value, label]) => ({ value, label }))

/** What only this kind of panel can be told. */
export function TypeForm(props: Props) {
  switch (props.panel.type) {
    case 'timeseries':
      return <TimeSeriesForm {...props} />
    case 'stat':
    case 'gauge':
    case 'bar':
    case 'status':
      return <FigureForm {...props} />
    case 'table':
      return <TableForm {...props} />
    case 'histogram':
      return <HistogramForm {...props} />
    case 'text':
      return <TextForm {...props} />
    default:
      return <p className={classes.hint}>Nothing to choose: it shows what its queries find.</p>
  }
}

function Choice<V extends string>({ label, data, value, onChange }: { label: string; data: { value: V; label: string }[]; value: V; onChange: (value: V) => void }) {
  return (
    <div>
      <div className={classes.caption}>{label}</div>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label={label}
        data={data}
        value={value}
        onChange={(next) => onChange(next as V)}
      />
    </div>
  )
}

function TimeSeriesForm({ panel, onChange, onOptions }: Props) {
  const { options, legend } = panel
  return (
    <>
      <Choice
        label="Drawn as"
        data={[
          { value: 'line', label: 'Lines' },
          { value: 'bars', label: 'Bars' },
          { value: 'points', label: 'Points' },
        ]}
        value={options.draw ?? 'line'}
        onChange={(draw) => onOptions({ draw })}
      />
      <Choice
        label="Stacked"
        data={[
          { value: 'none', label: 'No' },
          { value: 'normal', label: 'Yes' },
          { value: 'percent', label: 'To 100%' },
        ]}
        value={options.stack ?? 'none'}
        onChange={(stack) => onOptions({ stack })}
      />
      <Choice
        label="Legend"
        data={[
          { value: 'list', label: 'List' },
          { value: 'table', label: 'Table' },
          { value: 'hidden', label: 'None' },
        ]}
        value={legend}
        onChange={(next) => onChange({ legend: next })}
      />
      {(options.draw ?? 'line') === 'line' && (
        <Choice
          label="Between the points"
          data={[
            { value: 'linear', label: 'Straight' },
            { value: 'smooth', label: 'Smooth' },
            { value: 'step', label: 'Steps' },
          ]}
          value={options.interpolation ?? 'linear'}
          onChange={(interpolation) => onOptions({ interpolation })}
        />
      )}
      {(options.draw ?? 'line') === 'line' && (
        <Named label="Filled below the line">
          <Slider
            size="sm"
            min={0}
            max={100}
            step={5}
            label={(value) => `${value}%`}
            thumbLabel="Filled below the line"
            value={options.fill ?? 0}
            onChange={(fill) => onOptions({ fill }, 'fill')}
          />
        </Named>
      )}
    </>
  )
}

function Named({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <div className={classes.caption}>{label}</div>
      {children}
    </div>
  )
}

function FigureForm({ panel, onOptions }: Props) {
  const { options, type } = panel
  return (
    <>
      <Select
        label="Of many values show the"
        size="xs"
        data={REDUCERS}
        value={options.reduce ?? 'last'}
        allowDeselect={false}
        onChange={(reduce) => onOptions({ reduce: reduce as PanelOptions['reduce'] })}
      />
      {type === 'stat' && (
        <>
          <Choice
            label="Threshold colours"
            data={[
              { value: 'value', label: 'Figure' },
              { value: 'background', label: 'Surface' },
              { value: 'none', label: 'None' },
            ]}
            value={options.color_by === 'series' ? 'value' : (options.color_by ?? 'value')}
            onChange={(color_by) => onOptions({ color_by })}
          />
          <Switch
            size="xs"
            label="Show the way it came"
            checked={options.sparkline ?? true}
            onChange={(event) => onOptions({ sparkline: event.currentTarget.checked })}
          />
        </>
      )}
      {(type === 'stat' || type === 'gauge') && (
        <Switch
          size="xs"
          label="Name a single figure too"
          checked={options.label === 'name'}
          onChange={(event) => onOptions({ label: event.currentTarget.checked ? 'name' : null })}
        />
      )}
      {type === 'bar' && (
        <Switch
          size="xs"
          label="Largest first"
          checked={options.sort_descending ?? true}
          onChange={(event) => onOptions({ sort_descending: event.currentTarget.checked })}
        />
      )}
    </>
  )
}

function TableForm({ panel, names, onOptions }: Props) {
  const { options } = panel
  return (
    <>
      <TagsInput
        label="Columns"
        description="In this order; none for all"
        size="xs"
        data={names}
        placeholder={options.columns?.length ? undefined : 'all'}
        value={options.columns ?? []}
        onChange={(columns) => onOptions({ columns: columns.length ? columns : null })}
      />
      <Autocomplete
        label="Sorted by"
        size="xs"
        placeholder="as they come"
        data={names}
        value={options.sort ?? ''}
        onChange={(sort) => onOptions({ sort: sort || null }, 'sort')}
      />
      <Choice
        label="Threshold colours"
        data={[
          { value: 'value', label: 'Figure' },
          { value: 'background', label: 'Surface' },
        ]}
        value={options.color_by === 'background' ? 'background' : 'value'}
        onChange={(color_by) => onOptions({ color_by })}
      />
      <Switch
        size="xs"
        label="Largest first"
        checked={options.sort_descending ?? true}
        onChange={(event) => onOptions({ sort_descending: event.currentTarget.checked })}
      />
      <Select
        label="Of many values show the"
        size="xs"
        data={REDUCERS}
        value={options.reduce ?? 'last'}
        allowDeselect={false}
        onChange={(reduce) => onOptions({ reduce: reduce as PanelOptions['reduce'] })}
      />
    </>
  )
}

function HistogramForm({ panel, onOptions }: Props) {
  return (
    <NumberInput
      label="Buckets"
      description="About how many; buckets of a metric stay as they are"
      size="xs"
      min={2}
      max={200}
      value={panel.options.buckets ?? 24}
      onChange={(buckets) => onOptions({ buckets: typeof buckets === 'number' ? buckets : null }, 'buckets')}
    />
  )
}

function TextForm({ panel, onOptions }: Props) {
  return (
    <Textarea
      label="Markdown"
      description="$name is filled in with what is chosen"
      size="xs"
      autosize
      minRows={10}
      className={classes.mono}
      value={panel.options.markdown ?? ''}
      onChange={(event) => onOptions({ markdown: event.currentTarget.value }, 'markdown')}
    />
  )
}
