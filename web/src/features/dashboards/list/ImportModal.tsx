import { Button, FileButton, Group, Modal, Stack, Text, Textarea } from '@mantine/core'
import { IconUpload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { type DragEvent, useState } from 'react'

import { importDashboard } from '@/features/dashboards/api/importing'
import { Faults } from '@/features/dashboards/page/SaveModal'
import { useDashboardActions } from '@/features/dashboards/page/useDashboardActions'
import { Notice } from '@/shared/ui/Notice'

import classes from './ImportModal.module.css'

interface Props {
  project: string
  onClose: () => void
}

/** A dashboard as JSON, Grafana's or ours: what of it can be kept, then keep it. */
export function ImportModal({ project, onClose }: Props) {
  const { open, relist } = useDashboardActions(project)
  const [text, setText] = useState('')
  const [isOver, setOver] = useState(false)
  const check = useMutation({ mutationFn: (json: string) => importDashboard(project, parsed(json), true) })
  const keep = useMutation({
    mutationFn: () => importDashboard(project, parsed(text), false),
    onSuccess: async ({ dashboard }) => {
      await relist()
      open(dashboard.uid)
    },
  })
  const take = (json: string) => {
    setText(json)
    keep.reset()
    check.reset()
    if (json.trim()) check.mutate(json)
  }
  const takeFile = async (file: File | null | undefined) => file && take(await file.text())
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void takeFile(event.dataTransfer.files[0])
  }
  const error = keep.error ?? check.error
  return (
    <Modal opened onClose={onClose} title="Import a dashboard" size="lg">
      <Stack gap="md">
        <div
          className={classes.drop}
          data-over={isOver || undefined}
          onDragOver={(event) => {
            event.preventDefault()
            setOver(true)
          }}
          onDragLeave={() => setOver(false)}
          onDrop={drop}
        >
          <Textarea
            aria-label="JSON of the dashboard"
            placeholder="Drop a file here, or paste the JSON of a dashboard: Grafana's “Export”, or one of Vedette's"
            data-autofocus
            autosize
            minRows={7}
            maxRows={14}
            spellCheck={false}
            classNames={{ input: classes.json }}
            value={text}
            onChange={(event) => take(event.currentTarget.value)}
          />
          <FileButton onChange={(file) => void takeFile(file)} accept="application/json,.json">
            {(props) => (
              <Button {...props} variant="default" size="compact-xs" leftSection={<IconUpload size={13} />}>
                Choose a file
              </Button>
            )}
          </FileButton>
        </div>
        {error && <Faults error={error} />}
        {check.data && !error && (
          <div className={classes.result} role="status">
            <b>{check.data.dashboard.title}</b>
            <Text size="sm" c="dimmed">
              {check.data.dashboard.panels.length} panels, {check.data.dashboard.variables.length} variables
            </Text>
            {check.data.report.length === 0 ? (
              <Text size="sm">Everything in it can be kept.</Text>
            ) : (
              <Notice tone="warn" title={lossOf(check.data.report.length)}>
                <ul className={classes.report}>
                  {check.data.report.map(({ where, what }, i) => (
                    <li key={i}>
                      <code>{where}</code> {what}
                    </li>
                  ))}
                </ul>
              </Notice>
            )}
          </div>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button onClick={() => keep.mutate()} disabled={!check.data} loading={keep.isPending || check.isPending}>
            Import
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}

const lossOf = (count: number) => (count === 1 ? 'One thing could not be mapped' : `${count} things could not be mapped`)

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`This is not JSON: ${(error as Error).message}`, { cause: error })
  }
}
