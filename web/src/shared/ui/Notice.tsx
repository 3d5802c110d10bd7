import type { ReactNode } from 'react'

import classes from './Notice.module.css'

interface Props {
  tone: 'warn' | 'bad'
  title?: ReactNode
  children: ReactNode
}

/** Something to know before going on, or what was refused. */
export function Notice({ tone, title, children }: Props) {
  return (
    <div className={classes.notice} data-tone={tone} role={tone === 'bad' ? 'alert' : undefined}>
      {title && <b>{title}</b>}
      <div>{children}</div>
    </div>
  )
}
