/** Colours of the canvas charts: names of the theme's CSS variables, read when a chart is drawn. */

export function cssColor(name: string): string {
  if (!name.startsWith('--')) return name
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim() || '#888'
}

export function withAlpha(color: string, alpha: number): string {
  return `color-mix(in srgb, ${color} ${Math.round(alpha * 100)}%, transparent)`
}

export const SEVERITY_COLOR = {
  trace: '--v-sev-trace',
  debug: '--v-sev-debug',
  info: '--v-sev-info',
  warn: '--v-sev-warn',
  error: '--v-sev-error',
  fatal: '--v-sev-fatal',
} as const

const SERVICE_COLORS = 10

/** A stable colour for each service in the order given. */
export function serviceColors(services: string[]): Map<string, string> {
  const colors = new Map<string, string>()
  for (const service of services)
    if (!colors.has(service)) colors.set(service, `var(--v-cat-${(colors.size % SERVICE_COLORS) + 1})`)
  return colors
}
