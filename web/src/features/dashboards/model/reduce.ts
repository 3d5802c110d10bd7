/** One figure of a series. */

import type { PanelOptions } from './types'

export type Reducer = NonNullable<PanelOptions['reduce']>

export const REDUCER_NAMES: Record<Reducer, string> = {
  last: 'Last',
  first: 'First',
  mean: 'Mean',
  max: 'Maximum',
  min: 'Minimum',
  sum: 'Sum',
  range: 'Range',
  delta: 'Change',
  count: 'Count',
}

/** What the values come to, holes left out; null when there is nothing but holes. */
export function reduced(values: (number | null | undefined)[], by: Reducer = 'last'): number | null {
  const known = values.filter((value): value is number => value != null && !Number.isNaN(value))
  if (by === 'count') return known.length
  if (known.length === 0) return null
  const max = () => known.reduce((most, value) => Math.max(most, value))
  const min = () => known.reduce((least, value) => Math.min(least, value))
  const sum = () => known.reduce((total, value) => total + value, 0)
  switch (by) {
    case 'first':
      return known[0] as number
    case 'mean':
      return sum() / known.length
    case 'sum':
      return sum()
    case 'max':
      return max()
    case 'min':
      return min()
    case 'range':
      return max() - min()
    case 'delta':
      return (known.at(-1) as number) - (known[0] as number)
    default:
      return known.at(-1) as number
  }
}
