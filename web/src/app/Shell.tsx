import { AppShell, Drawer } from '@mantine/core'
import { useDisclosure, useHotkeys, useLocalStorage } from '@mantine/hooks'
import { Outlet, useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'

import type { ScopeSearch } from '@/shared/time/useScope'

import { KeyboardHelp } from './KeyboardHelp'
import { Palette } from './Palette'
import { Rail } from './Rail'
import { PAGES } from './rooms'
import classes from './Shell.module.css'
import { TopBar } from './TopBar'

/** The frame of every page behind the sign-in: rail, top bar, palette and keys. */
export function Shell() {
  const { wall } = useSearch({ strict: false }) as ScopeSearch
  const [isNarrow, setNarrow] = useLocalStorage({ key: 'vedette.rail-narrow', defaultValue: false })
  const [isDrawerOpen, drawer] = useDisclosure()
  const [isHelpOpen, help] = useDisclosure()
  useHotkeys([['shift+?', help.toggle]])
  useHotkeys([['mod+\\', () => setNarrow((narrow) => !narrow)]])
  useGoKeys()

  if (wall === '1')
    return (
      <main className={classes.wall} data-wall>
        <Outlet />
      </main>
    )
  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{
        width: isNarrow ? 52 : 196,
        breakpoint: 'sm',
        collapsed: { mobile: true },
      }}
      layout="alt"
      padding={0}
      transitionDuration={0}
    >
      <AppShell.Header className={classes.header}>
        <TopBar onMenu={drawer.open} onHelp={help.open} />
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar}>
        <Rail isNarrow={isNarrow} onToggle={() => setNarrow(!isNarrow)} />
      </AppShell.Navbar>
      <Drawer opened={isDrawerOpen} onClose={drawer.close} size={240} title="Vedette" padding="xs">
        <Rail isNarrow={false} onGo={drawer.close} />
      </Drawer>
      <AppShell.Main className={classes.main}>
        <Outlet />
      </AppShell.Main>
      <Palette onHelp={help.open} />
      <KeyboardHelp isOpen={isHelpOpen} onClose={help.close} />
    </AppShell>
  )
}

/** `g` and then a page's letter goes to that page. */
function useGoKeys() {
  const navigate = useNavigate()
  useEffect(() => {
    let pressedAt = 0
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement
      if (target.closest('input, textarea, select, [contenteditable]')) return
      if (event.metaKey || event.ctrlKey || event.altKey) return
      if (event.key === 'g') {
        pressedAt = Date.now()
        return
      }
      const page = PAGES.find(({ key }) => key === event.key)
      if (page && Date.now() - pressedAt < 1200) void navigate({ to: page.to })
      pressedAt = 0
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [navigate])
}
