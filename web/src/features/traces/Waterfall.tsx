import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconArrowsDiagonal, IconArrowsDiagonalMinimize2 } from '@tabler/icons-react'
import { useMemo, useState } from 'react'

import { duration } from '@/shared/format/format'
import { useListKeys } from '@/shared/keys/useListKeys'
import { VirtualList } from '@/shared/ui/VirtualList'

import { Minimap } from './Minimap'
import { SpanLine } from './SpanLine'
import { type TraceTree, ticks, visibleRows } from './tree'
import classes from './Waterfall.module.css'

interface Props {
  tree: TraceTree
  colors: Map<string, string>
  selectedId: string | undefined
  onSelect: (spanId: string) => void
}

/** The spans of a trace under each other, each where it was in time. */
export function Waterfall({ tree, colors, selectedId, onSelect }: Props) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set())
  const [window, setWindow] = useState<[number, number]>([0, 1])
  const rows = useMemo(() => visibleRows(tree.rows, folded), [tree, folded])
  const active = rows.findIndex(({ span }) => span.span_id === selectedId)
  const fold = (spanId: string, isFolded: boolean) =>
    setFolded((before) => {
      const after = new Set(before)
      if (isFolded) after.add(spanId)
      else after.delete(spanId)
      return after
    })
  const foldAll = () =>
    setFolded(new Set(tree.rows.filter(({ children, depth }) => children > 0 && depth > 0).map(({ span }) => span.span_id)))

  const select = (index: number) => {
    const row = rows[index]
    if (row) onSelect(row.span.span_id)
  }
  useListKeys({ count: rows.length, active, onActive: select })
  useHotkeys([
    ['ArrowLeft', () => selectedId && fold(selectedId, true)],
    ['ArrowRight', () => selectedId && fold(selectedId, false)],
  ])

  const from = window[0] * tree.durationMs
  const to = window[1] * tree.durationMs
  const isZoomed = window[0] > 0 || window[1] < 1
  return (
    <div className={classes.frame}>
      <Minimap tree={tree} colors={colors} window={window} onWindow={setWindow} />
      <VirtualList
        label="Spans"
        items={rows}
        rowHeight={26}
        keyOf={({ span }) => span.span_id}
        active={active}
        header={
          <div className={classes.head}>
            <div className={classes.name}>
              <span>Span</span>
              <Tooltip label="Fold all">
                <ActionIcon size="sm" aria-label="Fold all spans" onClick={foldAll} ml="auto">
                  <IconArrowsDiagonalMinimize2 size={14} />
                </ActionIcon>
              </Tooltip>
              <Tooltip label="Unfold all">
                <ActionIcon size="sm" aria-label="Unfold all spans" onClick={() => setFolded(new Set())}>
                  <IconArrowsDiagonal size={14} />
                </ActionIcon>
              </Tooltip>
            </div>
            <div className={classes.axis}>
              {ticks(from, to).map((tick) => (
                <span key={tick} style={{ left: `${((tick - from) / (to - from)) * 100}%` }}>
                  {duration(tick)}
                </span>
              ))}
              {isZoomed && (
                <Button size="compact-xs" variant="default" className={classes.reset} onClick={() => setWindow([0, 1])}>
                  Whole trace
                </Button>
              )}
            </div>
          </div>
        }
      >
        {(row, index) => (
          <SpanLine
            row={row}
            color={colors.get(row.span.service) ?? 'var(--v-accent)'}
            fromMs={from}
            toMs={to}
            isActive={index === active}
            isFolded={folded.has(row.span.span_id)}
            onFold={fold}
            onSelect={onSelect}
          />
        )}
      </VirtualList>
    </div>
  )
}
