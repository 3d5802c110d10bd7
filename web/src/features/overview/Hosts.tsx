import type { Host } from '@/shared/api/types'
import { Sparkline } from '@/shared/charts/Sparkline'
import { bytes, bytesPerSecond, number, percent } from '@/shared/format/format'
import { Panel } from '@/shared/ui/Panel'
import table from '@/shared/ui/table.module.css'

import classes from './Hosts.module.css'
import { fillTone } from './model'

/** What the machines have left. */
export function Hosts({ hosts }: { hosts: Host[] }) {
  return (
    <Panel title="Hosts" flush>
      {hosts.length === 0 && <div className={table.none}>No host reports its resources.</div>}
      {hosts.map((host) => (
        <article key={host.name} className={classes.host} aria-label={host.name}>
          <header>
            <b>{host.name}</b>
            {host.is_this_server && <span className={classes.tag}>this server</span>}
            <span className={classes.net}>
              load {number(host.load1)}
              {host.cpu_count ? ` / ${host.cpu_count} CPU` : ''} · ↓ {bytesPerSecond(host.network_receive_bps)} · ↑{' '}
              {bytesPerSecond(host.network_transmit_bps)}
            </span>
          </header>
          <div className={classes.meters}>
            <Meter name="CPU" ratio={host.cpu} history={host.series.cpu} />
            <Meter
              name="Memory"
              ratio={host.memory}
              of={host.memory_total_bytes}
              history={host.series.memory}
            />
            <Meter name="Disk" ratio={host.disk} of={host.disk_total_bytes} />
          </div>
        </article>
      ))}
    </Panel>
  )
}

interface MeterProps {
  name: string
  ratio: number | null | undefined
  of?: number | null
  history?: (number | null)[]
}

function Meter({ name, ratio, of, history }: MeterProps) {
  return (
    <div className={classes.meter}>
      <div className={classes.label}>
        <span>{name}</span>
        <b>{percent(ratio)}</b>
        {of != null && <small>of {bytes(of)}</small>}
      </div>
      <div
        className={classes.bar}
        role="meter"
        aria-label={name}
        aria-valuemin={0}
        aria-valuemax={1}
        aria-valuenow={ratio ?? 0}
        data-tone={fillTone(ratio)}
      >
        <i style={{ width: `${Math.min(1, ratio ?? 0) * 100}%` }} />
      </div>
      {history && history.length > 1 && (
        <Sparkline values={history} max={1} width={400} height={26} label={`${name} over time`} />
      )}
    </div>
  )
}
