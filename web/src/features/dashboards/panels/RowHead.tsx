import { ActionIcon, Menu } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconChevronDown, IconChevronRight, IconDots, IconGripVertical, IconPencil, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'

import type { Grips } from '@/features/dashboards/grid/Grid'

import classes from './RowHead.module.css'

interface Props {
  title: string
  count: number
  isFolded: boolean
  onFold: () => void
  grips: Grips | null
  onRename: (title: string) => void
  onRemove: () => void
  onMove: (by: -1 | 1) => void
}

/** A heading over the panels below it, which it can fold away. */
export function RowHead({ title, count, isFolded, onFold, grips, onRename, onRemove, onMove }: Props) {
  const [isNaming, setNaming] = useState(false)
  return (
    <div className={classes.row} {...(grips?.handle ?? {})} data-editing={grips ? true : undefined}>
      {grips && (
        <button
          type="button"
          className={classes.grip}
          aria-label={`Move row ${title}: arrow keys move it`}
          data-no-drag
          {...grips.keys}
        >
          <IconGripVertical size={14} aria-hidden />
        </button>
      )}
      {isNaming ? (
        <input
          className={classes.input}
          aria-label="Title of the row"
          defaultValue={title}
          autoFocus
          data-no-drag
          onBlur={(event) => {
            onRename(event.currentTarget.value)
            setNaming(false)
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.currentTarget.blur()
            if (event.key === 'Escape') setNaming(false)
          }}
        />
      ) : (
        <button type="button" className={classes.title} aria-expanded={!isFolded} onClick={onFold}>
          {isFolded ? <IconChevronRight size={15} aria-hidden /> : <IconChevronDown size={15} aria-hidden />}
          <h2>{title}</h2>
          {isFolded && <small>{count === 1 ? '1 panel' : `${count} panels`}</small>}
        </button>
      )}
      {grips && (
        <Menu width={160} position="bottom-end" shadow="md">
          <Menu.Target>
            <ActionIcon size={24} aria-label={`Menu of row ${title}`}>
              <IconDots size={15} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => setNaming(true)}>
              Rename
            </Menu.Item>
            <Menu.Item leftSection={<IconArrowUp size={15} />} onClick={() => onMove(-1)}>
              Move up
            </Menu.Item>
            <Menu.Item leftSection={<IconArrowDown size={15} />} onClick={() => onMove(1)}>
              Move down
            </Menu.Item>
            <Menu.Item leftSection={<IconTrash size={15} />} color="var(--v-bad)" onClick={onRemove}>
              Remove the row
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  )
}
