/** Colours as dashboards name them: Grafana's names, the theme's variables, or CSS colours. */

import { cssColor } from '@/shared/charts/colors'

const NAMED: Record<string, string> = {
  green: '--v-ok',
  red: '--v-bad',
  orange: '--v-warn',
  yellow: '--v-cat-9',
  blue: '--v-sev-info',
  purple: '--v-cat-4',
  text: '--v-text',
  gray: '--v-muted',
  grey: '--v-muted',
}
const SHADE = /^(?:super-light|semi-dark|light|dark)-/

/** The names a person chooses from. */
export const COLOR_NAMES = ['green', 'orange', 'red', 'blue', 'purple', 'yellow', 'gray', 'text'] as const

/** The theme's variable of a colour, or the colour itself. */
export function tokenOf(color: string | null | undefined): string {
  if (!color) return '--v-accent'
  return NAMED[color.toLowerCase().replace(SHADE, '')] ?? color
}

/** A colour for style sheets. */
export function paint(color: string | null | undefined): string {
  const token = tokenOf(color)
  return token.startsWith('--') ? `var(${token})` : token
}

/** A colour for a canvas, which knows no variables. */
export const ink = (color: string | null | undefined) => cssColor(tokenOf(color))

const CATEGORIES = 10

/** The colour of the n-th series. */
export const categoryToken = (index: number) => `--v-cat-${(index % CATEGORIES) + 1}`
