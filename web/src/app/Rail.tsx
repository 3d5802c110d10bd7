import { ActionIcon, Tooltip } from '@mantine/core'
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'

import classes from './Rail.module.css'
import { ROOMS } from './rooms'
import { UserMenu } from './UserMenu'

interface Props {
  isNarrow: boolean
  onToggle?: () => void
  onGo?: () => void
}

export function Rail({ isNarrow, onToggle, onGo }: Props) {
  return (
    <nav className={classes.rail} aria-label="Pages" data-narrow={isNarrow || undefined}>
      <div className={classes.brand}>
        <img src="/favicon.svg" alt="" width={22} height={22} />
        {!isNarrow && <span>Vedette</span>}
        {onToggle && !isNarrow && <Toggle isNarrow={isNarrow} onToggle={onToggle} />}
      </div>
      {ROOMS.map(({ room, pages }) => (
        <div key={room} className={classes.room} role="group" aria-label={room}>
          {!isNarrow && <div className={classes.title}>{room}</div>}
          {pages.map(({ to, name, icon: Icon }) => (
            <Tooltip key={to} label={name} position="right" disabled={!isNarrow}>
              <Link
                to={to}
                aria-label={name}
                className={classes.link}
                activeOptions={{ exact: to === '/', includeSearch: false }}
                activeProps={{ 'data-active': true, 'aria-current': 'page' } as object}
                onClick={onGo}
              >
                <Icon size={17} stroke={1.6} aria-hidden />
                {!isNarrow && <span>{name}</span>}
              </Link>
            </Tooltip>
          ))}
        </div>
      ))}
      <div className={classes.foot}>
        {onToggle && isNarrow && <Toggle isNarrow={isNarrow} onToggle={onToggle} />}
        <UserMenu isNarrow={isNarrow} />
      </div>
    </nav>
  )
}

function Toggle({ isNarrow, onToggle }: { isNarrow: boolean; onToggle: () => void }) {
  const label = isNarrow ? 'Widen the rail' : 'Narrow the rail'
  return (
    <ActionIcon aria-label={label} title={`${label} (⌘\\)`} onClick={onToggle} ml={isNarrow ? 0 : 'auto'}>
      {isNarrow ? <IconLayoutSidebarLeftExpand size={16} /> : <IconLayoutSidebarLeftCollapse size={16} />}
    </ActionIcon>
  )
}
