/** From a panel's query to the page that explores it. */

import { fromSeconds, type TimeRange } from '@/shared/time/range'

import type { Panel, Query } from './types'
import { type Chosen, filled } from './variables'

const PAGES = {
  metrics: { to: '/explore', name: 'Metrics' },
  logs: { to: '/logs', name: 'Logs' },
  traces: { to: '/traces', name: 'Traces' },
  errors: { to: '/errors', name: 'Errors' },
  events: { to: '/events', name: 'Events' },
} as const

export interface Exploration {
  label: string
  href: string
}

/** Where each query of a panel can be looked into further, with the range and the variables as they are. */
export function explorations(
  panel: Pick<Panel, 'queries'>,
  chosen: Chosen,
  options: Chosen,
  range: TimeRange,
  project: string,
): Exploration[] {
  const asked = panel.queries.filter(({ hidden, text, signal }) => !hidden && (text || signal !== 'metrics'))
  return asked.map((query) => {
    const { to, name } = PAGES[query.signal]
    const label = asked.length > 1 ? `Explore ${query.id} in ${name}` : `Explore in ${name}`
    return { label, href: `${to}?${new URLSearchParams({ ...params(query, chosen, options), ...range, project })}` }
  })
}

function params(query: Query, chosen: Chosen, options: Chosen): Record<string, string> {
  if (query.signal !== 'metrics') return { query: filled(query.text, chosen, 'search', options) }
  return { query: filled(query.text, chosen, 'regex', options) }
}

/** A range around a moment of a chart, `stepS` wide on either side. */
export const around = (timeS: number, stepS: number): TimeRange => ({
  from: fromSeconds(timeS - stepS),
  to: fromSeconds(timeS + stepS),
})
