import '@mantine/spotlight/styles.css'

import { useMantineColorScheme } from '@mantine/core'
import { Spotlight, type SpotlightActionGroupData, type SpotlightFilterFunction } from '@mantine/spotlight'
import {
  IconFolder,
  IconHelp,
  IconHistory,
  IconLayoutDashboard,
  IconSearch,
  IconSunMoon,
  IconTimeline,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'

import { dashboardsQuery } from '@/features/dashboards/api/listDashboards'
import { lately } from '@/features/dashboards/model/listing'
import { recent as recentDashboards } from '@/features/dashboards/model/shelf'
import { useSession } from '@/shared/api/session'
import { useScope, useSetScope } from '@/shared/time/useScope'
import { recentSearches } from '@/shared/ui/recent'

import { PAGES } from './rooms'

const ICON = { size: 16, stroke: 1.6 }
const SEARCHABLE = ['/logs', '/traces', '/errors', '/events'] as const
const TRACE_ID = /^[0-9a-f]{32}$/i

/** ⌘K: go to any page, dashboard, trace or recent search; switch project or theme. */
export function Palette({ onHelp }: { onHelp: () => void }) {
  const [typed, setTyped] = useState('')
  const session = useSession()
  const navigate = useNavigate()
  const setScope = useSetScope()
  const { setColorScheme } = useMantineColorScheme()
  const [isOpened, setOpened] = useState(false)
  const { project } = useScope()
  const { data: known } = useQuery({ ...dashboardsQuery(project), enabled: isOpened })

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
    group: 'Trace',
    actions: TRACE_ID.test(text)
      ? [
          {
            id: 'jump to trace',
            label: `Open trace ${text}`,
            leftSection: <IconTimeline {...ICON} />,
            onClick: () =>
              void navigate({ to: '/traces/$traceId', params: { traceId: text.toLowerCase() } }),
          },
        ]
      : [],
  }
  const dashboards: SpotlightActionGroupData = {
    group: 'Dashboards',
    actions: lately(known ?? [], recentDashboards(), Boolean(text)).map(({ uid, title, shipped }) => ({
      id: `dashboard ${uid}`,
      label: title,
      description: shipped ? 'part of Vedette' : undefined,
      leftSection: <IconLayoutDashboard {...ICON} />,
      onClick: () => void navigate({ to: '/dashboards/$uid', params: { uid } }),
    })),
  }
  const searches: SpotlightActionGroupData = {
    group: 'Search',
    actions: text
      ? SEARCHABLE.map((to) => ({
          id: `search ${to}`,
          label: `Search ${to.slice(1)} for “${text}”`,
          leftSection: <IconSearch {...ICON} />,
          onClick: () => void navigate({ to, search: { query: text } }),
        }))
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
        id: 'query history',
        label: 'Metrics: queries asked before',
        leftSection: <IconHistory {...ICON} />,
        onClick: () => void navigate({ to: '/explore', search: (before) => ({ ...before, panel: 'history' }) }),
      },
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
      actions={text ? [jump, pages, dashboards, recent, projects, commands, searches] : [dashboards, pages, recent, projects, commands]}
      filter={keepMatching}
      shortcut={['mod + K']}
      query={typed}
      onQueryChange={setTyped}
      onSpotlightOpen={() => setOpened(true)}
      onSpotlightClose={() => setTyped('')}
      styles={{ content: { background: 'var(--v-raised)', border: '1px solid var(--v-border)' } }}
      overlayProps={{ backgroundOpacity: 0.45, blur: 2 }}
      scrollable
      maxHeight={420}
      nothingFound="Nothing by that name"
      highlightQuery
      searchProps={{
        leftSection: <IconSearch size={18} />,
        placeholder: 'Go to a page, a dashboard, a trace id, a search…',
        'aria-label': 'Command palette',
      }}
    />
  )
}


/** Everything whose label holds what was typed, in the order given. */
function keepMatching(typed: string, groups: Parameters<SpotlightFilterFunction>[1]) {
  const wanted = typed.trim().toLowerCase()
  return groups.map((group) =>
    'actions' in group
      ? {
          ...group,
          actions: group.actions.filter(({ label = '' }) => label.toLowerCase().includes(wanted)),
        }
      : group,
  )
}
