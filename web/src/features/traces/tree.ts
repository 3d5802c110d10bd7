import type { Span } from '@/shared/api/types'

/** One line of the waterfall. */
export interface SpanRow {
  span: Span
  depth: number
  children: number
  /** From the beginning of the trace. */
  offsetMs: number
  /** True when the parent it names is not in the trace. */
  isOrphan: boolean
  /** Failed spans below it. */
  errorsBelow: number
}

export interface TraceTree {
  rows: SpanRow[]
  durationMs: number
  startNs: bigint
  services: string[]
  errors: number
}

const NS_PER_MS = 1e6

/** The spans in the order of the waterfall: parents before children, earlier before later. */
export function buildTree(spans: Span[]): TraceTree {
  const known = new Set(spans.map(({ span_id }) => span_id))
  const startNs = spans.reduce<bigint | null>((least, span) => {
    const start = BigInt(span.start_unix_ns)
    return least === null || start < least ? start : least
  }, null)
  const origin = startNs ?? 0n
  const offsets = new Map(
    spans.map((span) => [span, Number(BigInt(span.start_unix_ns) - origin) / NS_PER_MS] as const),
  )
  const offset = (span: Span) => offsets.get(span) ?? 0
  const children = new Map<string, Span[]>()
  const roots: Span[] = []
  for (const span of spans) {
    const parent = span.parent_span_id
    if (!parent || !known.has(parent) || parent === span.span_id) roots.push(span)
    else {
      const siblings = children.get(parent)
      if (siblings) siblings.push(span)
      else children.set(parent, [span])
    }
  }
  const byStart = (a: Span, b: Span) => offset(a) - offset(b) || b.duration_ns - a.duration_ns
  for (const list of children.values()) list.sort(byStart)

  const rows: SpanRow[] = []
  const seen = new Set<string>()
  // A walk with its own stack: a chain of thousands of spans must not exhaust the call stack.
  const walk = (start: Span) => {
    const stack: { span: Span; depth: number }[] = [{ span: start, depth: 0 }]
    for (let next = stack.pop(); next; next = stack.pop()) {
      const { span, depth } = next
      if (seen.has(span.span_id)) continue
      seen.add(span.span_id)
      const below = children.get(span.span_id) ?? []
      rows.push({
        span,
        depth,
        children: below.length,
        offsetMs: offset(span),
        isOrphan: Boolean(span.parent_span_id) && depth === 0,
        errorsBelow: 0,
      })
      for (let i = below.length - 1; i >= 0; i -= 1) stack.push({ span: below[i] as Span, depth: depth + 1 })
    }
  }
  roots.sort(byStart).forEach(walk)
  // Spans that only name each other as parents are reached from none of the roots.
  spans.filter(({ span_id }) => !seen.has(span_id)).sort(byStart).forEach(walk)
  countErrors(rows)
  return {
    rows,
    durationMs: maxEnd(rows),
    startNs: origin,
    services: [...new Set(rows.map(({ span }) => span.service))],
    errors: rows.filter(({ span }) => span.status.code === 'error').length,
  }
}

const maxEnd = (rows: SpanRow[]) =>
  rows.reduce((end, { offsetMs, span }) => Math.max(end, offsetMs + span.duration_ns / NS_PER_MS), 0)

function countErrors(rows: SpanRow[]) {
  const ancestors: SpanRow[] = []
  for (const row of rows) {
    ancestors.length = row.depth
    if (row.span.status.code === 'error') for (const one of ancestors) one.errorsBelow += 1
    ancestors[row.depth] = row
  }
}

/** The rows in sight when the children of `folded` spans are hidden. */
export function visibleRows(rows: SpanRow[], folded: ReadonlySet<string>): SpanRow[] {
  if (folded.size === 0) return rows
  const shown: SpanRow[] = []
  let hiddenBelow = Infinity
  for (const row of rows) {
    if (row.depth > hiddenBelow) continue
    hiddenBelow = Infinity
    shown.push(row)
    if (folded.has(row.span.span_id)) hiddenBelow = row.depth
  }
  return shown
}

/** Round times to label an axis with, about `wanted` of them within the window. */
export function ticks(fromMs: number, toMs: number, wanted = 5): number[] {
  const length = toMs - fromMs
  if (!(length > 0)) return []
  const rough = length / wanted
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough
  const first = Math.ceil(fromMs / step)
  const count = Math.floor(toMs / step) - first + 1
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}
