import { Button, Group, Modal, Stack, TextInput, UnstyledButton } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'

import { type Content, contentOf, createDashboard, dashboardQuery } from '@/features/dashboards/api/dashboard'
import type { DashboardSummary } from '@/features/dashboards/model/types'
import { Faults } from '@/features/dashboards/page/SaveModal'
import { useDashboardActions } from '@/features/dashboards/page/useDashboardActions'

import classes from './NewModal.module.css'

const BLANK: Content = {
  title: '',
  description: '',
  tags: [],
  variables: [],
  panels: [],
  annotations: [],
  links: [],
  time: { from: 'now-1h', to: 'now' },
  refresh_s: 5,
}

interface Props {
  project: string
  items: DashboardSummary[]
  onClose: () => void
}

/** A new dashboard: empty, or begun from one that is part of Vedette. */
export function NewModal({ project, items, onClose }: Props) {
  const client = useQueryClient()
  const { open, relist } = useDashboardActions(project)
  const [title, setTitle] = useState('')
  const [template, setTemplate] = useState('')
  const templates = items.filter(({ shipped }) => shipped)
  const chosen = templates.find(({ uid }) => uid === template)
  const create = useMutation({
    mutationFn: async () => {
      const content = chosen ? contentOf(await client.fetchQuery(dashboardQuery(project, chosen.uid))) : BLANK
      return createDashboard(project, { ...content, title: title.trim() || chosen?.title || 'New dashboard' })
    },
    onSuccess: async (made) => {
      await relist()
      open(made.uid, { edit: '1' })
    },
  })
  const options = [
    { uid: '', title: 'Empty', description: 'Begin with nothing and add panels', panels: 0 },
    ...templates,
  ]
  return (
    <Modal opened onClose={onClose} title="New dashboard" size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          create.mutate()
        }}
      >
        <Stack gap="md">
          <TextInput
            label="Title"
            data-autofocus
            maxLength={200}
            placeholder={chosen?.title ?? 'New dashboard'}
            value={title}
            onChange={(event) => setTitle(event.currentTarget.value)}
          />
          <div>
            <div className={classes.label} id="templates">
              New from template
            </div>
            <div className={classes.options} role="radiogroup" aria-labelledby="templates">
              {options.map((one) => (
                <UnstyledButton
                  key={one.uid}
                  role="radio"
                  aria-checked={template === one.uid}
                  className={classes.option}
                  onClick={() => setTemplate(one.uid)}
                >
                  <b>{one.title}</b>
                  <span>{one.description}</span>
                  {one.panels > 0 && <small>{one.panels} panels</small>}
                </UnstyledButton>
              ))}
            </div>
          </div>
          {create.error && <Faults error={create.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending}>
              Create
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
