import { Button, Menu } from '@mantine/core'
import { IconCheck, IconSelector } from '@tabler/icons-react'

import { useSession } from '@/shared/api/session'
import { useScope, useSetScope } from '@/shared/time/useScope'

export function ProjectSwitch() {
  const session = useSession()
  const { project } = useScope()
  const setScope = useSetScope()
  return (
    <Menu width={220} position="bottom-start" shadow="md">
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          px={8}
          aria-label={`Project ${project}`}
          rightSection={<IconSelector size={14} />}
          styles={{ label: { color: 'var(--v-text)', fontWeight: 600 } }}
        >
          {project}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Project</Menu.Label>
        {session?.projects.map(({ id, name }) => (
          <Menu.Item
            key={id}
            rightSection={name === project ? <IconCheck size={14} /> : null}
            onClick={() => setScope({ project: name })}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
