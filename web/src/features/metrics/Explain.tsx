import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { request } from '@/shared/api/client'
import { Panel } from '@/shared/ui/Panel'

import type { Explanation } from './api'
import classes from './Metrics.module.css'

interface Props {
  project: string
  query: string
}

/** What each part of a query does; pointing at a line marks its text. */
export function Explain({ project, query }: Props) {
  const [over, setOver] = useState<Explanation | null>(null)
  const explained = useQuery({
    queryKey: ['explain', query],
    queryFn: ({ signal }) => request<Explanation>('/api/metrics/explain', { project, params: { query }, signal }),
    enabled: Boolean(query.trim()),
    retry: false,
  })
  if (!explained.data) return null
  const bytes = new TextEncoder().encode(query)
  const part = (from: number, to: number) => new TextDecoder().decode(bytes.slice(from, to))
  return (
    <Panel title="In words">
      <code className={classes.explained}>
        {over ? (
          <>
            {part(0, over.start)}
            <mark>{part(over.start, over.end)}</mark>
            {part(over.end, bytes.length)}
          </>
        ) : (
          query
        )}
      </code>
      <Node part={explained.data} onOver={setOver} />
    </Panel>
  )
}

function Node({ part, onOver }: { part: Explanation; onOver: (part: Explanation | null) => void }) {
  return (
    <ul className={classes.nodes}>
      <li>
        <div className={classes.node} onPointerEnter={() => onOver(part)} onPointerLeave={() => onOver(null)}>
          {part.sentence} <small>{part.kind}</small>
        </div>
        {part.children.map((child) => (
          <Node key={`${child.start} ${child.end} ${child.sentence}`} part={child} onOver={onOver} />
        ))}
      </li>
    </ul>
  )
}
