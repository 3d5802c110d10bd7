import type { Annotation, DataAnswer, Panel, Variable } from '@/features/dashboards/model/types'
import type { Chosen } from '@/features/dashboards/model/variables'
import { request } from '@/shared/api/client'

export interface DataQuestion {
  project: string
  panels: Panel[]
  variables: Chosen
  definitions: Variable[]
  annotations?: Annotation[]
  from: string
  to: string
  maxPoints: number
}

/** POST /api/dashboards/data: the answers of panels, whether saved or not. */
export const askData = (question: DataQuestion, signal?: AbortSignal) => {
  const { project, panels, variables, definitions, annotations = [], from, to, maxPoints } = question
  return request<DataAnswer>('/api/dashboards/data', {
    method: 'POST',
    project,
    body: { panels, variables, definitions, annotations, from, to, max_points: maxPoints },
    signal,
  })
}
