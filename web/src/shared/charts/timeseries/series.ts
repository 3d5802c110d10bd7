/** What a chart of time series is made of, worked out apart from any canvas. */

export interface Plotted {
  key: string
  name: string
  labels?: Record<string, string>
  values: (number | null)[]
  color?: string
  dashed?: boolean
  /** What differs from the chart: how it is drawn, by which axis, in which words. */
  draw?: Draw
  axis?: 'left' | 'right'
  /** Opacity below the line, 0 to 1. */
  fill?: number
  lineWidth?: number
  format?: (value: number) => string
  /** Whether it stands upon others; as the chart has it where nothing is said. */
  stack?: boolean
}

export type Draw = 'line' | 'area' | 'bars' | 'points'

export const isPiled = (one: Plotted, isStacked: boolean) => one.stack ?? isStacked

/** The scale a series is measured by; what is stacked has one in common. */
export const scaleOf = (one: Plotted, isStacked: boolean) =>
  one.axis === 'right' && !isPiled(one, isStacked) ? 'y2' : 'y'

const CATEGORIES = 10

/** The colour of a series: its own, or the n-th of the theme's categories. */
export const colorOf = (series: Plotted, index: number) => series.color ?? `--v-cat-${(index % CATEGORIES) + 1}`

/** Where series are drawn, by their places. */
export interface Pile {
  /** The height of each at each time. */
  heights: (number | null)[][]
  /** The series that each stands upon, -1 for none. */
  below: number[]
  /** Which is painted when: the top of a pile first, then those that stand alone. */
  order: number[]
}

/** Stack series upon those before them, what is below nought downwards. */
export function piled(series: Plotted[], isStacked: boolean): Pile {
  const pile: Pile = { heights: series.map(({ values }) => values), below: series.map(() => -1), order: [] }
  const places = series.map((_, place) => place)
  const inPile = places.filter((place) => isPiled(series[place] as Plotted, isStacked))
  const down = inPile.filter((place) => sinks(pile.heights[place] as (number | null)[]))
  const up = inPile.filter((place) => !down.includes(place))
  for (const group of [up, down]) {
    const sums = running(group.map((place) => pile.heights[place] as (number | null)[]))
    group.forEach((place, at) => {
      pile.heights[place] = sums[at] as (number | null)[]
      pile.below[place] = group[at - 1] ?? -1
    })
  }
  pile.order = [...up.reverse(), ...down.reverse(), ...places.filter((place) => !inPile.includes(place))]
  return pile
}

/** Whether a series is drawn below nought. */
export const sinks = (values: (number | null)[]) =>
  values.some((value) => value != null && value < 0) && !values.some((value) => value != null && value > 0)

/** Running sums; holes count as nothing, unless no series has a value there. */
function running(series: (number | null)[][]): (number | null)[][] {
  const holes = (series[0] ?? []).map((_, at) => series.every((values) => values[at] == null))
  let below: number[] = []
  return series.map((values) => {
    below = values.map((value, at) => (value ?? 0) + (below[at] ?? 0))
    return below.map((value, at) => (holes[at] ? null : value))
  })
}

/** The least and the most that is drawn, thresholds included when they are near. */
export function bounds(columns: (number | null)[][], isFromZero: boolean, thresholds: number[]): [number, number] {
  let low = Infinity
  let high = -Infinity
  for (const values of columns)
    for (const value of values)
      if (value != null && Number.isFinite(value)) {
        if (value < low) low = value
        if (value > high) high = value
      }
  if (low > high) return [0, 1]
  if (isFromZero || (low > 0 && low < high * 0.6)) low = Math.min(0, low)
  if (low === high) [low, high] = low === 0 ? [0, 1] : [Math.min(0, low), Math.max(0, high)]
  const span = high - low
  for (const value of thresholds) if (value > high && value <= high + span * 0.5) high = value
  return [low < 0 ? low - span * 0.05 : low, high + span * 0.06]
}

export interface Summary {
  last: number | null
  mean: number | null
  max: number | null
}

/** The figures of a series that a legend shows. */
export function summary(values: (number | null)[]): Summary {
  let [sum, count, max]: [number, number, number | null] = [0, 0, null]
  let last: number | null = null
  for (const value of values) {
    if (value == null) continue
    sum += value
    count += 1
    last = value
    if (max === null || value > max) max = value
  }
  return { last, mean: count ? sum / count : null, max }
}

/** The series whose value at a time is nearest to a value, or -1. */
export function nearest(columns: (number | null)[][], at: number, value: number): number {
  let best = -1
  let least = Infinity
  columns.forEach((values, index) => {
    const one = values[at]
    if (one == null) return
    const distance = Math.abs(one - value)
    if (distance < least) [best, least] = [index, distance]
  })
  return best
}
