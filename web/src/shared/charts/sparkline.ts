/** The path of a sparkline in a box; null values break the line. */
export function sparkPath(
  values: (number | null)[],
  width: number,
  height: number,
  max = Math.max(...values.map((value) => value ?? 0)),
): string {
  if (values.length < 2) return ''
  const step = width / (values.length - 1)
  let path = ''
  let isDown = false
  values.forEach((value, i) => {
    if (value === null) {
      isDown = false
      return
    }
    const y = max > 0 ? height - 1 - (value / max) * (height - 2) : height - 1
    path += `${isDown ? 'L' : 'M'}${(i * step).toFixed(1)} ${y.toFixed(1)}`
    isDown = true
  })
  return path
}
