/** Buckets × time, from cumulative `le` series, from counted buckets, or simply one row per series. */

import type { Heat as Drawn } from '@/shared/charts/heatmap/heat'

import { linesOf } from './frames'
import type { PanelData } from './types'

/** What is drawn; every row has a name. */
export interface Heat extends Drawn {
  rows: { name: string; from: number; to: number | null }[]
}

const bound = (labels: Record<string, string>) => {
  const text = labels.le
  if (text === undefined) return null
  return text === '+Inf' || text === 'Inf' ? Infinity : Number(text)
}

export function heatOf(data: PanelData): Heat {
  const { times, lines } = linesOf(data)
  const isBucketed = lines.length > 0 && lines.every(({ labels }) => bound(labels) !== null)
  const isCounted = data.frames.some(({ kind }) => kind === 'heatmap')
  const rows: Heat['rows'] = []
  const cells: Heat['cells'] = []
  if (isBucketed) {
    const merged = byBound(lines.map(({ labels, values }) => [bound(labels) as number, values]))
    merged.forEach(([to, values], i) => {
      const below = merged[i - 1]
      const from = below?.[0] ?? (to > 0 ? 0 : -Infinity)
      rows.push({ name: to === Infinity ? '+Inf' : String(to), from, to })
      cells.push(
        isCounted || !below
          ? values
          : values.map((value, at) => (value == null ? null : Math.max(0, value - (below[1][at] ?? 0)))),
      )
    })
    // Nothing beyond the last finite bound needs a row of its own.
    if (rows.at(-1)?.to === Infinity && cells.at(-1)?.every((value) => !value) && rows.length > 1) {
      rows.pop()
      cells.pop()
    }
  } else
    for (const { name, values } of lines) {
      rows.push({ name, from: 0, to: null })
      cells.push(values)
    }
  return { times, rows, cells, max: cells.flat().reduce<number>((most, value) => Math.max(most, value ?? 0), 0) }
}

/** Series of one bound summed, from the lowest bound up. */
function byBound(lines: [number, (number | null)[]][]): [number, (number | null)[]][] {
  const sums = new Map<number, (number | null)[]>()
  for (const [to, values] of lines) {
    const sum = sums.get(to)
    sums.set(to, sum ? sum.map((one, at) => (one == null ? (values[at] ?? null) : one + (values[at] ?? 0))) : values)
  }
  return [...sums].sort(([a], [b]) => a - b)
}

/** The counts of each bucket over the whole time, for a histogram. */
export const totals = ({ rows, cells }: Heat) =>
  rows.map((row, i) => ({
    ...row,
    count: (cells[i] ?? []).reduce<number>((sum, value) => sum + (value ?? 0), 0),
  }))
