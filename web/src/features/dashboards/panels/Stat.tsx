import { paint } from '@/features/dashboards/model/colors'
import { type ShownFigure, shownFigures } from '@/features/dashboards/model/figures'

import type { BodyProps } from './body'
import { sparkArea, tiling } from './shapes'
import classes from './Stat.module.css'

const MOST = 60

/** One large figure per series, with the way it came. */
export function Stat({ panel, data, width, height }: BodyProps) {
  const figures = shownFigures(panel, data).slice(0, MOST)
  const { columns, rows } = tiling(figures.length, width, height, 2.2)
  const cell = { width: width / columns, height: height / rows }
  return (
    <div className={classes.tiles} style={{ gridTemplateColumns: `repeat(${columns}, 1fr)` }}>
      {figures.map((figure) => (
        <Tile key={figure.key} panel={panel} figure={figure} isAlone={figures.length === 1} {...cell} />
      ))}
    </div>
  )
}

interface TileProps {
  panel: BodyProps['panel']
  figure: ShownFigure
  isAlone: boolean
  width: number
  height: number
}

function Tile({ panel, figure, isAlone, width, height }: TileProps) {
  const { text, color } = figure
  const mode = panel.options.color_by ?? 'value'
  const hasName = !isAlone || panel.options.label === 'name'
  const isSparked = (panel.options.sparkline ?? true) && figure.values.length > 2 && height > 70
  const tint = color && color !== 'text' ? paint(color) : 'var(--v-accent)'
  const size = Math.max(14, Math.min(width / (text.length * 0.62 + 0.6), height * (isSparked ? 0.4 : 0.5), 64))
  return (
    <div
      className={classes.tile}
      data-mode={mode}
      style={{ '--tint': tint, '--ink': mode === 'value' && color ? paint(color) : 'var(--v-text)' } as object}
    >
      {isSparked && (
        <svg viewBox="0 0 100 30" preserveAspectRatio="none" className={classes.spark} aria-hidden>
          <path d={sparkArea(figure.values, 100, 30)} fill="var(--tint)" opacity={0.13} />
          <path
            d={sparkArea(figure.values, 100, 30, false)}
            fill="none"
            stroke="var(--tint)"
            strokeWidth={1.5}
            vectorEffect="non-scaling-stroke"
            opacity={0.75}
          />
        </svg>
      )}
      {hasName && <span className={classes.name}>{figure.name}</span>}
      <b style={{ fontSize: size }}>{text}</b>
    </div>
  )
}
