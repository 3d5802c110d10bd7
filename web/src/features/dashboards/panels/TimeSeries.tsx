import { useMemo } from 'react'

import { categoryToken, tokenOf } from '@/features/dashboards/model/colors'
import { linesOf } from '@/features/dashboards/model/frames'
import { overridden } from '@/features/dashboards/model/overrides'
import { absoluteSteps } from '@/features/dashboards/model/thresholds'
import type { Panel } from '@/features/dashboards/model/types'
import { TimeSeriesChart } from '@/shared/charts/timeseries/TimeSeriesChart'

import type { BodyProps } from './body'

/** Values over time. */
export function TimeSeries({ panel, data, height, marks, onZoom, syncKey }: BodyProps) {
  const { times, series } = useMemo(() => drawn(panel, data), [panel, data])
  const { options } = panel
  const draw = options.draw ?? 'line'
  return (
    <TimeSeriesChart
      times={times}
      series={series}
      unit={panel.unit}
      draw={draw === 'line' && (options.fill ?? 0) > 0 ? 'area' : draw}
      stacked={options.stack === 'normal' || options.stack === 'percent'}
      thresholds={limits(panel)}
      marks={marks}
      height={height}
      legend={panel.legend}
      min={panel.min ?? undefined}
      max={panel.max ?? undefined}
      syncKey={syncKey}
      onZoom={onZoom}
    />
  )
}

function drawn(panel: Panel, data: BodyProps['data']) {
  const { times, lines } = linesOf(data)
  const shown = lines.flatMap((line, index) => {
    const own = overridden(panel, line.name, line.query)
    if (own.hidden) return []
    const color = tokenOf(own.color ?? (lines.length === 1 ? panel.options.color : null) ?? categoryToken(index))
    return [{ key: line.key, name: own.name ?? line.name, labels: line.labels, values: line.values, color }]
  })
  if (panel.options.stack !== 'percent') return { times, series: shown }
  const totals = times.map((_, at) => shown.reduce((sum, { values }) => sum + Math.abs(values[at] ?? 0), 0))
  const scale = panel.unit === 'percentunit' ? 1 : 100
  const series = shown.map((one) => ({
    ...one,
    values: one.values.map((value, at) => (value == null || !totals[at] ? null : (value / totals[at]) * scale)),
  }))
  return { times, series }
}

/** The lines worth drawing: where a value begins to mean something else. */
const limits = (panel: Panel) =>
  absoluteSteps(panel.thresholds, panel)
    .filter(({ value }) => Number.isFinite(value))
    .map(({ value, color }) => ({ value, color: tokenOf(color) }))
