import { expect, it } from 'vitest'

import { keeping, keepingWith, parseSearch, stringifySearch } from './search'

it('keeps values as the strings they are', () => {
  expect(parseSearch('?live=1&from=now-1h')).toEqual({ live: '1', from: 'now-1h' })
})

it('leaves empty values out', () => {
  expect(stringifySearch({ query: '', from: 'now-1h', to: undefined })).toBe('?from=now-1h')
  expect(stringifySearch({})).toBe('')
})

it('keeps what begins as asked', () => {
  expect(keepingWith('var-', 'edit')({ edit: '1', 'var-host': 'a', 'var-gone': undefined, other: 1 })).toEqual({
    edit: '1',
    'var-host': 'a',
  })
})

it('keeps only the named parameters', () => {
  expect(keeping('query')({ query: 'boom', other: 1 })).toEqual({ query: 'boom' })
})
