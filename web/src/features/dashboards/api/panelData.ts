import type { Annotation, DataAnswer, Panel, Variable } from '@/features/dashboards/model/types'
import type { Chosen } from '@/features/dashboards/model/variables'
import { request, requestLines } from '@/shared/api/client'

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

const PATH = '/api/dashboards/data'

const posted = (question: DataQuestion, signal?: AbortSignal) => {
  const { project, panels, variables, definitions, annotations = [], from, to, maxPoints } = question
  const body = { panels, variables, definitions, annotations, from, to, max_points: maxPoints }
  return { method: 'POST' as const, project, body, signal }
}

/** POST /api/dashboards/data: the answers of panels, whether saved or not. */
export const askData = (question: DataQuestion, signal?: AbortSignal) =>
  request<DataAnswer>(PATH, posted(question, signal))

/** The same, each answer as soon as it is there. */
export const askPanels = (
  question: DataQuestion,
  onPanels: (panels: DataAnswer['panels']) => void,
  signal?: AbortSignal,
) => requestLines<Pick<DataAnswer, 'panels'>>(PATH, posted(question, signal), ({ panels }) => onPanels(panels))
