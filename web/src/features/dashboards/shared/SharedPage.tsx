import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useEffect, useMemo } from 'react'

import { sharedDataQuery, sharedQuery, sharedVariablesQuery } from '@/features/dashboards/api/sharedDashboard'
import { Board } from '@/features/dashboards/page/Board'
import { BoardSkeleton } from '@/features/dashboards/page/BoardSkeleton'
import { answersOf, type PanelSource, PanelSourceContext } from '@/features/dashboards/page/usePanelData'
import { useDashboardSearch } from '@/features/dashboards/page/useDashboardSearch'
import { markOf } from '@/features/dashboards/page/useSource'
import { VariablesBar } from '@/features/dashboards/page/VariablesBar'
import { chosenOf } from '@/features/dashboards/model/variables'
import type { Dashboard, DataAnswer } from '@/features/dashboards/model/types'
import { fromSeconds, PRESETS, readRange } from '@/shared/time/range'
import { ErrorState } from '@/shared/ui/States'
import { TimeAgo } from '@/shared/ui/TimeAgo'

import classes from './SharedPage.module.css'

/** A dashboard that somebody shared by link: to look at, without sign-in. */
export function SharedPage() {
  const { token = '' } = useParams({ strict: false }) as { token?: string }
  const { data, error, refetch } = useQuery(sharedQuery(token))
  useEffect(() => {
    if (data) document.title = `${data.dashboard.title} · Vedette`
  }, [data])
  if (error && !data)
    return (
      <main className={classes.main}>
        <ErrorState error={error} title="This link does not open" onRetry={() => void refetch()} />
      </main>
    )
  if (!data)
    return (
      <main className={classes.main}>
        <BoardSkeleton />
      </main>
    )
  return <Shared token={token} dashboard={data.dashboard} expiresAt={data.expires_at} />
}

interface Props {
  token: string
  dashboard: Dashboard
  expiresAt: string
}

const LEAST_EVERY_S = 5
const nothing = () => []

function Shared({ token, dashboard, expiresAt }: Props) {
  const { search, set, asked, choose } = useDashboardSearch()
  const { from, to } = readRange(search.from ?? dashboard.time.from, search.to ?? dashboard.time.to)
  const everyS = dashboard.refresh_s && Math.max(LEAST_EVERY_S, dashboard.refresh_s)
  const answers = useQuery(sharedVariablesQuery({ token, vars: asked, from, to, isNeeded: dashboard.variables.length > 0 }))
  const variables = useMemo(() => {
    const options = Object.fromEntries(Object.entries(answers.data ?? {}).map(([name, one]) => [name, one.options]))
    // What is typed freely is not for strangers to choose.
    const definitions = dashboard.variables.filter(({ type }) => type !== 'text')
    const chosen = chosenOf(dashboard.variables, asked, options)
    return { definitions, chosen, options, answers: answers.data ?? {}, isLoading: answers.isLoading, isReady: true }
  }, [answers.data, answers.isLoading, dashboard.variables, asked])
  const question = { token, vars: variables.chosen, from, to, maxPoints: window.innerWidth <= 700 ? 200 : 400, everyMs: everyS * 1000 }
  const all = useQuery(sharedDataQuery(question))
  const source = useSharedSource(all.data, all.error, JSON.stringify([token, variables.chosen, from, to]))
  return (
    <main className={classes.main}>
      <header className={classes.head}>
        <img src="/favicon.svg" alt="" width={20} height={20} />
        <h1>{dashboard.title}</h1>
        <VariablesBar variables={variables} onChoose={choose} />
        <Select
          size="xs"
          w={150}
          aria-label="Time range"
          data={[
            ...PRESETS.map((preset) => ({ value: preset.from, label: preset.label })),
            ...(to === 'now' && PRESETS.some((preset) => preset.from === from) ? [] : [{ value: from, label: 'Chosen range' }]),
          ]}
          value={from}
          allowDeselect={false}
          onChange={(next) => set({ from: next ?? undefined, to: 'now' })}
        />
      </header>
      <div className={classes.board}>
        {all.error && !all.data ? (
          <ErrorState error={all.error} onRetry={() => void all.refetch()} />
        ) : (
          <PanelSourceContext value={source}>
            <Board
              panels={dashboard.panels}
              variables={variables}
              range={{ from, to }}
              actionsOf={nothing}
              marks={all.data?.marks.map(markOf)}
              onZoom={(start, end) => set({ from: fromSeconds(start), to: fromSeconds(end) })}
              syncKey={token}
              canLeave={false}
            />
          </PanelSourceContext>
        )}
      </div>
      <footer className={classes.foot}>
        Shared from Vedette until {new Date(expiresAt).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })}
        {all.dataUpdatedAt > 0 && (
          <>
            {' · updated '}
            <TimeAgo time={new Date(all.dataUpdatedAt).toISOString()} />
          </>
        )}
      </footer>
    </main>
  )
}

/** All panels have one answer here: each waits for it and takes its part. */
function useSharedSource(data: DataAnswer | undefined, error: Error | null, question: string): PanelSource {
  return useMemo(
    () => ({
      keyOf: (panel) => ['shared panel', question, panel.id],
      load: () => Promise.reject(error ?? new Error('No answer')),
      everyMs: 0,
      isReady: false,
      given: data && ((panel) => answersOf(data.panels, panel.id)),
    }),
    [data, error, question],
  )
}
