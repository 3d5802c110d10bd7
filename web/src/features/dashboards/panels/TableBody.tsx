import { UnstyledButton } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { type ReactNode, useMemo, useState } from 'react'

import { paint } from '@/features/dashboards/model/colors'
import { overridden } from '@/features/dashboards/model/overrides'
import { shown } from '@/features/dashboards/model/shown'
import { type Cell, type Column, shareOf, sortedRows, tableOf } from '@/features/dashboards/model/tables'
import type { Override } from '@/features/dashboards/model/types'
import { dateTime } from '@/shared/format/format'

import type { BodyProps } from './body'
import { ColumnEdge } from './ColumnEdge'
import classes from './TableBody.module.css'
import { useInnerLink } from './useInnerLink'

const MOST = 500

interface Sort {
  by: string
  isDown: boolean
}

/** Rows that can be sorted by any column; cells lead to what they stand for. */
export function TableBody({ panel, data, urlOf, onColumnWidth }: BodyProps) {
  const reducer = panel.options.reduce ?? 'last'
  const joinBy = panel.options.join_by ?? null
  const { columns, rows } = useMemo(() => tableOf(data, reducer, joinBy), [data, reducer, joinBy])
  const [chosen, setChosen] = useState<Sort | null>(null)
  const [widths, setWidths] = useState<Record<string, number>>({})
  const sort = chosen ?? firstSort(panel, columns)
  const at = columns.findIndex(({ name }) => name === sort?.by)
  const ordered = useMemo(() => (at < 0 ? rows : sortedRows(rows, at, sort?.isDown ?? false)), [rows, at, sort?.isDown])
  const visible = useMemo(() => visibleColumns(panel, columns), [panel, columns])
  const isRecords = columns.some(({ leads_to }) => leads_to)
  const follow = useInnerLink()
  const resize = (name: string, width: number, isDone: boolean) => {
    setWidths((before) => ({ ...before, [name]: width }))
    if (isDone) onColumnWidth?.(name, width)
  }
  const widthOf = (name: string, setting: Partial<Override>) => widths[name] ?? setting.width ?? undefined
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={`${panel.title}, table`}>
      <table className={classes.table}>
        <thead>
          <tr>
            {visible.map(({ column, setting }) => {
              const isSorted = sort?.by === column.name
              const width = widthOf(column.name, setting)
              return (
                <th
                  key={column.name}
                  data-number={column.type === 'number' || undefined}
                  aria-sort={isSorted ? (sort.isDown ? 'descending' : 'ascending') : undefined}
                  style={width ? { width, minWidth: width, maxWidth: width } : undefined}
                >
                  <UnstyledButton
                    className={classes.head}
                    onClick={() =>
                      setChosen({
                        by: column.name,
                        isDown: isSorted ? !sort.isDown : column.type === 'number',
                      })
                    }
                  >
                    <span>{setting.name ?? column.name}</span>
                    {isSorted && (sort.isDown ? <IconArrowDown size={12} /> : <IconArrowUp size={12} />)}
                  </UnstyledButton>
                  <ColumnEdge
                    name={setting.name ?? column.name}
                    width={width}
                    onWidth={(next, isDone) => resize(column.name, next, isDone)}
                  />
                </th>
              )
            })}
          </tr>
        </thead>
        <tbody onClick={follow}>
          {ordered.slice(0, MOST).map((row, i) => (
            <tr key={i}>
              {visible.map(({ column, index, setting }) => (
                <Value
                  key={column.name}
                  panel={panel}
                  column={column}
                  value={row[index] ?? null}
                  setting={setting}
                  width={widthOf(column.name, setting)}
                  isWords={isRecords && WORDS.has(column.name)}
                  url={urlOf?.({ columns, row, at: index }, setting) ?? null}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST && <p className={classes.more}>The first {MOST} of {rows.length} rows</p>}
    </div>
  )
}

/** Of records the words give way, so that the figures behind them are seen. */
const WORDS = new Set(['name', 'body', 'message'])

interface ValueProps {
  panel: BodyProps['panel']
  column: Column
  value: Cell
  setting: Partial<Override>
  width: number | undefined
  isWords: boolean
  url: string | null
}

function Value({ panel, column, value, setting, width, isWords, url }: ValueProps) {
  const style = width ? { maxWidth: width } : undefined
  const linked = (content: ReactNode) => (url ? <a {...outward(url)}>{content}</a> : content)
  if (column.type === 'time' && value !== null) {
    const time = typeof value === 'number' ? new Date(value * 1000).toISOString() : String(value)
    return (
      <td className={classes.muted} style={style}>
        {linked(dateTime(time))}
      </td>
    )
  }
  if (column.type !== 'number') {
    const words = shown({ ...panel, thresholds: { mode: 'absolute', steps: [] } }, value === null ? '' : String(value))
    const color = setting.color ?? words.color
    return (
      <td title={words.text} data-words={isWords || undefined} style={{ ...style, ...(color ? { color: paint(color) } : {}) }}>
        {linked(words.text)}
      </td>
    )
  }
  // Thresholds are of the panel's unit; a column of another unit has none.
  const own = setting.unit ?? column.unit
  const isOther = Boolean(own) && own !== panel.unit
  const plain = isOther ? { thresholds: { mode: 'absolute' as const, steps: [] }, mappings: [] } : {}
  const number = typeof value === 'number' ? value : null
  const decimals = setting.decimals ?? (isOther ? null : panel.decimals)
  const words = shown({ ...panel, unit: own || panel.unit, decimals, ...plain }, number)
  const color = setting.color ?? words.color
  const share = panel.options.color_by === 'background' && !isOther ? shareOf(number, panel) : null
  return (
    <td
      data-number
      data-shaded={share !== null || undefined}
      style={{
        ...style,
        ...(share !== null
          ? ({ '--share': share, '--tint': paint(color && color !== 'text' ? color : null) } as object)
          : color && color !== 'text'
            ? { color: paint(color) }
            : {}),
      }}
    >
      {linked(words.text)}
    </td>
  )
}

/** Another server's page opens beside this one. */
const outward = (href: string) =>
  /^[a-z]+:/i.test(href) ? { href, target: '_blank', rel: 'noreferrer noopener' } : { href }

const firstSort = ({ options }: BodyProps['panel'], columns: Column[]): Sort | null =>
  options.sort && columns.some(({ name }) => name === options.sort)
    ? { by: options.sort, isDown: options.sort_descending ?? true }
    : null

/** The columns to show, in the order asked for; all that are for reading when none is named. */
function visibleColumns(panel: BodyProps['panel'], columns: Column[]) {
  const asked = panel.options.columns
  const all = columns.map((column, index) => ({ column, index, setting: overridden(panel, column.name) }))
  const kept = asked?.length
    ? asked.flatMap((name) => all.filter(({ column }) => column.name === name))
    : all.filter(({ column }) => !column.leads_to)
  return kept.filter(({ setting }) => !setting.hidden)
}
