import { ActionIcon, Button } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'

import { request } from '@/shared/api/client'
import type { components } from '@/shared/api/schema.gen'
import { count } from '@/shared/format/format'
import { Notice } from '@/shared/ui/Notice'
import { Panel } from '@/shared/ui/Panel'
import table from '@/shared/ui/table.module.css'
import { TimeAgo } from '@/shared/ui/TimeAgo'

import classes from './Targets.module.css'

type Group = components['schemas']['PushGroup']
type Groups = components['schemas']['PushGroupList']

/** What jobs have pushed as to a Pushgateway; nothing when there is none. */
export function PushedGroups({ project, canDelete }: { project: string; canDelete: boolean }) {
  const client = useQueryClient()
  const key = [project, 'pushes']
  const groups = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ signal, pageParam }) => request<Groups>('/api/pushes', { project, signal, params: { cursor: pageParam } }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    refetchInterval: 15_000,
  })
  const forget = useMutation({
    mutationFn: (id: number) => request<void>(`/api/pushes/${id}`, { method: 'DELETE', project }),
    onSuccess: () => client.invalidateQueries({ queryKey: key }),
  })
  const items = groups.data?.pages.flatMap((page) => page.items) ?? []
  if (!items.length) return null
  return (
    <Panel flush title="Pushed groups" aside="as to a Pushgateway">
      {forget.error && <Notice tone="bad">{forget.error.message}</Notice>}
      <div className={table.scroll}>
        <table className={`${table.table} ${classes.pushes}`}>
          <thead>
            <tr>
              <th>Group</th>
              <th className={table.num}>Pushed</th>
              <th className={table.num}>Refused</th>
              <th className={table.num}>Series</th>
              <th aria-label="Actions" />
            </tr>
          </thead>
          <tbody>
            {items.map((group) => (
              <Row key={group.id} group={group} onForget={canDelete ? () => forget.mutate(group.id) : undefined} />
            ))}
          </tbody>
        </table>
      </div>
      {groups.hasNextPage && (
        <Button m={10} size="xs" variant="default" loading={groups.isFetchingNextPage} onClick={() => void groups.fetchNextPage()}>
          More groups
        </Button>
      )}
    </Panel>
  )
}

function Row({ group, onForget }: { group: Group; onForget?: () => void }) {
  const others = Object.entries(group.labels).filter(([name]) => name !== 'job')
  const isFailing = group.last_failure !== null && (group.last_push === null || group.last_failure > group.last_push)
  return (
    <tr>
      <td className={classes.target}>
        <span className={classes.url}>{group.job}</span>
        {others.length > 0 && <small>{others.map(([name, value]) => `${name}="${value}"`).join('  ')}</small>}
      </td>
      <td className={table.num}>{group.last_push ? <TimeAgo time={group.last_push} /> : 'never'}</td>
      <td className={`${table.num} ${isFailing ? table.bad : ''}`}>{group.last_failure ? <TimeAgo time={group.last_failure} /> : '–'}</td>
      <td className={table.num}>{count(group.series)}</td>
      <td className={table.num}>
        {onForget && (
          <ActionIcon size="sm" variant="subtle" color="gray" aria-label={`Delete the group ${group.job}`} title="Delete the group: its series end" onClick={onForget}>
            <IconTrash size={14} />
          </ActionIcon>
        )}
      </td>
    </tr>
  )
}
