/** What is seen on the page as a panel of a dashboard. */

import type { components } from '@/shared/api/schema.gen'

import { HISTOGRAM_VIEWS, type HistogramView, partsOf } from './histograms/buckets'
import type { Asked } from './model'
import type { View } from './useAnswers'

type Panel = components['schemas']['Panel']
type Query = Panel['queries'][number]

/** A query and how its answer is drawn. */
export interface Seen {
  asked: Asked
  isNative: boolean
  isHeat: boolean
}
interface Look {
  view: View
  unit: string
  histogramView: HistogramView | undefined
}

const IDS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** Without the line breaks around what was asked, which only comments at its end need. */
const tidy = (text: string) =>
  text.includes('#') ? text : text.replace(/\n\)$/, ')').replace(', \n', ', ').replace('(\n', '(')

/** Type, unit and queries of a panel that shows what the page shows. */
export function panelOf(seen: Seen[], { view, unit, histogramView }: Look): Pick<Panel, 'type' | 'unit' | 'queries'> {
  const type = view === 'table' ? 'table' : seen.length > 0 && seen.every(({ isHeat }) => isHeat) ? 'heatmap' : 'timeseries'
  const texts = seen.flatMap(({ asked, isNative, isHeat }): Pick<Asked, 'text' | 'legend'>[] => {
    if (type !== 'timeseries' || !isNative) return [asked]
    // Beside lines a heatmap has no place: its quantiles stand for it.
    const shown = isHeat || histogramView === undefined ? HISTOGRAM_VIEWS[1] : histogramView
    return partsOf(shown, asked.text).map(({ name, text }) => ({ text: tidy(text), legend: asked.legend && `${name} ${asked.legend}` }))
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
