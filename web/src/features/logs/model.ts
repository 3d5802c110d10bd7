import type { LogHistogram, LogRecord, Severity } from '@/shared/api/types'
import { SEVERITY_COLOR } from '@/shared/charts/colors'
import type { ChartSeries } from '@/shared/charts/plot'

const ORDER: Severity[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']

/** Series from the mildest severity up, the worst on top; severities without records are left out. */
export function histogramView({ times, series, step_s }: LogHistogram) {
  const present = ORDER.flatMap((severity) => {
    const one = series.find((candidate) => candidate.severity === severity)
    const total = one?.counts.reduce((sum, value) => sum + value, 0) ?? 0
    return one && total > 0 ? [{ severity, counts: one.counts, total }] : []
  })
  const chart: ChartSeries[] = present.map(({ severity, counts }) => ({
    label: severity,
    values: counts,
    color: SEVERITY_COLOR[severity],
  }))
  const first = times[0] ?? 0
  const last = times.at(-1) ?? 0
  return {
    series: chart,
    totals: present.map(({ severity, total }) => ({ severity, total })).reverse(),
    range: [first - step_s / 2, last + step_s / 2] as [number, number],
  }
}

/** The body as one line; a JSON body is shown by its message where it has one. */
export function summary({ body, event_name }: LogRecord): string {
  const line = (body || event_name || '').trimStart()
  if (line.startsWith('{')) {
    try {
      const parsed = JSON.parse(line) as Record<string, unknown>
      const message = parsed.message ?? parsed.msg ?? parsed.event
      if (typeof message === 'string') return message
    } catch {
      // Not JSON after all: the line itself is the summary.
    }
  }
  return line.replace(/\s+/g, ' ')
}
