/** The searches made lately in this browser. */

export interface RecentSearch {
  page: string
  query: string
}

const KEY = 'vedette.recent-searches'
const KEPT = 12

export function recentSearches(): RecentSearch[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(kept) ? (kept as RecentSearch[]) : []
  } catch {
    return []
  }
}

export function remember(page: string, query: string) {
  const others = recentSearches().filter((one) => one.page !== page || one.query !== query)
  localStorage.setItem(KEY, JSON.stringify([{ page, query }, ...others].slice(0, KEPT)))
}
