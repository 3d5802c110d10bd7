import type { Refusal } from '@/shared/api/types'
import { count } from '@/shared/format/format'
import { Panel } from '@/shared/ui/Panel'
import table from '@/shared/ui/table.module.css'
import { TimeAgo } from '@/shared/ui/TimeAgo'

/** What was not taken in the last hour, and why. */
export function Refusals({ refusals }: { refusals: Refusal[] }) {
  if (refusals.length === 0) return null
  return (
    <Panel title="Refused in the last hour" flush>
      <table className={table.table}>
        <thead>
          <tr>
            <th>Reason</th>
            <th>From</th>
            <th className={table.num}>Records</th>
            <th className={table.num}>Last</th>
          </tr>
        </thead>
        <tbody>
          {[...refusals].sort(byWeight).map((refusal) => (
            <tr key={`${refusal.protocol} ${refusal.signal} ${refusal.reason}`}>
              <td className={isMerelyUnused(refusal) ? table.muted : table.warn}>{refusal.reason.replaceAll('_', ' ')}</td>
              <td className={table.muted}>
                {refusal.protocol} {refusal.signal}
              </td>
              <td className={table.num}>{count(refusal.count)}</td>
              <td className={`${table.num} ${table.muted}`}>
                <TimeAgo time={refusal.last_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  )
}

/** Kinds of the Sentry protocol that this version has no use for: SDKs send them unasked. */
const isMerelyUnused = ({ reason }: Refusal) => reason.startsWith('unsupported_item')

const byWeight = (a: Refusal, b: Refusal) => Number(isMerelyUnused(a)) - Number(isMerelyUnused(b))
