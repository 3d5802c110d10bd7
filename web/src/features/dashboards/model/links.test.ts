import { expect, it } from 'vitest'

import { linkUrl, safeUrl } from './links'

it.each([
  ['https://example.com/a', true],
  ['/logs?query=x', true],
  ['#top', true],
  ['javascript:alert(1)', false],
  [' JAVASCRIPT:alert(1)', false],
  ['data:text/html,x', false],
  ['//example.com', false],
  ['/\\example.com', false],
])('judges the address %s', (url, isAllowed) => {
  expect(safeUrl(url) !== null).toBe(isAllowed)
})

it('fills in variables and the time range', () => {
  const range = { from: '2026-01-01T00:00:00Z', to: '2026-01-01T01:00:00Z' }
  expect(linkUrl('/logs?query=host:$host&from=${__from}&to=$__to', { host: ['a b'] }, range)).toBe(
    '/logs?query=host:a%20b&from=1767225600000&to=1767229200000',
  )
  expect(linkUrl('/d?${__url_time_range}', {}, { from: 'now-1h', to: 'now' })).toBe('/d?from=now-1h&to=now')
  expect(linkUrl('$target', { target: ['javascript:alert(1)'] }, range)).toBeNull()
})
