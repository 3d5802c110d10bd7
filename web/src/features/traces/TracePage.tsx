import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'

import { ApiError } from '@/shared/api/client'
import type { Trace } from '@/shared/api/types'
import { serviceColors } from '@/shared/charts/colors'
import { useScope } from '@/shared/time/useScope'
import { EmptyState, ErrorState, PageSkeleton } from '@/shared/ui/States'

import { SpanDetail } from './SpanDetail'
import classes from './Trace.module.css'
import { TraceHeader } from './TraceHeader'
import { buildTree } from './tree'
import { useTrace, useTraceErrors, useTraceLogs } from './useTrace'
import { Waterfall } from './Waterfall'

const route = getRouteApi('/shell/traces/$traceId')

/** Where did the time go? */
export function TracePage() {
  const { traceId } = route.useParams()
  const { project } = useScope()
  const { data, error, refetch } = useTrace(project, traceId)
  if (error instanceof ApiError && error.problem.status === 404)
    return (
      <EmptyState title="This trace is not here">
        No span with the trace id <code>{traceId}</code> is in project {project}. Its spans may not have arrived
        yet, or it may be older than what is kept.
      </EmptyState>
    )
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (!data) return <PageSkeleton />
  return <Loaded trace={data} project={project} />
}

function Loaded({ trace, project }: { trace: Trace; project: string }) {
  const { span: selectedId } = route.useSearch()
  const navigate = route.useNavigate()
  const tree = useMemo(() => buildTree(trace.spans), [trace])
  const colors = useMemo(() => serviceColors(tree.services), [tree])
  const logs = useTraceLogs(project, trace.trace_id, Number(tree.startNs / 1_000_000n), tree.durationMs)
  const errors = useTraceErrors(project, trace.trace_id)
  const select = (span: string | undefined) =>
    void navigate({ search: (before) => ({ ...before, span }), replace: true })
  const selected = tree.rows.find(({ span }) => span.span_id === selectedId)
  return (
    <div className={classes.page}>
      <TraceHeader trace={trace} tree={tree} colors={colors} />
      <div className={classes.split}>
        <Waterfall tree={tree} colors={colors} selectedId={selectedId} onSelect={select} />
        {selected && (
          <SpanDetail
            row={selected}
            color={colors.get(selected.span.service)}
            logs={logs.data?.items ?? []}
            errors={errors.data?.items ?? []}
            onClose={() => select(undefined)}
          />
        )}
      </div>
    </div>
  )
}
