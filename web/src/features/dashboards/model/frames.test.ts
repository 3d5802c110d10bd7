import { expect, it } from 'vitest'

import { figuresOf, finished, isEmpty, linesOf, unfinishedFrom } from './frames'
import type { Frame, PanelData } from './types'

const data = (...frames: Frame[]): PanelData => ({ frames, errors: [], warnings: [] })
const series = (query: string, times: number[], values: Record<string, (number | null)[]>): Frame => ({
  query,
  kind: 'series',
  times,
  series: Object.entries(values).map(([name, one]) => ({ name, labels: { name }, values: one })),
})

it('puts the series of several queries on one axis', () => {
  const { times, lines } = linesOf(data(series('A', [10, 20], { a: [1, 2] }), series('B', [10, 20], { b: [3, 4] })))
  expect(times).toEqual([10, 20])
  expect(lines.map(({ name, values }) => [name, values])).toEqual([
    ['a', [1, 2]],
    ['b', [3, 4]],
  ])
})

it('leaves holes where a query has no such time', () => {
  const { times, lines } = linesOf(data(series('A', [10, 20], { a: [1, 2] }), series('B', [15], { b: [3] })))
  expect(times).toEqual([10, 15, 20])
  expect(lines.map(({ values }) => values)).toEqual([
    [1, null, 2],
    [null, 3, null],
  ])
})

it('makes a figure of every series and of every row', () => {
  const table: Frame = {
    query: 'B',
    kind: 'table',
    columns: [
      { name: 'service', type: 'text' },
      { name: 'value', type: 'number' },
    ],
    rows: [
      ['api', 7],
      ['web', null],
    ],
  }
  const figures = figuresOf(data(series('A', [1, 2], { a: [1, 5] }), table), 'max')
  expect(figures.map(({ name, value }) => [name, value])).toEqual([
    ['a', 5],
    ['api', 7],
    ['web', null],
  ])
})

it('is empty when there are only holes', () => {
  expect(isEmpty(data(series('A', [1], { a: [null] })))).toBe(true)
  expect(isEmpty(data(series('A', [1], { a: [0] })))).toBe(false)
  expect(isEmpty(data())).toBe(true)
})

it('leaves out a step that is not over, unless something came first in it', () => {
  const counted = (values: (number | null)[]) => ({
    frames: [
      { query: 'A', kind: 'series' as const, times: [0, 60, 120], unfinished: 1, series: [{ name: 'a', labels: {}, values }] },
    ],
    errors: [],
    warnings: [],
  })
  expect(linesOf(finished(counted([5, 6, 1]))).lines[0]?.values).toEqual([5, 6])
  expect(linesOf(finished(counted([0, 0, 1]))).lines[0]?.values).toEqual([0, 0, 1])
  expect(figuresOf(counted([5, 6, 1]), 'last')[0]?.value).toBe(6)
  expect(figuresOf(counted([5, 6, 1]), 'sum')[0]?.value).toBe(12)
  expect(unfinishedFrom(counted([5, 6, 1]))).toBe(120)
})
