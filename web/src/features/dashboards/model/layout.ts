/**
 * The grid of a dashboard: 24 columns, rows of 30 px. Panels fall upwards until they rest on
 * another one; what is moved keeps its place and the others make way.
 */

export const COLUMNS = 24
export const ROW_PX = 30
export const GAP_PX = 8

export interface Box {
  x: number
  y: number
  w: number
  h: number
}
export interface Placed {
  id: number
  grid: Box
}
export interface Section<P> {
  /** The row that opens the section; null above the first row. */
  row: P | null
  panels: P[]
}

const LEAST_W = 2

export const meets = (a: Box, b: Box) =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h

export const bottomOf = (items: Placed[]) =>
  items.reduce((most, { grid }) => Math.max(most, grid.y + grid.h), 0)

/** Reading order: from the top, then from the left. */
export const inOrder = <P extends Placed>(items: P[]): P[] =>
  [...items].sort((a, b) => a.grid.y - b.grid.y || a.grid.x - b.grid.x)

/** The box within the columns and at least as large as a panel must be. */
export function fitted(box: Box): Box {
  const w = Math.min(COLUMNS, Math.max(LEAST_W, Math.round(box.w)))
  const h = Math.max(1, Math.round(box.h))
  return {
    w,
    h,
    x: Math.min(COLUMNS - w, Math.max(0, Math.round(box.x))),
    y: Math.max(0, Math.round(box.y)),
  }
}

const isFree = (box: Box, taken: Box[]) => !taken.some((other) => meets(box, other))

function risen(box: Box, taken: Box[]): Box {
  let free = box
  while (free.y > 0 && isFree({ ...free, y: free.y - 1 }, taken)) free = { ...free, y: free.y - 1 }
  return free
}

function sunk(box: Box, taken: Box[]): Box {
  let free = box
  for (;;) {
    const hit = taken.find((other) => meets(free, other))
    if (!hit) return free
    free = { ...free, y: hit.y + hit.h }
  }
}

/** Every panel as high as it can fall upwards, in reading order. */
export const compact = <P extends Placed>(items: P[]): P[] =>
  settled(items, (box, taken) => risen(sunk(box, taken), taken))

/** Panels where they are, but none upon another: the later one makes way downwards. */
export const apart = <P extends Placed>(items: P[]): P[] => settled(items, sunk)

function settled<P extends Placed>(items: P[], settle: (box: Box, taken: Box[]) => Box): P[] {
  const taken: Box[] = []
  const boxes = new Map<number, Box>()
  for (const { id, grid } of inOrder(items)) {
    const box = settle(grid, taken)
    taken.push(box)
    boxes.set(id, box)
  }
  return items.map((item) => ({ ...item, grid: boxes.get(item.id) as Box }))
}

/** The layout when panel `id` is put at `to`: it has its place, the others make way, nothing floats. */
export function put<P extends Placed>(items: P[], id: number, to: Box): P[] {
  const held = fitted(to)
  const taken: Box[] = [held]
  const boxes = new Map<number, Box>([[id, held]])
  for (const { id: otherId, grid } of inOrder(items)) {
    if (otherId === id) continue
    // A panel that the moved one has come down past takes its place above.
    const above = { ...grid, y: held.y - grid.h }
    const passes = meets(grid, held) && grid.y < held.y + held.h && above.y >= 0 && isFree(above, taken)
    const box = risen(passes ? above : sunk(grid, taken), taken)
    taken.push(box)
    boxes.set(otherId, box)
  }
  return compact(items.map((item) => ({ ...item, grid: boxes.get(item.id) as Box })))
}

/**
 * The layout with panel `id` one place earlier or later in reading order: how panels are moved where
 * they stand one under the other. At the ends nothing changes.
 */
export function shifted<P extends Placed>(items: P[], id: number, by: -1 | 1): P[] {
  const order = inOrder(items)
  const at = order.findIndex((item) => item.id === id)
  const [first, second] = by < 0 ? [order[at - 1], order[at]] : [order[at], order[at + 1]]
  if (at < 0 || !first || !second) return items
  const [a, b] = [first.grid, second.grid]
  if (a.y === b.y || (a.w === b.w && a.h === b.h)) {
    const isBeside = a.y === b.y
    return compact(
      items.map((item) => {
        if (item.id === second.id) return { ...item, grid: { ...b, x: a.x, y: a.y } }
        if (item.id !== first.id) return item
        return { ...item, grid: { ...a, x: isBeside ? Math.min(b.x + b.w - a.w, COLUMNS - a.w) : b.x, y: b.y } }
      }),
    )
  }
  const next = put(items, second.id, { ...b, x: Math.min(a.x, COLUMNS - b.w), y: a.y })
  const after = inOrder(next).map((item) => item.id)
  if (after.indexOf(second.id) < after.indexOf(first.id)) return next
  // Where neither can make way for the other they change places, sizes and all.
  return compact(
    items.map((item) => (item.id === first.id ? { ...item, grid: b } : item.id === second.id ? { ...item, grid: a } : item)),
  )
}

/** The first place, from the top, where a panel of this size fits without moving others, at or below `fromY`. */
export function freePlace(items: Placed[], size: { w: number; h: number }, fromY = 0): Box {
  const taken = items.map(({ grid }) => grid)
  const bottom = Math.max(bottomOf(items), fromY)
  for (let y = fromY; y < bottom; y += 1)
    for (let x = 0; x + size.w <= COLUMNS; x += 1)
      if (isFree({ x, y, w: size.w, h: size.h }, taken) && isFree({ x, y, w: size.w, h: bottom - y }, taken))
        return { x, y, w: size.w, h: size.h }
  return { x: 0, y: bottom, w: size.w, h: size.h }
}

/** Panels under the row that stands above them, in reading order. */
export function sections<P extends Placed & { type: string }>(panels: P[]): Section<P>[] {
  const found: Section<P>[] = [{ row: null, panels: [] }]
  for (const panel of inOrder(panels))
    if (panel.type === 'row') found.push({ row: panel, panels: [] })
    else found.at(-1)?.panels.push(panel)
  return found
}

/** What is left to see when rows are folded: their panels are gone and what stood below has moved up. */
export function fold<P extends Placed & { type: string }>(panels: P[], folded: ReadonlySet<number>): P[] {
  let lift = 0
  const seen: P[] = []
  for (const { row, panels: under } of sections(panels)) {
    if (row) seen.push({ ...row, grid: { ...row.grid, y: row.grid.y - lift } })
    if (row && folded.has(row.id)) {
      lift += Math.max(0, bottomOf(under) - (row.grid.y + row.grid.h))
      continue
    }
    for (const panel of under) seen.push({ ...panel, grid: { ...panel.grid, y: panel.grid.y - lift } })
  }
  return seen
}

/** The whole layout from a folded one: hidden panels follow their row to wherever it went. */
export function unfold<P extends Placed & { type: string }>(
  seen: P[],
  whole: P[],
  folded: ReadonlySet<number>,
): P[] {
  const hidden = new Map<number, Section<P>>()
  for (const section of sections(whole))
    if (section.row && folded.has(section.row.id)) hidden.set(section.row.id, section)
  let drop = 0
  const all: P[] = []
  for (const { row, panels } of sections(seen)) {
    const section = row ? hidden.get(row.id) : undefined
    if (row) all.push({ ...row, grid: { ...row.grid, y: row.grid.y + drop } })
    if (row && section) {
      const was = (section.row as P).grid
      const shift = row.grid.y + drop - was.y
      for (const panel of section.panels)
        all.push({ ...panel, grid: { ...panel.grid, y: panel.grid.y + shift } })
      drop += Math.max(0, bottomOf(section.panels) - (was.y + was.h))
    }
    for (const panel of panels) all.push({ ...panel, grid: { ...panel.grid, y: panel.grid.y + drop } })
  }
  return all
}
