import { Button, Modal, Select, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'

import { request } from '@/shared/api/client'
import type { components } from '@/shared/api/schema.gen'
import type { Page } from '@/shared/api/types'
import { Notice } from '@/shared/ui/Notice'

import type { panelOf } from './panels'

type Dashboard = components['schemas']['Dashboard']
type Panel = components['schemas']['Panel']
type Summary = components['schemas']['DashboardSummary']

interface Props {
  project: string
  /** What the panel shows. */
  shown: ReturnType<typeof panelOf>
  onClose: () => void
}

const NEW = ''

/** Keep the queries as a panel, of a dashboard that is there or of a new one. */
export function AddToDashboard({ project, shown, onClose }: Props) {
  const navigate = useNavigate()
  const cache = useQueryClient()
  const [title, setTitle] = useState(shown.queries[0]?.text.slice(0, 80) ?? '')
  const [uid, setUid] = useState<string>(NEW)
  const list = useQuery({
    queryKey: [project, 'own dashboards'],
    queryFn: ({ signal }) => request<Page<Summary>>('/api/dashboards', { project, signal }),
  })
  const own = (list.data?.items ?? []).filter(({ shipped }) => !shipped)
  const add = useMutation({
    mutationFn: async () => {
      if (uid === NEW) {
        const content = { title: title || 'New dashboard', panels: [panel(1, 0, title, shown)] }
        return request<Dashboard>('/api/dashboards', { method: 'POST', project, body: content })
      }
      const path = `/api/dashboards/${encodeURIComponent(uid)}`
      const there = await request<Dashboard>(path, { project })
      const id = Math.max(0, ...there.panels.map((one) => one.id)) + 1
      const bottom = Math.max(0, ...there.panels.map(({ grid }) => grid.y + grid.h))
      const panels = [...there.panels, panel(id, bottom, title, shown)]
      const { version, description, tags, variables, annotations, links, time, refresh_s } = there
      const kept = { title: there.title, version, description, tags, variables, annotations, links, time, refresh_s }
      return request<Dashboard>(path, { method: 'PUT', project, body: { ...kept, panels, message: `Added ${title}` } })
    },
    onSuccess: (dashboard) => {
      void cache.invalidateQueries({ queryKey: [project] })
      void navigate({ to: '/dashboards/$uid', params: { uid: dashboard.uid } })
    },
  })
  return (
    <Modal opened onClose={onClose} title="Add to a dashboard" closeButtonProps={{ 'aria-label': 'Close' }}>
      <form
        style={{ display: 'grid', gap: 12 }}
        onSubmit={(event) => {
          event.preventDefault()
          add.mutate()
        }}
      >
        <TextInput label="Title of the panel" value={title} onChange={(event) => setTitle(event.currentTarget.value)} />
        <Select
          label="Dashboard"
          data={[{ value: NEW, label: 'A new one' }, ...own.map((one) => ({ value: one.uid, label: one.title }))]}
          value={uid}
          allowDeselect={false}
          onChange={(value) => setUid(value ?? NEW)}
        />
        {add.error && <Notice tone="bad">{add.error.message}</Notice>}
        <Button type="submit" loading={add.isPending}>
          Add
        </Button>
      </form>
    </Modal>
  )
}

const panel = (id: number, y: number, title: string, shown: Props['shown']): Partial<Panel> => ({
  ...shown,
  id,
  title: title || 'Metrics',
  grid: { x: 0, y, w: 12, h: 8 },
})
