/** Counts in buckets over time, worked out apart from any canvas. */

export interface Bucket {
  from: number
  to: number
  count: number
}
export interface Heat {
  /** Unix seconds, ascending. */
  times: number[]
  /** From the lowest values up; a row ends where the next begins. Rows that are no buckets end nowhere and have a name. */
  rows: { from: number; to: number | null; name?: string }[]
  /** One list of counts per row; null where there is no histogram at that time. */
  cells: (number | null)[][]
  max: number
}

/** The bounds that are kept when there are more than `most` rows: every second, or third, … from the top. */
export function thinned(edges: number[], most: number): number[] {
  const every = Math.ceil((edges.length - 1) / most)
  if (every <= 1) return edges
  const kept = edges.filter((_, at) => (edges.length - 1 - at) % every === 0)
  return kept[0] === edges[0] ? kept : [edges[0] as number, ...kept]
}

/**
 * Put the buckets of each time into common rows. A bucket wider than a row, as after a change of resolution,
 * is spread evenly over the rows it covers.
 */
export function heatOf(times: number[], columns: (Bucket[] | null)[], mostRows = 48): Heat {
  const bounds = new Set<number>()
  for (const column of columns) for (const { from, to } of column ?? []) bounds.add(from).add(to)
  const edges = thinned([...bounds].sort((a, b) => a - b), mostRows)
  const rows = edges.slice(1).map((to, at) => ({ from: edges[at] as number, to }))
  const cells: (number | null)[][] = rows.map(() => new Array(times.length).fill(null))
  let max = 0
  columns.forEach((column, at) => {
    if (!column) return
    for (const row of cells) row[at] = 0
    for (const { from, to, count } of column) {
      const first = rowAt(edges, from)
      const last = Math.max(first, lastBefore(edges, to))
      for (let row = first; row <= last; row += 1) {
        const list = cells[row]
        if (list) list[at] = (list[at] ?? 0) + count / (last - first + 1)
      }
    }
    for (const row of cells) max = Math.max(max, row[at] ?? 0)
  })
  return { times, rows, cells, max }
}

/** The row that begins at or before a bound. */
function rowAt(edges: number[], bound: number): number {
  let low = 0
  let high = edges.length - 2
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((edges[middle] as number) <= bound) low = middle
    else high = middle - 1
  }
  return Math.max(0, low)
}

/** The last row that begins before a bound. */
function lastBefore(edges: number[], bound: number): number {
  const row = rowAt(edges, bound)
  return edges[row] === bound ? row - 1 : row
}

/** Where a value lies between the bottom (0) and the top (1) of all rows, or null when it is beyond them. */
export function heightOf(value: number, rows: Heat['rows']): number | null {
  const at = rows.findIndex(({ from, to }) => to !== null && value > from && value <= to)
  const row = rows[at]
  if (!row || row.to === null) return null
  const span = row.to - row.from
  const share = Number.isFinite(span) && span > 0 ? (value - row.from) / span : 0.5
  return (at + share) / rows.length
}
