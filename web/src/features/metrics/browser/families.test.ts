import { expect, it } from 'vitest'

import { familiesOf, searched, treeOf } from './families'

const TOLD = {
  http_seconds: [{ type: 'histogram', help: 'How long requests took.', unit: 'seconds' }],
  lat: [{ type: 'histogram', help: '', unit: '' }],
  jobs: [{ type: 'counter', help: 'Jobs done.', unit: '' }],
}

it('takes the names of a histogram for one metric', () => {
  const names = ['http_seconds_bucket', 'http_seconds_count', 'http_seconds_created', 'http_seconds_sum', 'lat', 'other_count']
  expect(familiesOf(names, TOLD).map(({ name, kind, members }) => [name, kind, members.length])).toEqual([
    ['http_seconds', 'histogram', 4],
    ['lat', 'native histogram', 1],
    ['other_count', 'unknown', 1],
  ])
})

it('knows types without metadata', () => {
  const kinds = (names: string[]) => familiesOf(names, {}).map(({ kind }) => kind)
  expect(kinds(['a_bucket', 'a_count', 'a_sum'])).toEqual(['histogram'])
  expect(kinds(['b_total'])).toEqual(['counter'])
  expect(kinds(['build_info'])).toEqual(['info'])
  expect(kinds(['up'])).toEqual(['gauge'])
  expect(kinds(['queue'])).toEqual(['unknown'])
})

it('puts the moment of creation beside its counter', () => {
  const [jobs, ...others] = familiesOf(['jobs_created', 'jobs_total'], TOLD)
  expect(others).toEqual([])
  expect(jobs).toMatchObject({ name: 'jobs_total', kind: 'counter', help: 'Jobs done.' })
})

it('finds by name, by meaning and by the name of a part', () => {
  const families = familiesOf(['http_seconds_bucket', 'http_seconds_count', 'http_seconds_sum', 'up'], TOLD)
  const found = (search: string) => searched(families, search).map(({ name }) => name)
  expect(found('requests LONG')).toEqual(['http_seconds'])
  expect(found('seconds_count')).toEqual(['http_seconds'])
  expect(found('')).toHaveLength(2)
})

it('groups by the words of names, with counts, and opens what is asked for', () => {
  const names = ['node_cpu', 'node_disk', 'up', 'vedette_http_a', 'vedette_http_b']
  const families = familiesOf(names, {})
  const closed = treeOf(families, new Set())
  expect(closed.map((row) => (row.is === 'group' ? `${row.label} ${row.count}` : row.label))).toEqual([
    'node_ 2',
    'up',
    'vedette_http_ 2',
  ])
  expect(treeOf(families, new Set(['node_'])).map(({ label, depth }) => `${label} ${depth}`)).toEqual([
    'node_ 0',
    'node_cpu 1',
    'node_disk 1',
    'up 0',
    'vedette_http_ 0',
  ])
})

it('divides large groups further, and is quick with 20,000 names', () => {
  const names = Array.from({ length: 20_000 }, (_, at) => `app_m${String(at % 100).padStart(2, '0')}_x${String(at).padStart(5, '0')}`).sort()
  const families = familiesOf(names, {})
  const began = performance.now()
  expect(treeOf(families, new Set(['app_']))).toHaveLength(101)
  expect(treeOf(families, 'all').length).toBeGreaterThan(20_000)
  expect(performance.now() - began).toBeLessThan(500)
})
