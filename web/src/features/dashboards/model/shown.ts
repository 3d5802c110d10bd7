/** A value as a panel shows it: mapped to words, with its unit, in the colour of its threshold. */

import { formatValue } from '@/shared/format/units'

import { mapped } from './mappings'
import { stepColor } from './thresholds'
import type { Panel } from './types'

export interface Shown {
  text: string
  /** The name of a colour, or null where there is none to show. */
  color: string | null
}

export type ShownAs = Pick<Panel, 'unit' | 'decimals' | 'min' | 'max' | 'thresholds' | 'mappings'>

export function shown(panel: ShownAs, value: number | string | null): Shown {
  const words = mapped(value, panel.mappings)
  const number = typeof value === 'number' ? value : null
  const color = words?.color ?? stepColor(number, panel.thresholds, panel)
  if (words?.text) return { text: words.text, color }
  return {
    text: typeof value === 'string' ? value : formatValue(value, panel.unit, panel.decimals ?? undefined),
    color,
  }
}
