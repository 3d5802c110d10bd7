import { expect, it } from 'vitest'

import { labelsOf, splitBy } from './labels'

const SERIES = [
  { __name__: 'x', job: 'a', route: '/cart', instance: '1' },
  { __name__: 'x', job: 'a', route: '/cart', instance: '2' },
  { __name__: 'x', job: 'a', route: '/', instance: '1' },
]

it('counts the series of each value, the commonest first', () => {
  const { labels, count } = labelsOf(SERIES, [])
  expect(count).toBe(3)
  expect(labels.find(({ name }) => name === 'route')?.values).toEqual([
    { value: '/cart', count: 2 },
    { value: '/', count: 1 },
  ])
})

it('counts what is left by the conditions', () => {
  const { labels, count } = labelsOf(SERIES, [{ name: 'route', value: '/' }])
  expect(count).toBe(1)
  expect(labels.find(({ name }) => name === 'instance')?.values).toEqual([{ value: '1', count: 1 }])
})

it('proposes a label that says something', () => {
  expect(splitBy(labelsOf(SERIES, []).labels)).toBe('route')
  expect(splitBy(labelsOf(SERIES.slice(0, 2), []).labels)).toBe('instance')
  expect(splitBy(labelsOf(SERIES.slice(0, 1), []).labels)).toBeNull()
})
