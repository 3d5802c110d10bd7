import { useEffect, useState } from 'react'

import { ago, dateTime } from '@/shared/format/format'

/** How long ago something was, kept up to date; the exact time is its title. */
export function TimeAgo({ time }: { time: string | null | undefined }) {
  const [, tick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 5000)
    return () => clearInterval(timer)
  }, [])
  if (!time) return <span>never</span>
  return (
    <time dateTime={time} title={dateTime(time)}>
      {ago(time)}
    </time>
  )
}
