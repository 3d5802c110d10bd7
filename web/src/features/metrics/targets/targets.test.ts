import { expect, it } from 'vitest'

import type { ActiveTarget } from '@/features/metrics/api'

import { answersOf, countStates, jobsOf, keyOf } from './targets'

const target = (scrapePool: string, host: string, health: ActiveTarget['health'], lastError = ''): ActiveTarget => ({
  scrapePool,
  scrapeUrl: `http://${host}/metrics`,
  health,
  lastError,
  labels: { job: scrapePool, instance: host },
  discoveredLabels: {},
  lastScrape: '2026-01-01T00:00:00Z',
  lastScrapeDuration: 0.01,
  scrapeInterval: '15s',
  scrapeTimeout: '10s',
})
const DATA = {
  activeTargets: [target('node', 'a', 'up'), target('node', 'b', 'down', 'connection refused'), target('shop', 'c', 'unknown')],
  droppedTargets: [],
  droppedTargetCounts: { node: 2 },
}
const ALL = { state: null, search: '' }

it('lists jobs with what is down first, and entered jobs without targets', () => {
  const jobs = jobsOf(DATA, [{ id: 7, name: 'empty' }], ALL)
  expect(jobs.map(({ name, up, dropped, keptId, targets }) => [name, up, targets.length, dropped, keptId])).toEqual([
    ['empty', 0, 0, 0, 7],
    ['node', 1, 2, 2, null],
    ['shop', 0, 1, 0, null],
  ])
  expect(jobs[1]?.targets[0]?.health).toBe('down')
  expect(countStates(DATA.activeTargets)).toEqual({ up: 1, down: 1, unknown: 1 })
})

it('filters by state and by words of the address, labels and error', () => {
  expect(jobsOf(DATA, [], { state: 'down', search: '' }).map(({ name }) => name)).toEqual(['node'])
  expect(jobsOf(DATA, [], { state: null, search: 'refused' })[0]?.targets).toHaveLength(1)
  expect(jobsOf(DATA, [], { state: null, search: 'nowhere' })).toEqual([])
})

it('finds the answers of a target by its labels', () => {
  const series = [{ metric: { __name__: 'up', job: 'node', instance: 'a' }, values: [[60, '1']] as [number, string][] }]
  expect(answersOf(series, [0, 60]).get(keyOf({ instance: 'a', job: 'node' }))).toEqual([null, 1])
})
