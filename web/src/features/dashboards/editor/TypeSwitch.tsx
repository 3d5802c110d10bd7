import { UnstyledButton } from '@mantine/core'

import { PANEL_TYPES } from '@/features/dashboards/model/panels'
import type { PanelType } from '@/features/dashboards/model/types'
import { PANEL_ICONS } from '@/features/dashboards/panels/icons'

import classes from './PanelForm.module.css'

/** What kind of panel it is. */
export function TypeSwitch({ type, onChange }: { type: PanelType; onChange: (type: PanelType) => void }) {
  return (
    <div className={classes.types} role="radiogroup" aria-label="Kind of panel">
      {PANEL_TYPES.filter((one) => one.type !== 'row').map((one) => {
        const Icon = PANEL_ICONS[one.type]
        return (
          <UnstyledButton
            key={one.type}
            role="radio"
            aria-checked={one.type === type}
            className={classes.type}
            title={one.says}
            onClick={() => onChange(one.type)}
          >
            <Icon size={18} stroke={1.5} aria-hidden />
            {one.name}
          </UnstyledButton>
        )
      })}
    </div>
  )
}
