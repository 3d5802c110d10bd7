import { expect, it } from 'vitest'

import { bottomOf, compact, fitted, fold, freePlace, inOrder, meets, put, sections, shifted, type Box, unfold } from './layout'

const box = (x: number, y: number, w: number, h: number): Box => ({ x, y, w, h })
const at = (id: number, x: number, y: number, w: number, h: number, type = 'stat') => ({
  id,
  type,
  grid: box(x, y, w, h),
})
const places = (items: { id: number; grid: Box }[]) =>
  Object.fromEntries(items.map(({ id, grid }) => [id, [grid.x, grid.y, grid.w, grid.h]]))

it('lets panels fall upwards until they rest', () => {
  const items = [at(1, 0, 3, 12, 4), at(2, 0, 20, 6, 2), at(3, 12, 1, 12, 2)]
  expect(places(compact(items))).toEqual({ 1: [0, 0, 12, 4], 2: [0, 4, 6, 2], 3: [12, 0, 12, 2] })
})

it('separates panels that lie upon each other', () => {
  expect(places(compact([at(1, 0, 0, 12, 4), at(2, 0, 0, 12, 4)]))).toEqual({
    1: [0, 0, 12, 4],
    2: [0, 4, 12, 4],
  })
})

it('moves a panel beside others without touching them', () => {
  const items = [at(1, 0, 0, 6, 4), at(2, 6, 0, 6, 4)]
  expect(places(put(items, 2, box(18, 0, 6, 4)))).toEqual({ 1: [0, 0, 6, 4], 2: [18, 0, 6, 4] })
})

it('pushes down what is in the way', () => {
  const items = [at(1, 0, 0, 12, 4), at(2, 12, 0, 12, 4)]
  expect(places(put(items, 2, box(6, 0, 12, 4)))).toEqual({ 1: [0, 4, 12, 4], 2: [6, 0, 12, 4] })
})

it('lets a panel pass above the one dragged down past it', () => {
  const items = [at(1, 0, 0, 12, 4), at(2, 0, 4, 12, 4)]
  expect(places(put(items, 1, box(0, 4, 12, 4)))).toEqual({ 1: [0, 4, 12, 4], 2: [0, 0, 12, 4] })
})

it('makes room for a panel that grows', () => {
  const items = [at(1, 0, 0, 12, 4), at(2, 12, 0, 12, 4), at(3, 0, 4, 24, 2)]
  expect(places(put(items, 1, box(0, 0, 18, 6)))).toEqual({
    1: [0, 0, 18, 6],
    2: [12, 6, 12, 4],
    3: [0, 10, 24, 2],
  })
})

it('keeps a panel within the columns and never too small', () => {
  expect(fitted(box(30, -3, 40, 0))).toEqual(box(0, 0, 24, 1))
  expect(fitted(box(23, 0, 1, 3))).toEqual(box(22, 0, 2, 3))
})

it('leaves no two panels on each other, wherever one is put', () => {
  const items = [at(1, 0, 0, 8, 4), at(2, 8, 0, 8, 6), at(3, 16, 0, 8, 3), at(4, 0, 4, 24, 1), at(5, 0, 5, 24, 5)]
  for (let x = 0; x < 24; x += 3)
    for (let y = 0; y < 14; y += 1)
      for (const { id, grid } of items) {
        const after = put(items, id, { ...grid, x, y })
        for (const a of after)
          for (const b of after) if (a.id < b.id) expect(meets(a.grid, b.grid)).toBe(false)
        expect(bottomOf(after)).toBeLessThan(32)
      }
})

it('finds the first free place for a new panel', () => {
  expect(freePlace([at(1, 0, 0, 12, 8)], { w: 12, h: 8 })).toEqual(box(12, 0, 12, 8))
  expect(freePlace([at(1, 0, 0, 18, 8)], { w: 12, h: 8 })).toEqual(box(0, 8, 12, 8))
  expect(freePlace([], { w: 12, h: 8 })).toEqual(box(0, 0, 12, 8))
})

const rows = [
  at(1, 0, 0, 24, 4),
  at(10, 0, 4, 24, 1, 'row'),
  at(2, 0, 5, 12, 6),
  at(3, 12, 5, 12, 4),
  at(20, 0, 11, 24, 1, 'row'),
  at(4, 0, 12, 24, 3),
]

it('groups panels under their rows', () => {
  expect(sections(rows).map(({ row, panels }) => [row?.id ?? null, panels.map(({ id }) => id)])).toEqual([
    [null, [1]],
    [10, [2, 3]],
    [20, [4]],
  ])
})

it('folds a row and moves up what is below it', () => {
  expect(places(fold(rows, new Set([10])))).toEqual({
    1: [0, 0, 24, 4],
    10: [0, 4, 24, 1],
    20: [0, 5, 24, 1],
    4: [0, 6, 24, 3],
  })
})

it('unfolds to what was folded', () => {
  const folded = new Set([10, 20])
  expect(places(unfold(fold(rows, folded), rows, folded))).toEqual(places(rows))
})

it('takes hidden panels along with their row', () => {
  const folded = new Set([10])
  const moved = put(fold(rows, folded), 10, box(0, 0, 24, 1))
  expect(places(unfold(moved, rows, folded))).toEqual({
    10: [0, 0, 24, 1],
    2: [0, 1, 12, 6],
    3: [12, 1, 12, 4],
    1: [0, 7, 24, 4],
    20: [0, 11, 24, 1],
    4: [0, 12, 24, 3],
  })
})

it.each([
  ['beside each other', [[0, 0, 6, 8], [6, 0, 18, 8]]],
  ['below each other', [[0, 0, 12, 8], [0, 8, 12, 4]]],
  ['of one size', [[0, 0, 12, 8], [12, 0, 12, 8], [0, 8, 12, 8]]],
  ['of all sizes', [[0, 0, 24, 3], [0, 3, 8, 8], [8, 3, 16, 4], [8, 7, 16, 4], [0, 11, 24, 6]]],
])('moves panels earlier and later: %s', (_, boxes) => {
  const items = boxes.map(([x = 0, y = 0, w = 0, h = 0], id) => ({ id, grid: { x, y, w, h } }))
  const order = (of: typeof items) => inOrder(of).map(({ id }) => id)
  for (const { id } of items) {
    const at = order(items).indexOf(id)
    for (const by of [-1, 1] as const) {
      const next = shifted(items, id, by)
      const isAtEnd = at + by < 0 || at + by >= items.length
      // What stood beside the other panel may pass along with it.
      expect([id, by, Math.sign(order(next).indexOf(id) - at)]).toEqual([id, by, isAtEnd ? 0 : by])
      expect(next.every((a) => next.every((b) => a === b || !meets(a.grid, b.grid)))).toBe(true)
      expect(next.every(({ grid }) => grid.x >= 0 && grid.x + grid.w <= 24)).toBe(true)
    }
  }
})
