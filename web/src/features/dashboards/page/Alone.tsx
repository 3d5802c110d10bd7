import { Button } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'

import type { Drawn } from '@/features/dashboards/model/panels'
import type { Chosen } from '@/features/dashboards/model/variables'
import type { BodyProps } from '@/features/dashboards/panels/body'
import type { PanelAction } from '@/features/dashboards/panels/PanelFrame'
import type { TimeRange } from '@/shared/time/range'

import { DashboardPanel } from './DashboardPanel'
import classes from './Page.module.css'

interface Props {
  drawn: Drawn
  options: Chosen
  range: TimeRange
  actionsOf: (drawn: Drawn) => PanelAction[]
  onBack: () => void
  marks?: BodyProps['marks']
  onZoom?: BodyProps['onZoom']
}

/** One panel, as large as the page. */
export function Alone({ drawn, options, range, actionsOf, onBack, marks, onZoom }: Props) {
  return (
    <>
      <div>
        <Button variant="default" leftSection={<IconArrowLeft size={14} />} onClick={onBack}>
          All panels
        </Button>
      </div>
      <div className={classes.alone}>
        <DashboardPanel
          drawn={drawn}
          options={options}
          range={range}
          actions={actionsOf(drawn).filter(({ label }) => label !== 'View')}
          marks={marks}
          onZoom={onZoom}
        />
      </div>
    </>
  )
}
