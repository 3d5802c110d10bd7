import { expect, it } from 'vitest'

import { heatOf, totals } from './heat'
import type { PanelData } from './types'

const data = (kind: 'series' | 'heatmap', values: Record<string, (number | null)[]>): PanelData => ({
  frames: [
    {
      query: 'A',
      kind,
      times: [10, 20],
      series: Object.entries(values).map(([le, one]) => ({ name: le, labels: { le }, values: one })),
    },
  ],
  errors: [],
  warnings: [],
})

it('takes cumulative buckets apart', () => {
  const heat = heatOf(data('series', { '+Inf': [6, 9], '0.1': [1, 2], '1': [4, 9] }))
  expect(heat.rows).toEqual([
    { name: '0.1', from: 0, to: 0.1 },
    { name: '1', from: 0.1, to: 1 },
    { name: '+Inf', from: 1, to: Infinity },
  ])
  expect(heat.cells).toEqual([
    [1, 2],
    [3, 7],
    [2, 0],
  ])
  expect(heat.max).toBe(7)
})

it('leaves out an empty last bucket', () => {
  expect(heatOf(data('series', { '1': [4, 9], '+Inf': [4, 9] })).rows.map(({ name }) => name)).toEqual(['1'])
})

it('takes counted buckets as they are', () => {
  const heat = heatOf(data('heatmap', { '1': [4, 9], '2': [1, null] }))
  expect(heat.cells).toEqual([
    [4, 9],
    [1, null],
  ])
  expect(totals(heat).map(({ count }) => count)).toEqual([13, 1])
})
