/** Shapes that panels draw themselves, in numbers. */

/** A sparkline between its own least and most; closed to an area unless `isArea` is false. */
export function sparkArea(values: (number | null)[], width: number, height: number, isArea = true): string {
  const known = values.filter((value): value is number => value != null)
  if (known.length < 2) return ''
  const low = known.reduce((a, b) => Math.min(a, b))
  const high = known.reduce((a, b) => Math.max(a, b))
  const step = width / (values.length - 1)
  const flat = high === 0 ? height - 1 : height / 2
  const y = (value: number) => (high === low ? flat : height - 1 - ((value - low) / (high - low)) * (height - 3))
  let path = ''
  let start: number | null = null
  values.forEach((value, index) => {
    const x = (index * step).toFixed(1)
    if (value == null) return
    path += `${start === null ? 'M' : 'L'}${x} ${y(value).toFixed(1)}`
    start ??= index * step
    const isLast = values[index + 1] == null
    if (!isLast) return
    if (isArea) path += `L${x} ${height}L${start.toFixed(1)} ${height}Z`
    start = null
  })
  return path
}

/** How many columns and rows of tiles fill a room best, each about `ratio` times as wide as high. */
export function tiling(count: number, width: number, height: number, ratio: number): { columns: number; rows: number } {
  let best = { columns: 1, rows: Math.max(1, count) }
  let least = Infinity
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns)
    const shape = width / columns / (height / rows)
    const waste = Math.abs(Math.log(shape / ratio)) + (columns * rows - count) * 0.08
    if (waste < least) [best, least] = [{ columns, rows }, waste]
  }
  return best
}

/** An arc of a circle from one angle to another, in degrees clockwise from the top. */
export function arc(cx: number, cy: number, radius: number, from: number, to: number): string {
  const point = (degrees: number) => {
    const angle = ((degrees - 90) * Math.PI) / 180
    return `${(cx + radius * Math.cos(angle)).toFixed(2)} ${(cy + radius * Math.sin(angle)).toFixed(2)}`
  }
  return `M${point(from)}A${radius} ${radius} 0 ${to - from > 180 ? 1 : 0} 1 ${point(to)}`
}

export interface Bucket {
  from: number
  to: number
  count: number
}

/** Values counted in `count` buckets of a round width. */
export function buckets(values: number[], count: number): Bucket[] {
  if (values.length === 0) return []
  const low = values.reduce((a, b) => Math.min(a, b))
  const high = values.reduce((a, b) => Math.max(a, b))
  const width = roundWidth((high - low || Math.abs(high) || 1) / count)
  const start = Math.floor(low / width)
  const end = Math.floor(high / width)
  const found = Array.from({ length: end - start + 1 }, (_, i) => ({
    from: (start + i) * width,
    to: (start + i + 1) * width,
    count: 0,
  }))
  for (const value of values) (found[Math.floor(value / width) - start] as Bucket).count += 1
  return found
}

function roundWidth(width: number): number {
  const power = 10 ** Math.floor(Math.log10(width))
  const digit = width / power
  return (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10) * power
}
