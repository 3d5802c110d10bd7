import { paint } from '@/features/dashboards/model/colors'
import { shownFigures } from '@/features/dashboards/model/figures'

import classes from './Bars.module.css'
import type { BodyProps } from './body'

const MOST = 200

/** Figures against each other, the largest first. */
export function Bars({ panel, data }: BodyProps) {
  const ordered = sorted(shownFigures(panel, data), panel.options.sort_descending ?? true)
  const low = panel.min ?? Math.min(0, ...ordered.map(({ value }) => value ?? 0))
  const high = panel.max ?? Math.max(...ordered.map(({ value }) => value ?? 0))
  return (
    <ul className={classes.bars} aria-label={panel.title} tabIndex={0}>
      {ordered.slice(0, MOST).map((figure) => {
        const { text, color } = figure
        const share = figure.value === null || high <= low ? 0 : (figure.value - low) / (high - low)
        return (
          <li key={figure.key}>
            <span className={classes.name} title={figure.name}>
              {figure.name.trim() || 'none'}
            </span>
            <b>{text}</b>
            <i style={{ '--share': Math.min(1, Math.max(0, share)), '--tint': paint(color) } as object} />
          </li>
        )
      })}
    </ul>
  )
}

const sorted = <F extends { value: number | null }>(figures: F[], isDown: boolean): F[] =>
  [...figures].sort((a, b) => ((b.value ?? -Infinity) - (a.value ?? -Infinity)) * (isDown ? 1 : -1))
