/** Where a fault is in a query, apart from any editor. */

export interface Fault {
  /** Counted from 1, as Prometheus does. */
  line: number
  /** In UTF-8 bytes, counted from 1. */
  column: number
}

/** The place in a message such as `1:22: parse error: …`. */
export function faultIn(message: string): Fault | null {
  const place = /^(\d+):(\d+): /.exec(message)
  return place ? { line: Number(place[1]), column: Number(place[2]) } : null
}

/** The character of a line at a column in bytes. */
export function characterAt(line: string, column: number): number {
  const bytes = new TextEncoder().encode(line).slice(0, Math.max(0, column - 1))
  return new TextDecoder().decode(bytes).length
}
