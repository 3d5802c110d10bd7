import { expect, it, vi } from 'vitest'

vi.mock('uplot', () => ({ default: { paths: {} } }))

import { barRange, loneIndexes, stack } from './plot'

const series = (values: (number | null)[]) => ({ label: '', color: '#000', values })

it('stacks from the bottom up and paints the tallest first', () => {
  expect(stack([series([1, 2]), series([10, null])])).toEqual([
    [11, 2],
    [1, 2],
  ])
})

it('finds the values that a line would not show', () => {
  expect(loneIndexes([1, null, 2, 3, null, null, 4])).toEqual([0, 6])
})

it('leaves room for the whole first and last bar', () => {
  expect(barRange([0, 60, 120])).toEqual([-30, 150])
  expect(barRange([0])).toBeUndefined()
})
