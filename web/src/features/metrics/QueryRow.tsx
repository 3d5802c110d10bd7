import { ActionIcon, TextInput, Tooltip } from '@mantine/core'
import { IconCopy, IconEye, IconEyeOff, IconIndentIncrease, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'

import { faultIn } from '@/shared/ui/promql/place'
import { PromqlEditor } from '@/shared/ui/promql/PromqlEditor'

import { ask } from './api'
import classes from './Metrics.module.css'
import type { Asked } from './model'

interface Props {
  query: Asked
  project: string
  error: unknown
  isOnly: boolean
  onChange: (query: Asked) => void
  onDuplicate?: () => void
  onRemove: () => void
  onFocus: () => void
}

/** One query: its expression, its legend, and what is wrong with it. */
export function QueryRow({ query, project, error, isOnly, onChange, onDuplicate, onRemove, onFocus }: Props) {
  const [text, setText] = useState(query.text)
  const [shown, setShown] = useState(query.text)
  if (shown !== query.text) {
    setShown(query.text)
    setText(query.text)
  }
  const message = error == null ? '' : error instanceof Error ? error.message : String(error)
  const format = async () => {
    const { data } = await ask<string>('format_query', project, { query: text })
    onChange({ ...query, text: data })
  }
  const run = () => onChange({ ...query, text: text.trim() })
  return (
    <div className={classes.query} data-hidden={query.hidden || undefined}>
      <span className={classes.id} aria-hidden>
        {query.id}
      </span>
      <div className={classes.expression} onFocus={onFocus} onBlur={() => text.trim() !== query.text && run()}>
        <PromqlEditor
          label={`Query ${query.id}`}
          project={project}
          value={text}
          onChange={setText}
          onRun={run}
          fault={text === query.text ? faultIn(message) : null}
          hint="A metric or an expression, such as sum by (job) (rate(http_requests_total[5m]))"
        />
        {message && (
          <p className={classes.fault} role="alert">
            {message}
          </p>
        )}
      </div>
      <TextInput
        className={classes.legend}
        size="xs"
        aria-label={`Legend of query ${query.id}`}
        placeholder="Legend, {{label}}"
        defaultValue={query.legend}
        key={query.legend}
        onBlur={(event) =>
          event.currentTarget.value !== query.legend && onChange({ ...query, legend: event.currentTarget.value })
        }
        onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
      />
      <div className={classes.actions}>
        <Tooltip label={query.hidden ? 'Show' : 'Hide'}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`${query.hidden ? 'Show' : 'Hide'} query ${query.id}`}
            onClick={() => onChange({ ...query, hidden: !query.hidden })}
          >
            {query.hidden ? <IconEyeOff size={15} /> : <IconEye size={15} />}
          </ActionIcon>
        </Tooltip>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Lay out query ${query.id}`}
          title="Lay out over lines"
          disabled={!text.trim() || faultIn(message) !== null}
          onClick={() => void format().catch(() => {})}
        >
          <IconIndentIncrease size={15} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Duplicate query ${query.id}`}
          disabled={!onDuplicate}
          onClick={onDuplicate}
        >
          <IconCopy size={15} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Remove query ${query.id}`}
          disabled={isOnly}
          onClick={onRemove}
        >
          <IconTrash size={15} />
        </ActionIcon>
      </div>
    </div>
  )
}
