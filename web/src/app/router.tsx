import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
  retainSearchParams,
} from '@tanstack/react-router'

import { whenSignedOut } from '@/shared/api/client'
import { sessionQuery } from '@/shared/api/session'
import type { ScopeSearch } from '@/shared/time/useScope'
import { PageSkeleton } from '@/shared/ui/States'

import { NotFound } from './NotFound'
import { PageError } from './PageError'
import { queryClient } from './queryClient'
import { keeping, keepingWith, parseSearch, stringifySearch } from './search'
import { Shell } from './Shell'

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: keeping('next'),
  component: lazyRouteComponent(() => import('@/features/access/SignInPage'), 'SignInPage'),
})
const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  validateSearch: keeping('token'),
  component: lazyRouteComponent(() => import('@/features/access/SetupPage'), 'SetupPage'),
})

const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  validateSearch: keeping('project', 'from', 'to', 'live', 'wall'),
  search: { middlewares: [retainSearchParams<ScopeSearch>(['project', 'from', 'to', 'live'])] },
  beforeLoad: async ({ location }) => {
    try {
      await queryClient.ensureQueryData(sessionQuery)
    } catch {
      throw redirect({ to: '/sign-in', search: { next: location.href } })
    }
  },
  component: Shell,
  notFoundComponent: NotFound,
})

const overview = createRoute({
  getParentRoute: () => shell,
  path: '/',
  component: lazyRouteComponent(() => import('@/features/overview/OverviewPage'), 'OverviewPage'),
})
const metrics = createRoute({
  getParentRoute: () => shell,
  path: '/explore',
  validateSearch: keepingWith('q-', 'query', 'view', 'draw', 'unit', 'step', 'stacked', 'compare', 'panel', 'tab', 'histogram'),
  component: lazyRouteComponent(() => import('@/features/metrics/MetricsPage'), 'MetricsPage'),
})
const logs = createRoute({
  getParentRoute: () => shell,
  path: '/logs',
  validateSearch: keeping('query', 'record'),
  component: lazyRouteComponent(() => import('@/features/logs/LogsPage'), 'LogsPage'),
})
const traces = createRoute({
  getParentRoute: () => shell,
  path: '/traces',
  validateSearch: keeping('query'),
  component: lazyRouteComponent(() => import('@/features/traces/TracesPage'), 'TracesPage'),
})
const trace = createRoute({
  getParentRoute: () => shell,
  path: '/traces/$traceId',
  validateSearch: keeping('span'),
  component: lazyRouteComponent(() => import('@/features/traces/TracePage'), 'TracePage'),
})
const errors = createRoute({
  getParentRoute: () => shell,
  path: '/errors',
  validateSearch: keeping('query', 'status'),
  component: lazyRouteComponent(() => import('@/features/errors/IssuesPage'), 'IssuesPage'),
})
const issue = createRoute({
  getParentRoute: () => shell,
  path: '/errors/$issueId',
  validateSearch: keeping('event'),
  component: lazyRouteComponent(() => import('@/features/errors/IssuePage'), 'IssuePage'),
})
const events = createRoute({
  getParentRoute: () => shell,
  path: '/events',
  validateSearch: keeping('query', 'record'),
  component: lazyRouteComponent(() => import('@/features/events/EventsPage'), 'EventsPage'),
})
const dashboards = createRoute({
  getParentRoute: () => shell,
  path: '/dashboards',
  validateSearch: keeping('open'),
  component: lazyRouteComponent(() => import('@/features/dashboards/list/DashboardsPage'), 'DashboardsPage'),
})
const dashboard = createRoute({
  getParentRoute: () => shell,
  path: '/dashboards/$uid',
  validateSearch: keepingWith('var-', 'edit', 'panel', 'refresh'),
  component: lazyRouteComponent(() => import('@/features/dashboards/page/DashboardPage'), 'DashboardPage'),
})
const panelEditor = createRoute({
  getParentRoute: () => shell,
  path: '/dashboards/$uid/edit-panel/$panelId',
  validateSearch: keepingWith('var-', 'edit', 'refresh'),
  component: lazyRouteComponent(
    () => import('@/features/dashboards/editor/PanelEditorPage'),
    'PanelEditorPage',
  ),
})
const sharedDashboard = createRoute({
  getParentRoute: () => root,
  path: '/shared/$token',
  validateSearch: keepingWith('var-', 'from', 'to'),
  component: lazyRouteComponent(() => import('@/features/dashboards/shared/SharedPage'), 'SharedPage'),
})
const connect = createRoute({
  getParentRoute: () => shell,
  path: '/connect',
  validateSearch: keeping('with'),
  component: lazyRouteComponent(() => import('@/features/connect/ConnectPage'), 'ConnectPage'),
})

const watch = [dashboards, dashboard, panelEditor]
const pages = [overview, metrics, logs, traces, trace, errors, issue, events, ...watch, connect]

const routeTree = root.addChildren([
  signIn,
  setup,
  sharedDashboard,
  shell.addChildren([
    overview,
    metrics,
    logs,
    traces,
    trace,
    errors,
    issue,
    events,
    dashboards,
    dashboard,
    panelEditor,
    connect,
  ]),
])

export const router = createRouter({
  routeTree,
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultPendingComponent: PageSkeleton,
  defaultPendingMs: 120,
  defaultErrorComponent: PageError,
})

const PAGE_FIRST_MS = 3000

/** Fetch the code of all pages once the first one stands, so that going to another one waits for data only. */
export function preloadPages() {
  const left = [...pages]
  const idly = (work: () => void) =>
    'requestIdleCallback' in window ? requestIdleCallback(work, { timeout: 4000 }) : setTimeout(work, 200)
  const next = () => {
    const page = left.shift()
    const loading = page?.options.component?.preload?.() ?? Promise.resolve()
    if (page) void loading.catch(() => undefined).then(() => idly(next))
  }
  // The page that is open comes first: its own data and drawings take a while.
  setTimeout(next, PAGE_FIRST_MS)
}

whenSignedOut(() => {
  queryClient.clear()
  const { pathname, href } = router.state.location
  if (pathname !== '/sign-in' && pathname !== '/setup')
    void router.navigate({ to: '/sign-in', search: { next: href } })
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
