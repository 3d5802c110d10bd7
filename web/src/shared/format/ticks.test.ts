import { expect, it } from 'vitest'

import { tickSteps } from './ticks'
import { formatValue } from './units'

it('gives round figures in the words of the unit', () => {
  const few = (unit: string, from: number, to: number) =>
    (tickSteps(unit) ?? []).filter((step) => step >= from && step <= to).map((step) => formatValue(step, unit))
  expect(few('bytes', 2 ** 30, 2 ** 33)).toEqual(['1 GiB', '2 GiB', '4 GiB', '8 GiB'])
  expect(few('s', 30, 1800)).toEqual(['30 s', '1 min', '2 min', '5 min', '10 min', '15 min', '30 min'])
  expect(few('ms', 200, 5000)).toEqual(['200 ms', '500 ms', '1 s', '2 s', '5 s'])
  expect(tickSteps('short')).toBeUndefined()
})

it('lists steps from the smallest up', () => {
  for (const unit of ['bytes', 's', 'ms', 'h']) {
    const steps = tickSteps(unit) ?? []
    expect(steps).toEqual([...steps].sort((a, b) => a - b))
  }
})
