import { expect, it } from 'vitest'

import { insidePath } from './next'

it('goes on to a path of this site', () => {
  expect(insidePath('/logs?query=a')).toBe('/logs?query=a')
})

it('goes to the first page instead of another site', () => {
  expect(insidePath('//elsewhere.example')).toBe('/')
  expect(insidePath('/\\elsewhere.example')).toBe('/')
  expect(insidePath('https://elsewhere.example')).toBe('/')
  expect(insidePath(undefined)).toBe('/')
})
