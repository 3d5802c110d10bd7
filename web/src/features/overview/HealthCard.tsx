import type { Overview } from '@/shared/api/types'
import { count, duration, percent } from '@/shared/format/format'

import classes from './HealthCard.module.css'
import { errorTone, healthView, type Tone } from './model'

const QUIET: Record<Overview['health']['state'], string> = {
  ok: 'Nothing out of the ordinary',
  degraded: '',
  down: '',
  no_data: 'No requests in this range',
}

export function HealthCard({ overview }: { overview: Overview }) {
  const { health, active_users } = overview
  const { word, tone } = healthView(health.state)
  return (
    <section className={classes.card} data-tone={tone} aria-label="Health">
      <div className={classes.state}>
        <span className={classes.light} aria-hidden />
        <div>
          <div className={classes.word} role="status">
            {word}
          </div>
          <ul className={classes.reasons}>
            {(health.reasons.length ? health.reasons : [QUIET[health.state]]).map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </div>
      </div>
      <dl className={classes.figures}>
        <Figure name="Uptime, 24 h" value={percent(health.uptime)} />
        <Figure name="Mean response" value={duration(health.mean_response_ms)} />
        <Figure name="Error rate" value={percent(health.error_rate)} tone={errorTone(health.error_rate)} />
        <Figure
          name="Active users"
          value={count(health.active_users ?? active_users.last_5m)}
          note={`${count(active_users.last_24h)} in 24 h`}
        />
      </dl>
    </section>
  )
}

interface FigureProps {
  name: string
  value: string
  note?: string
  tone?: Tone
}

function Figure({ name, value, note, tone = 'none' }: FigureProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd data-tone={tone}>
        {value}
        {note && <small>{note}</small>}
      </dd>
    </div>
  )
}
