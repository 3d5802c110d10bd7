/** The figures of a panel as it shows them: what overrides say of their names, units and colours included. */

import { type Figure, figuresOf } from './frames'
import { overridden } from './overrides'
import { shown, type Shown } from './shown'
import type { Panel, PanelData } from './types'

export type ShownFigure = Figure & Shown & { unit: string; decimals: number | null | undefined }

export function shownFigures(panel: Panel, data: PanelData): ShownFigure[] {
  return figuresOf(data, panel.options.reduce).flatMap((figure) => {
    const own = overridden(panel, figure.name, figure.query)
    if (own.hidden) return []
    const unit = own.unit ?? panel.unit
    const decimals = own.decimals ?? panel.decimals
    const words = shown({ ...panel, unit, decimals }, figure.value)
    return [{ ...figure, name: own.name ?? figure.name, unit, decimals, text: words.text, color: own.color ?? words.color }]
  })
}
