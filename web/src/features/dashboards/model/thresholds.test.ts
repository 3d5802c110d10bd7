import { expect, it } from 'vitest'

import { absoluteSteps, bands, stepColor } from './thresholds'

const traffic = {
  mode: 'absolute',
  steps: [
    { value: null, color: 'green' },
    { value: 80, color: 'orange' },
    { value: 92, color: 'red' },
  ],
}

it.each([
  [-5, 'green'],
  [79.9, 'green'],
  [80, 'orange'],
  [500, 'red'],
])('gives %d the colour of the step it has reached', (value, color) => {
  expect(stepColor(value, traffic)).toBe(color)
})

it('has no colour below the first step, nor for no value', () => {
  expect(stepColor(3, { steps: [{ value: 5, color: 'red' }] })).toBeNull()
  expect(stepColor(null, traffic)).toBeNull()
  expect(stepColor(3, null)).toBeNull()
})

it('reads percentages between the bounds', () => {
  const shares = { ...traffic, mode: 'percentage' }
  expect(stepColor(159, shares, { min: 0, max: 200 })).toBe('green')
  expect(stepColor(160, shares, { min: 0, max: 200 })).toBe('orange')
  expect(absoluteSteps(shares, { min: 100, max: 200 }).map(({ value }) => value)).toEqual([-Infinity, 180, 192])
})

it('cuts the ring of a gauge where the steps are', () => {
  expect(bands(traffic, 0, 100)).toEqual([
    { from: 0, to: 80, color: 'green' },
    { from: 80, to: 92, color: 'orange' },
    { from: 92, to: 100, color: 'red' },
  ])
  expect(bands(traffic, 0, 50)).toEqual([{ from: 0, to: 50, color: 'green' }])
})
