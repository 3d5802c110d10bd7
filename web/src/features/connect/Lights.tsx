import { Link } from '@tanstack/react-router'

import type { Connect } from '@/shared/api/types'
import { count, rate } from '@/shared/format/format'
import { Panel } from '@/shared/ui/Panel'
import { TimeAgo } from '@/shared/ui/TimeAgo'

import { useArrivals } from './api'
import classes from './Connect.module.css'
import { lightViews } from './lights'

/** One light per signal, which turns on with the first record. */
export function Lights({ connect, project }: { connect: Connect; project: string }) {
  const lights = lightViews(connect.signals, useArrivals(project))
  const isAnyOn = lights.some(({ isOn }) => isOn)
  return (
    <Panel title="3. What has arrived" aside={isAnyOn ? <Link to="/">See Now</Link> : 'waiting…'}>
      <ul className={classes.lights}>
        {lights.map(({ signal, name, isOn, lastRecordAt, lastFiveMinutes, perSecond }) => (
          <li key={signal} data-on={isOn || undefined} aria-label={`${name}: ${isOn ? 'received' : 'nothing yet'}`}>
            <i aria-hidden />
            <b>{name}</b>
            <span>
              {isOn ? (
                <>
                  {lastFiveMinutes > 0 && `${perSecond ? rate(perSecond) : count(lastFiveMinutes)} · `}
                  <TimeAgo time={lastRecordAt} />
                </>
              ) : (
                'nothing yet'
              )}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
