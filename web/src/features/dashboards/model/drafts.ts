/** Dashboards under edit, kept while a person goes between the page and the editor of a panel. */

import { begin, changed, type History, redone, undone } from './history'
import type { Dashboard, Panel } from './types'

export interface Draft {
  /** The version that is saved. */
  base: Dashboard
  history: History<Dashboard>
}

/** Drafts by project and dashboard. */
export class Drafts {
  private drafts = new Map<string, Draft>()
  private watchers = new Set<() => void>()

  watch = (watcher: () => void) => {
    this.watchers.add(watcher)
    return () => void this.watchers.delete(watcher)
  }

  get = (key: string): Draft | undefined => this.drafts.get(key)

  /** Begin to edit; a draft that is already there is kept. */
  start(key: string, base: Dashboard) {
    if (!this.drafts.has(key)) this.set(key, { base, history: begin(base) })
  }

  /** The draft has become this version. */
  saved(key: string, base: Dashboard) {
    this.set(key, { base, history: begin(base) })
  }

  change(key: string, edit: (dashboard: Dashboard) => Dashboard, about: string | null = null) {
    this.step(key, (history) => changed(history, edit(history.present), about))
  }

  changePanel(key: string, id: number, edit: (panel: Panel) => Panel, about: string | null = null) {
    this.change(
      key,
      (dashboard) => ({
        ...dashboard,
        panels: dashboard.panels.map((panel) => (panel.id === id ? edit(panel) : panel)),
      }),
      about,
    )
  }

  undo = (key: string) => this.step(key, undone)
  redo = (key: string) => this.step(key, redone)

  drop(key: string) {
    this.drafts.delete(key)
    this.tell()
  }

  private step(key: string, step: (history: History<Dashboard>) => History<Dashboard>) {
    const draft = this.drafts.get(key)
    if (draft) this.set(key, { ...draft, history: step(draft.history) })
  }

  private set(key: string, draft: Draft) {
    this.drafts.set(key, draft)
    this.tell()
  }

  private tell() {
    for (const watcher of this.watchers) watcher()
  }
}

/** Whether something would be lost. */
export const isDirty = (draft: Draft | undefined) =>
  draft !== undefined && JSON.stringify(draft.history.present) !== JSON.stringify(draft.base)

export const drafts = new Drafts()

export const draftKey = (project: string, uid: string) => `${project}/${uid}`
