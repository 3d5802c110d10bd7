import { UnstyledButton } from '@mantine/core'
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import { useMemo, useState } from 'react'

import { paint } from '@/features/dashboards/model/colors'
import { overridden } from '@/features/dashboards/model/overrides'
import { shown } from '@/features/dashboards/model/shown'
import { type Cell, type Column, sortedRows, tableOf } from '@/features/dashboards/model/tables'
import type { Override } from '@/features/dashboards/model/types'
import { dateTime } from '@/shared/format/format'

import type { BodyProps } from './body'
import classes from './TableBody.module.css'

const MOST = 500

interface Sort {
  by: string
  isDown: boolean
}

/** Rows that can be sorted by any column. */
export function TableBody({ panel, data }: BodyProps) {
  const reducer = panel.options.reduce ?? 'last'
  const { columns, rows } = useMemo(() => tableOf(data, reducer), [data, reducer])
  const [chosen, setChosen] = useState<Sort | null>(null)
  const sort = chosen ?? firstSort(panel, columns)
  const at = columns.findIndex(({ name }) => name === sort?.by)
  const ordered = useMemo(() => (at < 0 ? rows : sortedRows(rows, at, sort?.isDown ?? false)), [rows, at, sort?.isDown])
  const visible = useMemo(() => visibleColumns(panel, columns), [panel, columns])
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label={`${panel.title}, table`}>
      <table className={classes.table}>
        <thead>
          <tr>
            {visible.map(({ column, setting }) => {
              const isSorted = sort?.by === column.name
              return (
                <th
                  key={column.name}
                  data-number={column.type === 'number' || undefined}
                  aria-sort={isSorted ? (sort.isDown ? 'descending' : 'ascending') : undefined}
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
                    {setting.name ?? column.name}
                    {isSorted && (sort.isDown ? <IconArrowDown size={12} /> : <IconArrowUp size={12} />)}
                  </UnstyledButton>
                </th>
              )
            })}
          </tr>
        </thead>
        <tbody>
          {ordered.slice(0, MOST).map((row, i) => (
            <tr key={i}>
              {visible.map(({ column, index, setting }) => (
                <Value
                  key={column.name}
                  panel={panel}
                  column={column}
                  value={row[index] ?? null}
                  setting={setting}
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

interface ValueProps {
  panel: BodyProps['panel']
  column: Column
  value: Cell
  setting: Partial<Override>
}

function Value({ panel, column, value, setting }: ValueProps) {
  if (column.type === 'time' && value !== null) {
    const time = typeof value === 'number' ? new Date(value * 1000).toISOString() : String(value)
    return <td className={classes.muted}>{dateTime(time)}</td>
  }
  if (column.type !== 'number') {
    const words = shown({ ...panel, thresholds: { mode: 'absolute', steps: [] } }, value === null ? '' : String(value))
    return (
      <td title={words.text} style={words.color ? { color: paint(words.color) } : undefined}>
        {words.text}
      </td>
    )
  }
  // Thresholds are of the panel's unit; a column of another unit has none.
  const own = setting.unit ?? column.unit
  const plain = own && own !== panel.unit ? { thresholds: { mode: 'absolute' as const, steps: [] }, mappings: [] } : {}
  const { text, color } = shown(
    { ...panel, unit: own || panel.unit, decimals: setting.decimals ?? panel.decimals, ...plain },
    typeof value === 'number' ? value : null,
  )
  return (
    <td data-number style={color && color !== 'text' ? { color: paint(color) } : undefined}>
      {text}
    </td>
  )
}

const firstSort = ({ options }: BodyProps['panel'], columns: Column[]): Sort | null =>
  options.sort && columns.some(({ name }) => name === options.sort)
    ? { by: options.sort, isDown: options.sort_descending ?? true }
    : null

/** The columns to show, in the order asked for; all of them when none is named. */
function visibleColumns(panel: BodyProps['panel'], columns: Column[]) {
  const asked = panel.options.columns
  const all = columns.map((column, index) => ({ column, index, setting: overridden(panel, column.name) }))
  const kept = asked?.length
    ? asked.flatMap((name) => all.filter(({ column }) => column.name === name))
    : all
  return kept.filter(({ setting }) => !setting.hidden)
}
