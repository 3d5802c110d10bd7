/** What an answer holds, and how it is drawn. */

import type { RangeSeries } from './api'
import { type HistogramView, isClassic } from './histograms/buckets'
import type { Answered } from './useAnswers'

/** The series of a graph. */
export const seriesOf = ({ parts }: Answered): RangeSeries[] =>
  parts.flatMap(({ data }) => (data.resultType === 'matrix' ? data.result : []))

/** Whether an answer is drawn as a heatmap: histograms unless something else is wanted, classic buckets when wanted. */
export const isHeat = (answer: Answered, view: HistogramView | undefined) =>
  answer.isNative ? (view ?? 'heatmap') === 'heatmap' : view === 'heatmap' && isClassic(seriesOf(answer))
