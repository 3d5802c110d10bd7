import { useMemo } from 'react'

import { categoryToken, tokenOf } from '@/features/dashboards/model/colors'
import { finished, linesOf, unfinishedFrom } from '@/features/dashboards/model/frames'
import { overridden } from '@/features/dashboards/model/overrides'
import { absoluteSteps } from '@/features/dashboards/model/thresholds'
import type { Override, Panel, PanelData } from '@/features/dashboards/model/types'
import { type Plotted, type Style, TimeSeriesChart } from '@/shared/charts/timeseries/TimeSeriesChart'
import { formatValue } from '@/shared/format/units'

import type { BodyProps } from './body'

/** Values over time. */
export function TimeSeries({ panel, data, height, marks, onZoom, syncKey }: BodyProps) {
  const { times, series } = useMemo(() => drawn(panel, data), [panel, data])
  const style = useMemo(() => styleOf(panel, data), [panel, data])
  const { options } = panel
  const draw = options.draw ?? 'line'
  return (
    <TimeSeriesChart
      times={times}
      series={series}
      unit={panel.unit}
      decimals={panel.decimals ?? undefined}
      draw={draw === 'line' && (options.fill ?? 0) > 0 ? 'area' : draw}
      style={style}
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

/** Bars show the running step, paler; of lines it is left out. */
const isBars = ({ options }: Panel) => options.draw === 'bars'

function styleOf(panel: Panel, data: PanelData): Style {
  const { interpolation, line_width, fill, points, connect_nulls, log_base, stack } = panel.options
  const isFilled = fill != null && (fill > 0 || (stack ?? 'none') !== 'none')
  return {
    interpolation: interpolation ?? undefined,
    lineWidth: line_width ?? undefined,
    fill: isFilled && !isBars(panel) ? fill / 100 : undefined,
    points: points ?? undefined,
    connectNulls: connect_nulls ?? undefined,
    logBase: log_base ?? undefined,
    unfinishedFrom: isBars(panel) ? unfinishedFrom(data) : undefined,
  }
}

function drawn(panel: Panel, data: PanelData) {
  const { times, lines } = linesOf(isBars(panel) ? data : finished(data))
  const shown = lines.flatMap((line, index): Plotted[] => {
    const own = overridden(panel, line.name, line.query)
    if (own.hidden) return []
    const color = tokenOf(own.color ?? (lines.length === 1 ? panel.options.color : null) ?? categoryToken(index))
    return [{ key: line.key, name: own.name ?? line.name, labels: line.labels, values: line.values, color, ...look(panel, own) }]
  })
  if (panel.options.stack !== 'percent') return { times, series: shown }
  const inPile = shown.filter((one) => one.stack !== false)
  const totals = times.map((_, at) => inPile.reduce((sum, { values }) => sum + Math.abs(values[at] ?? 0), 0))
  const scale = panel.unit === 'percentunit' ? 1 : 100
  const shareOf = (value: number | null, at: number) => (value == null || !totals[at] ? null : (value / totals[at]) * scale)
  const series = shown.map((one) => (one.stack === false ? one : { ...one, values: one.values.map(shareOf) }))
  return { times, series }
}

/** What an override changes of how a series is drawn and written. */
function look(panel: Panel, own: Partial<Override>): Partial<Plotted> {
  const { draw, axis, fill, line_width, dashed, stack } = own
  const hasWords = own.unit != null || own.decimals != null
  return {
    ...(draw ? { draw: draw === 'line' && (panel.options.fill ?? 0) > 0 ? 'area' : draw } : {}),
    ...(axis ? { axis } : {}),
    ...(fill == null ? {} : { fill: fill / 100 }),
    ...(line_width == null ? {} : { lineWidth: line_width }),
    ...(dashed ? { dashed } : {}),
    ...(stack == null ? {} : { stack }),
    ...(hasWords
      ? { format: (value: number) => formatValue(value, own.unit ?? panel.unit, own.decimals ?? panel.decimals ?? undefined) }
      : {}),
  }
}

/** The lines worth drawing: where a value begins to mean something else. */
const limits = (panel: Panel) =>
  absoluteSteps(panel.thresholds, panel)
    .filter(({ value }) => Number.isFinite(value))
    .map(({ value, color }) => ({ value, color: tokenOf(color) }))
