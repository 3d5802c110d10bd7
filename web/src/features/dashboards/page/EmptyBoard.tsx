import { Button } from '@mantine/core'
import { IconChartLine, IconPencil } from '@tabler/icons-react'

import type { PanelType } from '@/features/dashboards/model/types'
import { EmptyState } from '@/shared/ui/States'

import classes from './Page.module.css'

interface Props {
  isEditing: boolean
  canEdit: boolean
  onAdd: (type: PanelType) => void
  onEdit: () => void
}

/** A dashboard without panels. */
export function EmptyBoard({ isEditing, canEdit, onAdd, onEdit }: Props) {
  return (
    <div className={classes.empty}>
      <EmptyState
        title="No panels yet"
        action={
          isEditing ? (
            <Button leftSection={<IconChartLine size={15} />} onClick={() => onAdd('timeseries')}>
              Add a time series
            </Button>
          ) : canEdit ? (
            <Button leftSection={<IconPencil size={15} />} onClick={onEdit}>
              Edit
            </Button>
          ) : undefined
        }
      >
        A panel asks metrics, logs, traces, errors or events and shows what comes back.
      </EmptyState>
    </div>
  )
}
