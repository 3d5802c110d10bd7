import 'uplot/dist/uPlot.min.css'

import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useMemo, useRef, useState } from 'react'
import uPlot from 'uplot'

import { dateTime } from '@/shared/format/format'

import classes from './TimeChart.module.css'
import { type ChartSeries, plotData, plotOptions, type PlotSpec } from './plot'

interface Props extends Omit<PlotSpec, 'kind'> {
  /** What the chart shows, for those who cannot see it. */
  label: string
  times: number[]
  kind?: PlotSpec['kind']
  height?: number
}

/** A time series on a canvas, with a reading under the cursor and zoom by dragging. */
export function TimeChart({ label, times, kind = 'line', height = 140, ...rest }: Props) {
  const frame = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const [cursor, setCursor] = useState<{ index: number; left: number } | null>(null)
  const scheme = useComputedColorScheme('dark')
  const spec: PlotSpec = { ...rest, kind }
  const data = useMemo(
    () => plotData(times, { ...spec }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- the values are all that the data depends on
    [times, kind, rest.series],
  )
  const latest = useRef({ data, spec })
  useEffect(() => {
    latest.current = { data, spec }
  })

  const shape = JSON.stringify([
    kind,
    scheme,
    rest.series.map(({ label: name, color }) => [name, color]),
    rest.range,
    rest.maxY,
    Boolean(rest.onZoom),
  ])
  useEffect(() => {
    const element = frame.current
    if (!element) return
    const { spec: now } = latest.current
    const scale = Number(getComputedStyle(element).getPropertyValue('--v-zoom')) || 1
    const size = () => ({ width: element.clientWidth, height: height * scale })
    const live: PlotSpec = {
      ...now,
      onZoom: now.onZoom && ((from, to) => latest.current.spec.onZoom?.(from, to)),
      format: (value) => latest.current.spec.format(value),
    }
    const options = plotOptions(live, size(), scale, (index, left) =>
      setCursor(index === null || left < 0 ? null : { index, left }),
    )
    const made = new uPlot(options, latest.current.data, element)
    plot.current = made
    const observer = new ResizeObserver(() => made.setSize(size()))
    observer.observe(element)
    return () => {
      observer.disconnect()
      made.destroy()
      plot.current = null
    }
  }, [shape, height])

  useEffect(() => {
    plot.current?.setData(data)
  }, [data])

  return (
    <div className={classes.frame} role="img" aria-label={label} style={{ height: `calc(${height}px * var(--v-zoom, 1))` }}>
      <div ref={frame} />
      {cursor && times[cursor.index] !== undefined && (
        <Reading
          time={times[cursor.index] as number}
          index={cursor.index}
          series={rest.series}
          format={rest.format}
          left={cursor.left}
          width={frame.current?.clientWidth ?? 0}
        />
      )}
    </div>
  )
}

interface ReadingProps {
  time: number
  index: number
  series: ChartSeries[]
  format: (value: number | null) => string
  left: number
  width: number
}

function Reading({ time, index, series, format, left, width }: ReadingProps) {
  const onRight = left > width / 2
  const shown = series.length > 3 ? series.filter((one) => one.values[index]) : series
  return (
    <div
      className={classes.reading}
      style={onRight ? { right: width - left - 52 } : { left: left + 66 }}
    >
      <div className={classes.time}>{dateTime(new Date(time * 1000).toISOString()).slice(0, -4)}</div>
      {[...shown].reverse().map((one) => (
        <div key={one.label} className={classes.row}>
          <i style={{ background: one.color.startsWith('--') ? `var(${one.color})` : one.color }} />
          <span>{one.label}</span>
          <b>{format(one.values[index] ?? null)}</b>
        </div>
      ))}
    </div>
  )
}
