import { paint } from '@/features/dashboards/model/colors'
import { type ShownFigure, shownFigures } from '@/features/dashboards/model/figures'
import { bands } from '@/features/dashboards/model/thresholds'
import { formatValue } from '@/shared/format/units'

import type { BodyProps } from './body'
import classes from './Gauge.module.css'
import { arc, tiling } from './shapes'

const MOST = 24
const OPEN = 125
const SIZE = 120
const CENTER = { x: 60, y: 62 }

/** How far a figure is between its ends. */
export function Gauge({ panel, data, width, height }: BodyProps) {
  const figures = shownFigures(panel, data).slice(0, MOST)
  const { columns } = tiling(figures.length, width, height, 1.25)
  return (
    <div className={classes.dials} style={{ gridTemplateColumns: `repeat(${columns}, 1fr)` }}>
      {figures.map((figure) => (
        <Dial key={figure.key} panel={panel} figure={figure} isAlone={figures.length === 1} />
      ))}
    </div>
  )
}

function Dial({ panel, figure, isAlone }: { panel: BodyProps['panel']; figure: ShownFigure; isAlone: boolean }) {
  const [low, high] = ends(panel)
  const { text, color } = figure
  const tint = color ? paint(color) : 'var(--v-accent)'
  const angle = (value: number) => -OPEN + (Math.min(1, Math.max(0, (value - low) / (high - low))) || 0) * 2 * OPEN
  const ring = panel.thresholds?.steps && panel.thresholds.steps.length > 1 ? bands(panel.thresholds, low, high) : []
  const hasName = !isAlone || panel.options.label === 'name'
  return (
    <figure className={classes.dial}>
      <svg
        viewBox={`0 4 ${SIZE} 104`}
        role="meter"
        aria-label={figure.name || panel.title}
        aria-valuemin={low}
        aria-valuemax={high}
        aria-valuenow={figure.value ?? low}
        aria-valuetext={text}
      >
        <path d={arc(CENTER.x, CENTER.y, 44, -OPEN, OPEN)} className={classes.track} />
        {figure.value !== null && figure.value > low && (
          <path d={arc(CENTER.x, CENTER.y, 44, -OPEN, angle(figure.value))} stroke={tint} className={classes.value} />
        )}
        {ring.map((band) => (
          <path
            key={band.from}
            d={arc(CENTER.x, CENTER.y, 53, angle(band.from) + 0.6, angle(band.to) - 0.6)}
            stroke={paint(band.color)}
            className={classes.band}
          />
        ))}
        <text x={CENTER.x} y={CENTER.y + 7} fontSize={Math.min(21, 105 / Math.max(4, text.length))} className={classes.text}>
          {text}
        </text>
        <text x={24} y={104} className={classes.end}>
          {formatValue(low, figure.unit)}
        </text>
        <text x={96} y={104} className={classes.end}>
          {formatValue(high, figure.unit)}
        </text>
      </svg>
      {hasName && <figcaption title={figure.name}>{figure.name}</figcaption>}
    </figure>
  )
}

/** The ends of the scale: as set, else what the unit implies, else nought to the last threshold and a bit. */
function ends({ min, max, unit, thresholds }: BodyProps['panel']): [number, number] {
  const low = min ?? 0
  if (max != null && max > low) return [low, max]
  if (unit === 'percentunit') return [low, 1]
  const last = Math.max(...(thresholds?.steps ?? []).map(({ value }) => value ?? 0))
  return [low, unit === 'percent' || !(last > low) ? Math.max(100, low + 1) : low + (last - low) * 1.25]
}
