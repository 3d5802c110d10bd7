import { expect, it } from 'vitest'

import { arc, buckets, sparkArea, tiling } from './shapes'

it('draws a sparkline between its own ends, broken where there is nothing', () => {
  expect(sparkArea([0, 10], 10, 11, false)).toBe('M0.0 10.0L10.0 2.0')
  expect(sparkArea([0, 10, null, 0, 10], 4, 11, false)).toBe('M0.0 10.0L1.0 2.0M3.0 10.0L4.0 2.0')
  expect(sparkArea([null, 1], 10, 10)).toBe('')
  expect(sparkArea([0, 0], 10, 10, false)).toBe('M0.0 9.0L10.0 9.0')
})

it('fills a room with tiles of about the wanted shape', () => {
  expect(tiling(1, 300, 100, 2)).toEqual({ columns: 1, rows: 1 })
  expect(tiling(4, 800, 100, 2)).toEqual({ columns: 4, rows: 1 })
  expect(tiling(4, 200, 400, 2)).toEqual({ columns: 1, rows: 4 })
  expect(tiling(4, 400, 200, 2)).toEqual({ columns: 2, rows: 2 })
})

it('draws arcs clockwise from the top', () => {
  expect(arc(0, 0, 10, 0, 90)).toBe('M0.00 -10.00A10 10 0 0 1 10.00 0.00')
  expect(arc(0, 0, 10, -135, 135)).toContain('A10 10 0 1 1')
})

it('counts values in buckets of a round width', () => {
  expect(buckets([1, 2, 2, 9], 5)).toEqual([
    { from: 0, to: 2, count: 1 },
    { from: 2, to: 4, count: 2 },
    { from: 4, to: 6, count: 0 },
    { from: 6, to: 8, count: 0 },
    { from: 8, to: 10, count: 1 },
  ])
  expect(buckets([5, 5], 10)).toEqual([{ from: 5, to: 5.5, count: 2 }])
  expect(buckets([], 10)).toEqual([])
})
