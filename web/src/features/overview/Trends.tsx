import { type ReactNode, useMemo } from 'react'

import type { Overview } from '@/shared/api/types'
import { TimeChart } from '@/shared/charts/TimeChart'
import { duration, number, percent, rate } from '@/shared/format/format'
import { fromSeconds } from '@/shared/time/range'
import { useSetScope } from '@/shared/time/useScope'
import { Panel } from '@/shared/ui/Panel'

import { changeView, comparable, wholeBuckets } from './model'
import classes from './Overview.module.css'

/** Request rate, error rate and latency over the range, against the period before. */
export function Trends({ overview }: { overview: Overview }) {
  const { requests } = overview
  const before = comparable(overview)
  const series = useMemo(() => wholeBuckets(overview), [overview])
  const setScope = useSetScope()
  const zoom = (from: number, to: number) => setScope({ from: fromSeconds(from), to: fromSeconds(to) })
  const shared = { times: series.times, onZoom: zoom, height: 150 }
  return (
    <div className={classes.trends}>
      <Panel title="Requests" aside={`${number(requests.count)} in range`}>
        <div className={classes.figures}>
          <span className={classes.figure}>{rate(requests.rate_per_s)}</span>
          <Change now={requests.rate_per_s} before={before?.rate_per_s ?? null} />
        </div>
        <TimeChart
          {...shared}
          label="Requests per second over time"
          format={rate}
          series={[{ label: 'requests', values: series.request_rate, color: '--v-accent', fill: true }]}
        />
      </Panel>
      <Panel title="Error rate">
        <div className={classes.figures}>
          <span className={classes.figure}>{percent(requests.error_rate)}</span>
          <Change now={requests.error_rate} before={before?.error_rate ?? null} isMoreWorse />
        </div>
        <TimeChart
          {...shared}
          label="Share of failed requests over time"
          format={percent}
          leastMaxY={0.01}
          series={[{ label: 'failed', values: series.error_rate, color: '--v-bad', fill: true }]}
        />
      </Panel>
      <Panel title="Latency" aside={`mean ${duration(requests.mean_ms)}`}>
        <div className={classes.figures}>
          <Quantile name="p50" color="--v-accent-2">{duration(requests.p50_ms)}</Quantile>
          <span className={classes.together}>
            <Quantile name="p95" color="--v-accent">{duration(requests.p95_ms)}</Quantile>
            <Change now={requests.p95_ms} before={before?.p95_ms ?? null} isMoreWorse isShort />
          </span>
          <Quantile name="p99" color="--v-accent-3">{duration(requests.p99_ms)}</Quantile>
        </div>
        <TimeChart
          {...shared}
          label="Latency percentiles over time"
          format={duration}
          series={[
            { label: 'p50', values: series.p50_ms, color: '--v-accent-2' },
            { label: 'p95', values: series.p95_ms, color: '--v-accent' },
            { label: 'p99', values: series.p99_ms, color: '--v-accent-3' },
          ]}
        />
      </Panel>
    </div>
  )
}

function Quantile({ name, color, children }: { name: string; color: string; children: ReactNode }) {
  return (
    <span className={classes.minor}>
      <i style={{ background: `var(${color})` }} />
      <small>{name}</small>
      {children}
    </span>
  )
}

interface ChangeProps {
  now: number | null
  before: number | null
  isMoreWorse?: boolean
  isShort?: boolean
}

function Change({ now, before, isMoreWorse = false, isShort = false }: ChangeProps) {
  const view = changeView(now, before, isMoreWorse)
  if (!view) return null
  return (
    <span className={classes.change} data-tone={view.tone} title="Against the period before">
      {view.text}
      {!isShort && ' on the period before'}
    </span>
  )
}
