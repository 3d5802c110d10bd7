import { expect, it } from 'vitest'

import { draftKey, Drafts, isDirty } from './drafts'
import { withPanel } from './panels'
import type { Dashboard } from './types'

const saved: Dashboard = {
  uid: 'u', title: 'T', description: '', tags: [], variables: [], panels: [], annotations: [], links: [],
  time: { from: 'now-1h', to: 'now' }, refresh_s: 0, version: 1, shipped: false, updated_at: '', updated_by: '',
}
const key = draftKey('p', 'u')

function started() {
  const drafts = new Drafts()
  drafts.start(key, withPanel(saved, 'stat')[0])
  return drafts
}

it('is dirty after a change and clean again after taking it back', () => {
  const drafts = started()
  expect(isDirty(drafts.get(key))).toBe(false)
  drafts.changePanel(key, 1, (panel) => ({ ...panel, title: 'CPU' }))
  expect(isDirty(drafts.get(key))).toBe(true)
  drafts.undo(key)
  expect(isDirty(drafts.get(key))).toBe(false)
  drafts.redo(key)
  expect(drafts.get(key)?.history.present.panels[0]?.title).toBe('CPU')
})

it('keeps a draft that is there when editing begins again', () => {
  const drafts = started()
  drafts.change(key, (dashboard) => ({ ...dashboard, title: 'Other' }))
  drafts.start(key, saved)
  expect(drafts.get(key)?.history.present.title).toBe('Other')
})

it('tells those who watch', () => {
  const drafts = started()
  let told = 0
  const stop = drafts.watch(() => (told += 1))
  drafts.change(key, (dashboard) => ({ ...dashboard, title: 'Other' }))
  stop()
  drafts.drop(key)
  expect(told).toBe(1)
  expect(drafts.get(key)).toBeUndefined()
})
