/** What each part of a query gives at one moment: how many series, with which labels. */

import type { Data, Explanation, Labels } from '@/features/metrics/api'

/** The text that gives a part as an instant answer: of samples over a range the newest. */
export const askable = ({ kind, text }: Pick<Explanation, 'kind' | 'text'>): string =>
  kind === 'range vector' ? `last_over_time(\n${text}\n)` : text

export interface Finding {
  /** Of a scalar its value. */
  value?: string
  series: number
  /** Labels with how many values they have, those with most first. */
  labels: { name: string; values: number }[]
  isCut: boolean
}

const SHOWN_LABELS = 4

/** Read an instant answer of at most `limit` series. */
export function findingOf(data: Data, limit: number): Finding {
  if (data.resultType === 'scalar' || data.resultType === 'string')
    return { value: data.result[1], series: 1, labels: [], isCut: false }
  const sets = (data.result as { metric: Labels }[]).map(({ metric }) => metric)
  const values = new Map<string, Set<string>>()
  for (const labels of sets)
    for (const [name, value] of Object.entries(labels))
      if (name !== '__name__') values.set(name, (values.get(name) ?? new Set()).add(value))
  const labels = [...values].map(([name, found]) => ({ name, values: found.size }))
  labels.sort((a, b) => b.values - a.values || (a.name < b.name ? -1 : 1))
  return { series: sets.length, labels: labels.slice(0, SHOWN_LABELS), isCut: sets.length >= limit }
}

/** The key of a part among all parts. */
export const keyOf = ({ start, end, sentence }: Explanation) => `${start} ${end} ${sentence}`

/** A part and all parts within, from the outside in. */
export const partsWithin = (part: Explanation): Explanation[] => [part, ...part.children.flatMap(partsWithin)]
