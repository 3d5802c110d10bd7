import { useHotkeys } from '@mantine/hooks'

interface ListKeys {
  count: number
  active: number
  onActive: (index: number) => void
  onOpen?: (index: number) => void
}

/** j and k (or the arrows) walk through a list, Enter opens. */
export function useListKeys({ count, active, onActive, onOpen }: ListKeys) {
  const go = (index: number) => count > 0 && onActive(Math.min(count - 1, Math.max(0, index)))
  useHotkeys([
    ['j', () => go(active + 1)],
    ['k', () => go(active - 1)],
    ['ArrowDown', () => go(active + 1)],
    ['ArrowUp', () => go(active - 1)],
    ['Enter', () => active >= 0 && onOpen?.(active), { preventDefault: false }],
  ])
}
