import type { TraceSummary } from '@/shared/api/types'

export interface Dot {
  trace: TraceSummary
  /** Shares of the box, from the left and from the top. */
  x: number
  y: number
  isFailed: boolean
}

/** Where each trace lies in a box of time by duration; durations on a logarithmic scale. */
export function scatter(traces: TraceSummary[], fromS: number, toS: number) {
  const durations = traces.map(({ duration_ms }) => Math.max(duration_ms, 0.001))
  const low = Math.floor(Math.log10(Math.min(...durations)))
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...durations))))
  const dots: Dot[] = traces.map((trace) => ({
    trace,
    x: (Date.parse(trace.timestamp) / 1000 - fromS) / (toS - fromS),
    y: 1 - (Math.log10(Math.max(trace.duration_ms, 0.001)) - low) / (high - low),
    isFailed: trace.status === 'error' || trace.error_count > 0,
  }))
  const step = Math.max(1, Math.ceil((high - low) / 4))
  const lines: { ms: number; y: number }[] = []
  for (let power = low; power <= high; power += step)
    lines.push({ ms: 10 ** power, y: 1 - (power - low) / (high - low) })
  return { dots: dots.filter(({ x }) => x >= 0 && x <= 1), lines }
}
