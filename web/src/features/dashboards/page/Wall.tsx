import { useHotkeys } from '@mantine/hooks'
import type { ReactNode } from 'react'

import type { Dashboard } from '@/features/dashboards/model/types'
import type { Scope } from '@/shared/time/useScope'
import { WallHead } from '@/shared/ui/WallHead'

import classes from './Page.module.css'

interface Props {
  dashboard: Dashboard
  scope: Scope
  onLeave: () => void
  children: ReactNode
}

/** The dashboard for a screen in the office: nothing but figures. Escape leads back. */
export function Wall({ dashboard, scope, onLeave, children }: Props) {
  useHotkeys([
    [
      'Escape',
      () => {
        if (document.fullscreenElement) void document.exitFullscreen()
        onLeave()
      },
    ],
  ])
  return (
    <div className={classes.wall}>
      <WallHead scope={scope} title={dashboard.title} />
      {children}
    </div>
  )
}
