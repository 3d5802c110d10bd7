import 'uplot/dist/uPlot.min.css'

import { useComputedColorScheme } from '@mantine/core'
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import uPlot from 'uplot'

import type { Place } from '@/shared/charts/place'
import { formatValue } from '@/shared/format/units'

import { SeriesLegend } from './SeriesLegend'
import { type Frame, frameIn, placeOf, sameOr } from './frame'
import { columnsOf, type Mark, optionsOf, type Spec, type Style, type Threshold } from './options'
import { type Cursor, Reading } from './Reading'
import { type Draw, nearest, piled, type Plotted } from './series'
import classes from './TimeSeriesChart.module.css'

export type { Style } from './options'
export type { Plotted } from './series'

interface Props {
  /** Unix seconds, ascending. */
  times: number[]
  series: Plotted[]
  unit?: string
  decimals?: number
  draw?: Draw
  style?: Style
  stacked?: boolean
  thresholds?: Threshold[]
  marks?: Mark[]
  /** All of it, legend included. */
  height?: number
  legend?: 'list' | 'table' | 'hidden'
  min?: number
  max?: number
  /** Charts of one key share the cursor. */
  syncKey?: string
  onZoom?: (fromS: number, toS: number) => void
  onPoint?: (series: Plotted, timeS: number) => void
  /** Laid over the lines, such as exemplars. */
  overlay?: (place: Place) => ReactNode
  /** What the chart shows, for those who cannot see it. */
  label?: string
}

const NO_THRESHOLDS: Threshold[] = []
const NO_MARKS: Mark[] = []
const PLAIN: Style = {}

/** Time series on a canvas: zoom by dragging, a reading under the cursor, a legend that hides and shows. */
export function TimeSeriesChart(props: Props) {
  const { times, series, unit, draw = 'line', stacked = false, legend = 'list', height = 240, label } = props
  const { thresholds = NO_THRESHOLDS, marks = NO_MARKS, min, max, syncKey, onZoom, onPoint, overlay } = props
  const { decimals, style = PLAIN } = props
  const frame = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const [cursor, setCursor] = useState<Cursor | null>(null)
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const [frameOf, setFrameOf] = useState<Frame | null>(null)
  const scheme = useComputedColorScheme('dark')
  const visible = useMemo(() => series.filter(({ key }) => !hidden.has(key)), [series, hidden])
  const pile = useMemo(() => piled(visible, stacked), [visible, stacked])
  const data = useMemo(() => columnsOf(times, pile), [times, pile])

  const spec: Spec = {
    series: visible.map((one) => ({ ...one, color: one.color ?? `--v-cat-${(series.indexOf(one) % 10) + 1}` })),
    draw,
    isStacked: stacked,
    pile,
    style,
    thresholds,
    marks,
    min,
    max,
    syncKey,
    unit,
    format: (value) => formatValue(value, unit, decimals),
    onZoom,
    onCursor: (at, left, value) => setCursor(at === null ? null : { at, left, value }),
    onDraw: overlay && ((plot) => setFrameOf((before) => sameOr(before, frameIn(plot)))),
    onClick: () => {
      const time = cursor && times[cursor.at]
      const hit = cursor && spec.series[nearest(pile.heights, cursor.at, cursor.value)]
      if (hit && time != null) onPoint?.(hit, time)
    },
  }
  const latest = useRef({ spec, data })
  useEffect(() => {
    latest.current = { spec, data }
  })

  const lookOf = (one: Plotted) => [one.name, one.color, one.dashed, one.draw, one.axis, one.fill, one.lineWidth, one.stack]
  const shape = JSON.stringify([draw, unit, stacked, pile.order, style, scheme, syncKey, Boolean(onZoom), spec.series.map(lookOf)])
  useEffect(() => {
    const element = frame.current
    if (!element) return
    // A canvas under zoom is blurred: charts undo the zoom of the wall and draw themselves larger.
    const scale = Number(getComputedStyle(element).getPropertyValue('--v-zoom')) || 1
    const size = () => ({ width: element.clientWidth, height: element.clientHeight })
    const made = new uPlot(optionsOf(() => latest.current.spec, size(), scale), latest.current.data, element)
    plot.current = made
    const observer = new ResizeObserver(() => made.setSize(size()))
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
      plot.current = null
    }
  }, [shape])
  useEffect(() => {
    plot.current?.setData(data)
  }, [data])
  const lines = JSON.stringify([thresholds, marks, min, max, unit, decimals])
  useEffect(() => {
    plot.current?.redraw(false, true)
  }, [lines])

  const toggle = (key: string, isAlone: boolean) =>
    setHidden((before) => {
      if (!isAlone) {
        const after = new Set(before)
        if (!after.delete(key)) after.add(key)
        return after
      }
      const others = series.filter((one) => one.key !== key).map((one) => one.key)
      return others.every((one) => before.has(one)) ? new Set() : new Set(others)
    })
  return (
    <figure className={classes.chart} style={{ height }} aria-label={label}>
      <div className={classes.plot}>
        <div ref={frame} className={classes.canvas} />
        {overlay && frameOf && (
          <div className={classes.overlay} style={{ left: frameOf.left, top: frameOf.top, width: frameOf.width, height: frameOf.height }}>
            {overlay(placeOf(frameOf))}
          </div>
        )}
        {cursor && times[cursor.at] !== undefined && (
          <Reading
            time={times[cursor.at] as number}
            cursor={cursor}
            series={spec.series}
            heights={pile.heights}
            marks={marks}
            stepS={(times[1] ?? 0) - (times[0] ?? 0)}
            format={spec.format}
            width={frame.current?.clientWidth ?? 0}
            left={(plot.current?.bbox.left ?? 0) / uPlot.pxRatio}
          />
        )}
      </div>
      {legend !== 'hidden' && (
        <SeriesLegend kind={legend} series={series} hidden={hidden} format={spec.format} height={height} onToggle={toggle} />
      )}
    </figure>
  )
}
