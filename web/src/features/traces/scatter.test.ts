import { expect, it } from 'vitest'

import type { TraceSummary } from '@/shared/api/types'

import { scatter } from './scatter'

const trace = (timestamp: string, duration_ms: number) =>
  ({ timestamp, duration_ms, status: 'ok', error_count: 0 }) as TraceSummary

it('places traces by time and by the logarithm of their duration', () => {
  const start = Date.parse('2026-01-01T00:00:00Z') / 1000
  const { dots, lines } = scatter(
    [trace('2026-01-01T00:00:50Z', 10), trace('2026-01-01T00:01:40Z', 1000)],
    start,
    start + 100,
  )
  expect(dots.map(({ x, y }) => [x, y])).toEqual([
    [0.5, 1],
    [1, 0],
  ])
  expect(lines.map(({ ms }) => ms)).toEqual([10, 100, 1000])
})
