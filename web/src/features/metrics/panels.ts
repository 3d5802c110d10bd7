/** What is seen on the page as a panel of a dashboard. */

import type { components } from '@/shared/api/schema.gen'

import { isHeat } from './answers'
import type { Labels } from './api'
import { type HistogramView, partsOf } from './histograms/buckets'
import type { Asked } from './model'
import type { Answered, View } from './useAnswers'

type Panel = components['schemas']['Panel']
type Query = Panel['queries'][number]

/** A query and how its answer is drawn. */
export interface Seen {
  asked: Asked
  isNative: boolean
  isHeat: boolean
  /** The labels of its series. */
  labels: string[]
}
interface Look {
  view: View
  unit: string
  histogramView: HistogramView | undefined
}

/** How a query's answer is drawn. */
export function seenOf(asked: Asked, answer: Answered | undefined, view: HistogramView | undefined): Seen {
  if (!answer) return { asked, isNative: false, isHeat: false, labels: [] }
  const data = answer.parts[0]?.data
  const isVector = data?.resultType === 'vector'
  const first: Labels = (isVector || data?.resultType === 'matrix' ? data.result[0]?.metric : undefined) ?? {}
  return {
    asked,
    isNative: answer.isNative || (isVector && data.result.some(({ histogram }) => histogram)),
    isHeat: isHeat(answer, view),
    labels: Object.keys(first).filter((name) => name !== '__name__'),
  }
}

const IDS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** Without the line breaks around what was asked, which only comments at its end need. */
const tidy = (text: string) =>
  text.includes('#') ? text : text.replace(/\n\)$/, ')').replace(', \n', ', ').replace('(\n', '(')

/** Type, unit and queries of a panel that shows what the page shows. */
export function panelOf(seen: Seen[], { view, unit, histogramView }: Look): Pick<Panel, 'type' | 'unit' | 'queries'> {
  const type = view === 'table' ? 'table' : seen.length > 0 && seen.every(({ isHeat }) => isHeat) ? 'heatmap' : 'timeseries'
  const texts = seen.flatMap(({ asked, isNative, isHeat, labels }): Pick<Asked, 'text' | 'legend'>[] => {
    if (type === 'heatmap' || !isNative) return [asked]
    // Beside lines a heatmap has no place: its quantiles stand for it. A table has
    // figures only, those that bear its unit.
    const lines: HistogramView = isHeat || histogramView === undefined ? 'quantiles' : histogramView
    const figures: HistogramView[] = ['short', 'none'].includes(unit) ? ['rate', 'average'] : ['average']
    const views = type === 'table' ? figures : [lines]
    const own = asked.legend || labels.map((label) => `{{${label}}}`).join(' ')
    return views
      .flatMap((one) => partsOf(one, asked.text))
      .map(({ name, text }) => ({ text: tidy(text), legend: `${name} ${own}`.trim() }))
  })
  const queries = texts.slice(0, IDS.length).map(({ text, legend }, at) => ({
    id: IDS[at],
    signal: 'metrics',
    text,
    legend,
    ...(type === 'heatmap' && { format: 'heatmap' }),
    ...(type === 'table' && { format: 'table', instant: true }),
  })) as Query[]
  return { type, unit, queries }
}
