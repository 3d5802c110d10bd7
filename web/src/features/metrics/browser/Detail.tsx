import { ActionIcon, Select } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'

import { ask, type Labels } from '@/features/metrics/api'
import { windowOf } from '@/features/metrics/useAnswers'
import { count } from '@/shared/format/format'
import type { Scope } from '@/shared/time/useScope'

import { Badge } from './Badge'
import classes from './Browser.module.css'
import type { Family } from './families'
import { LabelList } from './LabelList'
import { labelsOf, splitBy } from './labels'
import { type Matcher, type Suggestion, suggestionsOf } from './suggestions'

const MOST_SERIES = 20_000

interface Props {
  scope: Scope
  family: Family
  target: { id: string; text: string }
  onChoose: (suggestion: Suggestion) => void
  onAdd?: (suggestion: Suggestion) => void
  onText: (text: string) => void
  onClose: () => void
}

/** One metric: what it means, what to ask about it, and the labels of its series. */
export function Detail({ scope, family, target, onChoose, onAdd, onText, onClose }: Props) {
  const [matchers, setMatchers] = useState<Matcher[]>([])
  const [chosenBy, setBy] = useState<string | null | undefined>(undefined)
  const name = family.members.find((one) => one.endsWith('_count')) ?? family.members[0] ?? family.name
  const found = useQuery({
    queryKey: [scope.project, 'series of', name, scope.from, scope.to],
    queryFn: ({ signal }) => {
      const { startS, endS } = windowOf(scope, 240)
      const selector = `{__name__=${JSON.stringify(name)}}`
      return ask<Labels[]>('series', scope.project, { 'match[]': selector, start: startS, end: endS, limit: MOST_SERIES }, signal)
    },
  })
  const series = found.data?.data
  const { labels, count: matching } = useMemo(() => labelsOf(series ?? [], matchers), [series, matchers])
  const by = chosenBy === undefined ? splitBy(labels) : chosenBy
  const suggestions = suggestionsOf(family, { matchers, by })

  const toggle = async (matcher: Matcher) => {
    const isOut = matchers.some((one) => one.name === matcher.name && one.value === matcher.value)
    const others = matchers.filter((one) => one.name !== matcher.name)
    const next = isOut ? others : [...others, matcher]
    setMatchers(next)
    const { withMatcher } = await import('@/features/metrics/matchers')
    const names = [family.name, ...family.members]
    const narrowed = withMatcher(target.text, matcher, names, isOut)
    if (narrowed !== target.text) return onText(narrowed)
    const first = suggestionsOf(family, { matchers: next, by })[0]
    if (first && !isOut) onChoose(first)
  }

  return (
    <section className={classes.detail} aria-label={family.name}>
      <header>
        <h3>{family.name}</h3>
        <Badge kind={family.kind} />
        <ActionIcon size="sm" variant="subtle" color="gray" aria-label="Close the metric" onClick={onClose}>
          <IconX size={14} />
        </ActionIcon>
      </header>
      <p>
        {family.help || 'Nothing was told about its meaning.'}
        {family.unit && ` Unit: ${family.unit}.`}
      </p>
      <div className={classes.head}>
        <h4>Suggested queries</h4>
        <Select
          size="xs"
          w={150}
          aria-label="Keep apart by"
          placeholder="added up"
          clearable
          searchable
          data={labels.filter(({ values }) => values.length > 1 || by === values[0]?.value).map((one) => one.name)}
          value={by}
          onChange={setBy}
        />
      </div>
      <ul className={classes.suggestions}>
        {suggestions.map((one) => (
          <li key={one.title}>
            <button type="button" aria-pressed={one.text === target.text} onClick={() => onChoose(one)}>
              <b>{one.title}</b>
              <code>{one.text.replaceAll('\n', ' ')}</code>
            </button>
            {onAdd && (
              <ActionIcon variant="subtle" color="gray" aria-label={`Add ${one.title} as another query`} title="As another query" onClick={() => onAdd(one)}>
                <IconPlus size={14} />
              </ActionIcon>
            )}
          </li>
        ))}
      </ul>
      <div className={classes.head}>
        <h4>Labels</h4>
        <span>{series && `${count(matching)} series${series.length >= MOST_SERIES ? ' of those looked at' : ''}`}</span>
      </div>
      {matchers.length > 0 && (
        <div className={classes.chips}>
          {matchers.map((one) => (
            <button key={one.name} type="button" aria-label={`Remove ${one.name}=${one.value}`} onClick={() => void toggle(one)}>
              {one.name}=&quot;{one.value}&quot; <IconX size={11} />
            </button>
          ))}
        </div>
      )}
      <LabelList labels={labels} matchers={matchers} isPending={found.isPending} onToggle={(one) => void toggle(one)} />
    </section>
  )
}
