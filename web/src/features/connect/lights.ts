import type { Arrival, LiveArrival, Signal } from '@/shared/api/types'

const NAMES: [Signal, string][] = [
  ['traces', 'Traces'],
  ['logs', 'Logs'],
  ['metrics', 'Metrics'],
  ['errors', 'Errors'],
  ['events', 'Events'],
]

export interface Light {
  signal: Signal
  name: string
  isOn: boolean
  lastRecordAt: string | null
  lastFiveMinutes: number
  perSecond: number
}

/** The state of each signal: what the page was loaded with, brought up to date by the live topic. */
export function lightViews(loaded: Pick<Arrival, 'signal' | 'last_record_at' | 'last_5m'>[], live: LiveArrival[]): Light[] {
  return NAMES.map(([signal, name]) => {
    const before = loaded.find((one) => one.signal === signal)
    const now = live.find((one) => one.signal === signal)
    const lastRecordAt = now?.last_record_at ?? before?.last_record_at ?? null
    return {
      signal,
      name,
      isOn: lastRecordAt !== null,
      lastRecordAt,
      lastFiveMinutes: now?.last_5m ?? before?.last_5m ?? 0,
      perSecond: now?.records_per_s ?? 0,
    }
  })
}
