import { Button, Skeleton } from '@mantine/core'

import { Notice } from '@/shared/ui/Notice'
import { EmptyState } from '@/shared/ui/States'

import type { Matcher } from './browser/suggestions'
import { DRAWS } from './Controls'
import { Graph } from './Graph'
import type { HistogramView } from './histograms/buckets'
import { Table } from './Table'
import type { Answers, View } from './useAnswers'

interface Props {
  answers: Answers
  view: View
  draw: string | undefined
  isStacked: boolean
  unit: string
  histogramView: HistogramView | undefined
  onText: (id: string, text: string) => void
  onNarrow: (id: string, matcher: Matcher) => void
  onBrowse: () => void
}

/** What the queries answered; of those that failed nothing but their error beside the editor. */
export function Results({ answers, view, draw, isStacked, unit, histogramView, onText, onNarrow, onBrowse }: Props) {
  const { shown, now } = answers
  const answered = now.flatMap(({ data }) => data ?? [])
  if (!shown.length)
    return (
      <EmptyState title="Ask for a number" action={<Button onClick={onBrowse}>Browse metrics</Button>}>
        Type a metric or a PromQL expression and press Enter, or choose a metric from the list. Nothing there yet? Point a
        Prometheus here: <code>remote_write: [url: {location.origin}/api/v1/write]</code>.
      </EmptyState>
    )
  if (!answered.length) return now.every(({ error }) => error) ? null : <Skeleton height={420} />
  const isEmpty = answered.every(({ parts }) => parts.every(({ data }) => data.result.length === 0))
  const notes = [...new Set(answered.flatMap((one) => one.notes))]
  return (
    <>
      {notes.map((note) => (
        <Notice key={note} tone="warn">
          {note}
        </Notice>
      ))}
      {isEmpty ? (
        <EmptyState title="No series match in this range">Check the names and labels, or look at a longer range.</EmptyState>
      ) : view === 'table' ? (
        <Table answers={answers} unit={unit} onNarrow={onNarrow} />
      ) : (
        <Graph
          answers={answers}
          draw={DRAWS.find((one) => one === draw) ?? 'line'}
          isStacked={isStacked}
          unit={unit}
          histogramView={histogramView}
          onText={onText}
        />
      )}
    </>
  )
}
