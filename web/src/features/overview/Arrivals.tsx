import { Link } from '@tanstack/react-router'

import type { Arrival, Signal } from '@/shared/api/types'
import { SparkBars } from '@/shared/charts/Sparkline'
import { rate, span } from '@/shared/format/format'
import { Panel } from '@/shared/ui/Panel'
import table from '@/shared/ui/table.module.css'

import classes from './Arrivals.module.css'
import { arrivalState } from './model'

const NAMES: Record<Signal, string> = {
  traces: 'Traces',
  logs: 'Logs',
  metrics: 'Metrics',
  errors: 'Errors',
  events: 'Events',
}
const PAGES: Partial<Record<Signal, '/traces' | '/logs' | '/errors' | '/events'>> = {
  traces: '/traces',
  logs: '/logs',
  errors: '/errors',
  events: '/events',
}

/** What arrives, how fast, and how long after it was made. */
export function Arrivals({ arrivals }: { arrivals: Arrival[] }) {
  return (
    <Panel title="Data arriving" flush>
      <table className={table.table}>
        <thead>
          <tr>
            <th>Signal</th>
            <th>Last 5 min</th>
            <th className={table.num}>Rate</th>
            <th className={table.num}>Lag</th>
          </tr>
        </thead>
        <tbody>
          {arrivals.map((arrival) => {
            const page = PAGES[arrival.signal]
            const { word, tone } = arrivalState(arrival)
            return (
              <tr key={arrival.signal}>
                <td>
                  <span className={classes.light} data-tone={tone} role="img" aria-label={word} title={word} />
                  {page ? (
                    <Link to={page} className={table.link}>
                      {NAMES[arrival.signal]}
                    </Link>
                  ) : (
                    NAMES[arrival.signal]
                  )}
                </td>
                <td>
                  <SparkBars
                    values={arrival.series.counts}
                    label={`${NAMES[arrival.signal]} over the last five minutes`}
                    width={90}
                    height={18}
                    color="var(--v-accent)"
                  />
                </td>
                <td className={table.num}>{rate(arrival.records_per_s)}</td>
                <td className={`${table.num} ${table.muted}`}>
                  {arrival.lag_s === null ? '–' : arrival.lag_s < 1 ? '<1 s' : span(arrival.lag_s)}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </Panel>
  )
}
