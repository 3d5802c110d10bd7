import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, use, useMemo } from 'react'

import { batched } from '@/features/dashboards/api/batch'
import { askPanels } from '@/features/dashboards/api/panelData'
import type { DataAnswer, Panel, PanelData, Variable } from '@/features/dashboards/model/types'
import type { Chosen } from '@/features/dashboards/model/variables'
import type { PanelState } from '@/features/dashboards/panels/PanelBody'

/** The answers of one panel: under its id, or under `id/value` for each copy of a repeated one. */
export type Answers = Record<string, PanelData>

/** Where the panels of a page get their answers. */
export interface PanelSource {
  keyOf: (panel: Panel) => unknown[]
  load: (panel: Panel, signal?: AbortSignal) => Promise<Answers>
  /** Empty where there is none to go to: a shared link. */
  project?: string
  /** How often to ask again, in milliseconds; 0 = not by itself. */
  everyMs: number
  isReady: boolean
  /** Answers that are there already, where the page has them all at once. */
  given?: (panel: Panel) => Answers
}

export const PanelSourceContext = createContext<PanelSource | null>(null)

export interface Asking {
  project: string
  variables: Chosen
  definitions: Variable[]
  from: string
  to: string
  maxPoints: number
}

/** The answers out of a document that belong to the panel. */
export const answersOf = (panels: DataAnswer['panels'], id: number): Answers =>
  Object.fromEntries(Object.entries(panels).filter(([key]) => key === String(id) || key.startsWith(`${id}/`)))

/** What of a panel its answers depend on. */
const questionOf = ({ type, queries, repeat, needs, range, shift, options }: Panel) =>
  [type, queries, repeat, needs, range, shift, options.buckets]

/** Panels answered by the server, several to a request. */
export function useServerSource(asking: Asking, rows: Panel[], everyMs: number, isReady: boolean): PanelSource {
  const question = JSON.stringify(asking)
  const repeatedRows = JSON.stringify(rows.filter(({ repeat }) => repeat))
  return useMemo(() => {
    const asked = JSON.parse(question) as Asking
    const around = JSON.parse(repeatedRows) as Panel[]
    const ask = batched<Panel, Answers>(async (panels, signal, tell) => {
      const all: DataAnswer['panels'] = {}
      await askPanels(
        { ...asked, panels: [...around, ...panels] },
        (some) => {
          Object.assign(all, some)
          panels.forEach(({ id }, place) => {
            const own = some[id]
            if (own) tell(place, { [id]: own })
          })
        },
        signal,
      )
      // Of a panel that is repeated all copies belong together.
      panels.forEach(({ id }, place) => tell(place, answersOf(all, id)))
    })
    return {
      keyOf: (panel) => [asked.project, 'panel', panel.id, questionOf(panel), asked, around],
      load: ask,
      project: asked.project,
      everyMs,
      isReady,
    }
  }, [question, repeatedRows, everyMs, isReady])
}

/** The state of a panel, or of one copy of it. `isWanted` is false while nobody can see it. */
export function usePanelData(panel: Panel, key: string, isWanted: boolean): PanelState {
  const source = use(PanelSourceContext)
  const client = useQueryClient()
  const hasQuestion = panel.type !== 'text' && panel.type !== 'row' && (panel.queries.length > 0 || Boolean(panel.needs))
  const queryKey = source?.keyOf(panel) ?? ['no source']
  const { data, error, isFetching, refetch } = useQuery({
    queryKey,
    queryFn: ({ signal }) => (source as PanelSource).load(panel, signal),
    enabled: isWanted && hasQuestion && Boolean(source?.isReady),
    refetchInterval: source?.everyMs || false,
    placeholderData: (before, query) => before ?? (query && client.getQueryData(query.queryKey)),
    staleTime: 2_000,
  })
  const answers = source?.given?.(panel) ?? data
  const answer = answers?.[key] ?? (answers && Object.values(answers)[0])
  return {
    data: hasQuestion ? answer : { frames: [], errors: [], warnings: [] },
    error,
    isFetching,
    retry: () => void refetch(),
  }
}
