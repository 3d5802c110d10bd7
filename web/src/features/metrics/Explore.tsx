import { Button } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconHistory, IconLayoutDashboard, IconListSearch, IconPlus } from '@tabler/icons-react'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'

import { useScope } from '@/shared/time/useScope'
import page from '@/shared/ui/listPage.module.css'
import { remember } from '@/shared/ui/recent'

import { AddToDashboard } from './AddToDashboard'
import { Browser } from './browser/Browser'
import type { Matcher, Suggestion } from './browser/suggestions'
import { Controls } from './Controls'
import { Explain } from './explain/Explain'
import { History } from './history/History'
import { rememberQuery } from './history/useHistory'
import { HISTOGRAM_VIEWS } from './histograms/buckets'
import classes from './Metrics.module.css'
import { type Asked, freeId, readQueries, writeQueries } from './model'
import { panelOf, seenOf } from './panels'
import { QueryRow } from './QueryRow'
import { Results } from './Results'
import { commonUnit, guessedUnit } from './units'
import { useAnswers, type View, windowOf } from './useAnswers'

const route = getRouteApi('/shell/explore')

/** Queries, what they answer, and the ways to find more. */
export function Explore() {
  const search = route.useSearch()
  const scope = useScope()
  const navigate = useNavigate({ from: '/explore' })
  const queries = readQueries(search)
  const view: View = search.view === 'table' ? 'table' : 'graph'
  const step = search.step && Number(search.step) > 0 ? Number(search.step) : undefined
  const histogramView = HISTOGRAM_VIEWS.find((one) => one === search.histogram)
  const answers = useAnswers(scope, {
    queries,
    view,
    stepS: step,
    isCompared: search.compare === '1',
    histogramView: histogramView ?? 'heatmap',
  })
  const { endS } = windowOf(scope, 240, step)
  const areNative = answers.now.some((one) => one.data?.isNative)
  const isHeatmap = histogramView === 'heatmap' || (areNative && !histogramView)
  const isCount = areNative && histogramView === 'rate'
  const texts = answers.shown.map(({ text }) => text)
  const guessed = isCount ? 'short' : commonUnit(texts, isHeatmap)
  const unit = search.unit ?? guessed
  const [isAdding, setAdding] = useState(false)
  const [focused, setFocused] = useState('A')

  const set = (change: Record<string, string | undefined>) =>
    void navigate({ search: (before) => ({ ...before, ...change }) })
  const write = (next: Asked[], change: Record<string, string | undefined> = {}) => set({ ...writeQueries(next), ...change })
  const target = queries.find(({ id }) => id === focused) ?? (queries.at(-1) as Asked)
  const textOf = (id: string, text: string, change = {}) =>
    write(queries.map((one) => (one.id === id ? { ...one, text } : one)), change)
  const canAdd = freeId(queries) !== undefined
  const add = (text: string, legend = '', change = {}) => {
    const id = freeId(queries)
    if (!id) return
    setFocused(id)
    write([...queries, { id, text, legend, hidden: false }], change)
  }
  const drawing = ({ text, unit, histogram }: Suggestion) => ({
    unit: unit === guessedUnit(text, histogram === 'heatmap') ? undefined : unit,
    histogram,
    view: undefined,
  })
  const narrow = async (id: string, matcher: Matcher) => {
    const { withMatcher } = await import('./matchers')
    const text = queries.find((one) => one.id === id)?.text ?? ''
    textOf(id, withMatcher(text, matcher))
  }
  const toggle = (panel: string) => set({ panel: search.panel === panel ? undefined : panel })
  useHotkeys([
    ['b', () => toggle('browse')],
    ['h', () => toggle('history')],
  ])
  const answered = answers.shown.filter((_, at) => answers.now[at]?.data && !answers.now[at]?.isPlaceholderData).map(({ text }) => text)
  const seen = answers.shown.map((asked, at) => {
    return seenOf(asked, answers.now[at]?.data, histogramView)
  })
  const told = JSON.stringify(answered)
  useEffect(() => {
    for (const text of JSON.parse(told) as string[]) {
      rememberQuery(text)
      remember('/explore', text)
    }
  }, [told])

  return (
    <>
      <div className={classes.queries}>
        {queries.map((query) => (
          <QueryRow
            key={query.id}
            query={query}
            project={scope.project}
            error={answers.now[answers.shown.findIndex(({ id }) => id === query.id)]?.error}
            isOnly={queries.length === 1}
            onFocus={() => setFocused(query.id)}
            onChange={(next) => write(queries.map((one) => (one.id === next.id ? next : one)))}
            onDuplicate={canAdd ? () => add(query.text, query.legend) : undefined}
            onRemove={() => write(queries.filter(({ id }) => id !== query.id))}
          />
        ))}
        <div className={classes.buttons}>
          <Button size="xs" variant="default" leftSection={<IconListSearch size={14} />} title="b" aria-pressed={search.panel === 'browse'} onClick={() => toggle('browse')}>
            Browse metrics
          </Button>
          <Button size="xs" variant="default" leftSection={<IconHistory size={14} />} title="h" aria-pressed={search.panel === 'history'} onClick={() => toggle('history')}>
            History
          </Button>
          <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} disabled={!canAdd} onClick={() => add(' ')}>
            Query
          </Button>
          <Button size="xs" variant="default" leftSection={<IconLayoutDashboard size={14} />} disabled={!answers.shown.length} onClick={() => setAdding(true)}>
            Add to dashboard
          </Button>
        </div>
      </div>
      <Controls search={search} view={view} histogramView={histogramView} answers={answers} guessedUnit={guessed} onSet={set} />
      <div className={page.split}>
        <div className={classes.result}>
          <Results
            answers={answers}
            view={view}
            draw={search.draw}
            isStacked={search.stacked === '1'}
            unit={unit}
            histogramView={histogramView}
            onText={textOf}
            onNarrow={(id, matcher) => void narrow(id, matcher)}
            onBrowse={() => set({ panel: 'browse' })}
          />
          {answers.shown.map(({ id, text }) => (
            <Explain key={id} project={scope.project} id={id} query={text} atS={endS} />
          ))}
        </div>
        {search.panel === 'browse' && (
          <Browser
            scope={scope}
            target={target}
            onClose={() => set({ panel: undefined })}
            onChoose={(one) => textOf(target.id, one.text, drawing(one))}
            onAdd={canAdd ? (one) => add(one.text, '', drawing(one)) : undefined}
            onText={(text) => textOf(target.id, text)}
          />
        )}
        {search.panel === 'history' && (
          <History onClose={() => set({ panel: undefined })} onRun={(text) => textOf(target.id, text)} onAdd={canAdd ? add : undefined} />
        )}
      </div>
      {isAdding && (
        <AddToDashboard
          project={scope.project}
          shown={panelOf(seen, { view, unit, histogramView })}
          onClose={() => setAdding(false)}
        />
      )}
    </>
  )
}
