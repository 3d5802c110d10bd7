import { expect, it } from 'vitest'

import { sparkPath } from './sparkline'

it('draws from the bottom to the top of its box', () => {
  expect(sparkPath([0, 10], 10, 12)).toBe('M0.0 11.0L10.0 1.0')
})

it('breaks the line where there is no value', () => {
  expect(sparkPath([1, null, 1], 10, 12)).toBe('M0.0 1.0M10.0 1.0')
})

it('draws nothing from a single value', () => {
  expect(sparkPath([1], 10, 12)).toBe('')
})
