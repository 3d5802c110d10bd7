import type { CellPlace } from '@/features/dashboards/model/cells'
import type { Override, Panel, PanelData } from '@/features/dashboards/model/types'

/** What every kind of panel is drawn from. */
export interface BodyProps {
  panel: Panel
  data: PanelData
  /** The room there is, in pixels. */
  width: number
  height: number
  /** The time range in Unix seconds. */
  range: [number, number]
  /** Puts the values of variables into a text. */
  fill: (text: string) => string
  /** What happened meanwhile: deploys, alerts. */
  marks?: { time: number; text: string; color: string; href?: string }[]
  onZoom?: (fromS: number, toS: number) => void
  /** Panels of one key share the cursor. */
  syncKey?: string
  /** Where the cells of this panel lead, or null. */
  urlOf?: (place: CellPlace, setting: Partial<Override>) => string | null
  /** There while the panel is edited: keep the width of a column. */
  onColumnWidth?: (name: string, width: number) => void
  /** False where the reader cannot open other pages: a shared link. */
  canLeave?: boolean
}
