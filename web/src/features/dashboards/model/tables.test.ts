import { expect, it } from 'vitest'

import { type Cell, sortedRows, tableOf } from './tables'
import type { Frame } from './types'

const answer = (...frames: Frame[]) => ({ frames, errors: [], warnings: [] })
const table = (query: string, rows: Cell[][]): Frame => ({
  query,
  kind: 'table',
  columns: [
    { name: 'host', type: 'text' },
    { name: 'value', type: 'number' },
  ],
  rows,
})

it('makes a row of every series, its labels as columns', () => {
  const frame: Frame = {
    query: 'A',
    kind: 'series',
    times: [1, 2],
    series: [
      { name: 'x', labels: { __name__: 'up', host: 'a' }, values: [1, 2] },
      { name: 'y', labels: { __name__: 'up', host: 'b', job: 'j' }, values: [3, null] },
    ],
  }
  expect(tableOf(answer(frame))).toEqual({
    columns: [
      { name: 'host', type: 'text' },
      { name: 'job', type: 'text' },
      { name: 'value', type: 'number' },
    ],
    rows: [
      ['a', null, 2],
      ['b', 'j', 3],
    ],
  })
})

it('joins the tables of several queries where their texts agree', () => {
  const one = tableOf(answer(table('A', [['a', 1], ['b', 2]]), table('B', [['b', 20], ['c', 30]])))
  expect(one.columns.map(({ name }) => name)).toEqual(['host', 'A', 'B'])
  expect(one.rows).toEqual([
    ['a', 1, null],
    ['b', 2, 20],
    ['c', null, 30],
  ])
})

it('sorts numbers by size and words as people count, what is missing last', () => {
  expect(sortedRows([[10], [null], [9]], 0, false)).toEqual([[9], [10], [null]])
  expect(sortedRows([[10], [null], [9]], 0, true)).toEqual([[10], [9], [null]])
  expect(sortedRows([['web10'], ['web9']], 0, false)).toEqual([['web9'], ['web10']])
})

it('joins by one column where the other texts differ', () => {
  const more: Frame = {
    query: 'B',
    kind: 'table',
    columns: [
      { name: 'host', type: 'text' },
      { name: 'disk', type: 'text' },
      { name: 'value', type: 'number' },
    ],
    rows: [['a', 'sda', 5]],
  }
  const one = tableOf(answer(table('A', [['a', 1], ['b', 2]]), more), 'last', 'host')
  expect(one.columns.map(({ name }) => name)).toEqual(['host', 'disk', 'A', 'B'])
  expect(one.rows).toEqual([
    ['a', 'sda', 1, 5],
    ['b', null, 2, null],
  ])
})
