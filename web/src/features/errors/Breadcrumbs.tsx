import type { Breadcrumb } from '@/shared/api/types'
import { clock, text } from '@/shared/format/format'
import { Panel } from '@/shared/ui/Panel'

import classes from './Issue.module.css'

const SHOWN = 100

/** What happened before, the latest first. */
export function Breadcrumbs({ crumbs }: { crumbs: Breadcrumb[] }) {
  if (crumbs.length === 0) return null
  return (
    <Panel title="Breadcrumbs" aside={`${crumbs.length}, latest first`} flush>
      <table className={classes.crumbs}>
        <tbody>
          {latestFirst(crumbs)
            .slice(0, SHOWN)
            .map((crumb, i) => (
              <tr key={i} data-level={crumb.level || undefined}>
                <td>{timeOf(crumb.timestamp)}</td>
                <td>{crumb.category || crumb.type}</td>
                <td>
                  {crumb.message}
                  <span style={{ color: 'var(--v-muted)' }}> {dataOf(crumb)}</span>
                </td>
              </tr>
            ))}
        </tbody>
      </table>
    </Panel>
  )
}

/** By time, as crumbs of several threads come mixed; one without a time stays where it was sent. */
function latestFirst(crumbs: Breadcrumb[]): Breadcrumb[] {
  let last = Number.NEGATIVE_INFINITY
  const timed = crumbs.map((crumb) => {
    const at = Date.parse(crumb.timestamp ?? '')
    last = Number.isNaN(at) ? last : at
    return { crumb, at: last }
  })
  return timed
    .reverse()
    .sort((a, b) => b.at - a.at)
    .map(({ crumb }) => crumb)
}

function timeOf(timestamp: string | null): string {
  if (!timestamp) return ''
  return Number.isNaN(Date.parse(timestamp)) ? timestamp : clock(timestamp)
}

/** The time in words that Python's logging adds stands in the first column already. */
function dataOf({ data }: Breadcrumb): string {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return text(data)
  const told = Object.entries(data).filter(([name]) => name !== 'asctime')
  return told.length === 0 ? '' : text(Object.fromEntries(told))
}
