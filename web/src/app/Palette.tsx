import '@mantine/spotlight/styles.css'

import { useMantineColorScheme } from '@mantine/core'
import { Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight'
import { IconFolder, IconHelp, IconHistory, IconSearch, IconSunMoon, IconTimeline } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'

import { useSession } from '@/shared/api/session'
import { useSetScope } from '@/shared/time/useScope'
import { recentSearches } from '@/shared/ui/recent'

import { PAGES } from './rooms'

const ICON = { size: 16, stroke: 1.6 }
const TRACE_ID = /^[0-9a-f]{32}$/i

/** ⌘K: go to any page, trace or recent search; switch project or theme. */
export function Palette({ onHelp }: { onHelp: () => void }) {
  const [typed, setTyped] = useState('')
  const session = useSession()
  const navigate = useNavigate()
  const setScope = useSetScope()
  const { setColorScheme } = useMantineColorScheme()

  const pages: SpotlightActionGroupData = {
    group: 'Pages',
    actions: PAGES.map(({ to, name, icon: Icon }) => ({
      id: `page ${to}`,
      label: name,
      leftSection: <Icon {...ICON} />,
      onClick: () => void navigate({ to }),
    })),
  }
  const text = typed.trim()
  const jump: SpotlightActionGroupData = {
    group: 'Search',
    actions: text
      ? [
          ...(TRACE_ID.test(text)
            ? [
                {
                  id: 'jump to trace',
                  label: `Open trace ${text.slice(0, 16)}…`,
                  keywords: text,
                  leftSection: <IconTimeline {...ICON} />,
                  onClick: () =>
                    void navigate({ to: '/traces/$traceId', params: { traceId: text.toLowerCase() } }),
                },
              ]
            : []),
          ...(['/logs', '/traces', '/errors', '/events'] as const).map((to) => ({
            id: `search ${to}`,
            label: `Search ${to.slice(1)} for “${text}”`,
            keywords: text,
            leftSection: <IconSearch {...ICON} />,
            onClick: () => void navigate({ to, search: { query: text } }),
          })),
        ]
      : [],
  }
  const recent: SpotlightActionGroupData = {
    group: 'Recent searches',
    actions: recentSearches()
      .slice(0, 6)
      .map(({ page, query }) => ({
        id: `recent ${page} ${query}`,
        label: query,
        description: page.slice(1),
        leftSection: <IconHistory {...ICON} />,
        onClick: () => void navigate({ to: page as '/logs', search: { query } }),
      })),
  }
  const projects: SpotlightActionGroupData = {
    group: 'Projects',
    actions: (session?.projects ?? []).map(({ id, name }) => ({
      id: `project ${id}`,
      label: `Switch to project ${name}`,
      leftSection: <IconFolder {...ICON} />,
      onClick: () => setScope({ project: name }),
    })),
  }
  const commands: SpotlightActionGroupData = {
    group: 'Commands',
    actions: [
      ...(['light', 'dark', 'auto'] as const).map((scheme) => ({
        id: `theme ${scheme}`,
        label: `Theme: ${scheme === 'auto' ? 'system' : scheme}`,
        leftSection: <IconSunMoon {...ICON} />,
        onClick: () => setColorScheme(scheme),
      })),
      {
        id: 'help',
        label: 'Keyboard help',
        leftSection: <IconHelp {...ICON} />,
        onClick: onHelp,
      },
    ],
  }
  return (
    <Spotlight
      actions={[pages, jump, recent, projects, commands]}
      shortcut={['mod + K']}
      query={typed}
      onQueryChange={setTyped}
      onSpotlightClose={() => setTyped('')}
      scrollable
      maxHeight={420}
      nothingFound="Nothing by that name"
      highlightQuery
      searchProps={{
        leftSection: <IconSearch size={18} />,
        placeholder: 'Go to a page, a trace id, a search…',
        'aria-label': 'Command palette',
      }}
    />
  )
}

