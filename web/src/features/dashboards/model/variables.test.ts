import { expect, it } from 'vitest'

import { ALL, chosenOf, filled, fromUrl, urlValue, uses } from './variables'

const chosen = { host: ['a.b'], many: ['x', 'y'], every: [ALL] }

it.each([
  ['on $host', 'on a.b'],
  ['on ${host}', 'on a.b'],
  ['on [[host]]', 'on a.b'],
  ['$hosts and $unknown', '$hosts and $unknown'],
  ['$many', 'x, y'],
  ['${many:pipe}', 'x|y'],
  ['${many:csv}', 'x,y'],
  ['all of $every', 'all of All'],
])('fills in %j', (text, expected) => {
  expect(filled(text, chosen)).toBe(expected)
})

it('writes regular expressions for PromQL', () => {
  expect(filled('{i=~"$host"}', chosen, 'regex')).toBe('{i=~"a\\.b"}')
  expect(filled('{i=~"$many"}', chosen, 'regex')).toBe('{i=~"(x|y)"}')
  expect(filled('{i=~"$every"}', chosen, 'regex')).toBe('{i=~".*"}')
  expect(filled('{i=~"$every"}', chosen, 'regex', { every: ['p', 'q'] })).toBe('{i=~"(p|q)"}')
})

it('knows which variables a text uses', () => {
  expect(uses('up{host="$host"}', 'host')).toBe(true)
  expect(uses('up{host="$hosts"}', 'host')).toBe(false)
})

it('keeps values with commas through the URL', () => {
  const values = ['a', 'b,c', 'd\\e']
  expect(fromUrl({ 'var-x': urlValue(values), from: 'now-1h' })).toEqual({ x: values })
})

const query = { name: 'host', type: 'query', current: null, multi: true, include_all: true }

it('takes the URL before the dashboard before the first option', () => {
  const options = { host: ['a', 'b', 'c'] }
  expect(chosenOf([query], { host: ['b', 'c'] }, options)).toEqual({ host: ['b', 'c'] })
  expect(chosenOf([{ ...query, current: 'c' }], {}, options)).toEqual({ host: ['c'] })
  expect(chosenOf([query], {}, options)).toEqual({ host: [ALL] })
  expect(chosenOf([{ ...query, include_all: false }], {}, options)).toEqual({ host: ['a'] })
})

it('leaves out what is no option any more', () => {
  expect(chosenOf([query], { host: ['gone', 'a'] }, { host: ['a'] })).toEqual({ host: ['a'] })
  expect(chosenOf([query], { host: ['gone'] }, { host: ['a'] })).toEqual({ host: [ALL] })
})

it('keeps free text as typed and constants as they are', () => {
  const text = { name: 'path', type: 'text', current: '/' }
  const constant = { name: 'env', type: 'constant', current: 'prod' }
  expect(chosenOf([text, constant], { path: ['/x'], env: ['dev'] }, {})).toEqual({ path: ['/x'], env: ['prod'] })
})
