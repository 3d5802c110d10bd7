import { Button, Skeleton } from '@mantine/core'
import { useResizeObserver } from '@mantine/hooks'
import { IconAlertTriangle, IconPlugConnected } from '@tabler/icons-react'
import { lazy, type ReactNode, Suspense } from 'react'

import { isEmpty } from '@/features/dashboards/model/frames'
import type { Panel, PanelData, PanelType } from '@/features/dashboards/model/types'

import type { BodyProps } from './body'
import { Bars } from './Bars'
import { Gauge } from './Gauge'
import classes from './PanelBody.module.css'
import { Records } from './Records'
import { Stat } from './Stat'
import { Status } from './Status'
import { TableBody } from './TableBody'
import { TimeSeries } from './TimeSeries'

const Heatmap = lazy(() => import('./Heatmap').then((module) => ({ default: module.Heatmap })))
const Histogram = lazy(() => import('./Histogram').then((module) => ({ default: module.Histogram })))
const Text = lazy(() => import('./Text').then((module) => ({ default: module.Text })))

const BODIES: Record<Exclude<PanelType, 'row'>, (props: BodyProps) => ReactNode> = {
  timeseries: (props) => <TimeSeries {...props} />,
  stat: (props) => <Stat {...props} />,
  gauge: (props) => <Gauge {...props} />,
  bar: (props) => <Bars {...props} />,
  table: (props) => <TableBody {...props} />,
  heatmap: (props) => <Heatmap {...props} />,
  histogram: (props) => <Histogram {...props} />,
  logs: (props) => <Records {...props} />,
  errors: (props) => <Records {...props} />,
  status: (props) => <Status {...props} />,
  text: (props) => <Text {...props} />,
}

const NOTHING: PanelData = { frames: [], errors: [], warnings: [] }
const RECORDS = new Set(['logs', 'errors', 'traces', 'events'])

/** What a panel has to show and whether it has it. */
export interface PanelState {
  data: PanelData | undefined
  error: Error | null
  isFetching: boolean
  retry?: () => void
}

interface Props extends Omit<BodyProps, 'data' | 'width' | 'height'> {
  state: PanelState
}

/** The panel's drawing, or why there is none: still loading, failed, not connected, empty. */
export function PanelBody({ state, ...rest }: Props) {
  const [frame, { width, height }] = useResizeObserver<HTMLDivElement>()
  return (
    <div ref={frame} className={classes.body} data-fetching={(state.isFetching && state.data !== undefined) || undefined}>
      {width > 0 && height > 0 && <Content state={state} {...rest} width={width} height={height} />}
    </div>
  )
}

function Content({ state, ...rest }: Props & { width: number; height: number }) {
  const { panel, canLeave = true } = rest
  const { data, error, retry } = state
  if (panel.type === 'text') return <Drawing {...rest} data={data ?? NOTHING} />
  if (!data)
    return error ? <Failed message={error.message} retry={retry} /> : <Skeleton height="100%" radius="sm" />
  // The server says what is missing; a count of 0 is then no figure.
  if (!data.needs && !isEmpty(data)) return <Drawing {...rest} data={data} />
  const [fault] = data.errors
  if (fault) return <Failed message={fault.message} retry={retry} />
  if (data.needs)
    return (
      <div className={classes.message}>
        <IconPlugConnected size={18} aria-hidden />
        <b>{data.needs.has_others ? 'Nothing in this range' : 'Not connected yet'}</b>
        <span className={classes.fault}>This panel shows {data.needs.what}.</span>
        {canLeave && (
          <Button component="a" href={data.needs.how} variant="default" size="compact-xs" mt={4}>
            How to connect it
          </Button>
        )}
      </div>
    )
  const words = panel.queries.length === 0 ? 'This panel asks nothing yet' : 'Nothing in this range'
  const hasRoom = rest.height >= 34 && rest.width >= 120
  return (
    <div className={classes.message}>
      <span title={words}>{hasRoom ? words : '–'}</span>
    </div>
  )
}

function Drawing(props: BodyProps) {
  const { panel, data } = props
  // Records are listed whatever the panel would rather draw: they have no figures.
  const type = data.frames.length > 0 && data.frames.every(({ kind }) => RECORDS.has(kind)) ? 'logs' : panel.type
  const draw = BODIES[type === 'row' ? 'text' : type]
  return <Suspense fallback={<Skeleton height="100%" radius="sm" />}>{draw({ ...props, panel: props.panel as Panel })}</Suspense>
}

function Failed({ message, retry }: { message: string; retry?: () => void }) {
  return (
    <div className={classes.message} role="alert">
      <IconAlertTriangle size={18} color="var(--v-bad)" aria-hidden />
      <span className={classes.fault} title={message}>
        {message}
      </span>
      {retry && (
        <Button variant="default" size="compact-xs" mt={4} onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  )
}
