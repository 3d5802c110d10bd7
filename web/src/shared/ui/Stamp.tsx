import { dateTime } from '@/shared/format/format'

import classes from './Stamp.module.css'

/** A moment to the millisecond; narrow screens leave the day out. */
export function Stamp({ time }: { time: string }) {
  const text = dateTime(time)
  const at = text.lastIndexOf(' ')
  return (
    <time dateTime={time} title={text} className={classes.stamp}>
      <span>{text.slice(0, at)} </span>
      {text.slice(at + 1)}
    </time>
  )
}
