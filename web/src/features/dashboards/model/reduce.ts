/** One figure of a series. */

export const REDUCERS = ['last', 'mean', 'max', 'min', 'sum', 'first', 'count'] as const
export type Reducer = (typeof REDUCERS)[number]

export const REDUCER_NAMES: Record<Reducer, string> = {
  last: 'Last',
  mean: 'Mean',
  max: 'Maximum',
  min: 'Minimum',
  sum: 'Sum',
  first: 'First',
  count: 'Count',
}

/** What the values come to, holes left out; null when there is nothing but holes. */
export function reduced(values: (number | null | undefined)[], by: string = 'last'): number | null {
  const known = values.filter((value): value is number => value != null && !Number.isNaN(value))
  if (by === 'count') return known.length
  if (known.length === 0) return null
  const sum = () => known.reduce((total, value) => total + value, 0)
  switch (by) {
    case 'first':
      return known[0] as number
    case 'mean':
      return sum() / known.length
    case 'sum':
      return sum()
    case 'max':
      return known.reduce((most, value) => Math.max(most, value))
    case 'min':
      return known.reduce((least, value) => Math.min(least, value))
    default:
      return known.at(-1) as number
  }
}
