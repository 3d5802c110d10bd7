import uPlot from 'uplot'

import { axisLook, timeAxis } from './axes'
import { cssColor, withAlpha } from './colors'

export interface ChartSeries {
  label: string
  values: (number | null)[]
  /** A CSS variable of the theme such as `--v-accent`, or a colour. */
  color: string
  fill?: boolean
  width?: number
}

export interface PlotSpec {
  series: ChartSeries[]
  kind: 'line' | 'stacked-bars'
  format: (value: number | null) => string
  range?: [number, number]
  maxY?: number
  /** The axis reaches at least this far, so that a little is not drawn as a lot. */
  leastMaxY?: number
  onZoom?: (fromS: number, toS: number) => void
  axes?: boolean
}

/** Running sums from the bottom up; the top series comes first so that it is painted behind. */
export function stack(series: ChartSeries[]): (number | null)[][] {
  const sums: (number | null)[][] = []
  let below: number[] = []
  for (const { values } of series) {
    below = values.map((value, i) => (value ?? 0) + (below[i] ?? 0))
    sums.push(below)
  }
  return sums.reverse()
}

export function plotData(times: number[], spec: PlotSpec): uPlot.AlignedData {
  const columns =
    spec.kind === 'stacked-bars' ? stack(spec.series) : spec.series.map((one) => one.values)
  return [times, ...columns] as uPlot.AlignedData
}

/** The ends of the axis at which the first and the last bar are whole. */
export function barRange(times: number[]): [number, number] | undefined {
  const first = times[0]
  const second = times[1]
  const last = times.at(-1)
  if (first === undefined || second === undefined || last === undefined) return undefined
  const half = (second - first) / 2
  return [first - half, last + half]
}

/** Values with nothing on either side, which a line alone would not show. */
function loneValues(plot: uPlot, seriesIndex: number): number[] {
  return loneIndexes(plot.data[seriesIndex] as (number | null)[])
}

export const loneIndexes = (values: (number | null)[]): number[] =>
  values.flatMap((value, i) =>
    value != null && values[i - 1] == null && values[i + 1] == null ? [i] : [],
  )

function seriesOptions(spec: PlotSpec, scale: number): uPlot.Series[] {
  const bars = spec.kind === 'stacked-bars'
  const ordered = bars ? [...spec.series].reverse() : spec.series
  return ordered.map((one) => {
    const color = cssColor(one.color)
    return bars
      ? {
          label: one.label,
          fill: color,
          stroke: color,
          width: 0,
          paths: uPlot.paths.bars?.({ size: [0.86, 60], gap: 0 }),
          points: { show: false },
        }
      : {
          label: one.label,
          stroke: color,
          width: (one.width ?? 1.5) * scale,
          fill: one.fill ? withAlpha(color, 0.12) : undefined,
          points: { show: true, size: 4, fill: color, filter: loneValues },
          spanGaps: false,
        }
  })
}

function axisOptions(spec: PlotSpec, scale: number): uPlot.Axis[] {
  if (spec.axes === false) return [{ show: false }, { show: false }]
  const shared = axisLook(scale)
  return [
    timeAxis(scale),
    {
      ...shared,
      size: 54 * scale,
      space: 24 * scale,
      values: (_plot, ticks) => ticks.map((tick) => spec.format(tick)),
    },
  ]
}

export function plotOptions(
  spec: PlotSpec,
  size: { width: number; height: number },
  scale: number,
  onCursor: (index: number | null, left: number) => void,
): uPlot.Options {
  return {
    ...size,
    padding: spec.axes === false ? [2, 0, 2, 0] : [8, 16, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { show: spec.kind === 'line', size: 5 },
      drag: { x: Boolean(spec.onZoom), y: false, setScale: false },
      show: spec.axes !== false,
    },
    scales: {
      x: { time: true, ...(spec.range ? { range: spec.range } : {}) },
      y: {
        range: (_plot, _min, max) => [0, spec.maxY ?? Math.max(max > 0 ? max * 1.08 : (spec.leastMaxY ?? 1), spec.leastMaxY ?? 0)],
      },
    },
    axes: axisOptions(spec, scale),
    series: [{}, ...seriesOptions(spec, scale)],
    hooks: {
      setCursor: [(plot) => onCursor(plot.cursor.idx ?? null, plot.cursor.left ?? -1)],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select
          if (!spec.onZoom || width < 4) return
          spec.onZoom(plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x'))
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
        },
      ],
    },
  }
}
