import { useMemo } from 'react'

import { linesOf } from '@/features/dashboards/model/frames'
import { heatOf, totals } from '@/features/dashboards/model/heat'
import type { PanelData } from '@/features/dashboards/model/types'
import { number } from '@/shared/format/format'
import { formatValue } from '@/shared/format/units'

import type { BodyProps } from './body'
import classes from './Histogram.module.css'
import { type Bucket, buckets } from './shapes'

const BUCKETS = 24

/** How the values spread, whenever they were. */
export function Histogram({ panel, data, width }: BodyProps) {
  const count = panel.options.buckets ?? BUCKETS
  const bars = useMemo(() => barsOf(data, count), [data, count])
  const most = bars.reduce((high, bar) => Math.max(high, bar.count), 0)
  const every = Math.max(1, Math.ceil(bars.length / Math.max(1, Math.floor(width / 64))))
  return (
    <div className={classes.bars} role="img" aria-label={`${panel.title}: ${bars.length} buckets`}>
      {bars.map((bar, i) => (
        <div key={bar.from} className={classes.bar} title={`${label(bar, panel.unit)}: ${number(bar.count)}`}>
          <i style={{ height: `${most ? (bar.count / most) * 100 : 0}%` }} data-some={bar.count > 0 || undefined} />
          <span>{i % every === 0 ? formatValue(bar.from, panel.unit) : ''}</span>
        </div>
      ))}
    </div>
  )
}

const label = ({ from, to }: Bucket, unit: string) =>
  `${formatValue(from, unit)} – ${to === Infinity ? '∞' : formatValue(to, unit)}`

function barsOf(data: PanelData, count: number): Bucket[] {
  const heat = heatOf(data)
  if (heat.rows.length > 0 && heat.rows.every(({ to }) => to !== null))
    return totals(heat).map(({ from, to, count: size }) => ({ from: from === -Infinity ? 0 : from, to: to as number, count: size }))
  const values = linesOf(data).lines.flatMap((line) => line.values)
  return buckets(values.filter((value): value is number => value != null && Number.isFinite(value)), count)
}
