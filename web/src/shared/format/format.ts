/** Figures and times as people read them. A null or missing figure is an en dash. */

const NONE = '–'
type Figure = number | null | undefined

export function number(value: Figure): string {
  if (value == null || !Number.isFinite(value)) return NONE
  const size = Math.abs(value)
  if (size >= 1e9) return `${trim(value / 1e9)}B`
  if (size >= 1e6) return `${trim(value / 1e6)}M`
  if (size >= 1e4) return `${trim(value / 1e3)}k`
  if (size >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString('en-US')
  return trim(value)
}

/** The whole number, with separators. */
export const count = (value: Figure) => (value == null ? NONE : value.toLocaleString('en-US'))

function trim(value: number): string {
  const size = Math.abs(value)
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : 2
  return String(Number(value.toFixed(digits)))
}

export function rate(perSecond: Figure): string {
  if (perSecond == null) return NONE
  if (perSecond !== 0 && Math.abs(perSecond) < 0.1) return `${trim(perSecond * 60)}/min`
  return `${number(perSecond)}/s`
}

/** A share of 0..1 as a percentage. */
export function percent(ratio: Figure): string {
  if (ratio == null || !Number.isFinite(ratio)) return NONE
  const value = ratio * 100
  if (value === 0 || value === 100) return `${value}%`
  if (value > 99 && value < 100) return `${Math.floor(value * 100) / 100}%`
  if (value < 0.01) return '<0.01%'
  return `${trim(value)}%`
}

export function duration(ms: Figure): string {
  if (ms == null || !Number.isFinite(ms)) return NONE
  if (ms < 0.001) return ms === 0 ? '0 ms' : `${Math.round(ms * 1e6)} ns`
  if (ms < 1) return `${trim(ms * 1000)} µs`
  if (ms < 1000) return `${trim(ms)} ms`
  if (ms < 60_000) return `${trim(ms / 1000)} s`
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} m ${Math.round((ms % 60_000) / 1000)} s`
  return `${Math.floor(ms / 3_600_000)} h ${Math.round((ms % 3_600_000) / 60_000)} m`
}

export function bytes(value: Figure): string {
  if (value == null || !Number.isFinite(value)) return NONE
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
  let size = value
  let unit = 0
  while (Math.abs(size) >= 1000 && unit < units.length - 1) {
    size /= 1000
    unit += 1
  }
  return `${trim(size)} ${units[unit]}`
}

export const bytesPerSecond = (value: Figure) => (value == null ? NONE : `${bytes(value)}/s`)

/** How long ago, coarse: `12 s ago`, `3 h ago`. */
export function ago(time: string | null | undefined, nowMs = Date.now()): string {
  if (!time) return 'never'
  const seconds = Math.max(0, (nowMs - Date.parse(time)) / 1000)
  return seconds < 1 ? 'now' : `${span(seconds)} ago`
}

/** A length of time, coarse, one unit. */
export function span(seconds: number): string {
  if (seconds < 60) return `${Math.floor(seconds)} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`
  if (seconds < 86_400 * 60) return `${Math.floor(seconds / 86_400)} d`
  return `${Math.floor(seconds / (86_400 * 30))} mo`
}

const two = (value: number) => String(value).padStart(2, '0')

/** Local `HH:MM:SS.mmm`. */
export function clock(time: string): string {
  const date = new Date(time)
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

/** Local `Nov 21 14:03:09.120`. */
export function dateTime(time: string): string {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) return time
  const day = date.toLocaleDateString('en-US', { month: 'short', day: '2-digit' })
  return `${day} ${clock(time)}`
}

/** Any attribute value as one line of text. */
export function text(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** The relative change from `before` to `now`, or null when it says nothing. */
export function change(now: Figure, before: Figure): number | null {
  if (now == null || before == null || before === 0) return null
  return (now - before) / before
}
