import { Button, Group, Modal, Text } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'

interface Props {
  isDirty: boolean
  /** The dashboard's own pages, between which the draft is kept. */
  home: string
  onDiscard: () => void
}

/** Nobody loses an edit by leaving: they are asked first. */
export function LeaveGuard({ isDirty, home, onDiscard }: Props) {
  const blocker = useBlocker({
    shouldBlockFn: ({ next }) => isDirty && next.pathname !== home && !next.pathname.startsWith(`${home}/`),
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  })
  if (blocker.status !== 'blocked') return null
  return (
    <Modal opened onClose={blocker.reset} title="Leave without saving?" size="sm">
      <Text size="sm" mb="md">
        This dashboard has changes that are not saved.
      </Text>
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={blocker.reset} data-autofocus>
          Stay
        </Button>
        <Button
          color="red"
          onClick={() => {
            onDiscard()
            blocker.proceed()
          }}
        >
          Discard the changes
        </Button>
      </Group>
    </Modal>
  )
}
