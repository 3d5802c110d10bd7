import { Textarea } from '@mantine/core'

import classes from './Queries.module.css'
import { useTyped } from './useTyped'

interface Props {
  id: string
  project: string
  value: string
  onChange: (text: string) => void
}

/** A PromQL expression. */
export function PromqlInput({ id, value, onChange }: Props) {
  const [text, setText] = useTyped(value, onChange)
  return (
    <Textarea
      size="xs"
      className={classes.mono}
      aria-label={`PromQL of query ${id}`}
      placeholder="sum by (job) (rate(http_requests_total[5m]))"
      autosize
      minRows={2}
      maxRows={10}
      spellCheck={false}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
    />
  )
}
