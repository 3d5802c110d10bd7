import { useEffect, useState } from 'react'

import { rangeLabel } from '@/shared/time/range'
import type { Scope } from '@/shared/time/useScope'

import classes from './WallHead.module.css'

/** What a screen in the office shows above the figures: which project, which range, and that time goes on. */
export function WallHead({ scope, title }: { scope: Scope; title?: string }) {
  const [now, setNow] = useState(() => new Date())
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 1000)
    return () => clearInterval(timer)
  }, [])
  return (
    <header className={classes.head}>
      <b>{title ?? scope.project}</b>
      {title && <span>{scope.project}</span>}
      <span>{rangeLabel(scope)}</span>
      <time>{now.toLocaleTimeString('en-GB')}</time>
    </header>
  )
}
