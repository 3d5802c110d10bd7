import { expect, it } from 'vitest'

import { withMatcher } from './matchers'

const WEB = { name: 'job', value: 'web' }

it('adds a condition to every selector of the metric', () => {
  expect(withMatcher('sum(rate(a_total[5m])) / sum(b)', WEB, ['a_total'])).toBe('sum(rate(a_total{job="web"}[5m])) / sum(b)')
  expect(withMatcher('a{x=~"1|2"} + a', WEB)).toBe('a{x=~"1|2", job="web"} + a{job="web"}')
})

it('puts another value in the place of one', () => {
  expect(withMatcher('a{job="app", x!="1"}', WEB)).toBe('a{x!="1", job="web"}')
  expect(withMatcher('a{job=~"app|web"}', WEB)).toBe('a{job=~"app|web", job="web"}')
})

it('takes a condition away', () => {
  expect(withMatcher('rate(a{job="web"}[5m])', WEB, ['a'], true)).toBe('rate(a[5m])')
})

it('knows names in quotes, and quotes labels that need it', () => {
  expect(withMatcher('{"http.größe", a="b"}', { name: 'http.route', value: '/' }, ['http.größe'])).toBe(
    '{"http.größe", a="b", "http.route"="/"}',
  )
})

it('leaves other metrics alone', () => {
  expect(withMatcher('up', WEB, ['down'])).toBe('up')
})
