import { expect, it } from 'vitest'

import type { Family, Kind } from './families'
import { selectorOf, suggestionsOf, unitOf } from './suggestions'

const family = (name: string, kind: Kind): Family => ({ name, kind, help: '', unit: '', members: [name] })
const texts = (name: string, kind: Kind, by?: string) =>
  suggestionsOf(family(name, kind), { matchers: [], by }).map(({ text }) => text)

it('writes selectors, in quotes where names are not plain', () => {
  expect(selectorOf('up', [{ name: 'job', value: 'a"b' }])).toBe('up{job="a\\"b"}')
  expect(selectorOf('http.größe', [{ name: 'http.route', value: '/' }])).toBe('{"http.größe", "http.route"="/"}')
})

it('asks a counter for its rate and a gauge for itself', () => {
  expect(texts('jobs_total', 'counter')[0]).toBe('sum (rate(jobs_total[5m]))')
  expect(texts('jobs_total', 'counter', 'kind')[0]).toBe('sum by (kind) (rate(jobs_total[5m]))')
  expect(texts('busy', 'gauge')[0]).toBe('busy')
})

it('asks a classic histogram for quantiles, a rate and a heatmap', () => {
  const found = suggestionsOf(family('x_seconds', 'histogram'), { matchers: [], by: 'route' })
  expect(found[0]).toEqual({
    title: 'p99 by route',
    text: 'histogram_quantile(0.99, sum by (le, route) (rate(x_seconds_bucket[5m])))',
    unit: 's',
  })
  expect(found.find(({ title }) => title === 'Heatmap')).toMatchObject({ histogram: 'heatmap' })
  expect(found.find(({ title }) => title === 'Rate per second by route')?.text).toBe(
    'sum by (route) (rate(x_seconds_count[5m]))',
  )
})

it('asks a native histogram without buckets', () => {
  expect(texts('x', 'native histogram').join()).not.toContain('_bucket')
})

it('reads units off names', () => {
  const unit = (name: string) => unitOf({ name, unit: '' })
  expect(unit('x_request_duration_seconds')).toBe('s')
  expect(unit('process_start_time_seconds')).toBe('none')
  expect(unit('node_network_receive_bytes_total')).toBe('bytes')
  expect(unit('up')).toBe('short')
})
