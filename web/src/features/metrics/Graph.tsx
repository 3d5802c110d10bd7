import { Heatmap } from '@/shared/charts/heatmap/Heatmap'
import { TimeSeriesChart } from '@/shared/charts/timeseries/TimeSeriesChart'
import { fromSeconds } from '@/shared/time/range'
import { useSetScope } from '@/shared/time/useScope'
import { Notice } from '@/shared/ui/Notice'

import { isHeat, seriesOf } from './answers'
import type { RangeSeries } from './api'
import { Compared } from './Compared'
import { Exemplars } from './Exemplars'
import { heatOfClassic, heatOfNative, type HistogramView, isRunningTotal } from './histograms/buckets'
import { type Asked, coloured, exemplarsOf, isOnValueScale, plotted, timesOf, undrawn } from './model'
import classes from './Results.module.css'
import type { Answered, Answers } from './useAnswers'

export interface GraphProps {
  answers: Answers
  draw: 'line' | 'area' | 'bars' | 'points'
  isStacked: boolean
  unit: string
  /** Undefined: as suits each answer. */
  histogramView: HistogramView | undefined
  onText: (id: string, text: string) => void
}

interface Drawn {
  asked: Asked
  at: number
  answer: Answered
  series: RangeSeries[]
}

/** Lines of all queries on one chart, and a heatmap for each that answers histograms; dragging zooms. */
export function Graph(props: GraphProps) {
  const { answers, histogramView } = props
  const drawn = answers.shown.flatMap((asked, at): Drawn[] => {
    const answer = answers.now[at]?.data
    return answer ? [{ asked, at, answer, series: seriesOf(answer) }] : []
  })
  const heats = drawn.filter(({ answer }) => isHeat(answer, histogramView))
  const lines = drawn.filter((one) => !heats.includes(one) && one.series.length)
  return (
    <>
      {lines.length > 0 && <Lines {...props} drawn={lines} />}
      {heats.map((one) => one.series.length > 0 && <Heat key={one.asked.id} {...props} one={one} />)}
    </>
  )
}

function useZoom() {
  const setScope = useSetScope()
  return (from: number, to: number) => setScope({ from: fromSeconds(from), to: fromSeconds(to) })
}

function Lines({ answers, draw, isStacked, unit, drawn }: GraphProps & { drawn: Drawn[] }) {
  const zoom = useZoom()
  const window = (drawn[0] as Drawn).answer.window
  const times = timesOf(window.startS, window.endS, window.stepS)
  const linesOf = (asked: Asked, answer: Answered | undefined) =>
    (answer?.parts ?? []).flatMap(({ name, data }) => plotted(data, asked, times, { part: name, shiftS: answer?.shiftS }))
  const before = drawn.flatMap(({ asked, at }) => linesOf(asked, answers.before[at]?.data))
  const series = coloured(drawn.flatMap(({ asked, answer }) => linesOf(asked, answer)), before)
  const isCompared = before.length > 0
  const left = drawn.reduce((sum, { answer }) => sum + answer.parts.reduce((more, { data }) => more + undrawn(data), 0), 0)
  const exemplars = exemplarsOf(drawn.flatMap(({ at }) => answers.exemplars[at] ?? []), window.startS, window.endS)
  const isOnScale = drawn.some(({ asked, answer }) => answer.parts.some(({ name }) => name && name !== 'count') || isOnValueScale(asked.text))
  return (
    <>
      <TimeSeriesChart
        label="Values over time"
        times={times}
        series={series}
        draw={draw}
        stacked={isStacked && !isCompared}
        unit={unit}
        height={isCompared ? 320 : 420}
        legend={isCompared ? 'hidden' : series.length > 1 ? 'table' : 'list'}
        onZoom={zoom}
        overlay={exemplars.length ? (place) => <Exemplars exemplars={exemplars} place={place} unit={unit} isOnScale={isOnScale} /> : undefined}
      />
      {left > 0 && <Notice tone="warn">{left} more series are not drawn. Sum them up, or take the greatest with topk.</Notice>}
      {isCompared && <Compared series={series} unit={unit} startS={window.startS} shiftS={window.endS - window.startS} />}
    </>
  )
}

function heatIn(answer: Answered) {
  const { window, shiftS, isNative } = answer
  const times = timesOf(window.startS - shiftS, window.endS - shiftS, window.stepS)
  return isNative ? heatOfNative(seriesOf(answer), times) : heatOfClassic(seriesOf(answer), times)
}

function Heat({ answers, unit, onText, one }: GraphProps & { one: Drawn }) {
  const zoom = useZoom()
  const { asked, at, answer } = one
  const { startS, endS } = answer.window
  const heat = heatIn(answer)
  const before = answers.before[at]?.data
  const exemplars = exemplarsOf(answers.exemplars[at] ?? [], startS, endS)
  const isTotal = isRunningTotal(asked.text)
  return (
    <section className={classes.heat} aria-label={`Query ${asked.id} as a heatmap`}>
      {isTotal && (
        <Notice tone="warn">
          These are all observations since the start.{' '}
          <button type="button" className={classes.inline} onClick={() => onText(asked.id, `rate(${asked.text.trim()}[5m])`)}>
            Ask for those of each moment
          </button>
        </Notice>
      )}
      <Heatmap
        label={`Observations over time, ${asked.legend || asked.text}`}
        heat={heat}
        unit={unit}
        height={360}
        onZoom={zoom}
        overlay={exemplars.length ? (place) => <Exemplars exemplars={exemplars} place={place} unit={unit} isOnScale /> : undefined}
      />
      {before && (
        <>
          <p className={classes.period}>The period before</p>
          <Heatmap label="Observations in the period before" heat={heatIn(before)} unit={unit} height={260} />
        </>
      )}
    </section>
  )
}
