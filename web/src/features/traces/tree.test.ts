import { describe, expect, it } from 'vitest'

import type { Span } from '@/shared/api/types'

import { buildTree, ticks, visibleRows } from './tree'

function span(id: string, parent: string | null, startMs: number, ms: number, code = 'unset'): Span {
  return {
    span_id: id,
    parent_span_id: parent,
    service: 'api',
    start_unix_ns: String(1_700_000_000_000_000_000n + BigInt(startMs) * 1_000_000n),
    duration_ns: ms * 1_000_000,
    duration_ms: ms,
    status: { code, message: '' },
  } as Span
}

const shape = (spans: Span[]) => buildTree(spans).rows.map(({ span: { span_id }, depth }) => [span_id, depth])

describe('buildTree', () => {
  it('puts children under their parent in order of time, whatever the order they came in', () => {
    const spans = [span('c', 'a', 5, 1), span('b', 'a', 1, 2), span('a', null, 0, 10)]
    expect(shape(spans)).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 1],
    ])
  })

  it('measures offsets from the first span and the length to the last end', () => {
    const tree = buildTree([span('a', null, 100, 10), span('b', 'a', 105, 40)])
    expect(tree.rows.map(({ offsetMs }) => offsetMs)).toEqual([0, 5])
    expect(tree.durationMs).toBe(45)
  })

  it('shows a span whose parent is missing as an orphan at the root', () => {
    const [row] = buildTree([span('b', 'gone', 0, 1)]).rows
    expect(row).toMatchObject({ depth: 0, isOrphan: true })
  })

  it('keeps spans that name each other as parents', () => {
    expect(shape([span('a', 'b', 0, 1), span('b', 'a', 1, 1)])).toEqual([
      ['a', 0],
      ['b', 1],
    ])
  })

  it('counts failures below a span', () => {
    const tree = buildTree([span('a', null, 0, 9), span('b', 'a', 1, 8), span('c', 'b', 2, 1, 'error')])
    expect(tree.rows.map(({ errorsBelow }) => errorsBelow)).toEqual([1, 1, 0])
    expect(tree.errors).toBe(1)
  })

  it('bears a chain of 20,000 spans', () => {
    const chain = Array.from({ length: 20_000 }, (_, i) => span(`s${i}`, i ? `s${i - 1}` : null, i, 1))
    expect(buildTree(chain).rows.at(-1)?.depth).toBe(19_999)
  })
})

it('hides everything below folded spans', () => {
  const { rows } = buildTree([
    span('a', null, 0, 9),
    span('b', 'a', 1, 3),
    span('c', 'b', 2, 1),
    span('d', 'a', 5, 1),
  ])
  expect(visibleRows(rows, new Set(['b'])).map(({ span: { span_id } }) => span_id)).toEqual(['a', 'b', 'd'])
})

it('labels an axis with round times', () => {
  expect(ticks(0, 100)).toEqual([0, 20, 40, 60, 80, 100])
  expect(ticks(0, 0)).toEqual([])
})
