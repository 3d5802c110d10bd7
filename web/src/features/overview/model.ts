import type { Arrival, Overview } from '@/shared/api/types'
import { change } from '@/shared/format/format'

export type Tone = 'ok' | 'warn' | 'bad' | 'none'

const HEALTH: Record<Overview['health']['state'], { word: string; tone: Tone }> = {
  ok: { word: 'All well', tone: 'ok' },
  degraded: { word: 'Degraded', tone: 'warn' },
  down: { word: 'Down', tone: 'bad' },
  no_data: { word: 'No data', tone: 'none' },
}

export const healthView = (state: Overview['health']['state']) => HEALTH[state]

const MOST_RATIO = 9.99
const ENOUGH_REQUESTS = 20

/** The figures of the period before, or null when either period has too few requests to be compared. */
export const comparable = ({ requests, previous }: Overview) =>
  Math.min(requests.count, previous.count) >= ENOUGH_REQUESTS ? previous : null

/** A comparison with the period before; small changes have no colour, they mean nothing. */
export function changeView(
  now: number | null | undefined,
  before: number | null | undefined,
  isMoreWorse: boolean,
): { text: string; tone: Tone } | null {
  const ratio = change(now, before)
  if (ratio === null) return null
  const size = Math.abs(ratio) * 100
  if (size < 0.5) return null
  const text =
    ratio > MOST_RATIO
      ? `×${Math.round(ratio + 1)}`
      : `${ratio >= 0 ? '+' : '−'}${size < 10 ? Number(size.toFixed(1)) : Math.round(size)}%`
  if (!isMoreWorse || Math.abs(ratio) < 0.1) return { text, tone: 'none' }
  return { text, tone: ratio > 0 ? 'bad' : 'ok' }
}

/** How full is too full. */
export function fillTone(ratio: number | null | undefined): Tone {
  if (ratio == null) return 'none'
  return ratio >= 0.92 ? 'bad' : ratio >= 0.8 ? 'warn' : 'ok'
}

export const errorTone = (errorRate: number | null): Tone =>
  !errorRate ? 'none' : errorRate >= 0.05 ? 'bad' : errorRate >= 0.01 ? 'warn' : 'none'

/** Whether nothing has ever arrived, so that the page should help to connect. */
export const isUntouched = (overview: Overview) =>
  overview.arrivals.every(({ total, last_record_at }) => total === 0 && !last_record_at)

/** Words for what a signal is doing. */
export function arrivalState({ last_record_at, last_5m }: Arrival): { word: string; tone: Tone } {
  if (!last_record_at) return { word: 'never seen', tone: 'none' }
  return last_5m > 0 ? { word: 'arriving', tone: 'ok' } : { word: 'quiet', tone: 'none' }
}

/** The series without its last bucket when that has only begun: a part of a minute looks like a fall. */
export function wholeBuckets({ series, to }: Pick<Overview, 'series' | 'to'>): Overview['series'] {
  const last = series.times.at(-1)
  if (last === undefined || last + series.step_s <= Date.parse(to) / 1000 || series.times.length < 3)
    return series
  const cut = <T>(values: T[]) => values.slice(0, -1)
  return {
    step_s: series.step_s,
    times: cut(series.times),
    request_rate: cut(series.request_rate),
    error_rate: cut(series.error_rate),
    p50_ms: cut(series.p50_ms),
    p95_ms: cut(series.p95_ms),
    p99_ms: cut(series.p99_ms),
    active_users: cut(series.active_users),
  }
}
