/** A panel may look further back than its dashboard, or at an earlier time. */

import { fromSeconds, resolve, type TimeRange } from '@/shared/time/range'

import type { Panel } from './types'

const UNITS = {
  s: [1, 'second'],
  m: [60, 'minute'],
  h: [3600, 'hour'],
  d: [86_400, 'day'],
  w: [604_800, 'week'],
} as const
const LENGTH = /^\s*(\d{1,9})([smhdw])\s*$/

type OwnTime = Pick<Panel, 'range' | 'shift'>

/** Seconds of a length of time such as 90s or 7d, null for what is none. */
export function secondsOf(text: string): number | null {
  const [, amount, unit] = LENGTH.exec(text) ?? []
  const seconds = amount && unit ? Number(amount) * UNITS[unit as keyof typeof UNITS][0] : 0
  return seconds > 0 && seconds < 1.8e9 ? seconds : null
}

/** A length of time in words: 7 days. */
export function lengthWords(text: string): string {
  const [, amount, unit] = LENGTH.exec(text) ?? []
  if (!amount || !unit) return text
  return `${amount} ${UNITS[unit as keyof typeof UNITS][1]}${Number(amount) === 1 ? '' : 's'}`
}

/** The range a panel shows, given that of its dashboard. */
export function ownRange({ range, shift }: OwnTime, whole: TimeRange): TimeRange {
  const long = range ? secondsOf(range) : null
  const earlier = shift ? secondsOf(shift) : null
  if (long === null && earlier === null) return whole
  if (earlier === null && whole.to === 'now') return { from: `now-${range?.trim() ?? ''}`, to: 'now' }
  const [from, to] = resolve(whole)
  const end = to - (earlier ?? 0)
  return { from: fromSeconds(end - (long ?? to - from)), to: fromSeconds(end) }
}

/** What to say of a panel that has a time of its own, else nothing. */
export function ownTimeWords({ range, shift }: OwnTime): string {
  const parts = [range && `last ${lengthWords(range)}`, shift && `${lengthWords(shift)} earlier`]
  const words = parts.filter(Boolean).join(', ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
