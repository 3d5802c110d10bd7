import { expect, it } from 'vitest'

import { lengthWords, ownRange, ownTimeWords, secondsOf } from './ownTime'

const WHOLE = { from: '2026-01-02T00:00:00Z', to: '2026-01-02T01:00:00Z' }
const NONE = { range: null, shift: null }

it('is the range of the dashboard unless the panel has its own', () => {
  expect(ownRange(NONE, WHOLE)).toBe(WHOLE)
  expect(ownRange({ range: '7d', shift: null }, { from: 'now-1h', to: 'now' })).toEqual({ from: 'now-7d', to: 'now' })
  expect(ownRange({ range: '2h', shift: null }, WHOLE)).toEqual({ from: '2026-01-01T23:00:00Z', to: WHOLE.to })
  expect(ownRange({ range: null, shift: '1d' }, WHOLE)).toEqual({
    from: '2026-01-01T00:00:00Z',
    to: '2026-01-01T01:00:00Z',
  })
  expect(ownRange({ range: '2h', shift: '1d' }, WHOLE).from).toBe('2025-12-31T23:00:00Z')
})

it('says what it is', () => {
  expect(ownTimeWords(NONE)).toBe('')
  expect(ownTimeWords({ range: '7d', shift: null })).toBe('Last 7 days')
  expect(ownTimeWords({ range: '1h', shift: '1w' })).toBe('Last 1 hour, 1 week earlier')
})

it('reads lengths of time', () => {
  expect(secondsOf('90s')).toBe(90)
  expect(secondsOf('0m')).toBeNull()
  expect(secondsOf('7 days')).toBeNull()
  expect(lengthWords('30m')).toBe('30 minutes')
})
