import { expect, it } from 'vitest'

import type { Rule } from '@/features/metrics/api'

import { countRules, groupsOf } from './rules'

const rule = (name: string, type: Rule['type'], health: Rule['health'] = 'ok'): Rule => ({
  name,
  type,
  health,
  query: `sum(${name})`,
  labels: {},
  evaluationTime: 0.01,
  lastEvaluation: '2026-01-01T00:00:00Z',
})
const GROUPS = [
  { name: 'shop', file: '/etc/rules.yml', interval: 60, evaluationTime: 0, lastEvaluation: '', rules: [rule('a:sum', 'recording'), rule('Slow', 'alerting')] },
  { name: 'hosts', file: '/etc/rules.yml', interval: 60, evaluationTime: 0, lastEvaluation: '', rules: [rule('b:sum', 'recording', 'err')] },
]

it('counts rules by type and those that fail', () => {
  expect(countRules(GROUPS)).toEqual({ all: 3, recording: 2, alerting: 1, failing: 1 })
})

it('keeps groups that have a rule that is wanted', () => {
  expect(groupsOf(GROUPS, 'failing', '').map(({ name }) => name)).toEqual(['hosts'])
  expect(groupsOf(GROUPS, 'all', 'shop slow')[0]?.rules).toHaveLength(1)
})
