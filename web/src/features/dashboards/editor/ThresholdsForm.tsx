import { ActionIcon, Button, NumberInput, SegmentedControl } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'

import type { Threshold, Thresholds } from '@/features/dashboards/model/types'

import { ColorPick } from './ColorPick'
import classes from './PanelForm.module.css'

const NEXT = ['green', 'orange', 'red', 'purple', 'blue']

interface Props {
  thresholds: Thresholds
  onChange: (thresholds: Thresholds, about?: string) => void
}

/** From which value on which colour holds. */
export function ThresholdsForm({ thresholds, onChange }: Props) {
  const { mode, steps } = thresholds
  const set = (next: Threshold[], about?: string) => onChange({ ...thresholds, steps: next }, about)
  const change = (index: number, part: Partial<Threshold>, about?: string) =>
    set(
      steps.map((step, at) => (at === index ? { ...step, ...part } : step)),
      about,
    )
  const add = () => {
    const color = NEXT[Math.min(steps.length, NEXT.length - 1)] as string
    if (steps.length === 0) return set([{ value: null, color }, { value: 80, color: 'red' }])
    const last = steps.at(-1)?.value ?? 0
    set([...steps, { value: last === 0 ? 80 : Number((last * 1.25).toPrecision(3)), color }])
  }
  return (
    <>
      {steps.map((step, index) => (
        <div key={index} className={classes.step}>
          <ColorPick
            label={`Colour of step ${index + 1}`}
            color={step.color}
            onChange={(color) => change(index, { color }, `color ${index}`)}
          />
          {step.value == null ? (
            <span className={classes.base}>below</span>
          ) : (
            <NumberInput
              size="xs"
              aria-label={`Step ${index + 1} begins at`}
              value={step.value}
              suffix={mode === 'percentage' ? ' %' : ''}
              onChange={(value) => typeof value === 'number' && change(index, { value }, `step ${index}`)}
              onBlur={() => set([...steps].sort((a, b) => (a.value ?? -Infinity) - (b.value ?? -Infinity)))}
            />
          )}
          <ActionIcon aria-label={`Remove step ${index + 1}`} onClick={() => set(steps.filter((_, at) => at !== index))}>
            <IconTrash size={14} />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button variant="default" size="compact-xs" leftSection={<IconPlus size={13} />} onClick={add}>
          Add a step
        </Button>
      </div>
      {steps.length > 0 && (
        <SegmentedControl
          size="xs"
          aria-label="What steps are measured in"
          data={[
            { value: 'absolute', label: 'Values' },
            { value: 'percentage', label: 'Percent of the scale' },
          ]}
          value={mode}
          onChange={(next) => onChange({ ...thresholds, mode: next as Thresholds['mode'] })}
        />
      )}
    </>
  )
}
