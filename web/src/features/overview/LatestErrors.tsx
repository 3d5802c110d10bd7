import { Link } from '@tanstack/react-router'

import type { Issue } from '@/shared/api/types'
import { SparkBars } from '@/shared/charts/Sparkline'
import { count } from '@/shared/format/format'
import { Panel } from '@/shared/ui/Panel'
import table from '@/shared/ui/table.module.css'
import { TimeAgo } from '@/shared/ui/TimeAgo'

import classes from './LatestErrors.module.css'

export function LatestErrors({ issues }: { issues: Issue[] }) {
  return (
    <Panel
      title="Latest errors"
      flush
      aside={
        <Link to="/errors" className={table.link}>
          All errors
        </Link>
      }
    >
      {issues.length === 0 ? (
        <div className={table.none}>No errors in this range.</div>
      ) : (
        <ul className={classes.list}>
          {issues.map((issue) => (
            <li key={issue.id}>
              <Link to="/errors/$issueId" params={{ issueId: issue.id }} className={classes.issue}>
                <div className={classes.what}>
                  <b>{issue.type}</b>
                  <span>{issue.value}</span>
                </div>
                <SparkBars
                  values={issue.trend.counts}
                  label={`Trend of ${issue.type}`}
                  width={64}
                  color="var(--v-bad)"
                />
                <div className={classes.when}>
                  {count(issue.events)} ×
                  <small>
                    <TimeAgo time={issue.last_seen} />
                  </small>
                </div>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
