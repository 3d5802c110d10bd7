import { useMemo } from 'react'

import { heatOf } from '@/features/dashboards/model/heat'
import { Heatmap as Chart } from '@/shared/charts/heatmap/Heatmap'

import type { BodyProps } from './body'

/** How often which bucket, over time. */
export function Heatmap({ panel, data, height, onZoom }: BodyProps) {
  const heat = useMemo(() => heatOf(data), [data])
  return (
    <Chart
      heat={heat}
      label={`${panel.title}: ${heat.rows.length} buckets over time`}
      unit={panel.unit}
      height={height}
      onZoom={onZoom}
    />
  )
}
