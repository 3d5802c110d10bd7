/** What labels the series of a metric have, and how many series have which value. */

import type { Labels } from '@/features/metrics/api'

import type { Matcher } from './suggestions'

export interface LabelFound {
  name: string
  /** The commonest value first. */
  values: { value: string; count: number }[]
}

/** Labels of the series that match, those with the fewest values last to be told apart by come first. */
export function labelsOf(series: Labels[], matchers: Matcher[]): { labels: LabelFound[]; count: number } {
  const matching = series.filter((one) => matchers.every(({ name, value }) => (one[name] ?? '') === value))
  const counts = new Map<string, Map<string, number>>()
  for (const one of matching)
    for (const [name, value] of Object.entries(one)) {
      if (name === '__name__') continue
      const values = counts.get(name) ?? new Map<string, number>()
      counts.set(name, values.set(value, (values.get(value) ?? 0) + 1))
    }
  const labels = [...counts].map(([name, values]) => ({
    name,
    values: [...values].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1)),
  }))
  return { labels: labels.sort((a, b) => (a.name < b.name ? -1 : 1)), count: matching.length }
}

const MOST_GROUPS = 20
const SELDOM_ASKED = ['instance', 'job', 'le', 'quantile', 'version']

/** The label most worth telling series apart by: several values, not too many, and not where it was scraped. */
export function splitBy(labels: LabelFound[]): string | null {
  const worth = labels.filter(({ values }) => values.length > 1 && values.length <= MOST_GROUPS)
  const asked = worth.filter(({ name }) => !SELDOM_ASKED.includes(name)).sort((a, b) => b.values.length - a.values.length)
  const best = asked[0] ?? worth.find(({ name }) => name === 'job' || name === 'instance')
  return best?.name ?? null
}
