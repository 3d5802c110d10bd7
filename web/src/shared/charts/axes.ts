import type uPlot from 'uplot'

import { cssColor } from './colors'

const FONT = '"Inter Variable", system-ui, sans-serif'

/** How axes look; `scale` is that of the page. */
export const axisLook = (scale: number) =>
  ({
    stroke: cssColor('--v-muted'),
    font: `${Math.round(11 * scale)}px ${FONT}`,
    ticks: { show: false },
    grid: { stroke: cssColor('--v-grid'), width: 1 },
  }) satisfies uPlot.Axis

/** The axis of time. Hours of more than one day carry the date on a second line. */
export const timeAxis = (scale: number): uPlot.Axis => ({
  ...axisLook(scale),
  grid: { show: false },
  size: (_plot, labels) => (labels?.some((label) => label?.includes('\n')) ? 36 : 22) * scale,
  space: 72 * scale,
  values: [
    [86400, '{MMM} {DD}', null, null, null, null, null, null, 1],
    [3600, '{HH}:{mm}', '\n{MMM} {DD}', null, null, null, null, null, 1],
    [60, '{HH}:{mm}', null, null, null, null, null, null, 1],
    [1, '{HH}:{mm}:{ss}', null, null, null, null, null, null, 1],
    [0.001, '{ss}.{fff}', null, null, null, null, null, null, 1],
  ] as never,
})
