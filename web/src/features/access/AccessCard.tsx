import type { ReactNode } from 'react'

import classes from './AccessCard.module.css'

export function AccessCard({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <img src="/favicon.svg" alt="" width={36} height={36} />
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  )
}
