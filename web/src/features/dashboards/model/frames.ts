/** From the frames of an answer to what panels draw. */

import { reduced, type Reducer } from './reduce'
import type { Frame, PanelData } from './types'

export interface Line {
  key: string
  query: string
  name: string
  labels: Record<string, string>
  values: (number | null)[]
}
export interface Lines {
  times: number[]
  lines: Line[]
}
export interface Figure {
  key: string
  query: string
  name: string
  labels: Record<string, string>
  value: number | null
  /** The values it was reduced from, for a sparkline; a single one draws nothing. */
  values: (number | null)[]
}

const seriesFrames = (data: PanelData) =>
  data.frames.filter((frame) => frame.times && frame.series)

/** All series of an answer on one time axis; frames with other times than the first get holes. */
export function linesOf(data: PanelData): Lines {
  const frames = seriesFrames(data)
  const first = frames[0]?.times ?? []
  const isShared = frames.every(({ times }) => sameTimes(times as number[], first))
  const times = isShared ? first : [...new Set(frames.flatMap((frame) => frame.times ?? []))].sort((a, b) => a - b)
  const place = isShared ? null : new Map(times.map((time, index) => [time, index]))
  const lines = frames.flatMap((frame) =>
    (frame.series ?? []).map((one, index): Line => ({
      key: `${frame.query}/${index}/${one.name}`,
      query: frame.query,
      name: one.name,
      labels: one.labels,
      values: place ? spread(frame, one.values, place) : one.values,
    })),
  )
  return { times, lines }
}

/** The answer without steps that are not over: what is counted of them so far would look like a fall. */
export function finished(data: PanelData): PanelData {
  if (!data.frames.some(isCuttable)) return data
  return { ...data, frames: data.frames.map((frame) => (isCuttable(frame) ? cut(frame) : frame)) }
}

/** Where the first step that is not over begins, in Unix seconds; undefined where all are. */
export function unfinishedFrom(data: PanelData): number | undefined {
  const begins = data.frames.flatMap(({ unfinished, times }) => (unfinished ? (times?.at(-unfinished) ?? []) : []))
  return begins.length > 0 ? Math.min(...begins) : undefined
}

/** What came first and only in these steps is better seen than not. */
const isCuttable = ({ unfinished, series }: Frame) =>
  Boolean(unfinished) && (series ?? []).some(({ values }) => values.slice(0, -(unfinished as number)).some(Boolean))

const cut = (frame: Frame): Frame => ({
  ...frame,
  times: frame.times?.slice(0, -(frame.unfinished as number)),
  series: frame.series?.map((one) => ({ ...one, values: one.values.slice(0, -(frame.unfinished as number)) })),
})

const sameTimes = (a: number[], b: number[]) =>
  a === b || (a.length === b.length && a[0] === b[0] && a.at(-1) === b.at(-1))

function spread(frame: Frame, values: (number | null)[], place: Map<number, number>): (number | null)[] {
  const all: (number | null)[] = Array.from({ length: place.size }, () => null)
  frame.times?.forEach((time, index) => {
    all[place.get(time) as number] = values[index] ?? null
  })
  return all
}

/** What is of single steps, and so must not be of a part of one. */
const WHOLE = new Set<Reducer>(['last', 'min', 'mean', 'delta', 'range'])

/** One figure per series, or per row of a table that has a number in it. */
export function figuresOf(data: PanelData, reducer: Reducer | null | undefined): Figure[] {
  const figures: Figure[] = linesOf(WHOLE.has(reducer ?? 'last') ? finished(data) : data).lines.map((line) => ({
    ...line,
    value: reduced(line.values, reducer ?? 'last'),
  }))
  for (const frame of data.frames) {
    if (frame.kind !== 'table' || !frame.columns || !frame.rows) continue
    const numbers = frame.columns.flatMap(({ type }, index) => (type === 'number' ? [index] : []))
    const at = numbers.at(-1)
    if (at === undefined) continue
    frame.rows.forEach((row, index) => {
      const labels = labelsOf(frame, row)
      const value = typeof row[at] === 'number' ? row[at] : null
      const name = Object.values(labels).join(' ') || (frame.columns?.[at]?.name ?? '')
      figures.push({ key: `${frame.query}/${index}`, query: frame.query, name, labels, value, values: [value] })
    })
  }
  return figures
}

function labelsOf(frame: Frame, row: unknown[]): Record<string, string> {
  const labels: Record<string, string> = {}
  frame.columns?.forEach(({ name, type }, index) => {
    if (type !== 'number' && type !== 'time' && row[index] != null) labels[name] = String(row[index])
  })
  return labels
}

/** Whether there is nothing to draw. */
export function isEmpty(data: PanelData): boolean {
  return data.frames.every(
    (frame) =>
      !(frame.items?.length || frame.rows?.length || frame.series?.some(({ values }) => values.some((value) => value != null))),
  )
}
