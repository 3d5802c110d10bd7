/** What a value means: the step it has reached, and the words a mapping gives it. */

export interface Step {
  value?: number | null
  color: string
}
export interface Steps {
  mode?: string
  steps?: Step[]
}
interface Bounds {
  min?: number | null
  max?: number | null
}

/** The steps with values of their own unit: percentages are of the way from min to max. */
export function absoluteSteps(
  thresholds: Steps | null | undefined,
  { min, max }: Bounds,
): { value: number; color: string }[] {
  const low = min ?? 0
  const span = (max ?? 100) - low
  const isShare = thresholds?.mode === 'percentage'
  return (thresholds?.steps ?? [])
    .map(({ value, color }) => ({
      value: value == null ? -Infinity : isShare ? low + (value / 100) * span : value,
      color,
    }))
    .sort((a, b) => a.value - b.value)
}

/** The colour of the highest step that the value has reached, or null when it has reached none. */
export function stepColor(
  value: number | null,
  thresholds: Steps | null | undefined,
  bounds: Bounds = {},
): string | null {
  if (value === null || Number.isNaN(value)) return null
  let color: string | null = null
  for (const step of absoluteSteps(thresholds, bounds)) if (value >= step.value) color = step.color
  return color
}

/** The stretches between low and high, each with its colour, for the ring of a gauge. */
export function bands(
  thresholds: Steps | null | undefined,
  low: number,
  high: number,
): { from: number; to: number; color: string }[] {
  const steps = absoluteSteps(thresholds, { min: low, max: high })
  return steps.flatMap(({ value, color }, i) => {
    const from = Math.max(low, value)
    const to = Math.min(high, steps[i + 1]?.value ?? Infinity)
    return from < to ? [{ from, to, color }] : []
  })
}
