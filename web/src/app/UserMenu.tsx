import { Avatar, Menu, useMantineColorScheme } from '@mantine/core'
import { IconDeviceDesktop, IconLogout, IconMoon, IconSun } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'

import { signOut, useForgetSession, useSession } from '@/shared/api/session'

import classes from './Rail.module.css'

export function UserMenu({ isNarrow }: { isNarrow: boolean }) {
  const session = useSession()
  const forget = useForgetSession()
  const navigate = useNavigate()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const person = session?.person
  const name = person?.name || person?.email || 'You'
  const leave = async () => {
    await signOut().catch(() => undefined)
    forget()
    await navigate({ to: '/sign-in', search: {} as never })
  }
  const themes = [
    ['auto', 'System theme', IconDeviceDesktop],
    ['light', 'Light theme', IconSun],
    ['dark', 'Dark theme', IconMoon],
  ] as const
  return (
    <Menu position="top-start" width={220} shadow="md" withinPortal>
      <Menu.Target>
        <button type="button" className={classes.user} aria-label="Your account">
          <Avatar size={24} radius="xl" name={name} color="iris" alt="" />
          {!isNarrow && <span>{name}</span>}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {person?.email} · {person?.role}
        </Menu.Label>
        {themes.map(([scheme, label, Icon]) => (
          <Menu.Item
            key={scheme}
            leftSection={<Icon size={15} />}
            rightSection={colorScheme === scheme ? '✓' : null}
            onClick={() => setColorScheme(scheme)}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={15} />} onClick={() => void leave()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
