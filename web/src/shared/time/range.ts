/** Time ranges as the URL and the API write them: `now`, `now-15m`, RFC 3339 or Unix seconds. */

export interface TimeRange {
  from: string
  to: string
}

export const DEFAULT_RANGE: TimeRange = { from: 'now-1h', to: 'now' }

export const PRESETS: { from: string; label: string }[] = [
  { from: 'now-5m', label: 'Last 5 minutes' },
  { from: 'now-15m', label: 'Last 15 minutes' },
  { from: 'now-30m', label: 'Last 30 minutes' },
  { from: 'now-1h', label: 'Last hour' },
  { from: 'now-3h', label: 'Last 3 hours' },
  { from: 'now-6h', label: 'Last 6 hours' },
  { from: 'now-12h', label: 'Last 12 hours' },
  { from: 'now-24h', label: 'Last 24 hours' },
  { from: 'now-2d', label: 'Last 2 days' },
  { from: 'now-7d', label: 'Last 7 days' },
  { from: 'now-30d', label: 'Last 30 days' },
]

const UNIT_S = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const
const RELATIVE = /^now(?:-(\d+)([smhdw]))?$/

/** Unix seconds of a time as written, or null when it cannot be read. */
export function toSeconds(text: string, nowS: number): number | null {
  const relative = RELATIVE.exec(text)
  if (relative) {
    const [, amount, unit] = relative
    return amount ? nowS - Number(amount) * UNIT_S[unit as keyof typeof UNIT_S] : nowS
  }
  if (/^\d{9,11}(\.\d+)?$/.test(text)) return Number(text)
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? null : ms / 1000
}

export const fromSeconds = (seconds: number) =>
  new Date(Math.round(seconds * 1000)).toISOString().replace('.000Z', 'Z')

export const isRelative = (range: TimeRange) => range.to === 'now'

/** Both ends in Unix seconds; a range that cannot be read becomes the last hour. */
export function resolve(range: TimeRange, nowS = Date.now() / 1000): [number, number] {
  const from = toSeconds(range.from, nowS)
  const to = toSeconds(range.to, nowS)
  return from === null || to === null || from >= to ? [nowS - 3600, nowS] : [from, to]
}

/** The same range when it can be read, else the default: what a hand-written URL may hold is anything. */
export function readRange(from?: string, to?: string): TimeRange {
  const range = { from: from ?? DEFAULT_RANGE.from, to: to ?? DEFAULT_RANGE.to }
  const nowS = Date.now() / 1000
  const ends = [toSeconds(range.from, nowS), toSeconds(range.to, nowS)]
  return ends[0] == null || ends[1] == null || ends[0] >= ends[1] ? DEFAULT_RANGE : range
}

/** The range to look at for something at `atS`: nothing to change when the range holds it, else the hours around it. */
export function rangeAround(range: TimeRange, atS: number): Partial<TimeRange> {
  const [from, to] = resolve(range)
  if (atS >= from && atS <= to) return {}
  return { from: fromSeconds(Math.floor(atS - 3600)), to: fromSeconds(Math.ceil(atS + 3600)) }
}

export function rangeLabel(range: TimeRange): string {
  if (isRelative(range)) {
    const preset = PRESETS.find((candidate) => candidate.from === range.from)
    if (preset) return preset.label
    const relative = RELATIVE.exec(range.from)
    if (relative?.[1]) return `Last ${relative[1]} ${relative[2]}`
  }
  const [from, to] = resolve(range)
  const start = new Date(from * 1000)
  const end = new Date(to * 1000)
  const day = (date: Date) => date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })
  const time = (date: Date) =>
    date.toLocaleTimeString('en-GB', {
      hour: '2-digit',
      minute: '2-digit',
      ...(to - from < 600 ? { second: '2-digit' } : {}),
    })
  return day(start) === day(end)
    ? `${day(start)} ${time(start)} – ${time(end)}`
    : `${day(start)} ${time(start)} – ${day(end)} ${time(end)}`
}
