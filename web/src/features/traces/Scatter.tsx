import { useResizeObserver } from '@mantine/hooks'
import { useMemo } from 'react'

import type { TraceSummary } from '@/shared/api/types'
import { duration } from '@/shared/format/format'
import { resolve, type TimeRange } from '@/shared/time/range'

import { scatter } from './scatter'
import classes from './Traces.module.css'

interface Props {
  traces: TraceSummary[]
  scope: TimeRange
  onOpen: (traceId: string) => void
}

const LEFT = 52
const PAD = 8

/** The listed traces by time and duration; a dot opens its trace. */
export function Scatter({ traces, scope, onOpen }: Props) {
  const [frame, { width, height }] = useResizeObserver<HTMLDivElement>()
  const { dots, lines } = useMemo(() => {
    const [from, to] = resolve({ from: scope.from, to: scope.to })
    const times = traces.map(({ timestamp }) => Date.parse(timestamp) / 1000)
    // The list holds the newest traces only: show their time, not the empty rest of the range.
    return scatter(traces, Math.max(from, Math.min(...times)), Math.min(to, Math.max(...times) + 0.001))
  }, [traces, scope.from, scope.to])
  const x = (share: number) => LEFT + share * Math.max(0, width - LEFT - PAD)
  const y = (share: number) => PAD + share * Math.max(0, height - 2 * PAD)
  return (
    <div ref={frame} className={classes.scatter}>
      <svg role="img" aria-label="The listed traces by time and duration">
        {lines.map(({ ms, y: share }) => (
          <g key={ms}>
            <line x1={LEFT} x2={width} y1={y(share)} y2={y(share)} />
            <text x={LEFT - 8} y={y(share) + 4} textAnchor="end">
              {duration(ms)}
            </text>
          </g>
        ))}
        {dots.map(({ trace, isFailed, ...dot }) => (
          <circle
            key={trace.trace_id}
            className={classes.dot}
            data-failed={isFailed || undefined}
            cx={x(dot.x)}
            cy={y(dot.y)}
            r={3.5}
            onClick={() => onOpen(trace.trace_id)}
          >
            <title>{`${trace.root_name} · ${duration(trace.duration_ms)}`}</title>
          </circle>
        ))}
      </svg>
    </div>
  )
}
