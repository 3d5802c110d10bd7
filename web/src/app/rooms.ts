import {
  IconActivityHeartbeat,
  IconBolt,
  IconBug,
  IconChartLine,
  IconLayoutDashboard,
  IconListDetails,
  IconPlugConnected,
  IconTimeline,
} from '@tabler/icons-react'

/** The rooms of the house and the pages in them, in the order of the rail. */
export const ROOMS = [
  {
    room: 'Overview',
    pages: [{ to: '/', name: 'Now', key: 'n', icon: IconActivityHeartbeat }],
  },
  {
    room: 'Signals',
    pages: [
      { to: '/explore', name: 'Metrics', key: 'm', icon: IconChartLine },
      { to: '/logs', name: 'Logs', key: 'l', icon: IconListDetails },
      { to: '/traces', name: 'Traces', key: 't', icon: IconTimeline },
      { to: '/errors', name: 'Errors', key: 'e', icon: IconBug },
      { to: '/events', name: 'Events', key: 'v', icon: IconBolt },
    ],
  },
  {
    room: 'Watch',
    pages: [{ to: '/dashboards', name: 'Dashboards', key: 'd', icon: IconLayoutDashboard }],
  },
  {
    room: 'Settings',
    pages: [{ to: '/connect', name: 'Connect', key: 'c', icon: IconPlugConnected }],
  },
] as const

export const PAGES = ROOMS.flatMap(({ pages }) => [...pages])
