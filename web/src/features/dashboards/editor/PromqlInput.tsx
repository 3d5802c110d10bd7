import { PromqlEditor } from '@/shared/ui/promql/PromqlEditor'

import { useTyped } from './useTyped'

interface Props {
  id: string
  project: string
  value: string
  onChange: (text: string) => void
}

/** A PromQL expression. */
export function PromqlInput({ id, project, value, onChange }: Props) {
  const [text, setText] = useTyped(value, onChange)
  return <PromqlEditor label={`PromQL of query ${id}`} project={project} value={text} onChange={setText} isTemplate />
}
