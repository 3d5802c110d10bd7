/** Ready-made questions about a metric, by its type. */

import type { HistogramView } from '@/features/metrics/histograms/buckets'

import type { Family } from './families'

export interface Matcher {
  name: string
  value: string
}
export interface Suggestion {
  title: string
  text: string
  unit: string
  histogram?: HistogramView
}

const isPlain = (name: string) => /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(name)
const isPlainLabel = (name: string) => /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)

export const labelName = (name: string) => (isPlainLabel(name) ? name : JSON.stringify(name))

/** A selector as PromQL writes it; names that are not plain stand in quotes. */
export function selectorOf(name: string, matchers: Matcher[]): string {
  const said = matchers.map((one) => `${labelName(one.name)}=${JSON.stringify(one.value)}`)
  if (isPlain(name)) return said.length ? `${name}{${said.join(', ')}}` : name
  return `{${[JSON.stringify(name), ...said].join(', ')}}`
}

/** The unit of a metric's values by Grafana's ids, from its metadata or its name. */
export function unitOf({ name, unit }: Pick<Family, 'name' | 'unit'>): string {
  const base = name.replace(/_(total|bucket|sum|count|created)$/, '')
  const ends = (word: string) => unit === word || base.endsWith(`_${word}`)
  if (ends('milliseconds')) return 'ms'
  if (ends('seconds')) return base.includes('timestamp') || base.includes('_time_') ? 'none' : 's'
  if (ends('bytes')) return 'bytes'
  if (ends('ratio')) return 'percentunit'
  if (ends('percent')) return 'percent'
  if (ends('celsius')) return 'celsius'
  if (ends('hertz')) return 'hertz'
  return 'short'
}

interface Chosen {
  matchers: Matcher[]
  /** The label to keep series apart by. */
  by?: string | null
}

/** What to ask about a metric, the best first. */
export function suggestionsOf(family: Family, { matchers, by }: Chosen): Suggestion[] {
  const one = (suffix = '') => selectorOf(family.name + suffix, matchers)
  const group = by ? ` by (${labelName(by)})` : ''
  const each = by ? ` by ${by}` : ''
  const unit = unitOf(family)
  const rate = (of: string) => `rate(${of}[5m])`
  switch (family.kind) {
    case 'counter': {
      const perSecond = unit === 'bytes' ? 'Bps' : unit === 's' ? 'percentunit' : 'short'
      return [
        { title: `Rate per second${each}`, text: `sum${group} (${rate(one())})`, unit: perSecond },
        { title: `Increase in an hour${each}`, text: `sum${group} (increase(${one()}[1h]))`, unit },
        { title: 'Rate of every series', text: rate(one()), unit: perSecond },
        { title: 'Running total', text: one(), unit },
      ]
    }
    case 'histogram': {
      const le = by ? `le, ${labelName(by)}` : 'le'
      const quantile = (share: string) => `histogram_quantile(${share}, sum by (${le}) (${rate(one('_bucket'))}))`
      const total = (suffix: string) => `sum${group} (${rate(one(suffix))})`
      return [
        { title: `p99${each}`, text: quantile('0.99'), unit },
        { title: `Median${each}`, text: quantile('0.5'), unit },
        { title: 'Heatmap', text: `sum by (le) (${rate(one('_bucket'))})`, unit, histogram: 'heatmap' },
        { title: `Rate per second${each}`, text: total('_count'), unit: 'short' },
        { title: `Average${each}`, text: `${total('_sum')}\n/\n${total('_count')}`, unit },
      ]
    }
    case 'native histogram': {
      const summed = `sum${group} (${rate(one())})`
      return [
        { title: 'Heatmap', text: `sum (${rate(one())})`, unit, histogram: 'heatmap' },
        { title: `p50, p90, p99${each}`, text: summed, unit, histogram: 'quantiles' },
        { title: `p99${each}`, text: `histogram_quantile(0.99, ${summed})`, unit },
        { title: `Rate per second${each}`, text: `histogram_count(${summed})`, unit: 'short' },
        { title: `Average${each}`, text: `histogram_avg(${summed})`, unit },
      ]
    }
    case 'summary':
      return [
        { title: 'Quantiles as they were sent', text: one(), unit },
        { title: `Rate per second${each}`, text: `sum${group} (${rate(one('_count'))})`, unit: 'short' },
        { title: `Average${each}`, text: `sum${group} (${rate(one('_sum'))})\n/\nsum${group} (${rate(one('_count'))})`, unit },
      ]
    case 'info':
      return [
        { title: 'Every series', text: one(), unit: 'none' },
        { title: `How many${each}`, text: `count${group} (${one()})`, unit: 'short' },
      ]
    default:
      return [
        { title: 'Every series', text: one(), unit },
        ...(by
          ? [
              { title: `Average${each}`, text: `avg${group} (${one()})`, unit },
              { title: `Sum${each}`, text: `sum${group} (${one()})`, unit },
              { title: `Greatest${each}`, text: `max${group} (${one()})`, unit },
            ]
          : [
              { title: 'Sum of all', text: `sum (${one()})`, unit },
              { title: 'Greatest', text: `max (${one()})`, unit },
            ]),
        { title: 'Average over an hour', text: `avg_over_time(${one()}[1h])`, unit },
        { title: 'Change in an hour', text: `delta(${one()}[1h])`, unit },
      ]
  }
}
