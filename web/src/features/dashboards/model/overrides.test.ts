import { expect, it } from 'vitest'

import { overridden, withColumnWidth } from './overrides'
import type { Override, Panel } from './types'

const overrides: Override[] = [
  { match: 'regex', value: '^a', unit: 's', color: 'red' },
  { match: 'query', value: 'B', decimals: 1, color: null },
  { match: 'name', value: 'ab', color: 'blue' },
  { match: 'regex', value: '(', hidden: true },
]

it('lets later overrides count more, field by field', () => {
  expect(overridden({ overrides }, 'ab', 'B')).toEqual({ unit: 's', color: 'blue', decimals: 1 })
  expect(overridden({ overrides }, 'ac', 'A')).toEqual({ unit: 's', color: 'red' })
  expect(overridden({ overrides }, 'x', 'A')).toEqual({})
})

it('keeps the width of a column with what is said of it already', () => {
  const panel = { overrides } as Panel
  expect(withColumnWidth(panel, 'ab', 90).overrides[2]).toEqual({ match: 'name', value: 'ab', color: 'blue', width: 90 })
  expect(withColumnWidth(panel, 'new', 90).overrides.at(-1)).toEqual({ match: 'name', value: 'new', width: 90 })
})
