import type { Attributes as Values, ErrorEvent } from '@/shared/api/types'
import { text } from '@/shared/format/format'
import { Attributes } from '@/shared/ui/Attributes'
import { Panel } from '@/shared/ui/Panel'

import { isObject } from './model'

/** The request, the contexts and whatever else came with an event. */
export function EventFacts({ event }: { event: ErrorEvent }) {
  const { request, contexts, extra } = event
  const { headers, ...about } = request ?? {}
  const groups = Object.entries(contexts).filter(([, value]) => isObject(value))
  const isEmpty =
    Object.keys(request ?? {}).length === 0 && groups.length === 0 && Object.keys(extra).length === 0
  if (isEmpty) return null
  return (
    <Panel title="Details">
      <Attributes title="Request" values={about} />
      <Attributes title="Headers" values={headersOf(headers)} />
      {groups.map(([name, value]) => (
        <Attributes key={name} title={name} values={value as Values} />
      ))}
      <Attributes title="Extra" values={extra} />
    </Panel>
  )
}

/** Headers come as an object or as a list of pairs. */
function headersOf(headers: unknown): Values {
  if (!headers) return {}
  if (Array.isArray(headers))
    return Object.fromEntries(headers.filter(Array.isArray).map(([name, value]: unknown[]) => [text(name), value]))
  return isObject(headers) ? headers : {}
}
