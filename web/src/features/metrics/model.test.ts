import { expect, it } from 'vitest'

import type { Data } from './api'
import { coloured, compared, exemplarsOf, isOnValueScale, nameOf, plotted, readQueries, rowsOf, stepOf, timesOf, writeQueries } from './model'

const A = { id: 'A', text: 'up', legend: '', hidden: false }

it('keeps queries in the URL', () => {
  const queries = [A, { id: 'C', text: 'rate(x[5m])', legend: '{{job}}', hidden: true }]
  expect(readQueries(writeQueries(queries))).toEqual(queries)
  expect(readQueries({})).toEqual([{ ...A, text: '' }])
})

it('chooses round steps', () => {
  expect(stepOf(0, 3600, 240)).toBe(15)
  expect(stepOf(0, 86_400 * 400, 100)).toBe(86_400 * 4)
})

it('names series by their labels or a template', () => {
  expect(nameOf({ __name__: 'up', job: 'api' }, '')).toBe('up{job="api"}')
  expect(nameOf({ job: 'api' }, '{{job}} {{gone}}')).toBe('api ')
  expect(nameOf({}, '')).toBe('{}')
})

it('puts samples at their steps and leaves gaps', () => {
  const values: [number, string][] = [
    [0, '1'],
    [30, 'NaN'],
  ]
  const data: Data = { resultType: 'matrix', result: [{ metric: { a: '1' }, values }] }
  expect(plotted(data, A, timesOf(0, 30, 15))[0]?.values).toEqual([1, null, null])
  expect(plotted(data, A, timesOf(60, 90, 15), { shiftS: 60 })[0]).toMatchObject({ dashed: true, values: [1, null, null] })
})

it('lists instant answers, largest first', () => {
  const vector: Data = {
    resultType: 'vector',
    result: [
      { metric: {}, value: [0, '1'] },
      { metric: { a: 'b' }, value: [0, '2'] },
    ],
  }
  expect(rowsOf(vector).map(({ value }) => value)).toEqual(['2', '1'])
  expect(rowsOf({ resultType: 'scalar', result: [0, '5'] })).toEqual([{ labels: {}, value: '5' }])
})

it('says of samples over a range how many there are', () => {
  const data: Data = { resultType: 'matrix', result: [{ metric: {}, values: [[0, '7']] }] }
  expect(rowsOf(data)[0]?.value).toBe('1 sample, newest 7')
})

it('shows histograms in a table by their number of observations', () => {
  const histogram = { count: '3', sum: '6', buckets: [] }
  const data: Data = { resultType: 'vector', result: [{ metric: {}, histogram: [0, histogram] }] }
  expect(rowsOf(data)).toEqual([{ labels: {}, value: '3', histogram }])
})

it('names the figures of histograms', () => {
  const data: Data = { resultType: 'matrix', result: [{ metric: {}, values: [[0, '1']] }] }
  expect(plotted(data, A, [0], { part: 'p99' })[0]?.name).toBe('p99')
})

it('gives a line and that of the period before one colour, and tells the change', () => {
  const data: Data = { resultType: 'matrix', result: [{ metric: { a: '1' }, values: [[60, '3'], [0, '2']] }] }
  const lines = coloured(plotted(data, A, [60]), plotted(data, A, [60], { shiftS: 60 }))
  expect(lines.map(({ color }) => color)).toEqual(['--v-cat-1', '--v-cat-1'])
  expect(compared(lines)).toMatchObject([{ name: '{a="1"}', now: 3, before: 2, change: 0.5 }])
})

it('keeps the slowest exemplar of those near each other, with its trace', () => {
  const one = (value: string, timestamp: number, trace_id: string) => ({ labels: { trace_id, tier: 'gold' }, value, timestamp })
  const found = [{ seriesLabels: { le: '1' }, exemplars: [one('1', 10, 'a'), one('5', 11, 'b'), one('2', 3000, 'c'), one('9', 20, '')] }]
  expect(exemplarsOf(found, 0, 3600).map(({ traceId, value }) => [traceId, value])).toEqual([
    ['b', 5],
    ['c', 2],
  ])
  expect(exemplarsOf(found, 0, 3600)[0]?.labels).toEqual({ tier: 'gold' })
})

it('puts exemplars at their values only where the query gives such values', () => {
  expect(isOnValueScale('histogram_quantile(0.9, x)')).toBe(true)
  expect(isOnValueScale('sum(rate(x_sum[5m])) / sum(rate(x_count[5m]))')).toBe(true)
  expect(isOnValueScale('rate(x_count[5m])')).toBe(false)
})
