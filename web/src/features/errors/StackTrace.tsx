import { useState } from 'react'

import type { ErrorEvent } from '@/shared/api/types'
import { CopyButton } from '@/shared/ui/CopyButton'
import { Panel } from '@/shared/ui/Panel'

import { exceptionViews, type FrameGroup, groupFrames, stackText } from './model'
import classes from './StackTrace.module.css'
import { StackFrame } from './StackFrame'

/** The exceptions of an event with their frames, the innermost on top. */
export function StackTrace({ event }: { event: ErrorEvent }) {
  const views = exceptionViews(event)
  if (views.length === 0)
    return (
      <Panel title="Message">
        <pre className={classes.message}>{event.value || event.type}</pre>
      </Panel>
    )
  return (
    <Panel title="Stack trace" flush aside={<CopyButton value={stackText(views)} label="Copy stack trace" />}>
      {views.map((view, i) => (
        <section key={i} className={classes.exception} aria-label={view.title}>
          <header>
            {i > 0 && <small>caused by</small>}
            <b>{view.title}</b>
            <span>{view.value}</span>
            {view.mechanism && <small>{view.mechanism}</small>}
          </header>
          {view.frames.length === 0 && <p className={classes.none}>No frames were sent.</p>}
          <ol>
            {groupFrames(view.frames, view.hasInApp).map((group, at) => (
              <Group key={at} group={group} />
            ))}
          </ol>
        </section>
      ))}
    </Panel>
  )
}

function Group({ group }: { group: FrameGroup }) {
  const [isShown, setShown] = useState(!group.isFolded)
  const { frames } = group
  if (!isShown)
    return (
      <li>
        <button type="button" className={classes.folded} onClick={() => setShown(true)} aria-expanded={false}>
          {frames.length === 1 ? '1 frame' : `${frames.length} frames`} of libraries
          <span>{frames[0]?.where}</span>
        </button>
      </li>
    )
  return (
    <>
      {frames.map((view, i) => (
        <StackFrame key={i} view={view} />
      ))}
    </>
  )
}
