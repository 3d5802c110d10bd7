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
          {[...crumbs]
            .reverse()
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

function timeOf(timestamp: string | null): string {
  if (!timestamp) return ''
  return Number.isNaN(Date.parse(timestamp)) ? timestamp : clock(timestamp)
}

function dataOf({ data }: Breadcrumb): string {
  const isEmpty = typeof data === 'object' && data !== null && Object.keys(data).length === 0
  return isEmpty ? '' : text(data)
}
