import { TextInput } from '@mantine/core'
import { useState } from 'react'

import { secondsOf } from '@/features/dashboards/model/ownTime'
import type { Panel } from '@/features/dashboards/model/types'

import type { ChangePanel } from './PanelEditor'

/** Over which time a panel looks, where not over that of its dashboard. */
export function TimeForm({ panel, onChange }: { panel: Panel; onChange: ChangePanel }) {
  return (
    <>
      <Length
        label="Looks back"
        placeholder="as the dashboard does, or 7d"
        value={panel.range ?? null}
        onChange={(range) => onChange({ range }, 'range')}
      />
      <Length
        label="Moved back by"
        placeholder="not, or 1w to see the week before"
        value={panel.shift ?? null}
        onChange={(shift) => onChange({ shift }, 'shift')}
      />
    </>
  )
}

interface LengthProps {
  label: string
  placeholder: string
  value: string | null
  onChange: (value: string | null) => void
}

function Length({ label, placeholder, value, onChange }: LengthProps) {
  const [text, setText] = useState(value ?? '')
  const [known, setKnown] = useState(value)
  if (value !== known) {
    setKnown(value)
    setText(value ?? '')
  }
  const isWrong = text.trim() !== '' && secondsOf(text) === null
  return (
    <TextInput
      label={label}
      size="xs"
      placeholder={placeholder}
      value={text}
      error={isWrong && 'Write 90s, 30m, 12h, 7d or 2w'}
      onChange={(event) => {
        const next = event.currentTarget.value
        setText(next)
        const read = next.trim() === '' ? null : secondsOf(next) === null ? undefined : next.trim()
        if (read === undefined) return
        setKnown(read)
        onChange(read)
      }}
    />
  )
}
