import { expect, it } from 'vitest'

import type { Data } from './api'
import { nameOf, plotted, readQueries, rowsOf, stepOf, suggestion, timesOf, typeOf, writeQueries } from './model'

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
  expect(plotted(data, A, timesOf(60, 90, 15), 60)[0]).toMatchObject({ dashed: true, values: [1, null, null] })
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

it('asks a counter for its rate and a histogram for its quantile', () => {
  expect(suggestion('x_total', 'counter', 'job="a"')).toBe('sum(rate(x_total{job="a"}[5m]))')
  expect(suggestion('x_bucket', 'histogram')).toContain('histogram_quantile(0.95, sum by (le)')
  expect(suggestion('x', 'gauge')).toBe('x')
  expect(suggestion('http.größe', 'gauge', 'a="b"')).toBe('{"http.größe", a="b"}')
  expect(typeOf('x_bucket', { x: [{ type: 'histogram' }] })).toBe('histogram')
})
