import { Button, Group, Modal, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'

import { dashboardQuery } from '@/features/dashboards/api/dashboard'
import { versionsQuery } from '@/features/dashboards/api/versions'
import type { Drawn } from '@/features/dashboards/model/panels'
import type { Dashboard } from '@/features/dashboards/model/types'

import { InspectModal } from './InspectModal'
import { LeaveGuard } from './LeaveGuard'
import { SaveModal } from './SaveModal'
import { ShareModal } from './ShareModal'
import type { useDashboardActions } from './useDashboardActions'
import type { DraftTools } from './useDraft'
import { VersionsDrawer } from './VersionsDrawer'

const SettingsDrawer = lazy(() =>
  import('@/features/dashboards/settings/SettingsDrawer').then((module) => ({ default: module.SettingsDrawer })),
)

export type Opened =
  | { what: 'save' | 'share' | 'versions' | 'settings' | 'remove' }
  | { what: 'inspect'; drawn: Drawn }

interface Props {
  opened: Opened | null
  onClose: () => void
  project: string
  dashboard: Dashboard
  saved: Dashboard
  tools: DraftTools
  actions: ReturnType<typeof useDashboardActions>
  onSaved: () => void
}

/** What opens over a dashboard. */
export function Dialogs({ opened, onClose, project, dashboard, saved, tools, actions, onSaved }: Props) {
  const client = useQueryClient()
  const { uid } = saved
  const query = dashboardQuery(project, uid)
  const took = async (now: Dashboard) => {
    client.setQueryData(query.queryKey, now)
    tools.drop()
    onClose()
    notifications.show({ color: 'iris', message: `Saved as version ${now.version}` })
    onSaved()
    await client.invalidateQueries({ queryKey: versionsQuery(project, uid).queryKey })
    await actions.relist()
  }
  return (
    <>
      <LeaveGuard isDirty={tools.isDirty} home={`/dashboards/${uid}`} onDiscard={tools.drop} />
      {opened?.what === 'save' && (
        <SaveModal
          project={project}
          dashboard={dashboard}
          onClose={onClose}
          onSaved={(now) => void took(now)}
          onCopied={(copy) => {
            tools.drop()
            onClose()
            void actions.relist()
            actions.open(copy.uid)
          }}
          onTheirs={() => {
            tools.drop()
            onClose()
            onSaved()
            void client.invalidateQueries({ queryKey: query.queryKey })
          }}
        />
      )}
      {opened?.what === 'share' && (
        <ShareModal project={project} dashboard={dashboard} address={location.href} onClose={onClose} />
      )}
      <VersionsDrawer project={project} dashboard={saved} isOpen={opened?.what === 'versions'} onClose={onClose} />
      {opened?.what === 'settings' && (
        <Suspense>
          <SettingsDrawer project={project} dashboard={dashboard} tools={tools} onClose={onClose} />
        </Suspense>
      )}
      {opened?.what === 'inspect' && <InspectModal drawn={opened.drawn} onClose={onClose} />}
      {opened?.what === 'remove' && (
        <Modal opened onClose={onClose} title={`Delete ${saved.title}?`} size="sm">
          <Text size="sm" mb="md">
            The dashboard goes with its versions and shared links. The data stays.
          </Text>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose} data-autofocus>
              Cancel
            </Button>
            <Button
              color="red"
              loading={actions.remove.isPending}
              onClick={() => {
                tools.drop()
                actions.remove.mutate(saved)
              }}
            >
              Delete
            </Button>
          </Group>
        </Modal>
      )}
    </>
  )
}
