import { Skeleton } from '@mantine/core'
import { useMemo } from 'react'

import type { LogHistogram as Data, Severity } from '@/shared/api/types'
import { SEVERITY_COLOR } from '@/shared/charts/colors'
import { TimeChart } from '@/shared/charts/TimeChart'
import { count, number } from '@/shared/format/format'
import { fromSeconds } from '@/shared/time/range'

import classes from './Logs.module.css'
import { histogramView } from './model'

interface Props {
  data: Data | undefined
  onZoom: (from: string, to: string) => void
  onLevel: (level: Severity) => void
}

/** How many records of which severity over time; drag to look closer. */
export function LogHistogram({ data, onZoom, onLevel }: Props) {
  const view = useMemo(() => (data ? histogramView(data) : undefined), [data])
  if (!view || !data) return <Skeleton height={112} mx={14} mb={10} w="auto" />
  if (data.total === 0) return null
  return (
    <div className={classes.histogram}>
      <TimeChart
        label="Log records over time by severity"
        kind="stacked-bars"
        times={data.times}
        height={88}
        format={number}
        range={view.range}
        series={view.series}
        onZoom={(from, to) => onZoom(fromSeconds(from), fromSeconds(to))}
      />
      <div className={classes.legend} role="group" aria-label="Severities">
        {view.totals.map(({ severity, total }) => (
          <button key={severity} type="button" onClick={() => onLevel(severity)} title={`Only ${severity}`}>
            <i style={{ background: `var(${SEVERITY_COLOR[severity]})` }} />
            {severity} <b>{count(total)}</b>
          </button>
        ))}
      </div>
    </div>
  )
}
