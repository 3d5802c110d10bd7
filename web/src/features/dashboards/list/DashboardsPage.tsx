import { Button, Chip, Group, TextInput } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconPlus, IconSearch, IconUpload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useRef, useState } from 'react'

import { dashboardsQuery } from '@/features/dashboards/api/listDashboards'
import { found, grouped, tagsOf } from '@/features/dashboards/model/listing'
import { recent, starred } from '@/features/dashboards/model/shelf'
import type { DashboardSummary } from '@/features/dashboards/model/types'
import { useDashboardSearch } from '@/features/dashboards/page/useDashboardSearch'
import { useSession } from '@/shared/api/session'
import { useScope } from '@/shared/time/useScope'
import page from '@/shared/ui/listPage.module.css'
import { EmptyState, ErrorState, RowsSkeleton } from '@/shared/ui/States'

import classes from './DashboardsPage.module.css'
import { DashboardRow } from './DashboardRow'
import { ImportModal } from './ImportModal'
import { NewModal } from './NewModal'

const MOST_TAGS = 14

/** Which dashboards are there? */
export function DashboardsPage() {
  const { project } = useScope()
  const { data, error, refetch } = useQuery(dashboardsQuery(project))
  const canEdit = useSession()?.person?.role !== 'viewer'
  const { search: asked, set } = useDashboardSearch()
  const opened = (asked as { open?: string }).open
  const [search, setSearch] = useState('')
  const [tags, setTags] = useState<string[]>([])
  const [stars, setStars] = useState(starred)
  const input = useRef<HTMLInputElement>(null)
  useHotkeys([['/', () => input.current?.focus()]])
  const items = data ?? []
  const matching = found(items, search, tags)
  const open = (what: string | undefined) => set({ open: what })
  const hasOwn = items.some(({ shipped }) => !shipped)
  return (
    <div className={page.page}>
      <div className={page.bar}>
        <h1>Dashboards</h1>
        <TextInput
          ref={input}
          type="search"
          className={classes.search}
          aria-label="Search dashboards"
          placeholder="Title, description or tag"
          leftSection={<IconSearch size={15} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        {canEdit && (
          <Group gap={6}>
            <Button variant="default" leftSection={<IconUpload size={14} />} onClick={() => open('import')}>
              Import
            </Button>
            <Button leftSection={<IconPlus size={14} />} onClick={() => open('new')}>
              New
            </Button>
          </Group>
        )}
      </div>
      <div className={classes.list}>
        {error && !data ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : !data ? (
          <RowsSkeleton rows={8} height={40} />
        ) : (
          <>
            <Tags all={tagsOf(items).slice(0, MOST_TAGS)} chosen={tags} onChoose={setTags} />
            {!search && tags.length === 0 && <Recent items={items} />}
            {!hasOwn && !search && tags.length === 0 && (
              <div className={classes.none}>
                <b>No dashboards of your own yet.</b>
                <span>
                  Begin with an empty one, copy one of those below, or bring yours along from Grafana as JSON.
                </span>
              </div>
            )}
            {grouped(matching, stars).map((group) => (
              <section key={group.name} aria-label={group.name} className={classes.group}>
                <h2>
                  {group.name} <small>{group.items.length}</small>
                </h2>
                <ul>
                  {group.items.map((item) => (
                    <DashboardRow key={item.uid} item={item} project={project} canEdit={canEdit} onStars={setStars} />
                  ))}
                </ul>
              </section>
            ))}
            {matching.length === 0 && items.length > 0 && (
              <EmptyState
                title="No dashboard matches"
                action={
                  <Button
                    variant="default"
                    onClick={() => {
                      setSearch('')
                      setTags([])
                    }}
                  >
                    Show all
                  </Button>
                }
              />
            )}
          </>
        )}
      </div>
      {opened === 'new' && <NewModal project={project} items={items} onClose={() => open(undefined)} />}
      {opened === 'import' && <ImportModal project={project} onClose={() => open(undefined)} />}
    </div>
  )
}

function Tags({ all, chosen, onChoose }: { all: string[]; chosen: string[]; onChoose: (tags: string[]) => void }) {
  if (all.length === 0) return null
  return (
    <Chip.Group multiple value={chosen} onChange={onChoose}>
      <div className={classes.tags} role="group" aria-label="Tags">
        {all.map((tag) => (
          <Chip key={tag} value={tag} size="xs" variant="outline">
            {tag}
          </Chip>
        ))}
      </div>
    </Chip.Group>
  )
}

function Recent({ items }: { items: DashboardSummary[] }) {
  const [uids] = useState(recent)
  const known = uids.flatMap((uid) => items.find((item) => item.uid === uid) ?? []).slice(0, 5)
  if (known.length === 0) return null
  return (
    <section aria-label="Opened lately" className={classes.group}>
      <h2>Opened lately</h2>
      <div className={classes.recent}>
        {known.map(({ uid, title }) => (
          <Link key={uid} to="/dashboards/$uid" params={{ uid }}>
            {title}
          </Link>
        ))}
      </div>
    </section>
  )
}
