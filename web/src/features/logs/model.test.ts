import { expect, it } from 'vitest'

import type { LogRecord } from '@/shared/api/types'

import { histogramView, summary } from './model'

const record = (body: string) => ({ body }) as LogRecord

it('puts the worst severity on top and leaves empty ones out', () => {
  const view = histogramView({
    step_s: 60,
    times: [60, 120],
    series: [
      { severity: 'error', counts: [1, 0] },
      { severity: 'debug', counts: [0, 0] },
      { severity: 'info', counts: [5, 7] },
    ],
    total: 13,
  })
  expect(view.series.map(({ label }) => label)).toEqual(['info', 'error'])
  expect(view.totals).toEqual([
    { severity: 'error', total: 1 },
    { severity: 'info', total: 12 },
  ])
  expect(view.range).toEqual([30, 150])
})

it('shows a JSON body by its message', () => {
  expect(summary(record('{"msg":"ready","port":80}'))).toBe('ready')
  expect(summary(record('{broken'))).toBe('{broken')
})

it('shows several lines as one', () => {
  expect(summary(record('one\n  two'))).toBe('one two')
})
