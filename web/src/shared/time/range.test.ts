import { describe, expect, it } from 'vitest'

import { fromSeconds, rangeAround, rangeLabel, readRange, resolve, toSeconds } from './range'

const NOW = 1_700_000_000

describe('toSeconds', () => {
  it('reads relative, Unix and RFC 3339 times', () => {
    expect(toSeconds('now', NOW)).toBe(NOW)
    expect(toSeconds('now-15m', NOW)).toBe(NOW - 900)
    expect(toSeconds('now-7d', NOW)).toBe(NOW - 604_800)
    expect(toSeconds('1700000000', NOW)).toBe(1_700_000_000)
    expect(toSeconds('2023-11-14T22:13:20Z', NOW)).toBe(1_700_000_000)
  })

  it('answers null for anything else', () => {
    expect(toSeconds('yesterday-ish', NOW)).toBeNull()
  })
})

describe('ranges', () => {
  it('resolves both ends', () => {
    expect(resolve({ from: 'now-1h', to: 'now' }, NOW)).toEqual([NOW - 3600, NOW])
  })

  it('replaces a range that ends before it begins by the default', () => {
    expect(readRange('now', 'now-1h')).toEqual({ from: 'now-1h', to: 'now' })
    expect(readRange('nonsense')).toEqual({ from: 'now-1h', to: 'now' })
  })

  it('keeps a readable range as written', () => {
    expect(readRange('now-6h', 'now')).toEqual({ from: 'now-6h', to: 'now' })
  })

  it('moves to the hours around what lies outside of it', () => {
    const range = { from: '2023-11-14T22:00:00Z', to: '2023-11-14T23:00:00Z' }
    expect(rangeAround(range, NOW)).toEqual({})
    expect(rangeAround(range, NOW + 7200)).toEqual({
      from: '2023-11-14T23:13:20Z',
      to: '2023-11-15T01:13:20Z',
    })
  })

  it('names presets', () => {
    expect(rangeLabel({ from: 'now-15m', to: 'now' })).toBe('Last 15 minutes')
  })

  it('writes seconds as RFC 3339 in UTC', () => {
    expect(fromSeconds(1_700_000_000)).toBe('2023-11-14T22:13:20Z')
  })
})
