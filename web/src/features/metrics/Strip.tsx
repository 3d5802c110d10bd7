import { Tooltip } from '@mantine/core'
import { useState } from 'react'

import type { Bucket } from '@/shared/charts/heatmap/heat'
import { number, percent } from '@/shared/format/format'
import { formatValue } from '@/shared/format/units'

import type { Histogram } from './api'
import { bucketsOf, stripOf } from './histograms/buckets'
import classes from './Results.module.css'

/** The buckets of one histogram as small bars; pointing at one tells its bounds and count. */
export function Strip({ histogram, unit }: { histogram: Histogram; unit: string }) {
  const bars = stripOf(bucketsOf(histogram))
  const [over, setOver] = useState<Bucket | null>(null)
  const most = Math.max(...bars.map(({ count }) => count), 0)
  const all = bars.reduce((sum, { count }) => sum + count, 0)
  if (!bars.length) return <span className={classes.faint}>empty</span>
  const range = ({ from, to }: Bucket) => `${formatValue(from, unit)} – ${formatValue(to, unit)}`
  const whole = { from: bars[0]?.from ?? 0, to: bars.at(-1)?.to ?? 0, count: all }
  return (
    <Tooltip.Floating label={over ? `${range(over)}: ${number(over.count)}, ${percent(over.count / all)}` : range(whole)} disabled={!over}>
      <span
        className={classes.strip}
        role="img"
        aria-label={`${bars.length} buckets from ${range(whole)}`}
        onPointerLeave={() => setOver(null)}
      >
        {bars.map((bar) => (
          <i key={bar.to} onPointerEnter={() => setOver(bar)}>
            <b style={{ height: bar.count > 0 ? `${Math.max(6, (bar.count / most) * 100)}%` : 0 }} />
          </i>
        ))}
      </span>
    </Tooltip.Floating>
  )
}
