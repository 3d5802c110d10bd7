import { expect, it } from 'vitest'

import { heatOf, heightOf, thinned } from './heat'

it('puts buckets of each time into common rows', () => {
  const heat = heatOf([0, 15], [[{ from: 0, to: 1, count: 2 }], [{ from: 1, to: 2, count: 4 }]])
  expect(heat.rows).toEqual([
    { from: 0, to: 1 },
    { from: 1, to: 2 },
  ])
  expect(heat.cells).toEqual([
    [2, 0],
    [0, 4],
  ])
  expect(heat.max).toBe(4)
})

it('spreads a bucket over the finer rows of another resolution, and leaves gaps', () => {
  const fine = [
    { from: 1, to: 2, count: 1 },
    { from: 2, to: 4, count: 1 },
  ]
  const heat = heatOf([0, 15, 30], [fine, null, [{ from: 1, to: 4, count: 10 }]])
  expect(heat.cells).toEqual([
    [1, null, 5],
    [1, null, 5],
  ])
})

it('keeps the ends when rows are thinned out, and every observation', () => {
  const edges = Array.from({ length: 101 }, (_, at) => at)
  expect(thinned(edges, 50)).toHaveLength(51)
  const buckets = edges.slice(1).map((to) => ({ from: to - 1, to, count: 1 }))
  const heat = heatOf([0], [buckets], 30)
  expect(heat.rows.length).toBeLessThanOrEqual(31)
  expect(heat.cells.flat().reduce<number>((sum, count) => sum + (count ?? 0), 0)).toBe(100)
})

it('places values inside their row', () => {
  const rows = [
    { from: 0, to: 1 },
    { from: 1, to: 3 },
  ]
  expect(heightOf(2, rows)).toBe(0.75)
  expect(heightOf(9, rows)).toBeNull()
})
