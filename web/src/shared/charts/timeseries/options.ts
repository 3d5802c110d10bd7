import uPlot from 'uplot'

import { axisLook, timeAxis } from '@/shared/charts/axes'
import { cssColor, withAlpha } from '@/shared/charts/colors'
import { barRange, loneIndexes } from '@/shared/charts/plot'
import { tickSteps } from '@/shared/format/ticks'

import { bounds, colorOf, type Draw, isPiled, type Pile, type Plotted, scaleOf, sinks } from './series'

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
/** How lines are drawn where a series says nothing else. */
export interface Style {
  interpolation?: 'linear' | 'smooth' | 'step'
  lineWidth?: number
  /** Opacity below the lines of an area, 0 to 1. */
  fill?: number
  points?: 'auto' | 'always' | 'never'
  connectNulls?: boolean
  logBase?: 2 | 10
  /** Bars from this time on (Unix seconds) are of a step that is not over. */
  unfinishedFrom?: number
}
export interface Spec {
  series: Plotted[]
  draw: Draw
  isStacked: boolean
  pile: Pile
  style: Style
  thresholds: Threshold[]
  marks: Mark[]
  min?: number
  max?: number
  syncKey?: string
  unit?: string
  format: (value: number) => string
  onZoom?: (fromS: number, toS: number) => void
  onCursor: (at: number | null, left: number, value: number) => void
  onClick: () => void
  onDraw?: (plot: uPlot) => void
}

/** The columns of the canvas: times, then the heights of the series as they are painted. */
export const columnsOf = (times: number[], { heights, order }: Pile) =>
  [times, ...order.map((place) => heights[place])] as uPlot.AlignedData

export function optionsOf(spec: () => Spec, size: { width: number; height: number }, scale: number): uPlot.Options {
  const now = spec()
  return {
    ...size,
    // Half of a time below the last tick must fit.
    padding: [8, isTwoSided(now) ? 4 : 18, 0, 0],
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
        range: (plot, low, high) => (hasBars(spec()) && barRange(plot.data[0] as number[])) || [low, high],
      },
      y: valueScale(spec, 'y'),
      ...(isTwoSided(now) ? { y2: valueScale(spec, 'y2') } : {}),
    },
    series: [{}, ...seriesOf(now, scale)],
    bands: bandsOf(now),
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

const drawOf = (one: Plotted, { draw }: Pick<Spec, 'draw'>): Draw => one.draw ?? draw
const hasBars = (spec: Spec) => spec.series.some((one) => drawOf(one, spec) === 'bars')
const isTwoSided = ({ series, isStacked }: Spec) => series.some((one) => scaleOf(one, isStacked) === 'y2')

/** The least and most of the series that are measured by a scale; the second one knows no set ends. */
function valueScale(spec: () => Spec, key: 'y' | 'y2'): uPlot.Scale {
  const { logBase } = spec().style
  return {
    ...(logBase ? { distr: 3 as const, log: logBase } : {}),
    range: (plot, least, most) => {
      const { thresholds, min, max, isStacked, series, style } = spec()
      if (style.logBase) return logRange(least, most, style.logBase)
      const shown = plot.data.slice(1).filter((_, i) => {
        const one = plot.series[i + 1]
        return one?.show && one.scale === key
      }) as (number | null)[][]
      const isLeft = key === 'y'
      const [low, high] = bounds(
        shown,
        hasBars(spec()) || isStacked || series.some((one) => one.stack),
        isLeft ? thresholds.map(({ value }) => value) : [],
      )
      const bottom = (isLeft ? min : undefined) ?? low
      return [bottom, (isLeft ? max : undefined) ?? Math.max(high, bottom + 1e-9)]
    },
  }
}

/** Whole powers around the values; what is not above nought cannot be shown. */
function logRange(least: number | null, most: number | null, base: 2 | 10): [number, number] {
  if (most == null || most <= 0) return [1, base]
  return uPlot.rangeLog(least != null && least > 0 ? least : most / 1000, most, base, true) as [number, number]
}

function seriesOf(spec: Spec, scale: number): uPlot.Series[] {
  const { series, isStacked, pile, style } = spec
  return pile.order.map((index): uPlot.Series => {
    const one = series[index] as Plotted
    const isInPile = isPiled(one, isStacked)
    const own = cssColor(colorOf(one, index))
    const color = one.dashed ? withAlpha(own, 0.6) : own
    const draw = drawOf(one, spec)
    const isFilled = draw === 'area' || draw === 'bars' || isInPile || (one.fill ?? 0) > 0
    const opacity = one.fill ?? (draw === 'bars' ? 0.9 : (style.fill ?? (isInPile ? 0.35 : 0.14)))
    return {
      label: one.name,
      scale: scaleOf(one, isStacked),
      stroke: color,
      width: (draw === 'bars' || draw === 'points' ? 0 : (one.lineWidth ?? style.lineWidth ?? 1.5)) * scale,
      dash: one.dashed ? [6 * scale, 4 * scale] : undefined,
      fill: isFilled ? withAlpha(own, opacity) : undefined,
      paths: pathsOf(draw, style, withAlpha(own, opacity), withAlpha(own, opacity * 0.35)),
      points:
        draw === 'bars' || (style.points === 'never' && draw !== 'points')
          ? { show: false }
          : {
              show: true,
              size: 4 * scale,
              fill: color,
              // A value with nothing on either side would not be seen as a line.
              filter:
                draw === 'points' || style.points === 'always'
                  ? undefined
                  : (plot, at) => loneIndexes(plot.data[at] as (number | null)[]),
            },
      spanGaps: style.connectNulls ?? false,
    }
  })
}

/** What stands upon another is filled down to it, so that each keeps its colour. */
function bandsOf(spec: Spec): uPlot.Band[] {
  const { below, heights, order } = spec.pile
  return below.flatMap((lower, place) => {
    const draw = drawOf(spec.series[place] as Plotted, spec)
    if (lower < 0 || draw === 'bars' || draw === 'points') return []
    const dir = sinks(heights[place] as (number | null)[]) ? 1 : -1
    return [{ series: [order.indexOf(place) + 1, order.indexOf(lower) + 1], dir } as uPlot.Band]
  })
}

function pathsOf(draw: Draw, style: Style, fill: string, paleFill: string): uPlot.Series.PathBuilder | undefined {
  if (draw === 'points') return () => null
  if (draw === 'bars') {
    const from = style.unfinishedFrom
    if (from === undefined) return uPlot.paths.bars?.({ size: [0.8, 40], gap: 0 })
    const fills = (plot: uPlot) => Array.from(plot.data[0], (time) => (time >= from ? paleFill : fill))
    const disp = { fill: { unit: 3, values: fills } } as unknown as uPlot.Series.BarsPathBuilderOpts['disp']
    return uPlot.paths.bars?.({ size: [0.8, 40], gap: 0, disp })
  }
  if (style.interpolation === 'smooth') return uPlot.paths.spline?.()
  return style.interpolation === 'step' ? uPlot.paths.stepped?.({ align: 1 }) : undefined
}

function axes(spec: () => Spec, scale: number): uPlot.Axis[] {
  const shared = axisLook(scale)
  const widest = document.createElement('canvas').getContext('2d')
  const values = (key: 'y' | 'y2'): uPlot.Axis => ({
    ...shared,
    scale: key,
    gap: 6,
    // As wide as the widest figure, so that none is cut and no room is lost.
    size: (_plot, labels) => {
      if (!labels || !widest) return 48 * scale
      widest.font = shared.font
      return Math.ceil(Math.max(24 * scale, ...labels.map((label) => widest.measureText(label ?? '').width))) + 12
    },
    space: 26 * scale,
    ...(tickSteps(spec().unit) && !spec().style.logBase ? { incrs: tickSteps(spec().unit) } : {}),
    values: (_plot, ticks) => ticks.map((tick) => (tick == null ? '' : formatOf(spec(), key)(tick))),
  })
  return [
    timeAxis(scale),
    values('y'),
    ...(isTwoSided(spec()) ? [{ ...values('y2'), side: 1 as const, grid: { show: false } }] : []),
  ]
}

/** The words of an axis: on the right those of its first series that has its own, else the chart's. */
const formatOf = ({ series, isStacked, format }: Spec, key: 'y' | 'y2') =>
  (key === 'y2' ? series.find((one) => scaleOf(one, isStacked) === key)?.format : undefined) ?? format

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
