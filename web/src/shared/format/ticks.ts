/** The steps between the ticks of an axis where powers of ten would give odd figures: 4.66 GiB, 16.7 min. */

const POWERS_OF_2 = Array.from({ length: 71 }, (_, i) => 2 ** (i - 10))
/** In seconds, up to a million years. */
const TIMES = [
  ...[-9, -8, -7, -6, -5, -4, -3, -2, -1].flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`))),
  ...[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800],
  ...[1, 2, 3, 6, 12, 24, 48, 120, 240, 720, 2400].map((hours) => hours * 3600),
  ...[0, 1, 2, 3, 4, 5, 6].flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power * 31_536_000)),
]
const SECONDS: Record<string, number> = { ns: 1e-9, 'µs': 1e-6, us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600, d: 86_400 }
const BINARY = new Set(['bytes', 'kbytes', 'mbytes', 'gbytes', 'binBps'])

const known = new Map<string, number[]>()

/** The steps to choose from, ascending; undefined where powers of ten do. */
export function tickSteps(unit: string | undefined): number[] | undefined {
  if (!unit) return undefined
  if (BINARY.has(unit)) return POWERS_OF_2
  const length = SECONDS[unit]
  if (length === undefined) return undefined
  const steps = known.get(unit) ?? TIMES.map((step) => Number((step / length).toPrecision(12)))
  known.set(unit, steps)
  return steps
}
