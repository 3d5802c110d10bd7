import { Link } from '@tanstack/react-router'

import type { Rule, RuleGroup } from '@/features/metrics/api'
import classes from '@/features/metrics/targets/Targets.module.css'
import { timeOrNever } from '@/features/metrics/targets/targets'
import { duration, span } from '@/shared/format/format'
import { Panel } from '@/shared/ui/Panel'
import table from '@/shared/ui/table.module.css'
import { TimeAgo } from '@/shared/ui/TimeAgo'

import { fileName } from './rules'

/** A group of rules, which are worked out one after the other. */
export function GroupPanel({ group }: { group: RuleGroup }) {
  const last = timeOrNever(group.lastEvaluation)
  return (
    <Panel
      flush
      label={`Group ${group.name}`}
      title={
        <>
          {group.name}{' '}
          <span className={classes.source} title={group.file}>
            {fileName(group.file)}
          </span>
        </>
      }
      aside={
        <>
          every {span(group.interval)} · {last ? <>{duration(group.evaluationTime * 1000)}, <TimeAgo time={last} /></> : 'not yet worked out'}
        </>
      }
    >
      <div className={table.scroll}>
        <table className={`${table.table} ${classes.targets}`}>
          <thead>
            <tr>
              <th>State</th>
              <th>Name</th>
              <th>Expression</th>
              <th className={table.num}>Evaluated</th>
              <th className={table.num}>Took</th>
            </tr>
          </thead>
          <tbody>
            {group.rules.map((rule, at) => (
              <Row key={at} rule={rule} />
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  )
}

const WORDS = { ok: 'ok', err: 'failing', unknown: 'not yet' }

function Row({ rule }: { rule: Rule }) {
  const last = timeOrNever(rule.lastEvaluation)
  const isAlert = rule.type === 'alerting'
  const labels = Object.entries(rule.labels).map(([name, value]) => `${name}="${value}"`)
  return (
    <tr>
      <td>
        <span className={classes.health} data-state={isAlert ? 'unknown' : rule.health === 'ok' ? 'up' : rule.health === 'err' ? 'down' : 'unknown'}>
          <i aria-hidden /> {isAlert ? 'not evaluated' : WORDS[rule.health]}
        </span>
      </td>
      <td className={classes.name}>
        {isAlert || rule.health !== 'ok' ? rule.name : <Explore text={rule.name} />}
        {labels.length > 0 && <small> {`{${labels.join(', ')}}`}</small>}
      </td>
      <td className={classes.expression}>
        <Explore text={rule.query} />
        {isAlert && <small>for {span(rule.duration ?? 0)}{rule.annotations?.summary && ` · ${rule.annotations.summary}`}</small>}
        {rule.lastError && <em>{rule.lastError}</em>}
      </td>
      <td className={table.num}>{last ? <TimeAgo time={last} /> : 'never'}</td>
      <td className={table.num}>{last ? duration(rule.evaluationTime * 1000) : '–'}</td>
    </tr>
  )
}

const Explore = ({ text }: { text: string }) => (
  <Link to="/explore" search={{ query: text }} className={table.link}>
    {text}
  </Link>
)
