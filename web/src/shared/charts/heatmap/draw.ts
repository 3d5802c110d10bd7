/** The cells of a heatmap on a canvas. */

import { cssColor } from '@/shared/charts/colors'

import type { Heat } from './heat'

/** Narrower cells stand side by side without a gap. */
const LEAST_GAPPED = 9

const edge = (at: number, of: number, size: number) => Math.round((at * size) / of)

/** Paint the counts; the deeper the colour, the more observations. */
export function draw(canvas: HTMLCanvasElement, heat: Heat, width: number, height: number) {
  const ratio = window.devicePixelRatio || 1
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  const context = canvas.getContext('2d')
  if (!context || heat.max <= 0) return
  context.fillStyle = cssColor('--v-accent')
  const [columns, rows] = [heat.times.length, heat.rows.length]
  heat.cells.forEach((values, row) => {
    const top = edge(rows - 1 - row, rows, canvas.height)
    const tall = edge(rows - row, rows, canvas.height) - top
    values.forEach((value, column) => {
      if (!value || value < 0) return
      context.globalAlpha = shade(value, heat.max)
      const left = edge(column, columns, canvas.width)
      const wide = edge(column + 1, columns, canvas.width) - left
      context.fillRect(left, top, Math.max(1, wide - (wide > LEAST_GAPPED * ratio ? 1 : 0)), Math.max(1, tall - (tall > LEAST_GAPPED * ratio ? 1 : 0)))
    })
  })
}

/** How deep a cell is coloured: the root keeps rare cells visible beside frequent ones. */
export const shade = (value: number, max: number) => 0.07 + 0.93 * Math.sqrt(value / max)

/** Moments worth a label, `most` at the utmost, at round times of the day. */
export function ticksOf(times: number[], most: number): number[] {
  const [first = 0, last = 0] = [times[0], times.at(-1)]
  const wanted = (last - first) / Math.max(1, most)
  const every = ROUND.find((one) => one >= wanted) ?? 86_400 * Math.ceil(wanted / 86_400)
  const shift = new Date(first * 1000).getTimezoneOffset() * 60
  const start = Math.ceil((first - shift) / every) * every + shift
  const ticks: number[] = []
  for (let time = start; time <= last; time += every) ticks.push(time)
  return ticks
}

const ROUND = [5, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400]
