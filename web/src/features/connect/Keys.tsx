import { ActionIcon, Button, Group, Modal, Text } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useState } from 'react'

import type { Key } from '@/shared/api/types'
import { Panel } from '@/shared/ui/Panel'
import { TimeAgo } from '@/shared/ui/TimeAgo'

import { useKeys, useRevokeKey } from './api'
import classes from './Connect.module.css'

/** The project's ingest keys, and taking one away. */
export function Keys({ project }: { project: string }) {
  const keys = useKeys(project)
  const revoke = useRevokeKey(project)
  const [chosen, setChosen] = useState<Key | null>(null)
  const valid = keys.data?.items.filter(({ revoked_at }) => !revoked_at) ?? []
  if (valid.length === 0) return null
  return (
    <Panel title="Keys of this project">
      <ul className={classes.keys}>
        {valid.map((key) => (
          <li key={key.id}>
            <span>
              <b>{key.name}</b> <code>{key.prefix}…</code>
              <small>
                {key.last_used_at ? (
                  <>
                    used <TimeAgo time={key.last_used_at} />
                  </>
                ) : (
                  'never used'
                )}
              </small>
            </span>
            <ActionIcon aria-label={`Revoke ${key.name}`} title="Revoke" onClick={() => setChosen(key)}>
              <IconTrash size={15} />
            </ActionIcon>
          </li>
        ))}
      </ul>
      <Modal opened={chosen !== null} onClose={() => setChosen(null)} title={`Revoke ${chosen?.name}?`} size="sm">
        <Text size="sm">Whatever sends with this key is refused from then on. This cannot be undone.</Text>
        {revoke.error && (
          <p role="alert" className={classes.bad}>
            {revoke.error.message}
          </p>
        )}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => setChosen(null)}>
            Keep it
          </Button>
          <Button
            color="red"
            loading={revoke.isPending}
            onClick={() => chosen && revoke.mutate(chosen.id, { onSuccess: () => setChosen(null) })}
          >
            Revoke
          </Button>
        </Group>
      </Modal>
    </Panel>
  )
}
