import { ActionIcon } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'

import classes from './SidePanel.module.css'

interface Props {
  title: ReactNode
  label: string
  onClose: () => void
  actions?: ReactNode
  children: ReactNode
}

/** Details beside a list; over it on narrow screens. Escape closes it. */
export function SidePanel({ title, label, onClose, actions, children }: Props) {
  useHotkeys([['Escape', onClose]])
  return (
    <aside className={classes.panel} aria-label={label}>
      <header className={classes.head}>
        <div className={classes.title}>{title}</div>
        {actions}
        <ActionIcon variant="subtle" color="gray" aria-label="Close details" onClick={onClose}>
          <IconX size={16} />
        </ActionIcon>
      </header>
      <div className={classes.body}>{children}</div>
    </aside>
  )
}
