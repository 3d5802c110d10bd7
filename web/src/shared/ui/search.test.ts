import { expect, it } from 'vitest'

import { quoted, withFilter } from './search'

it('quotes values that hold more than word characters', () => {
  expect(quoted('checkout')).toBe('checkout')
  expect(quoted('GET /items')).toBe('"GET /items"')
  expect(quoted('say "hi"')).toBe('"say \\"hi\\""')
  expect(quoted('-5')).toBe('"-5"')
})

it('adds a condition once', () => {
  expect(withFilter('', 'service', 'api')).toBe('service:api')
  expect(withFilter('boom service:api', 'service', 'api')).toBe('boom service:api')
  expect(withFilter('boom', 'level', 'info', true)).toBe('boom -level:info')
})

it('keeps alternatives together', () => {
  expect(withFilter('a OR b', 'service', 'api')).toBe('(a OR b) service:api')
})
