import type { ReactNode } from 'react'

import classes from './Panel.module.css'

interface Props {
  title?: ReactNode
  aside?: ReactNode
  children: ReactNode
  flush?: boolean
  label?: string
}

/** A titled surface; `flush` leaves its content without padding. */
export function Panel({ title, aside, children, flush = false, label }: Props) {
  return (
    <section className={classes.panel} aria-label={label ?? (typeof title === 'string' ? title : undefined)}>
      {(title || aside) && (
        <header className={classes.head}>
          <h2>{title}</h2>
          {aside && <div className={classes.aside}>{aside}</div>}
        </header>
      )}
      <div className={flush ? undefined : classes.body}>{children}</div>
    </section>
  )
}
