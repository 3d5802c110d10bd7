import { ActionIcon, Tooltip } from '@mantine/core'
import { IconCopy } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'

import { dashboardQuery } from '@/features/dashboards/api/dashboard'
import type { DashboardSummary } from '@/features/dashboards/model/types'
import { Star } from '@/features/dashboards/page/Star'
import { useDashboardActions } from '@/features/dashboards/page/useDashboardActions'
import { TimeAgo } from '@/shared/ui/TimeAgo'

import classes from './DashboardsPage.module.css'

interface Props {
  item: DashboardSummary
  project: string
  canEdit: boolean
  onStars: (uids: string[]) => void
}

export function DashboardRow({ item, project, canEdit, onStars }: Props) {
  const { uid, title, description, tags, panels, shipped, updated_at, updated_by } = item
  const client = useQueryClient()
  const { copy } = useDashboardActions(project)
  const copying = useMutation({
    mutationFn: async () => copy.mutateAsync(await client.fetchQuery(dashboardQuery(project, uid))),
  })
  return (
    <li className={classes.row}>
      <Star uid={uid} title={title} onChange={onStars} />
      <Link to="/dashboards/$uid" params={{ uid }} className={classes.what}>
        <b>{title}</b>
        {description && <span>{description}</span>}
      </Link>
      <span className={classes.labels}>
        {tags.slice(0, 4).map((tag) => (
          <span key={tag}>{tag}</span>
        ))}
      </span>
      <span className={classes.figure}>{panels === 1 ? '1 panel' : `${panels} panels`}</span>
      <span className={classes.when}>
        {shipped ? (
          'read-only'
        ) : (
          <>
            <TimeAgo time={updated_at} />
            {updated_by && <small>{updated_by}</small>}
          </>
        )}
      </span>
      {canEdit && (
        <Tooltip label="Copy to edit">
          <ActionIcon aria-label={`Copy ${title}`} loading={copying.isPending} onClick={() => copying.mutate()}>
            <IconCopy size={15} />
          </ActionIcon>
        </Tooltip>
      )}
    </li>
  )
}
