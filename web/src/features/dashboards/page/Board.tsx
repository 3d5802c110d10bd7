import { useMemo, useState } from 'react'

import { Grid, type Grips } from '@/features/dashboards/grid/Grid'
import { fold, sections, shifted, unfold } from '@/features/dashboards/model/layout'
import { type Drawn, repeated } from '@/features/dashboards/model/panels'
import type { Panel } from '@/features/dashboards/model/types'
import { filled } from '@/features/dashboards/model/variables'
import type { BodyProps } from '@/features/dashboards/panels/body'
import type { PanelAction } from '@/features/dashboards/panels/PanelFrame'
import { RowHead } from '@/features/dashboards/panels/RowHead'
import type { TimeRange } from '@/shared/time/range'

import { DashboardPanel } from './DashboardPanel'
import type { Variables } from './useVariables'

interface Props {
  panels: Panel[]
  variables: Pick<Variables, 'chosen' | 'options'>
  range: TimeRange
  actionsOf: (drawn: Drawn) => PanelAction[]
  /** There while the dashboard is edited. */
  editing?: {
    onPanels: (panels: Panel[]) => void
    onRemove: (id: number) => void
    onChange: (id: number, edit: (panel: Panel) => Panel) => void
  }
  marks?: BodyProps['marks']
  onZoom?: BodyProps['onZoom']
  syncKey?: string
  canLeave?: boolean
}

/** The panels of a dashboard in their places; rows fold. */
export function Board(props: Props) {
  const { panels, variables, range, actionsOf, editing, ...rest } = props
  const { chosen, options } = variables
  // While it is edited each panel is drawn once: copies cannot be moved.
  const drawn = useMemo<Drawn[]>(
    () =>
      editing
        ? panels.map((panel) => plain(panel, chosen, options))
        : repeated(panels, chosen, options),
    [editing, panels, chosen, options],
  )
  const all = useMemo(() => drawn.map(({ panel }) => panel), [drawn])
  const [turned, setTurned] = useState<ReadonlySet<number>>(new Set())
  const folded = useMemo(
    () =>
      new Set(
        all
          .filter(({ id, type, options: own }) => type === 'row' && Boolean(own.collapsed) !== turned.has(id))
          .map(({ id }) => id),
      ),
    [all, turned],
  )
  const seen = useMemo(() => fold(all, folded), [all, folded])
  const counts = new Map(sections(all).map(({ row, panels: under }) => [row?.id, under.length]))
  const byId = new Map(drawn.map((one) => [one.panel.id, one]))
  const turn = (row: Panel) => {
    if (editing)
      editing.onChange(row.id, (before) => ({
        ...before,
        options: { ...before.options, collapsed: !folded.has(row.id) },
      }))
    else
      setTurned((before) => {
        const after = new Set(before)
        if (!after.delete(row.id)) after.add(row.id)
        return after
      })
  }
  const content = (panel: Panel, grips: Grips | null) => {
    const one = byId.get(panel.id) as Drawn
    if (panel.type !== 'row')
      return (
        <DashboardPanel
          drawn={one}
          options={options}
          range={range}
          actions={actionsOf(one)}
          grips={grips}
          {...rest}
        />
      )
    return (
      <RowHead
        title={filled(panel.title, one.scoped, 'text', options)}
        count={counts.get(panel.id) ?? 0}
        isFolded={folded.has(panel.id)}
        onFold={() => turn(panel)}
        grips={grips}
        onRename={(title) => editing?.onChange(panel.id, (before) => ({ ...before, title }))}
        onRemove={() => editing?.onRemove(panel.id)}
        onMove={(by) => editing?.onPanels(unfold(shifted(seen, panel.id, by), all, folded))}
      />
    )
  }
  return (
    <Grid
      panels={seen}
      isEditing={Boolean(editing)}
      onLayout={(next) => editing?.onPanels(unfold(next, all, folded))}
    >
      {content}
    </Grid>
  )
}

/** A panel that is drawn once, by the first value of the variable it would be repeated by. */
function plain(panel: Panel, chosen: Drawn['scoped'], options: Drawn['scoped']): Drawn {
  const first = repeated([panel], chosen, options)[0]
  return first
    ? { ...first, panel, original: panel }
    : { panel, original: panel, key: String(panel.id), scoped: chosen, isCopy: false }
}
