import { Alert } from '@mantine/core'
import { IconDatabaseOff } from '@tabler/icons-react'

import type { Overview } from '@/shared/api/types'
import { TimeAgo } from '@/shared/ui/TimeAgo'

/** Says loudly that nothing can be kept at the moment. */
export function StoreBanner({ store }: { store: Overview['store'] }) {
  if (store.state === 'ok') return null
  return (
    <Alert
      color="#a51d2a"
      variant="filled"
      role="alert"
      icon={<IconDatabaseOff size={18} />}
      title="The store is not writable: new data is being refused"
    >
      {store.detail} {store.since && <>Since <TimeAgo time={store.since} />.</>} Senders are told to retry, so
      nothing is lost that they can hold.
    </Alert>
  )
}
