import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'

import { contentOf, createDashboard, deleteDashboard } from '@/features/dashboards/api/dashboard'
import { type ExportFormat, exportDashboard } from '@/features/dashboards/api/exporting'
import { dashboardsQuery } from '@/features/dashboards/api/listDashboards'
import type { Dashboard } from '@/features/dashboards/model/types'

const failed = (title: string) => (error: Error) =>
  notifications.show({ color: 'red', title, message: error.message })

/** Copy, remove and export a dashboard. */
export function useDashboardActions(project: string) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const relist = () => client.invalidateQueries({ queryKey: dashboardsQuery(project).queryKey })
  const open = (uid: string, search: object = {}) =>
    void navigate({ to: '/dashboards/$uid', params: { uid }, search: search as never })

  const copy = useMutation({
    mutationFn: (dashboard: Dashboard) =>
      createDashboard(project, { ...contentOf(dashboard), title: `${dashboard.title} (copy)` }),
    onSuccess: async (made) => {
      await relist()
      open(made.uid, { edit: '1' })
    },
    onError: failed('Not copied'),
  })
  const remove = useMutation({
    mutationFn: (dashboard: Dashboard) => deleteDashboard(project, dashboard.uid),
    onSuccess: async (_, { title }) => {
      await relist()
      notifications.show({ color: 'iris', message: `${title} is deleted` })
      await navigate({ to: '/dashboards' })
    },
    onError: failed('Not deleted'),
  })
  const save = useMutation({
    mutationFn: async ({ dashboard, format }: { dashboard: Dashboard; format: ExportFormat }) =>
      download(
        `${slug(dashboard.title)}${format === 'grafana' ? '.grafana' : ''}.json`,
        await exportDashboard(project, dashboard.uid, format),
      ),
    onError: failed('Not exported'),
  })
  return { copy, remove, export: save, open, relist }
}

const slug = (title: string) => title.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '') || 'dashboard'

function download(name: string, document_: object) {
  const url = URL.createObjectURL(new Blob([`${JSON.stringify(document_, null, 2)}\n`], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
