import { Button, Drawer, Stack } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconRestore } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { dashboardQuery } from '@/features/dashboards/api/dashboard'
import { restoreVersion, versionsQuery } from '@/features/dashboards/api/versions'
import type { Dashboard } from '@/features/dashboards/model/types'
import { ErrorState, RowsSkeleton } from '@/shared/ui/States'
import { TimeAgo } from '@/shared/ui/TimeAgo'

import classes from './VersionsDrawer.module.css'

interface Props {
  project: string
  dashboard: Dashboard
  isOpen: boolean
  onClose: () => void
}

/** Who changed the dashboard, when and why; any version can become the latest again. */
export function VersionsDrawer({ project, dashboard, isOpen, onClose }: Props) {
  const { uid, version: current } = dashboard
  const { data, error, refetch } = useQuery({ ...versionsQuery(project, uid), enabled: isOpen })
  const restore = useRestore(project, uid)
  return (
    <Drawer opened={isOpen} onClose={onClose} position="right" size={420} title="Versions">
      {error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : !data ? (
        <RowsSkeleton rows={6} height={40} />
      ) : (
        <ol className={classes.list}>
          {data.map(({ version, updated_at, updated_by, message }) => (
            <li key={version}>
              <Stack gap={1} miw={0}>
                <b>
                  Version {version}
                  {version === current && <span className={classes.now}>now</span>}
                </b>
                {message && <span>{message}</span>}
                <small>
                  {updated_by || 'Vedette'}, <TimeAgo time={updated_at} />
                </small>
              </Stack>
              {version !== current && (
                <Button
                  variant="default"
                  size="compact-xs"
                  leftSection={<IconRestore size={13} />}
                  aria-label={`Restore version ${version}`}
                  loading={restore.isPending && restore.variables.version === version}
                  onClick={() => restore.mutate({ version, current })}
                >
                  Restore
                </Button>
              )}
            </li>
          ))}
        </ol>
      )}
    </Drawer>
  )
}

/** Restoring can itself be undone: what was before is a version like any other. */
function useRestore(project: string, uid: string) {
  const client = useQueryClient()
  const take = async (saved: Dashboard) => {
    client.setQueryData(dashboardQuery(project, uid).queryKey, saved)
    await client.invalidateQueries({ queryKey: versionsQuery(project, uid).queryKey })
  }
  return useMutation({
    mutationFn: ({ version }: { version: number; current: number }) => restoreVersion(project, uid, version),
    onSuccess: async (saved, { version, current }) => {
      await take(saved)
      const id = notifications.show({
        color: 'iris',
        title: `Version ${version} is back`,
        message: (
          <Button
            variant="subtle"
            size="compact-xs"
            onClick={() => {
              notifications.hide(id)
              void restoreVersion(project, uid, current).then(take)
            }}
          >
            Undo
          </Button>
        ),
      })
    },
    onError: (error) => notifications.show({ color: 'red', title: 'Not restored', message: error.message }),
  })
}
