import { Group, Select, Stack, TagsInput, Textarea, TextInput } from '@mantine/core'

import type { Dashboard } from '@/features/dashboards/model/types'
import { DEFAULT_RANGE, PRESETS } from '@/shared/time/range'

import type { Change } from './SettingsDrawer'

const REFRESHES = [
  { value: '0', label: 'Off' },
  { value: '1', label: 'Every second' },
  { value: '2', label: 'Every 2 seconds' },
  { value: '5', label: 'Every 5 seconds' },
  { value: '10', label: 'Every 10 seconds' },
  { value: '30', label: 'Every 30 seconds' },
  { value: '60', label: 'Every minute' },
  { value: '300', label: 'Every 5 minutes' },
]

export function GeneralForm({ dashboard, onChange }: { dashboard: Dashboard; onChange: Change }) {
  const { title, description, tags, time, refresh_s } = dashboard
  const ranges = PRESETS.map(({ from, label }) => ({ value: from, label }))
  const isPreset = time.to === 'now' && ranges.some(({ value }) => value === time.from)
  return (
    <Stack gap="md">
      <TextInput
        label="Title"
        value={title}
        maxLength={200}
        error={title.trim() ? undefined : 'A dashboard needs a title'}
        onChange={(event) => onChange({ title: event.currentTarget.value }, 'title')}
      />
      <Textarea
        label="Description"
        size="xs"
        autosize
        minRows={2}
        value={description}
        onChange={(event) => onChange({ description: event.currentTarget.value }, 'description')}
      />
      <TagsInput
        label="Tags"
        size="xs"
        placeholder={tags.length ? undefined : 'Type and press Enter'}
        value={tags}
        onChange={(next) => onChange({ tags: next })}
      />
      <Group grow>
        <Select
          label="Range at first"
          size="xs"
          data={isPreset ? ranges : [...ranges, { value: time.from, label: `${time.from} to ${time.to}` }]}
          value={time.from}
          allowDeselect={false}
          onChange={(from) => onChange({ time: { from: from ?? DEFAULT_RANGE.from, to: 'now' } })}
        />
        <Select
          label="Refresh at first"
          size="xs"
          data={
            REFRESHES.some(({ value }) => value === String(refresh_s))
              ? REFRESHES
              : [...REFRESHES, { value: String(refresh_s), label: `Every ${refresh_s} seconds` }]
          }
          value={String(refresh_s)}
          allowDeselect={false}
          onChange={(seconds) => onChange({ refresh_s: Number(seconds) })}
        />
      </Group>
    </Stack>
  )
}
