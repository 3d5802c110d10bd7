import { queryOptions } from '@tanstack/react-query'

import type { Variable, VariablesAnswer } from '@/features/dashboards/model/types'
import type { Chosen } from '@/features/dashboards/model/variables'
import { request } from '@/shared/api/client'

interface Question {
  project: string
  variables: Variable[]
  values: Chosen
  from: string
  to: string
}

/** POST /api/dashboards/variables: what can be chosen for each variable. */
export const variableOptionsQuery = ({ project, variables, values, from, to }: Question) =>
  queryOptions({
    queryKey: [project, 'dashboard variables', variables, values, from, to],
    queryFn: ({ signal }) =>
      request<VariablesAnswer>('/api/dashboards/variables', {
        method: 'POST',
        project,
        body: { variables, values, from, to },
        signal,
      }),
    select: ({ variables: answers }) => answers,
    enabled: variables.length > 0,
    placeholderData: (before) => before,
    staleTime: 60_000,
  })
