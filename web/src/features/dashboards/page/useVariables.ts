import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'

import { variableOptionsQuery } from '@/features/dashboards/api/variableOptions'
import type { Variable, VariablesAnswer } from '@/features/dashboards/model/types'
import { type Chosen, chosenOf } from '@/features/dashboards/model/variables'
import type { Scope } from '@/shared/time/useScope'

export interface Variables {
  definitions: Variable[]
  chosen: Chosen
  options: Chosen
  answers: VariablesAnswer['variables']
  isLoading: boolean
  /** Whether every variable has something to be filled in with. */
  isReady: boolean
}

/** The variables of a dashboard: what can be chosen and what is. */
export function useVariables(definitions: Variable[], asked: Chosen, { project, from, to }: Scope): Variables {
  const { data, isLoading } = useQuery(variableOptionsQuery({ project, variables: definitions, values: asked, from, to }))
  const options = useMemo(
    () =>
      Object.fromEntries(
        Object.entries(data ?? {})
          .filter(([, answer]) => !answer.error)
          .map(([name, answer]) => [name, answer.options]),
      ),
    [data],
  )
  const chosen = useMemo(() => chosenOf(definitions, asked, options), [definitions, asked, options])
  const isSettled = definitions.every(({ name, type }) => type === 'text' || (chosen[name]?.length ?? 0) > 0)
  const answers = useMemo(() => data ?? {}, [data])
  return { definitions, chosen, options, answers, isLoading, isReady: isSettled || !isLoading }
}
