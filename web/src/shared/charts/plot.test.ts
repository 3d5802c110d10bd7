import { expect, it, vi } from 'vitest'

vi.mock('uplot', () => ({ default: { paths: {} } }))

import { stack } from './plot'

const series = (values: (number | null)[]) => ({ label: '', color: '#000', values })

it('stacks from the bottom up and paints the tallest first', () => {
  expect(stack([series([1, 2]), series([10, null])])).toEqual([
    [11, 2],
    [1, 2],
  ])
})
