import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'

import { CopyButton } from '@/shared/ui/CopyButton'

import { useCreateKey } from './api'
import classes from './Connect.module.css'

interface Props {
  project: string
  value: string
  onKey: (key: string) => void
}

/** Makes an ingest key, or takes one that is at hand; it is kept only as long as the page is open. */
export function KeyChooser({ project, value, onKey }: Props) {
  const create = useCreateKey(project)
  const [name, setName] = useState('my-service')
  const made = create.data?.key
  const submit = (event: FormEvent) => {
    event.preventDefault()
    create.mutate(name.trim() || 'my-service', { onSuccess: ({ key }) => onKey(key) })
  }
  return (
    <div>
      <div className={classes.choices}>
        <form onSubmit={submit} className={classes.choice}>
          <TextInput
            label="Name of a new key"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" loading={create.isPending}>
            Create key
          </Button>
        </form>
        <TextInput
          className={classes.choice}
          label="or paste one you have"
          placeholder="vdk_…"
          value={value}
          onChange={(event) => onKey(event.currentTarget.value.trim())}
          autoComplete="off"
          spellCheck={false}
        />
      </div>
      {create.error && (
        <p role="alert" className={classes.bad}>
          {create.error.message}
        </p>
      )}
      {made && made === value && (
        <div className={classes.made} role="status">
          <code>{made}</code>
          <CopyButton value={made} label="Copy key" />
          <span>Shown only now. It is filled into the snippets below.</span>
        </div>
      )}
    </div>
  )
}
