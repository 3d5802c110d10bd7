import { HoverCard } from '@mantine/core'
import { Link } from '@tanstack/react-router'

import type { Place } from '@/shared/charts/place'
import { clock } from '@/shared/format/format'
import { formatValue } from '@/shared/format/units'

import classes from './Exemplars.module.css'
import { type Exemplar, nameOf } from './model'

interface Props {
  exemplars: Exemplar[]
  place: Place
  unit: string
  /** Whether the chart shows values like theirs; otherwise they stand at its foot. */
  isOnScale: boolean
}

const FOOT_PX = 7

/** Marks of exemplars over a chart; each leads to its trace. */
export function Exemplars({ exemplars, place, unit, isOnScale }: Props) {
  return exemplars.map((one) => {
    const left = place.x(one.time)
    if (left === null) return null
    const foot = place.height - FOOT_PX
    // Above all lines is still seen, at the upper edge.
    const top = isOnScale ? (place.y(one.value) ?? (one.value > 0 ? FOOT_PX : foot)) : foot
    return <Mark key={one.key} one={one} left={left} top={top} unit={unit} />
  })
}

function Mark({ one, left, top, unit }: { one: Exemplar; left: number; top: number; unit: string }) {
  const value = formatValue(one.value, unit)
  return (
    <HoverCard position="top" withArrow openDelay={60} closeDelay={80} shadow="md" transitionProps={{ duration: 80 }}>
      <HoverCard.Target>
        <Link
          to="/traces/$traceId"
          params={{ traceId: one.traceId }}
          className={classes.mark}
          style={{ left, top }}
          aria-label={`Exemplar ${value}, trace ${one.traceId}`}
          onPointerDown={(event) => event.stopPropagation()}
        />
      </HoverCard.Target>
      <HoverCard.Dropdown className={classes.card}>
        <b>{value}</b> <span>{clock(new Date(one.time * 1000).toISOString()).slice(0, -4)}</span>
        <dl>
          <dt>trace</dt>
          <dd>{one.traceId}</dd>
          {Object.entries(one.labels).map(([name, text]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
        <code>{nameOf(one.series, '')}</code>
        <small>Click to open the trace</small>
      </HoverCard.Dropdown>
    </HoverCard>
  )
}
