import { use, useRef } from 'react'

import type { Grips } from '@/features/dashboards/grid/Grid'
import { cellUrl, isOfValues } from '@/features/dashboards/model/cells'
import { linkUrl } from '@/features/dashboards/model/links'
import { ownRange } from '@/features/dashboards/model/ownTime'
import type { Drawn } from '@/features/dashboards/model/panels'
import { type Chosen, filled } from '@/features/dashboards/model/variables'
import type { BodyProps } from '@/features/dashboards/panels/body'
import { PanelBody } from '@/features/dashboards/panels/PanelBody'
import { type PanelAction, PanelFrame } from '@/features/dashboards/panels/PanelFrame'
import { resolve, type TimeRange } from '@/shared/time/range'

import { PanelSourceContext, usePanelData } from './usePanelData'
import { useSeen } from './useSeen'

interface Props {
  drawn: Drawn
  options: Chosen
  range: TimeRange
  actions: PanelAction[]
  grips?: Grips | null
  marks?: BodyProps['marks']
  onZoom?: BodyProps['onZoom']
  syncKey?: string
  canLeave?: boolean
  onColumnWidth?: BodyProps['onColumnWidth']
}

/** One panel of a dashboard with its data. */
export function DashboardPanel(props: Props) {
  const { drawn, options, actions, grips = null, marks, onZoom, syncKey, canLeave = true, onColumnWidth } = props
  const { panel, original, key, scoped } = drawn
  const range = ownRange(panel, props.range)
  const hasOwnTime = range !== props.range
  const place = useRef<HTMLDivElement>(null)
  const isSeen = useSeen(place)
  const state = usePanelData(original, key, isSeen)
  const fill = (text: string) => filled(text, scoped, 'text', options)
  const links = panel.links.flatMap((link) => {
    const address = isOfValues(link) ? null : linkUrl(link.url, scoped, range)
    return address && canLeave ? [{ title: fill(link.title), url: address }] : []
  })
  const project = use(PanelSourceContext)?.project ?? ''
  const urlOf: BodyProps['urlOf'] = (cell, setting) =>
    canLeave ? cellUrl(cell, { panel, setting, chosen: scoped, options, range, project }) : null
  return (
    <div ref={place} style={{ height: '100%' }}>
      <PanelFrame
        panel={panel}
        title={fill(panel.title)}
        description={fill(panel.description)}
        data={state.data}
        actions={actions}
        links={links}
        grips={grips}
      >
        <PanelBody
          panel={panel}
          state={state}
          range={resolve(range)}
          fill={fill}
          marks={marks}
          onZoom={onZoom}
          syncKey={hasOwnTime ? undefined : syncKey}
          canLeave={canLeave}
          urlOf={urlOf}
          onColumnWidth={onColumnWidth}
        />
      </PanelFrame>
    </div>
  )
}
