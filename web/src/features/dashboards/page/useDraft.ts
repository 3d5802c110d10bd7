import { useHotkeys } from '@mantine/hooks'
import { useCallback, useSyncExternalStore } from 'react'

import { draftKey, drafts, isDirty } from '@/features/dashboards/model/drafts'
import type { Dashboard, Panel } from '@/features/dashboards/model/types'

/** The draft of a dashboard and what can be done with it. */
export function useDraft(project: string, uid: string) {
  const key = draftKey(project, uid)
  const draft = useSyncExternalStore(drafts.watch, () => drafts.get(key))
  const change = useCallback(
    (edit: (dashboard: Dashboard) => Dashboard, about?: string) => drafts.change(key, edit, about ?? null),
    [key],
  )
  const changePanel = useCallback(
    (id: number, edit: (panel: Panel) => Panel, about?: string) => drafts.changePanel(key, id, edit, about ?? null),
    [key],
  )
  return {
    key,
    draft,
    dashboard: draft?.history.present,
    isDirty: isDirty(draft),
    canUndo: Boolean(draft?.history.past.length),
    canRedo: Boolean(draft?.history.future.length),
    change,
    changePanel,
    undo: () => drafts.undo(key),
    redo: () => drafts.redo(key),
    start: (base: Dashboard) => drafts.start(key, base),
    saved: (base: Dashboard) => drafts.saved(key, base),
    drop: () => drafts.drop(key),
  }
}

export type DraftTools = ReturnType<typeof useDraft>

export function useUndoKeys({ undo, redo }: Pick<DraftTools, 'undo' | 'redo'>) {
  useHotkeys([
    ['mod+Z', undo],
    ['mod+shift+Z', redo],
    ['mod+Y', redo],
  ])
}
