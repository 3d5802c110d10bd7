import { ActionIcon, Button, TextInput } from '@mantine/core'
import { IconPlus, IconSearch, IconStar, IconStarFilled, IconTrash } from '@tabler/icons-react'
import { useRef, useState } from 'react'

import { ago } from '@/shared/format/format'
import { SidePanel } from '@/shared/ui/SidePanel'
import { EmptyState } from '@/shared/ui/States'

import classes from './History.module.css'
import { found } from './history'
import { forgetQuery, forgetUnstarred, toggleStar, useHistory } from './useHistory'

interface Props {
  onRun: (text: string) => void
  onAdd?: (text: string) => void
  onClose: () => void
}

/** What was asked before: a click asks again; ↑ and ↓ walk from the search, Enter asks. */
export function History({ onRun, onAdd, onClose }: Props) {
  const all = useHistory()
  const [search, setSearch] = useState('')
  const list = useRef<HTMLUListElement>(null)
  const shown = found(all, search)
  const walk = (event: React.KeyboardEvent, by: number) => {
    const buttons = [...(list.current?.querySelectorAll<HTMLButtonElement>('button[data-run]') ?? [])]
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
    buttons[Math.min(buttons.length - 1, Math.max(0, at + by))]?.focus()
    event.preventDefault()
  }
  const onKey = (event: React.KeyboardEvent) => {
    if (event.key === 'ArrowDown') walk(event, 1)
    if (event.key === 'ArrowUp') walk(event, -1)
  }
  return (
    <SidePanel
      label="History"
      title={<b>History</b>}
      onClose={onClose}
      actions={
        all.some(({ isStarred }) => !isStarred) && (
          <Button size="compact-xs" variant="subtle" color="gray" onClick={forgetUnstarred}>
            Clear
          </Button>
        )
      }
    >
      <div onKeyDown={onKey}>
        <TextInput
          size="xs"
          data-autofocus
          autoFocus
          aria-label="Search queries"
          placeholder="Search what you asked"
          leftSection={<IconSearch size={14} />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        {all.length === 0 && <EmptyState title="Nothing asked yet">Queries that were answered are kept here, in this browser.</EmptyState>}
        <ul ref={list} className={classes.list} aria-label="Queries asked">
          {shown.map(({ text, at, isStarred }) => (
            <li key={text}>
              <button type="button" data-run className={classes.run} onClick={() => onRun(text)}>
                <code>{text}</code>
                <small>{ago(new Date(at).toISOString())}</small>
              </button>
              <ActionIcon variant="subtle" color={isStarred ? 'yellow' : 'gray'} aria-label={`${isStarred ? 'Unstar' : 'Star'} ${text}`} aria-pressed={isStarred} onClick={() => toggleStar(text)}>
                {isStarred ? <IconStarFilled size={14} /> : <IconStar size={14} />}
              </ActionIcon>
              {onAdd && (
                <ActionIcon variant="subtle" color="gray" aria-label={`Add ${text} as another query`} title="As another query" onClick={() => onAdd(text)}>
                  <IconPlus size={14} />
                </ActionIcon>
              )}
              <ActionIcon variant="subtle" color="gray" aria-label={`Forget ${text}`} onClick={() => forgetQuery(text)}>
                <IconTrash size={14} />
              </ActionIcon>
            </li>
          ))}
        </ul>
      </div>
    </SidePanel>
  )
}
