import { Button, Group, Modal } from '@mantine/core'

import { Notice } from '@/shared/ui/Notice'

import { type KeptJob, useForgetJob } from './api'

interface Props {
  project: string
  job: KeptJob
  onClose: () => void
}

/** Ask once more before a job is forgotten. */
export function ForgetJob({ project, job, onClose }: Props) {
  const forget = useForgetJob(project)
  return (
    <Modal opened onClose={onClose} title={`Delete ${job.name}?`} closeButtonProps={{ 'aria-label': 'Close' }}>
      <p>Its targets are no longer scraped and their series end. What was scraped so far stays.</p>
      {forget.error && <Notice tone="bad">{forget.error.message}</Notice>}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>
          Keep it
        </Button>
        <Button color="red" loading={forget.isPending} onClick={() => forget.mutate(job.id, { onSuccess: onClose })}>
          Delete
        </Button>
      </Group>
    </Modal>
  )
}
