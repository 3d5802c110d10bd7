import { Button, Popover, Stack, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconClock } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'

import { PRESETS, rangeLabel, resolve, toSeconds } from '@/shared/time/range'
import { useScope, useSetScope } from '@/shared/time/useScope'

import classes from './RangePicker.module.css'

/** The time range of the page: a preset, or two times. */
export function RangePicker() {
  const scope = useScope()
  const setScope = useSetScope()
  const [isOpen, { toggle, close }] = useDisclosure()
  const choose = (from: string, to: string) => {
    setScope({ from, to, live: undefined })
    close()
  }
  return (
    <Popover opened={isOpen} onChange={(open) => !open && close()} position="bottom-end" shadow="md" trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          px={10}
          onClick={toggle}
          aria-label={`Time range: ${rangeLabel(scope)}`}
          leftSection={<IconClock size={14} />}
        >
          <span className={classes.current}>{rangeLabel(scope)}</span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <div className={classes.panel}>
          <ul className={classes.presets} aria-label="Presets">
            {PRESETS.map(({ from, label }) => (
              <li key={from}>
                <button
                  type="button"
                  data-active={(scope.to === 'now' && scope.from === from) || undefined}
                  onClick={() => choose(from, 'now')}
                >
                  {label}
                </button>
              </li>
            ))}
          </ul>
          <Absolute key={`${scope.from}/${scope.to}`} from={scope.from} to={scope.to} onChoose={choose} />
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}

interface AbsoluteProps {
  from: string
  to: string
  onChoose: (from: string, to: string) => void
}

function Absolute({ from, to, onChoose }: AbsoluteProps) {
  const range = { from, to }
  const [start, setStart] = useState(from)
  const [end, setEnd] = useState(to)
  const nowS = Date.now() / 1000
  const [startS, endS] = [toSeconds(start.trim(), nowS), toSeconds(end.trim(), nowS)]
  const isInOrder = startS !== null && endS !== null && startS < endS
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isInOrder) onChoose(start.trim(), end.trim())
  }
  return (
    <form onSubmit={submit} className={classes.absolute}>
      <Stack gap={10}>
        <TextInput
          label="From"
          value={start}
          onChange={(event) => setStart(event.currentTarget.value)}
          error={startS === null ? 'Not a time' : undefined}
        />
        <TextInput
          label="To"
          value={end}
          onChange={(event) => setEnd(event.currentTarget.value)}
          error={endS === null ? 'Not a time' : !isInOrder && startS !== null ? 'Before the start' : undefined}
        />
        <small>now-90m, 2026-01-31T12:00:00Z or Unix seconds</small>
        <Button type="submit" disabled={!isInOrder}>
          Apply
        </Button>
        <Button variant="default" onClick={() => shift(range, onChoose)}>
          Previous period
        </Button>
      </Stack>
    </form>
  )
}

function shift(range: { from: string; to: string }, onChoose: AbsoluteProps['onChoose']) {
  const [from, to] = resolve(range)
  const text = (seconds: number) => new Date(Math.round(seconds) * 1000).toISOString().replace('.000Z', 'Z')
  onChoose(text(from - (to - from)), text(from))
}
