import { Button, Menu, Tooltip } from '@mantine/core'
import { IconCheck, IconChevronDown, IconRefresh } from '@tabler/icons-react'

const CHOICES = [0, 1, 2, 5, 10, 30, 60, 300]

const name = (seconds: number) => (seconds === 0 ? 'Off' : seconds < 60 ? `${seconds} s` : `${seconds / 60} min`)

interface Props {
  everyS: number
  onEvery: (seconds: number) => void
  onNow: () => void
}

/** Ask again now, or how often by itself. */
export function RefreshControl({ everyS, onEvery, onNow }: Props) {
  return (
    <Button.Group>
      <Tooltip label="Refresh">
        <Button variant="default" px={8} aria-label="Refresh now" onClick={onNow}>
          <IconRefresh size={14} />
        </Button>
      </Tooltip>
      <Menu width={130} position="bottom-end" shadow="md">
        <Menu.Target>
          <Button variant="default" px={8} aria-label={`Refresh every: ${name(everyS)}`} rightSection={<IconChevronDown size={13} />}>
            {name(everyS)}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>Refresh every</Menu.Label>
          {CHOICES.map((seconds) => (
            <Menu.Item
              key={seconds}
              rightSection={seconds === everyS ? <IconCheck size={14} /> : null}
              onClick={() => onEvery(seconds)}
            >
              {name(seconds)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </Button.Group>
  )
}
