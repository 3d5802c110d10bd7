import {
  IconAlignLeft,
  IconBug,
  IconChartBar,
  IconChartGridDots,
  IconChartHistogram,
  IconChartLine,
  IconGauge,
  IconLayoutGrid,
  IconLayoutRows,
  IconListDetails,
  IconNumber123,
  IconTable,
} from '@tabler/icons-react'

import type { PanelType } from '@/features/dashboards/model/types'

export const PANEL_ICONS: Record<PanelType, typeof IconTable> = {
  timeseries: IconChartLine,
  stat: IconNumber123,
  gauge: IconGauge,
  bar: IconChartBar,
  table: IconTable,
  heatmap: IconChartGridDots,
  histogram: IconChartHistogram,
  logs: IconListDetails,
  errors: IconBug,
  status: IconLayoutGrid,
  text: IconAlignLeft,
  row: IconLayoutRows,
}
