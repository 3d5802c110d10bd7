import { expect, it } from 'vitest'

import { lightViews } from './lights'

const AT = '2026-01-01T00:00:00Z'

it('turns a light on at the first live record', () => {
  const loaded = [{ signal: 'logs' as const, last_record_at: null, last_5m: 0 }]
  const isOn = (live: Parameters<typeof lightViews>[1]) =>
    lightViews(loaded, live).find(({ signal }) => signal === 'logs')?.isOn
  expect(isOn([])).toBe(false)
  expect(isOn([{ signal: 'logs', last_record_at: AT, last_5m: 1, records_per_s: 0 }])).toBe(true)
})

it('shows every signal, also those the server does not speak of', () => {
  expect(lightViews([], []).map(({ name }) => name)).toEqual(['Traces', 'Logs', 'Metrics', 'Errors', 'Events'])
})
