/** Scraped targets by job, as the page lists them. */

import type { ActiveTarget, Labels, RangeSeries, TargetsData } from '@/features/metrics/api'

export const STATES = ['up', 'down', 'unknown'] as const
export type State = (typeof STATES)[number]

export interface Job {
  name: string
  targets: ActiveTarget[]
  up: number
  dropped: number
  /** The job that people entered, when it is one. */
  keptId: number | null
}

export interface Wanted {
  state: State | null
  search: string
}

/** How many targets are in which state. */
export function countStates(targets: ActiveTarget[]): Record<State, number> {
  const counts = { up: 0, down: 0, unknown: 0 }
  for (const { health } of targets) counts[health] += 1
  return counts
}

/** Jobs by name with their targets that are wanted, what is down first; entered jobs are there without targets too. */
export function jobsOf(data: TargetsData, kept: { id: number; name: string }[], { state, search }: Wanted): Job[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  const isWanted = (one: ActiveTarget) => {
    const text = `${one.scrapePool} ${one.scrapeUrl} ${one.lastError} ${Object.values(one.labels).join(' ')}`.toLowerCase()
    return (!state || one.health === state) && words.every((word) => text.includes(word))
  }
  const names = new Set([...data.activeTargets.map(({ scrapePool }) => scrapePool), ...Object.keys(data.droppedTargetCounts), ...kept.map(({ name }) => name)])
  const order = { down: 0, unknown: 1, up: 2 }
  const jobs = [...names].sort().map((name): Job => {
    const all = data.activeTargets.filter(({ scrapePool }) => scrapePool === name)
    return {
      name,
      targets: all.filter(isWanted).sort((a, b) => order[a.health] - order[b.health] || (a.scrapeUrl < b.scrapeUrl ? -1 : 1)),
      up: all.filter(({ health }) => health === 'up').length,
      dropped: data.droppedTargetCounts[name] ?? 0,
      keptId: kept.find((one) => one.name === name)?.id ?? null,
    }
  })
  return state || words.length ? jobs.filter(({ targets, name }) => targets.length || (!state && words.every((word) => name.toLowerCase().includes(word)))) : jobs
}

/** What tells a target's own series (`up`, `scrape_samples_scraped`) from those of others. */
export const keyOf = (labels: Labels): string =>
  JSON.stringify(Object.entries(labels).filter(([name]) => name !== '__name__').sort(([a], [b]) => (a < b ? -1 : 1)))

/** For each step of the last hour whether the target answered: 1, 0, or null when it was not asked. */
export function answersOf(series: RangeSeries[], times: number[]): Map<string, (number | null)[]> {
  const place = new Map(times.map((time, at) => [Math.round(time), at]))
  return new Map(
    series.map(({ metric, values = [] }) => {
      const line: (number | null)[] = new Array(times.length).fill(null)
      for (const [time, text] of values) {
        const at = place.get(Math.round(time))
        if (at !== undefined) line[at] = Number(text)
      }
      return [keyOf(metric), line]
    }),
  )
}

/** When it was never, the API says year one. */
export const timeOrNever = (time: string): string | null => (time.startsWith('0001-') ? null : time)
