import { Skeleton, TextInput } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { useState } from 'react'

import { count } from '@/shared/format/format'

import classes from './Browser.module.css'
import type { LabelFound } from './labels'
import type { Matcher } from './suggestions'

const MOST_VALUES = 100
const MANY_VALUES = 12

interface Props {
  labels: LabelFound[]
  matchers: Matcher[]
  isPending: boolean
  onToggle: (matcher: Matcher) => void
}

/** Labels that open to their values, each with how many series have it; a click narrows the query. */
export function LabelList({ labels, matchers, isPending, onToggle }: Props) {
  const [open, setOpen] = useState<string | null>(null)
  const [search, setSearch] = useState('')
  if (isPending) return <Skeleton height={70} />
  if (!labels.length) return <p>No labels.</p>
  return (
    <ul className={classes.labels} aria-label="Labels">
      {labels.map(({ name, values }) => {
        const isOpen = open === name
        const words = search.toLowerCase()
        const found = isOpen ? values.filter(({ value }) => value.toLowerCase().includes(words)) : []
        const most = values[0]?.count ?? 1
        return (
          <li key={name}>
            <button
              type="button"
              className={classes.row}
              aria-expanded={isOpen}
              onClick={() => {
                setOpen(isOpen ? null : name)
                setSearch('')
              }}
            >
              <IconChevronRight size={13} className={classes.chevron} aria-hidden />
              <span className={classes.name}>{name}</span>
              <small className={classes.help}>{values.length === 1 && values[0]?.value}</small>
              <small className={classes.count}>{count(values.length)}</small>
            </button>
            {isOpen && values.length > MANY_VALUES && (
              <TextInput size="xs" ml={21} my={4} aria-label={`Search values of ${name}`} placeholder="Search values" value={search} onChange={(event) => setSearch(event.currentTarget.value)} />
            )}
            {found.slice(0, MOST_VALUES).map(({ value, count: series }) => (
              <button
                key={value}
                type="button"
                className={classes.value}
                aria-pressed={matchers.some((one) => one.name === name && one.value === value)}
                aria-label={`${name}="${value}", ${series} series`}
                onClick={() => onToggle({ name, value })}
              >
                <i style={{ width: `${(series / most) * 100}%` }} />
                <span>{value}</span>
                <small>{count(series)}</small>
              </button>
            ))}
            {found.length > MOST_VALUES && <p>{count(found.length - MOST_VALUES)} more values</p>}
          </li>
        )
      })}
    </ul>
  )
}
