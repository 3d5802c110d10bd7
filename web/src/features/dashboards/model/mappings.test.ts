import { expect, it } from 'vitest'

import { mapped } from './mappings'
import type { Mapping } from './types'

const mapping = (one: Partial<Mapping>): Mapping => ({ type: 'value', value: '', text: 'yes', ...one })

it.each<[Partial<Mapping>, string | number | null, boolean]>([
  [{ value: '1' }, 1, true],
  [{ value: '1.0' }, 1, true],
  [{ value: '1' }, 2, false],
  [{ value: 'up' }, 'up', true],
  [{ value: '' }, 0, false],
  [{ value: '0' }, null, false],
  [{ type: 'range', from: 1, to: 3 }, 3, true],
  [{ type: 'range', from: 1, to: 3 }, 3.1, false],
  [{ type: 'range', from: 1 }, 1000, true],
  [{ type: 'regex', value: '/^5..$/' }, 503, true],
  [{ type: 'regex', value: '(' }, 'x', false],
  [{ type: 'special', value: 'null' }, null, true],
  [{ type: 'special', value: 'nan' }, NaN, true],
  [{ type: 'special', value: 'empty' }, '', true],
])('%j of %j', (one, value, isMapped) => {
  expect(mapped(value, [mapping(one)])?.text).toBe(isMapped ? 'yes' : undefined)
})

it('takes the first that fits', () => {
  const both = [mapping({ value: '1', text: 'one' }), mapping({ type: 'range', from: 0, text: 'some' })]
  expect(mapped(1, both)?.text).toBe('one')
  expect(mapped(2, both)?.text).toBe('some')
})
