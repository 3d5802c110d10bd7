/** Making, copying and removing panels of a dashboard. */

import { apart, bottomOf, COLUMNS, compact, freePlace, inOrder, meets, put, sections } from './layout'
import { ALL, type Chosen } from './variables'
import type { Dashboard, Panel, PanelType, Query } from './types'

export const PANEL_TYPES: { type: PanelType; name: string; says: string; size: { w: number; h: number } }[] = [
  { type: 'timeseries', name: 'Time series', says: 'Values over time', size: { w: 12, h: 8 } },
  { type: 'stat', name: 'Stat', says: 'One large figure', size: { w: 6, h: 4 } },
  { type: 'gauge', name: 'Gauge', says: 'A figure between its ends', size: { w: 6, h: 6 } },
  { type: 'bar', name: 'Bars', says: 'Figures against each other', size: { w: 8, h: 8 } },
  { type: 'table', name: 'Table', says: 'Rows and columns', size: { w: 12, h: 8 } },
  { type: 'heatmap', name: 'Heatmap', says: 'Buckets over time', size: { w: 12, h: 8 } },
  { type: 'histogram', name: 'Histogram', says: 'How values spread', size: { w: 8, h: 8 } },
  { type: 'logs', name: 'Logs', says: 'Log records', size: { w: 12, h: 8 } },
  { type: 'errors', name: 'Errors', says: 'Issues', size: { w: 12, h: 8 } },
  { type: 'status', name: 'Status tiles', says: 'One tile for each thing', size: { w: 12, h: 5 } },
  { type: 'text', name: 'Text', says: 'Words in Markdown', size: { w: 8, h: 4 } },
  { type: 'row', name: 'Row', says: 'A heading that folds', size: { w: 24, h: 1 } },
]

const SIGNAL: Partial<Record<PanelType, Query['signal']>> = { logs: 'logs', errors: 'errors' }

export const newQuery = (id: string, signal: Query['signal'] = 'metrics'): Query => ({
  id,
  signal,
  text: '',
  legend: '',
  instant: false,
  format: 'series',
  aggregate: null,
  hidden: false,
})

/** The next free letter for a query. */
export function nextQueryId(queries: { id: string }[]): string {
  const taken = new Set(queries.map(({ id }) => id))
  for (let i = 0; i < 26; i += 1) {
    const letter = String.fromCharCode(65 + i)
    if (!taken.has(letter)) return letter
  }
  return `Q${queries.length + 1}`
}

const nextId = (panels: Panel[]) => panels.reduce((most, { id }) => Math.max(most, id), 0) + 1

/** The dashboard with one more panel, at the first free place, and its id. */
export function withPanel(dashboard: Dashboard, type: PanelType): [Dashboard, number] {
  const kind = PANEL_TYPES.find((one) => one.type === type)
  const size = kind?.size ?? { w: 12, h: 8 }
  const id = nextId(dashboard.panels)
  const lastRow = inOrder(dashboard.panels).findLast((panel) => panel.type === 'row')
  const grid =
    type === 'row'
      ? { x: 0, y: bottomOf(dashboard.panels), ...size }
      : freePlace(dashboard.panels, size, lastRow ? lastRow.grid.y + 1 : 0)
  const panel: Panel = {
    id,
    type,
    title: type === 'row' ? 'Row' : type === 'text' ? '' : `New ${kind?.name.toLowerCase() ?? 'panel'}`,
    description: '',
    grid,
    queries: type === 'text' || type === 'row' ? [] : [newQuery('A', SIGNAL[type])],
    unit: 'short',
    overrides: [],
    repeat_direction: 'h',
    decimals: null,
    min: null,
    max: null,
    thresholds: { mode: 'absolute', steps: [] },
    mappings: [],
    legend: 'list',
    options: type === 'text' ? { markdown: '## A heading\n\nAnd what there is to say.' } : {},
    links: [],
    repeat: null,
    needs: null,
  }
  return [{ ...dashboard, panels: [...dashboard.panels, panel] }, id]
}

/** The dashboard with a copy of the panel beside or below it. */
export function withCopy(dashboard: Dashboard, id: number): Dashboard {
  const original = dashboard.panels.find((panel) => panel.id === id)
  if (!original) return dashboard
  const below = dashboard.panels.filter((panel) => panel.type === 'row' && panel.grid.y > original.grid.y)
  const end = Math.min(Infinity, ...below.map(({ grid }) => grid.y))
  const free = freePlace(dashboard.panels, original.grid, original.grid.y)
  // Within its own row: where that has no room the copy goes right below and the rest makes way.
  const grid = free.y + free.h <= end ? free : { ...original.grid, y: original.grid.y + original.grid.h }
  const copy = { ...original, id: nextId(dashboard.panels), grid }
  const shifted = dashboard.panels.map((panel) =>
    free.y + free.h <= end || panel.grid.y < grid.y
      ? panel
      : { ...panel, grid: { ...panel.grid, y: panel.grid.y + original.grid.h } },
  )
  return { ...dashboard, panels: compact([...shifted, copy]) }
}

/** The dashboard without the panel; what stood below moves up. A row's panels stay. */
export const withoutPanel = (dashboard: Dashboard, id: number): Dashboard => ({
  ...dashboard,
  panels: compact(dashboard.panels.filter((panel) => panel.id !== id)),
})

/** The dashboard with the panel of another width or height; the others make way. */
export function withSize(dashboard: Dashboard, id: number, { w, h }: { w?: number; h?: number }): Dashboard {
  const panel = dashboard.panels.find((one) => one.id === id)
  if (!panel) return dashboard
  return { ...dashboard, panels: put(dashboard.panels, id, { ...panel.grid, w: w ?? panel.grid.w, h: h ?? panel.grid.h }) }
}

/** A panel as drawn: a repeated one is drawn once for each value of its variable. */
export interface Drawn {
  panel: Panel
  /** The panel of the document that this is, or is a copy of. */
  original: Panel
  /** Under what its answer is found: its id, or `id/value` of a copy. */
  key: string
  /** The variables as this copy sees them. */
  scoped: Chosen
  isCopy: boolean
}

const COPY_IDS = 1_000_000

const valuesOf = (name: string, chosen: Chosen, options: Chosen): string[] =>
  (chosen[name]?.includes(ALL) ? options[name] : chosen[name]) ?? []

/** The panels as drawn; copies push down what is below. */
export function repeated(panels: Panel[], chosen: Chosen, options: Chosen): Drawn[] {
  const drawn: Drawn[] = []
  let copies = 0
  const draw = (original: Panel, grid: Panel['grid'], name: string | null, value: string, index: number) =>
    drawn.push({
      panel: { ...original, id: index === 0 ? original.id : COPY_IDS + (copies += 1), grid },
      original,
      key: name ? `${original.id}/${value}` : String(original.id),
      scoped: name ? { ...chosen, [name]: [value] } : chosen,
      isCopy: index > 0,
    })
  let drop = 0
  for (const { row, panels: under } of sections(panels)) {
    const name = row?.repeat ?? null
    const values = name ? valuesOf(name, chosen, options) : []
    const top = row?.grid.y ?? 0
    const tall = Math.max(bottomOf(under) - top, 1)
    const rounds = name && values.length > 0 ? values : ['']
    rounds.forEach((value, round) => {
      const by = drop + round * tall
      const moved = (grid: Panel['grid'], more = 0) => ({ ...grid, y: grid.y + by + more })
      const inRow = values.length > 0 ? name : null
      if (row) draw(row, moved(row.grid), inRow, value, round)
      let more = 0
      for (const panel of under) {
        const own = inRow || !panel.repeat ? [] : valuesOf(panel.repeat, chosen, options)
        if (own.length === 0) {
          draw(panel, moved(panel.grid, more), inRow, value, round)
          continue
        }
        const start = moved({ ...panel.grid, y: below(panel, under, own.length) }, more)
        const places = spread(start, own.length, panel.repeat_direction)
        own.forEach((each, i) => draw(panel, places[i] as Panel['grid'], panel.repeat ?? null, each, i))
        more += bottomOf(places.map((grid, id) => ({ id, grid }))) - moved(panel.grid, more).y - panel.grid.h
      }
      drop += more
    })
    drop += (rounds.length - 1) * tall
  }
  const boxes = new Map(apart(drawn.map(({ panel }) => panel)).map(({ id, grid }) => [id, grid]))
  return drawn.map((one) => ({ ...one, panel: { ...one.panel, grid: boxes.get(one.panel.id) ?? one.panel.grid } }))
}

/** Where copies beside each other begin: they take the whole width, so below what stands beside the panel. */
function below(panel: Panel, others: Panel[], count: number): number {
  if (count === 1 || panel.repeat_direction === 'v') return panel.grid.y
  const line = { ...panel.grid, x: 0, w: COLUMNS }
  return others
    .filter(({ id, grid }) => id !== panel.id && meets(grid, line))
    .reduce((y, { grid }) => Math.max(y, grid.y + grid.h), panel.grid.y)
}

/** Where the copies of a panel stand: beside each other, as wide as the columns allow, or below each other. */
function spread(grid: Panel['grid'], count: number, direction: Panel['repeat_direction']): Panel['grid'][] {
  if (direction === 'v') return Array.from({ length: count }, (_, i) => ({ ...grid, y: grid.y + i * grid.h }))
  if (count === 1) return [grid]
  const w = Math.max(6, Math.floor(COLUMNS / Math.min(count, 4)))
  const columns = Math.floor(COLUMNS / w)
  return Array.from({ length: count }, (_, i) => ({
    w,
    h: grid.h,
    x: (i % columns) * w,
    y: grid.y + Math.floor(i / columns) * grid.h,
  }))
}
