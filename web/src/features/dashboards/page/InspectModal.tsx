import { Modal, Tabs } from '@mantine/core'

import type { Drawn } from '@/features/dashboards/model/panels'
import { tableOf } from '@/features/dashboards/model/tables'
import type { PanelData } from '@/features/dashboards/model/types'
import { dateTime } from '@/shared/format/format'
import { CodeBlock } from '@/shared/ui/CodeBlock'
import table from '@/shared/ui/table.module.css'

import { usePanelData } from './usePanelData'

const MOST = 200

/** What a panel was answered and what it is made of. */
export function InspectModal({ drawn, onClose }: { drawn: Drawn; onClose: () => void }) {
  const { data } = usePanelData(drawn.original, drawn.key, true)
  const definition = JSON.stringify(drawn.original, null, 2)
  return (
    <Modal opened onClose={onClose} title={`Inspect ${drawn.panel.title || 'panel'}`} size="xl">
      <Tabs defaultValue="data">
        <Tabs.List mb="sm">
          <Tabs.Tab value="data">Data</Tabs.Tab>
          <Tabs.Tab value="answer">Answer JSON</Tabs.Tab>
          <Tabs.Tab value="panel">Panel JSON</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="data">{data ? <Values data={data} /> : 'No answer yet'}</Tabs.Panel>
        <Tabs.Panel value="answer">
          <CodeBlock label="answer" code={JSON.stringify(data ?? null, null, 1).slice(0, 400_000)} />
        </Tabs.Panel>
        <Tabs.Panel value="panel">
          <CodeBlock label="panel" code={definition} />
        </Tabs.Panel>
      </Tabs>
    </Modal>
  )
}

function Values({ data }: { data: PanelData }) {
  const frames = data.frames.filter(({ series, rows }) => series || rows)
  if (frames.length === 0) return <div className={table.none}>No figures in this answer.</div>
  return frames.map((frame) => {
    const times = frame.times ?? []
    const isSeries = Boolean(frame.series) && times.length > 1
    const head = isSeries ? ['time', ...(frame.series ?? []).map(({ name }) => name)] : tableOf({ ...data, frames: [frame] }).columns.map(({ name }) => name)
    const rows = isSeries
      ? times.map((time, at) => [
          dateTime(new Date(time * 1000).toISOString()),
          ...(frame.series ?? []).map(({ values }) => values[at] ?? null),
        ])
      : tableOf({ ...data, frames: [frame] }).rows
    return (
      <div key={frame.query} className={table.scroll} tabIndex={0} role="region" aria-label={`Query ${frame.query}`}>
        <table className={table.table}>
          <thead>
            <tr>
              {head.map((name, i) => (
                <th key={i}>{name}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(-MOST).map((row, i) => (
              <tr key={i}>
                {row.map((value, j) => (
                  <td key={j} className={typeof value === 'number' ? table.num : undefined}>
                    {value ?? '–'}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {rows.length > MOST && <div className={table.none}>The last {MOST} of {rows.length} rows</div>}
      </div>
    )
  })
}
