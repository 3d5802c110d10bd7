import { ActionIcon } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'

import type { Trace } from '@/shared/api/types'
import { count, dateTime, duration } from '@/shared/format/format'
import { CopyButton } from '@/shared/ui/CopyButton'

import classes from './Trace.module.css'
import type { TraceTree } from './tree'

interface Props {
  trace: Trace
  tree: TraceTree
  colors: Map<string, string>
}

export function TraceHeader({ trace, tree, colors }: Props) {
  const root = tree.rows[0]?.span
  return (
    <header className={classes.header}>
      <ActionIcon aria-label="Back to traces" renderRoot={(props) => <Link {...props} to="/traces" />}>
        <IconArrowLeft size={16} />
      </ActionIcon>
      <div className={classes.title}>
        <h1>
          <span>{root?.service}</span> {root?.name}
        </h1>
        <div className={classes.facts}>
          <span>{root && dateTime(root.timestamp)}</span>
          <b>{duration(tree.durationMs)}</b>
          <span>{count(tree.rows.length)} spans</span>
          {trace.truncated && <span className={classes.warn}>the rest is not shown</span>}
          {tree.errors > 0 && <span className={classes.bad}>{count(tree.errors)} failed</span>}
          <code>
            {trace.trace_id}
            <CopyButton value={trace.trace_id} label="Copy trace id" />
          </code>
        </div>
      </div>
      <ul className={classes.services} aria-label="Services">
        {tree.services.map((service) => (
          <li key={service}>
            <i style={{ background: colors.get(service) }} />
            {service}
          </li>
        ))}
      </ul>
    </header>
  )
}
