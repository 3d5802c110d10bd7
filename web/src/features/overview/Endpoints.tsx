import { Link } from '@tanstack/react-router'

import type { Endpoint, Overview } from '@/shared/api/types'
import { duration, percent, rate } from '@/shared/format/format'
import { Panel } from '@/shared/ui/Panel'
import { withFilter } from '@/shared/ui/search'
import table from '@/shared/ui/table.module.css'

import { errorTone } from './model'

const TONE = { bad: table.bad, warn: table.warn, ok: '', none: table.muted }

interface Props {
  endpoints: Endpoint[]
  from: Overview['requests_from']
}

/** The busiest endpoints; each leads to its traces or, where only metrics tell of it, to the figures of its service. */
export function Endpoints({ endpoints, from }: Props) {
  return (
    <Panel title="Endpoints" aside={from === 'traces' ? 'by traffic' : 'by traffic, from metrics'} flush>
      {endpoints.length === 0 ? (
        <div className={table.none}>No requests in this range.</div>
      ) : (
        <table className={table.table}>
          <thead>
            <tr>
              <th>Endpoint</th>
              <th className={table.wide}>Service</th>
              <th className={table.num}>Rate</th>
              <th className={table.num}>Errors</th>
              <th className={table.num}>p95</th>
            </tr>
          </thead>
          <tbody>
            {endpoints.map((endpoint) => (
              <tr key={`${endpoint.service} ${endpoint.name}`}>
                <td className={table.cut} title={endpoint.name}>
                  {from === 'traces' ? (
                    <Link to="/traces" search={{ query: queryOf(endpoint) }} className={table.link}>
                      {endpoint.name}
                    </Link>
                  ) : (
                    <Link
                      to="/dashboards/$uid"
                      params={{ uid: 'vedette-http' }}
                      search={{ 'var-service': endpoint.service.replace(/[\\,]/g, '\\$&') }}
                      className={table.link}
                    >
                      {endpoint.name || endpoint.service || 'unknown'}
                    </Link>
                  )}
                </td>
                <td className={`${table.muted} ${table.wide}`}>{endpoint.service}</td>
                <td className={table.num}>{rate(endpoint.rate_per_s)}</td>
                <td className={`${table.num} ${TONE[errorTone(endpoint.error_rate)]}`}>
                  {percent(endpoint.error_rate)}
                </td>
                <td className={table.num}>{duration(endpoint.p95_ms)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  )
}

const queryOf = ({ service, name }: Endpoint) => withFilter(withFilter('', 'service', service), 'name', name)
