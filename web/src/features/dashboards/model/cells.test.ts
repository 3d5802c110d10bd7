import { expect, it } from 'vitest'

import { cellUrl, isOfValues, narrowed, withCell } from './cells'
import type { Query } from './types'

const columns = [
  { name: 'instance', type: 'text' as const },
  { name: 'disk used', type: 'number' as const },
]
const place = { columns, row: ['a:9100', 0.5], at: 1 }
const around = {
  panel: { links: [], queries: [] as Query[] },
  setting: {},
  chosen: {},
  options: {},
  range: { from: 'now-1h', to: 'now' },
  project: 'shop',
}
const query = (part: Partial<Query>): Query => ({
  id: 'A', signal: 'metrics', text: '', legend: '', instant: true, format: 'table', hidden: false, ...part,
})

it.each([
  ['/x?v=${__value.raw}', '/x?v=0.5'],
  ['/x?h=${__data.fields.instance}', '/x?h=a%3A9100'],
  ['/x?d=${__data.fields["disk used"]}', '/x?d=0.5'],
  ['/x?h=${__data.fields[0]:percentencode}', '/x?h=a%3A9100'],
  ['/x?h=${__field.labels.instance}&n=${__field.name}', '/x?h=a%3A9100&n=disk%20used'],
  ['/x?h=$__cell_0&v=${__cell}', '/x?h=a%3A9100&v=0.5'],
  ['/x?h=${host}', '/x?h=${host}'],
])('fills in what a cell stands for: %s', (url, filled) => {
  expect(withCell(url, place)).toBe(filled)
  expect(isOfValues({ title: '', url })).toBe(url !== filled)
})

it('follows the link of a column, of the panel, or what the value is', () => {
  const own = { ...around, panel: { ...around.panel, links: [{ title: '', url: '/p?v=${__value.raw}' }] } }
  expect(cellUrl(place, own)).toBe('/p?v=0.5')
  expect(cellUrl(place, { ...own, setting: { links: [{ title: '', url: 'javascript:alert(1)' }] } })).toBeNull()
  expect(cellUrl(place, { ...own, setting: { links: [{ title: '', url: '/c' }] } })).toBe('/c')
  const service = { columns: [{ name: 'service', type: 'text' as const }], row: ['shop'], at: 0 }
  expect(cellUrl(service, around)).toBe('/traces?query=service%3Ashop&from=now-1h&to=now&project=shop')
})

it('opens the page of a record from its first words', () => {
  const records = [
    { name: 'type', type: 'text' as const },
    { name: 'message', type: 'text' as const },
    { name: 'id', type: 'text' as const, leads_to: 'issue' as const },
  ]
  expect(cellUrl({ columns: records, row: ['Oops', 'no', 'ab/1'], at: 0 }, around)).toBe('/errors/ab%2F1')
  expect(cellUrl({ columns: records, row: ['Oops', 'no', 'ab/1'], at: 1 }, around)).toBeNull()
})

it('explores what a label stands for', () => {
  const of = (one: Query) => ({ ...around, panel: { links: [], queries: [one] } })
  const cell = { columns, row: ['a', 1], at: 0 }
  expect(cellUrl(cell, of(query({ text: 'sum by (instance) (up{job="x"})' })))).toContain(
    `query=${new URLSearchParams([['', 'sum by (instance) (up{instance="a",job="x"})']]).toString().slice(1)}`,
  )
  const logs = query({ signal: 'logs', text: 'a OR b', aggregate: { fn: 'count', by: ['instance'] } })
  expect(cellUrl(cell, of(logs))).toContain('/logs?query=%28a+OR+b%29+instance%3Aa')
})

it('narrows PromQL where it names series', () => {
  expect(narrowed('up', 'job', 'a"b')).toBe('up{job="a\\"b"}')
  expect(narrowed('rate(m[5m]) / sum(n{})', 'job', 'a')).toBe('rate(m{job="a"}[5m]) / sum(n{job="a"})')
  expect(narrowed('sum(a) + b', 'job', 'a')).toBeNull()
})
