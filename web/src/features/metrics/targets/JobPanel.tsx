import { ActionIcon } from '@mantine/core'
import { IconPencil, IconTrash } from '@tabler/icons-react'

import type { ActiveTarget } from '@/features/metrics/api'
import { count, duration } from '@/shared/format/format'
import { Panel } from '@/shared/ui/Panel'
import table from '@/shared/ui/table.module.css'
import { TimeAgo } from '@/shared/ui/TimeAgo'

import type { useScraped } from './api'
import classes from './Targets.module.css'
import { type Job, keyOf, timeOrNever } from './targets'

type Scraped = ReturnType<typeof useScraped>['data']

interface Props {
  job: Job
  scraped: Scraped
  onEdit?: () => void
  onForget?: () => void
}

/** One job and its targets. */
export function JobPanel({ job, scraped, onEdit, onForget }: Props) {
  return (
    <Panel
      flush
      label={`Job ${job.name}`}
      title={
        <>
          {job.name} <span className={classes.source}>{job.keptId !== null ? 'entered here' : 'from the configuration file'}</span>
        </>
      }
      aside={
        <span className={classes.aside}>
          {job.dropped > 0 && <span>{count(job.dropped)} dropped by relabelling</span>}
          {onEdit && (
            <ActionIcon size="sm" variant="subtle" color="gray" aria-label={`Edit ${job.name}`} onClick={onEdit}>
              <IconPencil size={14} />
            </ActionIcon>
          )}
          {onForget && (
            <ActionIcon size="sm" variant="subtle" color="gray" aria-label={`Delete ${job.name}`} onClick={onForget}>
              <IconTrash size={14} />
            </ActionIcon>
          )}
        </span>
      }
    >
      {job.targets.length === 0 ? (
        <p className={classes.none}>{job.dropped ? 'Relabelling drops all targets of this job.' : 'No targets found so far.'}</p>
      ) : (
        <div className={table.scroll}>
          <table className={`${table.table} ${classes.targets}`}>
            <thead>
              <tr>
                <th>State</th>
                <th>Target</th>
                <th className={table.wide}>Last hour</th>
                <th className={table.num}>Scraped</th>
                <th className={`${table.num} ${table.wide}`}>Took</th>
                <th className={`${table.num} ${table.wide}`}>Samples</th>
              </tr>
            </thead>
            <tbody>
              {job.targets.map((target) => (
                <Target key={target.scrapeUrl + keyOf(target.labels)} target={target} scraped={scraped} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  )
}

function Target({ target, scraped }: { target: ActiveTarget; scraped: Scraped }) {
  const key = keyOf(target.labels)
  const last = timeOrNever(target.lastScrape)
  const labels = Object.entries(target.labels).filter(([name]) => name !== 'job')
  return (
    <tr>
      <td>
        <span className={classes.health} data-state={target.health}>
          <i aria-hidden /> {target.health}
        </span>
      </td>
      <td className={classes.target}>
        <span className={classes.url}>{target.scrapeUrl}</span>
        <small>{labels.map(([name, value]) => `${name}="${value}"`).join('  ')}</small>
        {target.lastError && <em>{target.lastError}</em>}
      </td>
      <td className={table.wide}>
        <Strip answers={scraped?.answers.get(key)} />
      </td>
      <td className={table.num} title={`every ${target.scrapeInterval}, at most ${target.scrapeTimeout}`}>
        {last ? <TimeAgo time={last} /> : 'never'}
      </td>
      <td className={`${table.num} ${table.wide}`}>{last ? duration(target.lastScrapeDuration * 1000) : '–'}</td>
      <td className={`${table.num} ${table.wide}`}>{count(scraped?.samples.get(key)?.[0])}</td>
    </tr>
  )
}

/** The last hour by the minute: answered, failed, not asked. */
function Strip({ answers }: { answers?: (number | null)[] }) {
  if (!answers) return null
  const failed = answers.filter((one) => one === 0).length
  return (
    <span className={classes.strip} role="img" aria-label={failed ? `failed in ${failed} of the last 60 minutes` : 'answered in the last hour'}>
      {answers.map((one, at) => (
        <i key={at} data-up={one === null ? undefined : one > 0 ? 'yes' : 'no'} />
      ))}
    </span>
  )
}
