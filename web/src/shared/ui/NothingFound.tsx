import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'

import { isRelative, rangeLabel } from '@/shared/time/range'
import { useScope, useSetScope } from '@/shared/time/useScope'

import { CodeBlock } from './CodeBlock'
import { EmptyState } from './States'

interface Props {
  /** What was looked for, in the plural: `log records`. */
  what: string
  query: string
  onClear: () => void
  /** The one snippet that fills this page. */
  snippet: { label: string; code: string }
}

/** An empty list: a search that matches nothing, or a signal that was never sent. */
export function NothingFound({ what, query, onClear, snippet }: Props) {
  const scope = useScope()
  const setScope = useSetScope()
  const range = isRelative(scope) ? `the ${rangeLabel(scope).toLowerCase()}` : rangeLabel(scope)
  if (query)
    return (
      <EmptyState
        title={`No ${what} match this search`}
        action={
          <div style={{ display: 'flex', gap: 8 }}>
            <Button variant="default" onClick={onClear}>
              Clear the search
            </Button>
            <Button variant="default" onClick={() => setScope({ from: 'now-7d', to: 'now' })}>
              Search the last 7 days
            </Button>
          </div>
        }
      >
        Nothing in {range} matches <code>{query}</code>.
      </EmptyState>
    )
  return (
    <EmptyState
      title={`No ${what} in ${range}`}
      action={
        <div style={{ display: 'flex', gap: 8 }}>
          <Button component={Link} to="/connect">
            Connect an application
          </Button>
          <Button variant="default" onClick={() => setScope({ from: 'now-7d', to: 'now' })}>
            Look at the last 7 days
          </Button>
        </div>
      }
    >
      <p>Send the first one from a shell, with an ingest key of this project:</p>
      <CodeBlock label={snippet.label} code={snippet.code} />
    </EmptyState>
  )
}
