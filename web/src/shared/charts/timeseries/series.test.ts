import { expect, it } from 'vitest'

import { bounds, nearest, piled, type Plotted, summary } from './series'

const line = (values: (number | null)[], stack?: boolean): Plotted => ({ key: '', name: '', values, stack })

it('stacks series upon each other', () => {
  expect(piled([line([1, null]), line([2, 3])], true).heights).toEqual([
    [1, 0],
    [3, 3],
  ])
  expect(piled([line([1, null]), line([2, null])], true).heights).toEqual([
    [1, null],
    [3, null],
  ])
})

it('stacks what is below nought downwards, and leaves out what stands alone', () => {
  const series = [line([1]), line([-2]), line([4], false), line([2]), line([-1])]
  expect(piled(series, true)).toEqual({
    heights: [[1], [-2], [4], [3], [-3]],
    below: [-1, -1, -1, 0, 1],
    order: [3, 0, 4, 1, 2],
  })
  expect(piled([line([1]), line([2], true), line([3], true)], false).heights).toEqual([[1], [2], [5]])
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
