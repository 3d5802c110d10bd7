import classes from './Browser.module.css'
import type { Kind } from './families'

const SHORT: Record<Kind, string> = {
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
  'native histogram': 'native hist.',
  summary: 'summary',
  info: 'info',
  unknown: '?',
}

/** The type of a metric. */
export function Badge({ kind }: { kind: Kind }) {
  return (
    <span className={classes.badge} data-kind={kind} title={kind === 'unknown' ? 'Its type was not told' : kind}>
      {SHORT[kind]}
    </span>
  )
}
