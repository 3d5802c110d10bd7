import uPlot from 'uplot'

import { cssColor, withAlpha } from '@/shared/charts/colors'
import { barRange, loneIndexes } from '@/shared/charts/plot'

import { bounds, colorOf, type Plotted, stacked } from './series'

export interface Mark {
  time: number
  text: string
  color: string
  href?: string
}
export interface Threshold {
  value: number
  color: string
}
export interface Spec {
  series: Plotted[]
  draw: 'line' | 'area' | 'bars' | 'points'
  isStacked: boolean
  thresholds: Threshold[]
  marks: Mark[]
  min?: number
  max?: number
  syncKey?: string
  format: (value: number) => string
  onZoom?: (fromS: number, toS: number) => void
  onCursor: (at: number | null, left: number, value: number) => void
  onClick: () => void
  onDraw?: (plot: uPlot) => void
}

const FONT = '"Inter Variable", system-ui, sans-serif'

/** The columns of the canvas: times, then each series, the top of a stack first so that it is painted behind. */
export function columnsOf(times: number[], { series, isStacked }: Pick<Spec, 'series' | 'isStacked'>): uPlot.AlignedData {
  const values = series.map((one) => one.values)
  return [times, ...(isStacked ? stacked(values).reverse() : values)] as uPlot.AlignedData
}

export function optionsOf(spec: () => Spec, size: { width: number; height: number }, scale: number): uPlot.Options {
  const now = spec()
  return {
    ...size,
    padding: [8, 12, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { size: 5 * scale, show: now.draw !== 'bars' },
      drag: { x: Boolean(now.onZoom), y: false, setScale: false },
      ...(now.syncKey ? { sync: { key: now.syncKey, setSeries: false } } : {}),
      bind: {
        click: (_plot, _target, handler) => (event) => {
          spec().onClick()
          return handler(event)
        },
      },
    },
    scales: {
      x: {
        time: true,
        // The first and the last bar are whole.
        range: (plot, low, high) => (spec().draw === 'bars' && barRange(plot.data[0] as number[])) || [low, high],
      },
      y: {
        range: (plot) => {
          const { draw, thresholds, min, max, isStacked } = spec()
          const shown = plot.data.slice(1).filter((_, i) => plot.series[i + 1]?.show) as (number | null)[][]
          const [low, high] = bounds(
            shown,
            draw === 'bars' || isStacked,
            thresholds.map(({ value }) => value),
          )
          return [min ?? low, max ?? Math.max(high, (min ?? low) + 1e-9)]
        },
      },
    },
    series: [{}, ...seriesOf(now, scale)],
    axes: axes(spec, scale),
    hooks: {
      setCursor: [
        (plot) => {
          const { idx, left = -1, top = -1 } = plot.cursor
          spec().onCursor(left < 0 || idx == null ? null : idx, left, top < 0 ? NaN : plot.posToVal(top, 'y'))
        },
      ],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select
          if (width < 4) return
          const [from, to] = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')]
          plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false)
          spec().onZoom?.(from, to)
        },
      ],
      draw: [(plot) => drawLines(plot, spec(), scale), (plot) => spec().onDraw?.(plot)],
    },
  }
}

function seriesOf({ series, draw, isStacked }: Spec, scale: number): uPlot.Series[] {
  const all = series.map((one, index): uPlot.Series => {
    const color = cssColor(colorOf(one, index))
    const isFilled = draw === 'area' || draw === 'bars' || isStacked
    return {
      label: one.name,
      stroke: color,
      width: (draw === 'bars' ? 0 : draw === 'points' ? 0 : 1.5) * scale,
      dash: one.dashed ? [6 * scale, 4 * scale] : undefined,
      fill: isFilled ? withAlpha(color, draw === 'bars' ? 0.9 : isStacked ? 0.35 : 0.14) : undefined,
      paths: draw === 'bars' ? uPlot.paths.bars?.({ size: [0.8, 40], gap: 0 }) : draw === 'points' ? () => null : undefined,
      points:
        draw === 'bars'
          ? { show: false }
          : {
              show: true,
              size: 4 * scale,
              fill: color,
              // A value with nothing on either side would not be seen as a line.
              filter: draw === 'points' ? undefined : (plot, at) => loneIndexes(plot.data[at] as (number | null)[]),
            },
      spanGaps: false,
    }
  })
  return isStacked ? all.reverse() : all
}

function axes(spec: () => Spec, scale: number): uPlot.Axis[] {
  const shared = {
    stroke: cssColor('--v-muted'),
    font: `${Math.round(11 * scale)}px ${FONT}`,
    ticks: { show: false },
    grid: { stroke: cssColor('--v-grid'), width: 1 },
  }
  const widest = document.createElement('canvas').getContext('2d')
  return [
    {
      ...shared,
      grid: { show: false },
      size: (_plot, labels) => (labels?.some((label) => label?.includes('\n')) ? 36 : 22) * scale,
      space: 72 * scale,
      values: [
        [86400, '{MMM} {DD}', null, null, null, null, null, null, 1],
        [3600, '{HH}:{mm}', '\n{MMM} {DD}', null, null, null, null, null, 1],
        [60, '{HH}:{mm}', null, null, null, null, null, null, 1],
        [1, '{HH}:{mm}:{ss}', null, null, null, null, null, null, 1],
        [0.001, '{ss}.{fff}', null, null, null, null, null, null, 1],
      ] as never,
    },
    {
      ...shared,
      gap: 6,
      // As wide as the widest figure, so that none is cut and no room is lost.
      size: (_plot, labels) => {
        if (!labels || !widest) return 48 * scale
        widest.font = shared.font
        return Math.ceil(Math.max(24 * scale, ...labels.map((label) => widest.measureText(label ?? '').width))) + 12
      },
      space: 26 * scale,
      values: (_plot, ticks) => ticks.map((tick) => spec().format(tick)),
    },
  ]
}

/** Thresholds across and marks down, over the series. */
function drawLines(plot: uPlot, { thresholds, marks }: Spec, scale: number) {
  const { ctx, bbox } = plot
  const ratio = uPlot.pxRatio
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  ctx.lineWidth = ratio * scale
  ctx.setLineDash([6 * ratio * scale, 4 * ratio * scale])
  for (const { value, color } of thresholds) {
    const y = plot.valToPos(value, 'y', true)
    ctx.strokeStyle = cssColor(color)
    ctx.globalAlpha = 0.75
    ctx.beginPath()
    ctx.moveTo(bbox.left, y)
    ctx.lineTo(bbox.left + bbox.width, y)
    ctx.stroke()
  }
  ctx.setLineDash([3 * ratio * scale, 3 * ratio * scale])
  for (const { time, color } of marks) {
    const x = plot.valToPos(time, 'x', true)
    ctx.strokeStyle = cssColor(color)
    ctx.globalAlpha = 0.6
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
  }
  ctx.restore()
}
