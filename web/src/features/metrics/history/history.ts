/** The queries asked in this browser, newest first; starred ones stay. */

export interface Past {
  text: string
  /** When it was asked last, Unix ms. */
  at: number
  isStarred: boolean
}

const KEY = 'vedette.metrics.history'
const MOST = 200

/** With a query asked at a time: once in the list, and no more than `most` that are not starred. */
export function withAsked(list: Past[], text: string, at: number, most = MOST): Past[] {
  const isStarred = list.some((one) => one.text === text && one.isStarred)
  const all = [{ text, at, isStarred }, ...list.filter((one) => one.text !== text)]
  let plain = 0
  return all.filter((one) => one.isStarred || (plain += 1) <= most)
}

export const withStar = (list: Past[], text: string): Past[] =>
  list.map((one) => (one.text === text ? { ...one, isStarred: !one.isStarred } : one))

export const without = (list: Past[], text: string): Past[] => list.filter((one) => one.text !== text)

/** Starred ones first, each part newest first; only what holds all words. */
export function found(list: Past[], search: string): Past[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  return list
    .filter(({ text }) => words.every((word) => text.toLowerCase().includes(word)))
    .sort((a, b) => Number(b.isStarred) - Number(a.isStarred) || b.at - a.at)
}

const isPast = (one: unknown): one is Past =>
  typeof one === 'object' && one !== null && 'text' in one && typeof one.text === 'string' && 'at' in one

/** What is kept, whatever somebody wrote there. */
export function readHistory(): Past[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(kept) ? kept.filter(isPast) : []
  } catch {
    return []
  }
}

export function writeHistory(list: Past[]) {
  try {
    localStorage.setItem(KEY, JSON.stringify(list))
  } catch {
    // No room, or no storage: the history is not worth an error.
  }
}
