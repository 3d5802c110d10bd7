import { type ReactNode, useRef, useState } from 'react'

import { bottomOf, GAP_PX, inOrder, ROW_PX } from '@/features/dashboards/model/layout'
import type { Panel } from '@/features/dashboards/model/types'

import classes from './Grid.module.css'
import { type Move, useMoves } from './useMoves'

export interface Grips {
  /** Spread on what the panel is dragged by. */
  handle: object
  /** Spread on the button that moves it by keys. */
  keys: { onKeyDown: (event: React.KeyboardEvent) => void }
}

interface Props {
  panels: Panel[]
  isEditing: boolean
  onLayout: (panels: Panel[]) => void
  children: (panel: Panel, grips: Grips | null) => ReactNode
}

/** Panels in 24 columns; one under the other on narrow screens. */
export function Grid({ panels, isEditing, onLayout, children }: Props) {
  const frame = useRef<HTMLDivElement>(null)
  const [said, setSaid] = useState('')
  const told = (next: Panel[], moved: Panel, move: Move) => {
    onLayout(next)
    const { x, y, w, h } = moved.grid
    setSaid(
      move === 'place'
        ? `${moved.title || 'Panel'} at column ${x + 1}, row ${y + 1}`
        : `${moved.title || 'Panel'} ${w} columns wide, ${h} rows high`,
    )
  }
  const { dragging, grip, onKeys } = useMoves(frame, panels, told)
  const shown = dragging?.panels ?? panels
  const place = new Map(shown.map(({ id, grid }) => [id, grid]))
  const ghost = dragging && place.get(dragging.id)
  return (
    <div className={classes.frame}>
      <div
        ref={frame}
        className={classes.grid}
        data-editing={isEditing || undefined}
        style={{ '--rows': bottomOf(shown), '--row': `${ROW_PX}px`, '--gap': `${GAP_PX}px` } as object}
      >
        {ghost && <div className={classes.ghost} style={boxStyle(ghost)} />}
        {inOrder(panels).map((panel) => {
          const held = dragging?.id === panel.id ? dragging : null
          return (
            <div
              key={panel.id}
              className={classes.item}
              data-type={panel.type}
              data-held={held ? true : undefined}
              style={held ? { ...boxStyle(panel.grid), ...held.rect } : boxStyle(place.get(panel.id) ?? panel.grid)}
            >
              {children(
                panel,
                isEditing ? { handle: grip(panel, 'place'), keys: { onKeyDown: onKeys(panel) } } : null,
              )}
              {isEditing && panel.type !== 'row' && (
                <div className={classes.corner} data-corner aria-hidden {...grip(panel, 'size')} />
              )}
            </div>
          )
        })}
      </div>
      <div className={classes.said} role="status" aria-live="polite">
        {said}
      </div>
    </div>
  )
}

const boxStyle = ({ x, y, w, h }: Panel['grid']) => ({ '--x': x, '--y': y, '--w': w, '--h': h }) as object
