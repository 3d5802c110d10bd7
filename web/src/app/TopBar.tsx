import { ActionIcon, Kbd, Tooltip, UnstyledButton } from '@mantine/core'
import { spotlight } from '@mantine/spotlight'
import { IconHelp, IconMenu2, IconSearch } from '@tabler/icons-react'

import { LiveToggle } from './LiveToggle'
import { ProjectSwitch } from './ProjectSwitch'
import { RangePicker } from './RangePicker'
import classes from './TopBar.module.css'

export function TopBar({ onMenu, onHelp }: { onMenu: () => void; onHelp: () => void }) {
  return (
    <div className={classes.bar}>
      <ActionIcon hiddenFrom="sm" size="lg" aria-label="Open the menu" onClick={onMenu}>
        <IconMenu2 size={18} />
      </ActionIcon>
      <ProjectSwitch />
      <UnstyledButton className={classes.palette} onClick={spotlight.open} aria-label="Go to anything ⌘K">
        <IconSearch size={14} aria-hidden />
        <span>Go to anything</span>
        <Kbd size="xs">⌘K</Kbd>
      </UnstyledButton>
      <div className={classes.right}>
        <LiveToggle />
        <RangePicker />
        <Tooltip label="Keyboard help (?)">
          <ActionIcon visibleFrom="sm" aria-label="Keyboard help" onClick={onHelp}>
            <IconHelp size={17} />
          </ActionIcon>
        </Tooltip>
      </div>
    </div>
  )
}
