/** Undo and redo: what was, what is, what was taken back. Values are never changed in place. */

export interface History<T> {
  past: T[]
  present: T
  future: T[]
  /** What the last change was about: changes of one field follow each other into one step. */
  last: string | null
}

const KEPT = 100

export const begin = <T>(present: T): History<T> => ({ past: [], present, future: [], last: null })

/** The history after a change; one that goes on with the last one's `about` makes no step of its own. */
export function changed<T>(history: History<T>, present: T, about: string | null = null): History<T> {
  if (present === history.present) return history
  if (about !== null && about === history.last) return { ...history, present, future: [] }
  return { past: [...history.past, history.present].slice(-KEPT), present, future: [], last: about }
}

export function undone<T>(history: History<T>): History<T> {
  const before = history.past.at(-1)
  if (before === undefined) return history
  return {
    past: history.past.slice(0, -1),
    present: before,
    future: [history.present, ...history.future],
    last: null,
  }
}

export function redone<T>(history: History<T>): History<T> {
  const [next, ...rest] = history.future
  if (next === undefined) return history
  return { past: [...history.past, history.present], present: next, future: rest, last: null }
}
