import { Button, Group, Modal, Stack, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import { contentOf, createDashboard, dashboardQuery, saveDashboard } from '@/features/dashboards/api/dashboard'
import type { Dashboard } from '@/features/dashboards/model/types'
import { ApiError } from '@/shared/api/client'
import { Notice } from '@/shared/ui/Notice'

interface Props {
  project: string
  dashboard: Dashboard
  onClose: () => void
  onSaved: (saved: Dashboard) => void
  /** A copy was made of it: go there. */
  onCopied: (copy: Dashboard) => void
  /** Forget the draft and show what somebody else saved. */
  onTheirs: () => void
}

const isConflict = (error: unknown) => error instanceof ApiError && error.problem.status === 409

/** Keep the draft as a new version; when somebody else has kept one meanwhile, nobody's work is lost. */
export function SaveModal({ project, dashboard, onClose, onSaved, onCopied, onTheirs }: Props) {
  const client = useQueryClient()
  const [message, setMessage] = useState('')
  const save = useMutation({
    mutationFn: async (isOver: boolean) => {
      if (!isOver) return saveDashboard(project, dashboard, message)
      const { version } = await client.fetchQuery({ ...dashboardQuery(project, dashboard.uid), staleTime: 0 })
      return saveDashboard(project, { ...dashboard, version }, message)
    },
    onSuccess: onSaved,
  })
  const copy = useMutation({
    mutationFn: () =>
      createDashboard(project, { ...contentOf(dashboard), title: `${dashboard.title} (copy)` }),
    onSuccess: onCopied,
  })
  const isBusy = save.isPending || copy.isPending
  const error = copy.error ?? save.error
  return (
    <Modal opened onClose={onClose} title={`Save ${dashboard.title}`} size="md">
      {isConflict(error) ? (
        <Stack gap="sm">
          <Notice tone="warn" title="Somebody saved this dashboard while you edited it">
            {error?.message} Nothing of yours is lost: choose what becomes of it. Both stay in the versions.
          </Notice>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose} disabled={isBusy}>
              Keep editing
            </Button>
            <Button variant="default" onClick={onTheirs} disabled={isBusy}>
              Discard mine
            </Button>
            <Button variant="default" onClick={() => copy.mutate()} loading={copy.isPending}>
              Save mine as a copy
            </Button>
            <Button onClick={() => save.mutate(true)} loading={save.isPending}>
              Save mine over it
            </Button>
          </Group>
        </Stack>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            save.mutate(false)
          }}
        >
          <Stack gap="sm">
            <Textarea
              label="What changed, and why"
              description="Shown in the versions; may stay empty"
              size="xs"
              autosize
              minRows={2}
              maxLength={1000}
              data-autofocus
              value={message}
              onChange={(event) => setMessage(event.currentTarget.value)}
            />
            {error && <Faults error={error} />}
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button type="submit" loading={save.isPending}>
                Save
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  )
}

/** What the server refused and where. */
export function Faults({ error }: { error: Error }) {
  const faults = error instanceof ApiError ? (error.problem.errors ?? []) : []
  return (
    <Notice tone="bad">
      {error.message}
      {faults.map(({ where, what }) => (
        <div key={where + what}>
          <code>{where}</code>: {what}
        </div>
      ))}
    </Notice>
  )
}
