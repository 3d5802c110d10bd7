import { useLocalStorage } from '@mantine/hooks'
import { useQueries, useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { ask, type Data, type Explanation } from '@/features/metrics/api'
import { request } from '@/shared/api/client'
import { Panel } from '@/shared/ui/Panel'

import classes from './Explain.module.css'
import { askable, type Finding, findingOf, keyOf, partsWithin } from './inspect'

/** So many series of a part are looked at. */
const MOST = 1000
const MOST_PARTS = 40

interface Props {
  project: string
  id: string
  query: string
  /** The moment the parts are worked out for, Unix seconds. */
  atS: number
}
interface Found {
  finding?: Finding
  tookMs?: number
  error?: string
}

/** What each part of a query does and what it gives by itself; pointing at a line marks its text. */
export function Explain({ project, id, query, atS }: Props) {
  const [isOpen, setOpen] = useLocalStorage({ key: 'vedette.metrics.explain', defaultValue: true })
  const [over, setOver] = useState<Explanation | null>(null)
  const explained = useQuery({
    queryKey: ['explain', query],
    queryFn: ({ signal }) => request<Explanation>('/api/metrics/explain', { project, params: { query }, signal }),
    enabled: Boolean(query.trim()),
    staleTime: Infinity,
    retry: false,
  })
  const parts = explained.data ? partsWithin(explained.data).slice(0, MOST_PARTS) : []
  const answers = useQueries({
    queries: parts.map((part) => ({
      // Live pages move on every few seconds; the parts follow by the minute.
      queryKey: [project, 'part', part.text, part.kind, Math.floor(atS / 60)],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        ask<Data>('query', project, { query: askable(part), time: atS, limit: MOST }, signal),
      enabled: isOpen,
      staleTime: 60_000,
      retry: false,
    })),
  })
  if (!explained.data) return null
  const found = new Map<string, Found>(
    parts.map((part, at) => {
      const { data, error } = answers[at] ?? {}
      return [keyOf(part), { finding: data && findingOf(data.data, MOST), tookMs: data?.tookMs, error: error?.message }]
    }),
  )
  const bytes = new TextEncoder().encode(query)
  const piece = (from: number, to: number) => new TextDecoder().decode(bytes.slice(from, to))
  return (
    <Panel
      title={`${id} in words`}
      aside={
        <button type="button" className={classes.toggle} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Hide' : 'Show'}
        </button>
      }
    >
      {isOpen ? (
        <>
          <code className={classes.text}>
            {over ? (
              <>
                {piece(0, over.start)}
                <mark>{piece(over.start, over.end)}</mark>
                {piece(over.end, bytes.length)}
              </>
            ) : (
              query
            )}
          </code>
          <Node part={explained.data} found={found} onOver={setOver} />
        </>
      ) : (
        <span className={classes.sentence}>{explained.data.sentence}</span>
      )}
    </Panel>
  )
}

interface NodeProps {
  part: Explanation
  found: Map<string, Found>
  onOver: (part: Explanation | null) => void
}

function Node({ part, found, onOver }: NodeProps) {
  return (
    <ul className={classes.nodes}>
      <li>
        <div
          className={classes.node}
          tabIndex={0}
          onPointerEnter={() => onOver(part)}
          onPointerLeave={() => onOver(null)}
          onFocus={() => onOver(part)}
          onBlur={() => onOver(null)}
        >
          <div>
            <span className={classes.sentence}>{part.sentence}</span>
            <code>{part.text.replace(/\s+/g, ' ')}</code>
          </div>
          <Figures found={found.get(keyOf(part))} isRange={part.kind === 'range vector'} />
        </div>
        {part.children.map((child) => (
          <Node key={keyOf(child)} part={child} found={found} onOver={onOver} />
        ))}
      </li>
    </ul>
  )
}

function Figures({ found, isRange }: { found?: Found; isRange: boolean }) {
  if (found?.error)
    return (
      <small className={classes.bad} title={found.error}>
        {found.error}
      </small>
    )
  if (!found?.finding) return <small />
  const { value, series, labels, isCut } = found.finding
  return (
    <small className={classes.figures} data-empty={(series === 0) || undefined}>
      <b>
        {value ?? (series === 0 ? 'no series' : `${series}${isCut ? ' or more' : ''} series`)}
        {isRange && series > 0 && ' of samples'}
      </b>
      {labels.map((label) => (
        <span key={label.name}>
          {label.name} <i>{label.values}</i>
        </span>
      ))}
      <span>{Math.max(1, Math.round(found.tookMs ?? 0))} ms</span>
    </small>
  )
}
