import { useSyncExternalStore } from 'react'

import { type Past, readHistory, withAsked, withStar, without, writeHistory } from './history'

let kept: Past[] | null = null
const listeners = new Set<() => void>()

const current = () => (kept ??= readHistory())

function keep(list: Past[]) {
  kept = list
  writeHistory(list)
  for (const tell of listeners) tell()
}

/** Another tab may have asked something as well. */
function subscribe(tell: () => void) {
  const onStorage = () => {
    kept = null
    tell()
  }
  listeners.add(tell)
  window.addEventListener('storage', onStorage)
  return () => {
    listeners.delete(tell)
    window.removeEventListener('storage', onStorage)
  }
}

export const rememberQuery = (text: string) => keep(withAsked(readHistory(), text, Date.now()))
export const toggleStar = (text: string) => keep(withStar(readHistory(), text))
export const forgetQuery = (text: string) => keep(without(readHistory(), text))
export const forgetUnstarred = () => keep(readHistory().filter(({ isStarred }) => isStarred))

export const useHistory = () => useSyncExternalStore(subscribe, current)
