import { SegmentedControl, Select, Switch } from '@mantine/core'

import { seriesOf } from './answers'
import { HISTOGRAM_VIEWS, type HistogramView, isClassic, VIEW_NAMES } from './histograms/buckets'
import classes from './Metrics.module.css'
import type { Answers, View } from './useAnswers'

const UNITS = ['short', 'none', 'percentunit', 'percent', 's', 'ms', 'bytes', 'Bps', 'reqps', 'ops', 'celsius', 'hertz']
const STEPS = ['5', '15', '60', '300', '3600']
export const DRAWS = ['line', 'area', 'bars', 'points'] as const

interface Props {
  search: { draw?: string; unit?: string; step?: string; stacked?: string; compare?: string }
  view: View
  histogramView: HistogramView | undefined
  answers: Answers
  /** The unit the queries seem to have. */
  guessedUnit: string
  onSet: (change: Record<string, string | undefined>) => void
}

/** How the answers are shown. */
export function Controls({ search, view, histogramView, answers, guessedUnit, onSet }: Props) {
  const data = answers.now.flatMap((one) => one.data ?? [])
  const count = data.reduce((sum, one) => sum + one.parts.reduce((more, part) => more + lengthOf(part.data), 0), 0)
  const tookMs = Math.max(0, ...data.map((one) => one.tookMs))
  const areNative = data.some(({ isNative }) => isNative)
  const areClassic = data.some((one) => isClassic(seriesOf(one)))
  const shown = areNative ? (histogramView ?? 'heatmap') : histogramView === 'heatmap' ? 'heatmap' : 'lines'
  const choices = areNative
    ? HISTOGRAM_VIEWS.map((value) => ({ value: value as string, label: VIEW_NAMES[value] }))
    : [
        { value: 'lines', label: 'Lines' },
        { value: 'heatmap', label: 'Heatmap' },
      ]
  const given = search.unit && !UNITS.includes(search.unit) ? [search.unit] : []
  const units = [{ value: 'auto', label: `auto: ${guessedUnit}` }, ...UNITS, ...given]
  return (
    <div className={classes.controls}>
      <SegmentedControl size="xs" aria-label="View" data={[{ value: 'graph', label: 'Graph' }, { value: 'table', label: 'Table' }]} value={view} onChange={(value) => onSet({ view: value === 'table' ? value : undefined })} />
      {view === 'graph' && (areNative || areClassic) && (
        <SegmentedControl size="xs" aria-label="Histograms as" data={choices} value={shown} onChange={(value) => onSet({ histogram: value === 'lines' ? undefined : value })} />
      )}
      {view === 'graph' && (
        <Select size="xs" w={90} aria-label="Draw as" data={[...DRAWS]} value={DRAWS.find((one) => one === search.draw) ?? 'line'} allowDeselect={false} onChange={(value) => onSet({ draw: value === 'line' ? undefined : (value ?? undefined) })} />
      )}
      <Select size="xs" w={110} aria-label="Unit" searchable data={units} value={search.unit ?? 'auto'} allowDeselect={false} onChange={(value) => onSet({ unit: value === 'auto' ? undefined : (value ?? undefined) })} />
      {view === 'graph' && (
        <>
          <Select size="xs" w={110} aria-label="Step" placeholder="step: auto" clearable data={STEPS.map((value) => ({ value, label: `${value} s` }))} value={search.step ?? null} onChange={(value) => onSet({ step: value ?? undefined })} />
          <Switch size="xs" label="Stacked" checked={search.stacked === '1'} onChange={(event) => onSet({ stacked: event.currentTarget.checked ? '1' : undefined })} />
          <Switch size="xs" label="Period before" checked={search.compare === '1'} onChange={(event) => onSet({ compare: event.currentTarget.checked ? '1' : undefined })} />
        </>
      )}
      {data.length > 0 && (
        <span className={classes.facts}>
          {count} series · {Math.round(tookMs)} ms
        </span>
      )}
    </div>
  )
}

const lengthOf = (data: { resultType: string; result: unknown[] }) =>
  data.resultType === 'scalar' || data.resultType === 'string' ? 1 : data.result.length
