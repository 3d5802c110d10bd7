import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core'
import { IconArrowBackUp, IconArrowForwardUp, IconPlus, IconSettings } from '@tabler/icons-react'

import { PANEL_TYPES } from '@/features/dashboards/model/panels'
import type { Dashboard, PanelType } from '@/features/dashboards/model/types'
import { PANEL_ICONS } from '@/features/dashboards/panels/icons'

import classes from './Head.module.css'
import type { DraftTools } from './useDraft'

interface Props {
  dashboard: Dashboard
  tools: Pick<DraftTools, 'isDirty' | 'canUndo' | 'canRedo' | 'undo' | 'redo'>
  on: { add: (type: PanelType) => void; settings: () => void; discard: () => void; save: () => void }
}

/** The head of a dashboard under edit. */
export function EditHead({ dashboard, tools, on }: Props) {
  const { isDirty, canUndo, canRedo, undo, redo } = tools
  return (
    <div className={classes.head}>
      <div className={classes.title}>
        <h1 title={dashboard.title}>{dashboard.title}</h1>
        <span className={classes.state}>{isDirty ? 'not saved' : 'editing'}</span>
      </div>
      <div className={classes.tools}>
        <Tooltip label="Undo (⌘Z)">
          <ActionIcon size={30} aria-label="Undo" disabled={!canUndo} onClick={undo}>
            <IconArrowBackUp size={17} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Redo (⇧⌘Z)">
          <ActionIcon size={30} aria-label="Redo" disabled={!canRedo} onClick={redo}>
            <IconArrowForwardUp size={17} />
          </ActionIcon>
        </Tooltip>
        <Menu width={250} position="bottom-end" shadow="md">
          <Menu.Target>
            <Button variant="default" leftSection={<IconPlus size={14} />}>
              Add
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {PANEL_TYPES.map(({ type, name, says }) => {
              const Icon = PANEL_ICONS[type]
              return (
                <Menu.Item key={type} leftSection={<Icon size={16} stroke={1.6} />} onClick={() => on.add(type)}>
                  {name}
                  <small style={{ display: 'block', color: 'var(--v-muted)' }}>{says}</small>
                </Menu.Item>
              )
            })}
          </Menu.Dropdown>
        </Menu>
        <Button variant="default" leftSection={<IconSettings size={15} />} onClick={on.settings} visibleFrom="xs">
          Settings
        </Button>
        <ActionIcon size={30} variant="default" aria-label="Settings" onClick={on.settings} hiddenFrom="xs">
          <IconSettings size={15} />
        </ActionIcon>
        <Button variant="default" onClick={on.discard}>
          {isDirty ? 'Discard' : 'Done'}
        </Button>
        <Button onClick={on.save} disabled={!isDirty}>
          Save
        </Button>
      </div>
    </div>
  )
}
