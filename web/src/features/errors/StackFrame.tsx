import { IconChevronRight } from '@tabler/icons-react'
import { useState } from 'react'

import { Attributes } from '@/shared/ui/Attributes'

import { type FrameView, hasContext, isObject } from './model'
import classes from './StackTrace.module.css'

export function StackFrame({ view }: { view: FrameView }) {
  const { frame, where, isInApp, lines } = view
  const [isOpen, setOpen] = useState(view.isOpen)
  const canOpen = hasContext(frame)
  return (
    <li className={classes.frame} data-in-app={isInApp || undefined}>
      <button
        type="button"
        className={classes.where}
        disabled={!canOpen}
        aria-expanded={canOpen ? isOpen : undefined}
        onClick={() => setOpen(!isOpen)}
      >
        <IconChevronRight size={13} className={classes.arrow} data-open={isOpen || undefined} aria-hidden />
        <span title={frame.abs_path || undefined}>
          {where}
          {frame.lineno != null && (
            <em>
              :{frame.lineno}
              {frame.colno ? `:${frame.colno}` : ''}
            </em>
          )}{' '}
          in <b>{frame.function || '?'}</b>
        </span>
        {isInApp && <small>in app</small>}
      </button>
      {isOpen && lines.length > 0 && (
        <pre className={classes.source} tabIndex={0}>
          {lines.map(({ number, text, isCurrent }, i) => (
            <div key={i} data-current={isCurrent || undefined}>
              <i>{number}</i>
              {text || ' '}
            </div>
          ))}
        </pre>
      )}
      {isOpen && isObject(frame.vars) && (
        <div className={classes.vars}>
          <Attributes title="Variables" values={frame.vars} />
        </div>
      )}
    </li>
  )
}
