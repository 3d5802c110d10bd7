/** Dashboards a person has starred or opened lately, kept in this browser. */

const STARRED = 'vedette.dashboards-starred'
const RECENT = 'vedette.dashboards-recent'
const KEPT = 8

function read(key: string): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    return Array.isArray(kept) ? kept.filter((one): one is string => typeof one === 'string') : []
  } catch {
    return []
  }
}

function write(key: string, uids: string[]) {
  try {
    localStorage.setItem(key, JSON.stringify(uids))
  } catch {
    // A browser that keeps nothing simply forgets.
  }
}

export const starred = () => read(STARRED)
export const recent = () => read(RECENT)

/** Star or unstar, and return what is starred then. */
export function toggleStar(uid: string): string[] {
  const before = starred()
  const after = before.includes(uid) ? before.filter((one) => one !== uid) : [...before, uid]
  write(STARRED, after)
  return after
}

export const opened = (uid: string) => write(RECENT, [uid, ...recent().filter((one) => one !== uid)].slice(0, KEPT))
