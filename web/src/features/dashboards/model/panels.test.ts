import { expect, it } from 'vitest'

import { nextQueryId, repeated, withCopy, withoutPanel, withPanel } from './panels'
import type { Dashboard } from './types'
import { ALL } from './variables'

const empty: Dashboard = {
  uid: 'u', title: 'T', description: '', tags: [], variables: [], panels: [], annotations: [], links: [],
  time: { from: 'now-1h', to: 'now' }, refresh_s: 0, version: 1, shipped: false, updated_at: '', updated_by: '',
}
const grids = (dashboard: Dashboard) => dashboard.panels.map(({ id, grid: { x, y, w, h } }) => [id, x, y, w, h])

it('puts new panels where there is room', () => {
  const [one] = withPanel(empty, 'timeseries')
  const [two, id] = withPanel(one, 'timeseries')
  const [three] = withPanel(two, 'stat')
  expect(id).toBe(2)
  expect(grids(three)).toEqual([
    [1, 0, 0, 12, 8],
    [2, 12, 0, 12, 8],
    [3, 0, 8, 6, 4],
  ])
  expect(two.panels[1]?.queries.map((query) => [query.id, query.signal])).toEqual([['A', 'metrics']])
})

it('asks the signal that the panel shows', () => {
  expect(withPanel(empty, 'logs')[0].panels[0]?.queries[0]?.signal).toBe('logs')
  expect(withPanel(empty, 'text')[0].panels[0]?.queries).toEqual([])
})

it('copies a panel beside it', () => {
  const copied = withCopy(withPanel(empty, 'timeseries')[0], 1)
  expect(grids(copied)).toEqual([
    [1, 0, 0, 12, 8],
    [2, 12, 0, 12, 8],
  ])
})

it('keeps a copy within its row', () => {
  let dashboard = withPanel(empty, 'table')[0]
  dashboard = { ...dashboard, panels: dashboard.panels.map((panel) => ({ ...panel, grid: { x: 0, y: 0, w: 24, h: 8 } })) }
  dashboard = withPanel(dashboard, 'row')[0]
  expect(grids(withCopy(dashboard, 1))).toEqual([
    [1, 0, 0, 24, 8],
    [2, 0, 16, 24, 1],
    [3, 0, 8, 24, 8],
  ])
})

it('moves up what stood below a removed panel', () => {
  const two = withPanel(withPanel(empty, 'timeseries')[0], 'row')[0]
  expect(grids(withoutPanel(two, 1))).toEqual([[2, 0, 0, 24, 1]])
})

it('draws a repeated panel once for each value', () => {
  const [dashboard] = withPanel(empty, 'timeseries')
  const panels = dashboard.panels.map((panel) => ({ ...panel, repeat: 'host' }))
  const drawn = repeated(panels, { host: [ALL] }, { host: ['a', 'b', 'c'] })
  expect(drawn.map(({ panel, scoped }) => [panel.grid.x, panel.grid.y, panel.grid.w, scoped.host])).toEqual([
    [0, 0, 8, ['a']],
    [8, 0, 8, ['b']],
    [16, 0, 8, ['c']],
  ])
  expect(drawn.map(({ key }) => key)).toEqual(['1/a', '1/b', '1/c'])
  expect(new Set(drawn.map(({ panel }) => panel.id)).size).toBe(3)
})

it('puts copies below what stands beside the panel', () => {
  const two = withPanel(withPanel(empty, 'timeseries')[0], 'timeseries')[0]
  const panels = two.panels.map((panel) => (panel.id === 2 ? { ...panel, repeat: 'host' } : panel))
  expect(repeated(panels, { host: ['a', 'b'] }, {}).map(({ key, panel: { grid } }) => [key, grid.x, grid.y])).toEqual([
    ['1', 0, 0],
    ['2/a', 0, 8],
    ['2/b', 12, 8],
  ])
})

it('repeats a row with all that is in it', () => {
  let dashboard = withPanel(withPanel(empty, 'row')[0], 'timeseries')[0]
  dashboard = withPanel(withPanel(dashboard, 'row')[0], 'stat')[0]
  const panels = dashboard.panels.map((panel) => (panel.id === 1 ? { ...panel, repeat: 'host' } : panel))
  const drawn = repeated(panels, { host: ['a', 'b'] }, {})
  expect(drawn.map(({ key, panel }) => [key, panel.grid.y])).toEqual([
    ['1/a', 0],
    ['2/a', 1],
    ['1/b', 9],
    ['2/b', 10],
    ['3', 18],
    ['4', 19],
  ])
})

it('names queries by the next free letter', () => {
  expect(nextQueryId([{ id: 'A' }, { id: 'C' }])).toBe('B')
})
