import { expect, it } from 'vitest'

import { reduced, type Reducer } from './reduce'

it.each<[Reducer, number]>([
  ['last', 3],
  ['first', 4],
  ['mean', 3],
  ['max', 4],
  ['min', 2],
  ['sum', 9],
  ['range', 2],
  ['delta', -1],
  ['count', 3],
])('reduces by %s, holes left out', (by, expected) => {
  expect(reduced([null, 4, 2, null, 3, null], by)).toBe(expected)
})

it('has no figure of nothing', () => {
  expect(reduced([null, null], 'mean')).toBeNull()
  expect(reduced([], 'last')).toBeNull()
  expect(reduced([], 'count')).toBe(0)
})
