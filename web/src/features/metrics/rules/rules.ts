/** Recording and alerting rules, as the page lists them. */

import type { Rule, RuleGroup } from '@/features/metrics/api'

export type Shown = 'all' | 'recording' | 'alerting' | 'failing'

const isShown = ({ type, health }: Rule, shown: Shown) =>
  shown === 'all' || (shown === 'failing' ? health === 'err' : type === shown)

/** Groups with the rules that are wanted; groups with none are left out. */
export function groupsOf(groups: RuleGroup[], shown: Shown, search: string): RuleGroup[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  return groups.flatMap((group) => {
    const rules = group.rules.filter((rule) => {
      const text = `${group.name} ${rule.name} ${rule.query}`.toLowerCase()
      return isShown(rule, shown) && words.every((word) => text.includes(word))
    })
    return rules.length ? [{ ...group, rules }] : []
  })
}

/** How many rules each choice has. */
export function countRules(groups: RuleGroup[]): Record<Shown, number> {
  const rules = groups.flatMap((group) => group.rules)
  const count = (shown: Shown) => rules.filter((rule) => isShown(rule, shown)).length
  return { all: rules.length, recording: count('recording'), alerting: count('alerting'), failing: count('failing') }
}

/** The name of a file without its folders. */
export const fileName = (path: string) => path.split('/').at(-1) ?? path
