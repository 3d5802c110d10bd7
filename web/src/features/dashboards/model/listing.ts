/** The list of dashboards: what is searched for, in the groups people look for it in. */

import type { DashboardSummary } from './types'

export interface Group {
  name: string
  items: DashboardSummary[]
}

/** The dashboards that hold every word of the search and carry every tag. */
export function found(items: DashboardSummary[], search: string, tags: string[]): DashboardSummary[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  return items.filter((item) => {
    const text = [item.title, item.description, ...item.tags].join(' ').toLowerCase()
    return words.every((word) => text.includes(word)) && tags.every((tag) => item.tags.includes(tag))
  })
}

/** Starred ones first, then the project's own, then those that are part of Vedette; each once. */
export function grouped(items: DashboardSummary[], starred: string[]): Group[] {
  const isStarred = ({ uid }: DashboardSummary) => starred.includes(uid)
  return [
    { name: 'Starred', items: items.filter(isStarred) },
    { name: 'This project', items: items.filter((item) => !isStarred(item) && !item.shipped) },
    { name: 'Part of Vedette', items: items.filter((item) => !isStarred(item) && item.shipped) },
  ].filter((group) => group.items.length > 0)
}

const FEW = 5

/** The dashboards opened lately, the latest first; then, when all are wanted, the others by title. */
export function lately(items: DashboardSummary[], recent: string[], isAll: boolean): DashboardSummary[] {
  const place = (uid: string) => (recent.includes(uid) ? recent.indexOf(uid) : Infinity)
  const ordered = [...items].sort(
    (a, b) => place(a.uid) - place(b.uid) || a.title.localeCompare(b.title, 'en', { numeric: true }),
  )
  return isAll ? ordered : ordered.filter(({ uid }) => recent.includes(uid)).slice(0, FEW)
}

/** Every tag, the most frequent first. */
export function tagsOf(items: DashboardSummary[]): string[] {
  const counts = new Map<string, number>()
  for (const tag of items.flatMap((item) => item.tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([tag]) => tag)
}
