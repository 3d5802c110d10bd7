import { expect, it } from 'vitest'

import { bounds, nearest, stacked, summary } from './series'

it('stacks series upon each other', () => {
  expect(stacked([[1, null], [2, 3]])).toEqual([
    [1, 0],
    [3, 3],
  ])
  expect(stacked([[1, null], [2, null]])).toEqual([
    [1, null],
    [3, null],
  ])
})

it('begins at nought unless the values are far from it', () => {
  expect(bounds([[1, 10]], false, [])[0]).toBe(0)
  expect(bounds([[98, 100]], false, [])[0]).toBe(98)
  expect(bounds([[98, 100]], true, [])[0]).toBe(0)
  expect(bounds([[5, 5]], false, [])[0]).toBe(0)
  expect(bounds([[null]], false, [])).toEqual([0, 1])
})

it('shows a threshold that is near, not one that is far', () => {
  expect(bounds([[0, 10]], false, [12])[1]).toBeGreaterThan(12)
  expect(bounds([[0, 10]], false, [1000])[1]).toBeLessThan(12)
})

it('sums a series up', () => {
  expect(summary([1, null, 5, 3, null])).toEqual({ last: 3, mean: 3, max: 5 })
  expect(summary([null])).toEqual({ last: null, mean: null, max: null })
})

it('finds the nearest series', () => {
  expect(nearest([[1], [5], [null]], 0, 4)).toBe(1)
  expect(nearest([[null]], 0, 4)).toBe(-1)
})
