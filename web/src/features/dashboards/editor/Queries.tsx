import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'

import type { Drawn } from '@/features/dashboards/model/panels'
import { newQuery, nextQueryId } from '@/features/dashboards/model/panels'
import type { Panel, Query } from '@/features/dashboards/model/types'
import { usePanelData } from '@/features/dashboards/page/usePanelData'

import classes from './Queries.module.css'
import { QueryRow } from './QueryRow'
import type { ChangePanel } from './PanelEditor'

const MOST = 26

interface Props {
  panel: Panel
  drawn: Drawn
  project: string
  onChange: ChangePanel
}

/** What the panel asks. */
export function Queries({ panel, drawn, project, onChange }: Props) {
  const { queries } = panel
  const { data, error } = usePanelData(drawn.original, drawn.key, true)
  const replace = (id: string, next: Query[], about?: string) =>
    onChange({ queries: queries.flatMap((query) => (query.id === id ? next : [query])) }, about)
  const add = (query: Query) => onChange({ queries: [...queries, query] })
  return (
    <section className={classes.queries} aria-label="Queries">
      {queries.map((query) => (
        <QueryRow
          key={query.id}
          query={query}
          project={project}
          error={
            data?.errors.find((one) => one.query === query.id)?.message ??
            (error && queries.length === 1 ? error.message : undefined)
          }
          onChange={(part, field) => replace(query.id, [{ ...query, ...part }], field && `query ${query.id} ${field}`)}
          onCopy={() => add({ ...query, id: nextQueryId(queries) })}
          onRemove={() => replace(query.id, [])}
        />
      ))}
      {data?.warnings.map((warning) => (
        <p key={warning} className={classes.warning}>
          {warning}
        </p>
      ))}
      <div>
        <Button
          variant="default"
          leftSection={<IconPlus size={14} />}
          disabled={queries.length >= MOST}
          onClick={() => add(newQuery(nextQueryId(queries), queries.at(-1)?.signal))}
        >
          Add a query
        </Button>
      </div>
    </section>
  )
}
