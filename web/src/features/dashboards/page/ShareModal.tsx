import { ActionIcon, Button, Group, Modal, Select, Stack, TextInput, Tooltip } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import { revokeShare, shareDashboard, sharesQuery } from '@/features/dashboards/api/shares'
import type { Dashboard, Share } from '@/features/dashboards/model/types'
import { dateTime } from '@/shared/format/format'
import { CopyButton } from '@/shared/ui/CopyButton'

import { Faults } from './SaveModal'
import classes from './ShareModal.module.css'

const HOUR = 3600
const EXPIRIES = [
  { value: String(HOUR), label: 'One hour' },
  { value: String(24 * HOUR), label: 'One day' },
  { value: String(7 * 24 * HOUR), label: 'One week' },
  { value: String(30 * 24 * HOUR), label: '30 days' },
  { value: String(365 * 24 * HOUR), label: 'One year' },
]

interface Props {
  project: string
  dashboard: Dashboard
  /** The page as it is seen now, for those who may sign in. */
  address: string
  onClose: () => void
}

/** A link for colleagues, and links that open this dashboard without sign-in until they expire. */
export function ShareModal({ project, dashboard, address, onClose }: Props) {
  const { uid, title } = dashboard
  const client = useQueryClient()
  const [expiry, setExpiry] = useState(EXPIRIES[2]?.value as string)
  const shares = useQuery(sharesQuery(project, uid))
  const refresh = () => client.invalidateQueries({ queryKey: sharesQuery(project, uid).queryKey })
  const share = useMutation({
    mutationFn: () => shareDashboard(project, uid, Number(expiry)),
    onSuccess: refresh,
  })
  const revoke = useMutation({
    mutationFn: (id: number) => revokeShare(project, uid, id),
    onSuccess: refresh,
  })
  const open = (shares.data ?? []).filter(
    ({ revoked_at, expires_at }) => !revoked_at && Date.parse(expires_at) > Date.now(),
  )
  return (
    <Modal opened onClose={onClose} title={`Share ${title}`} size="lg">
      <Stack gap="lg">
        <section>
          <h3 className={classes.title}>For people who can sign in</h3>
          <Address label="Link to this view" value={address} />
        </section>
        <section>
          <h3 className={classes.title}>For anybody who has the link</h3>
          <p className={classes.hint}>
            Opens this dashboard and nothing else, read-only, without sign-in. It ends by itself and can be revoked.
          </p>
          <Group gap="xs" align="flex-end">
            <Select
              label="Ends after"
              size="xs"
              w={150}
              data={EXPIRIES}
              value={expiry}
              allowDeselect={false}
              onChange={(value) => value && setExpiry(value)}
            />
            <Button onClick={() => share.mutate()} loading={share.isPending}>
              Make a link
            </Button>
          </Group>
          {share.error && <Faults error={share.error} />}
          {share.data && (
            <div className={classes.made}>
              <Address label="Shared link" value={share.data.url} />
              <small>This is the only time the link is shown.</small>
            </div>
          )}
          {open.length > 0 && (
            <ul className={classes.list} aria-label="Links that open">
              {open.map((one) => (
                <Line key={one.id} share={one} onRevoke={() => revoke.mutate(one.id)} />
              ))}
            </ul>
          )}
        </section>
      </Stack>
    </Modal>
  )
}

function Address({ label, value }: { label: string; value: string }) {
  return (
    <TextInput
      aria-label={label}
      value={value}
      readOnly
      onFocus={(event) => event.currentTarget.select()}
      rightSection={<CopyButton value={value} label={`Copy ${label.toLowerCase()}`} />}
      classNames={{ input: classes.address }}
    />
  )
}

function Line({ share, onRevoke }: { share: Share; onRevoke: () => void }) {
  return (
    <li>
      <span>
        Link {share.id}
        <small>
          by {share.created_by}, until {dateTime(share.expires_at).slice(0, -7)}
        </small>
      </span>
      <Tooltip label="Revoke">
        <ActionIcon aria-label={`Revoke link ${share.id}`} onClick={onRevoke}>
          <IconTrash size={15} />
        </ActionIcon>
      </Tooltip>
    </li>
  )
}
