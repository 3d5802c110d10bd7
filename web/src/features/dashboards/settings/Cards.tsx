import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'

import classes from './Cards.module.css'

interface Props<T> {
  items: T[]
  /** What one of them is called: `variable`. */
  what: string
  nameOf: (item: T, index: number) => string
  onChange: (items: T[], about?: string) => void
  make: () => T
  none: string
  children: (item: T, change: (part: Partial<T>, field?: string) => void, index: number) => ReactNode
  isOrdered?: boolean
}

/** A list of things to edit, each on a card. */
export function Cards<T>({ items, what, nameOf, onChange, make, none, children, isOrdered }: Props<T>) {
  const swap = (from: number, to: number) => {
    const next = [...items]
    const [one] = next.splice(from, 1)
    next.splice(to, 0, one as T)
    onChange(next)
  }
  return (
    <div className={classes.cards}>
      {items.length === 0 && <p className={classes.none}>{none}</p>}
      {items.map((item, index) => {
        const name = nameOf(item, index)
        return (
          <section key={index} className={classes.card} aria-label={`${what} ${name}`}>
            <header>
              <b>{name}</b>
              {isOrdered && (
                <>
                  <ActionIcon
                    size={24}
                    aria-label={`Move ${name} up`}
                    disabled={index === 0}
                    onClick={() => swap(index, index - 1)}
                  >
                    <IconArrowUp size={14} />
                  </ActionIcon>
                  <ActionIcon
                    size={24}
                    aria-label={`Move ${name} down`}
                    disabled={index === items.length - 1}
                    onClick={() => swap(index, index + 1)}
                  >
                    <IconArrowDown size={14} />
                  </ActionIcon>
                </>
              )}
              <Tooltip label="Remove">
                <ActionIcon
                  size={24}
                  aria-label={`Remove ${what} ${name}`}
                  onClick={() => onChange(items.filter((_, at) => at !== index))}
                >
                  <IconTrash size={14} />
                </ActionIcon>
              </Tooltip>
            </header>
            {children(
              item,
              (part, field) =>
                onChange(
                  items.map((one, at) => (at === index ? { ...one, ...part } : one)),
                  field && `${what} ${index} ${field}`,
                ),
              index,
            )}
          </section>
        )
      })}
      <div>
        <Button variant="default" leftSection={<IconPlus size={14} />} onClick={() => onChange([...items, make()])}>
          Add {/^[aeiou]/.test(what) ? 'an' : 'a'} {what}
        </Button>
      </div>
    </div>
  )
}
