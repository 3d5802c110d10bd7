import { expect, it } from 'vitest'

import { characterAt, faultIn } from './place'

it('reads the place of a fault', () => {
  expect(faultIn('2:14: parse error: unexpected "}"')).toEqual({ line: 2, column: 14 })
  expect(faultIn('many-to-many matching not allowed')).toBeNull()
  expect(faultIn('unknown position: parse error: no expression found in input')).toBeNull()
})

it('counts columns in bytes', () => {
  expect(characterAt('sum(x', 6)).toBe(5)
  expect(characterAt('{"größe"', 7)).toBe(5)
})
