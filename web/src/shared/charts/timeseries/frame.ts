/** The plot's place inside a chart of lines, in CSS pixels, and what its ends stand for. */

import uPlot from 'uplot'

import type { Place } from '@/shared/charts/place'

export interface Frame {
  left: number
  top: number
  width: number
  height: number
  times: [number, number]
  values: [number, number]
}

export function frameIn(plot: uPlot): Frame {
  const { left, top, width, height } = plot.bbox
  const { x, y } = plot.scales
  return {
    left: left / uPlot.pxRatio,
    top: top / uPlot.pxRatio,
    width: width / uPlot.pxRatio,
    height: height / uPlot.pxRatio,
    times: [x?.min ?? 0, x?.max ?? 0],
    values: [y?.min ?? 0, y?.max ?? 0],
  }
}

/** The frame as it was when nothing has moved, so that nothing is drawn anew. */
export const sameOr = (before: Frame | null, now: Frame) =>
  JSON.stringify(before) === JSON.stringify(now) ? before : now

const along = (value: number, [low, high]: [number, number], size: number) =>
  value >= low && value <= high && high > low ? ((value - low) / (high - low)) * size : null

export function placeOf({ width, height, times, values }: Frame): Place {
  return {
    width,
    height,
    x: (timeS) => along(timeS, times, width),
    y: (value) => {
      const up = along(value, values, height)
      return up === null ? null : height - up
    },
  }
}
