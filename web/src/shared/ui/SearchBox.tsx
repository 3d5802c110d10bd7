import { ActionIcon, Kbd, TextInput } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconSearch, IconX } from '@tabler/icons-react'
import { useRef, useState } from 'react'

import { ApiError } from '@/shared/api/client'
import { remember } from '@/shared/ui/recent'

import classes from './SearchBox.module.css'

interface Props {
  label: string
  placeholder: string
  value: string
  onSearch: (query: string) => void
  /** The failure of the last search; a faulty query is explained under the box. */
  error?: unknown
  /** The page a search belongs to, under which it is remembered. */
  page: string
}

/** One line of the search language; `/` goes to it, Enter searches. */
export function SearchBox({ label, placeholder, value, onSearch, error, page }: Props) {
  const input = useRef<HTMLInputElement>(null)
  const [draft, setDraft] = useState(value)
  const [shown, setShown] = useState(value)
  if (shown !== value) {
    setShown(value)
    setDraft(value)
  }
  useHotkeys([['/', () => input.current?.focus()]])
  const search = (text: string) => {
    if (text) remember(page, text)
    onSearch(text)
  }
  return (
    <form
      role="search"
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault()
        search(draft.trim())
      }}
    >
      <TextInput
        ref={input}
        type="search"
        aria-label={label}
        placeholder={placeholder}
        value={draft}
        onChange={(event) => setDraft(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') input.current?.blur()
        }}
        error={faultOf(error)}
        leftSection={<IconSearch size={15} />}
        rightSection={
          draft ? (
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              aria-label="Clear search"
              onClick={() => {
                setDraft('')
                search('')
              }}
            >
              <IconX size={14} />
            </ActionIcon>
          ) : (
            <Kbd size="xs">/</Kbd>
          )
        }
        classNames={{ input: classes.input, error: classes.error }}
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="off"
      />
    </form>
  )
}

function faultOf(error: unknown): string | undefined {
  if (!(error instanceof ApiError) || error.problem.code !== 'invalid') return undefined
  const { detail, errors } = error.problem
  return errors?.length ? errors.map(({ where, what }) => `${where}: ${what}`).join('; ') : detail
}
