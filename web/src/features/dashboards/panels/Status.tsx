import { paint } from '@/features/dashboards/model/colors'
import { shownFigures } from '@/features/dashboards/model/figures'

import type { BodyProps } from './body'
import classes from './Status.module.css'

/** One tile for each thing, in the colour of its state; the words say the same. */
export function Status({ panel, data }: BodyProps) {
  return (
    <ul className={classes.tiles} aria-label={panel.title} tabIndex={0}>
      {shownFigures(panel, data).map((figure) => {
        const { text, color } = figure
        return (
          <li key={figure.key} style={{ '--tint': color ? paint(color) : 'var(--v-muted)' } as object}>
            <span title={figure.name}>{figure.name}</span>
            <b>{text}</b>
          </li>
        )
      })}
    </ul>
  )
}
