import { expect, it } from 'vitest'

import type { Histogram } from '@/features/metrics/api'

import { bucketsOf, heatOfClassic, heatOfNative, isClassic, isRunningTotal, mayBeNative, partsOf, stripOf } from './buckets'

const NATIVE: Histogram = {
  count: '6',
  sum: '9',
  buckets: [
    [0, '1', '2', '4'],
    [0, '2', '4', '2'],
  ],
}

it('adds up native histograms of one time', () => {
  const series = [
    { metric: { a: '1' }, histograms: [[0, NATIVE]] as [number, Histogram][] },
    { metric: { a: '2' }, histograms: [[0, NATIVE]] as [number, Histogram][] },
  ]
  const heat = heatOfNative(series, [0, 15])
  expect(heat.cells).toEqual([
    [8, null],
    [4, null],
  ])
})

it('takes cumulative buckets apart, whatever their other labels', () => {
  const series = ['1', '+Inf', '1', '+Inf'].map((le, at) => ({
    metric: { le, job: at < 2 ? 'a' : 'b' },
    values: [[0, le === '1' ? '2' : '5']] as [number, string][],
  }))
  const heat = heatOfClassic(series, [0])
  expect(isClassic(series)).toBe(true)
  expect(heat.rows).toEqual([
    { from: 0, to: 1 },
    { from: 1, to: Infinity },
  ])
  expect(heat.cells).toEqual([[4], [6]])
})

it('needs le on every series for a heatmap', () => {
  expect(isClassic([{ metric: { le: '1' } }, { metric: { job: 'a' } }])).toBe(false)
})

it('keeps every observation in a strip of bars', () => {
  const buckets = Array.from({ length: 90 }, (_, at) => ({ from: at, to: at + 1, count: 1 }))
  const bars = stripOf(buckets, 20)
  expect(bars.length).toBeLessThanOrEqual(20)
  expect(bars.reduce((sum, { count }) => sum + count, 0)).toBe(90)
  expect(bucketsOf(NATIVE)[1]).toEqual({ from: 2, to: 4, count: 2 })
})

it('asks for whole histograms only where they are drawn', () => {
  expect(partsOf('heatmap', 'rate(x[5m])')).toEqual([{ name: '', text: 'sum(\nrate(x[5m])\n)' }])
  expect(partsOf('quantiles', 'x').map(({ name }) => name)).toEqual(['p50', 'p90', 'p99'])
})

it('knows sums since the start, and metrics that may be native', () => {
  expect(isRunningTotal('x{a="(b)"} offset 1h')).toBe(true)
  expect(isRunningTotal('rate(x[5m])')).toBe(false)
  const told = { x: [{ type: 'histogram' }], y: [{ type: 'gauge' }] }
  expect(mayBeNative('sum(rate(x[5m]))', told)).toBe(true)
  expect(mayBeNative('sum(rate(x_bucket[5m])) + y', told)).toBe(false)
})
