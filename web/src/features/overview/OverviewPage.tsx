import { Button } from '@mantine/core'
import { Link, useSearch } from '@tanstack/react-router'

import { type ScopeSearch, useScope } from '@/shared/time/useScope'
import { CodeBlock } from '@/shared/ui/CodeBlock'
import { EmptyState, ErrorState, PageSkeleton } from '@/shared/ui/States'
import { WallHead } from '@/shared/ui/WallHead'

import { useOverview } from './api'
import { Arrivals } from './Arrivals'
import { Endpoints } from './Endpoints'
import { HealthCard } from './HealthCard'
import { Hosts } from './Hosts'
import { LatestErrors } from './LatestErrors'
import { isUntouched } from './model'
import classes from './Overview.module.css'
import { Refusals } from './Refusals'
import { StoreBanner } from './StoreBanner'
import { Trends } from './Trends'

/** Is everything all right, and if not, where? */
export function OverviewPage() {
  const scope = useScope()
  const { wall } = useSearch({ strict: false }) as ScopeSearch
  const { data, error, refetch } = useOverview(scope)
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (!data) return <PageSkeleton />
  return (
    <div className={classes.page}>
      <h1 className={classes.hidden}>Now</h1>
      {wall === '1' && <WallHead scope={scope} />}
      <StoreBanner store={data.store} />
      {error && <div className={classes.stale} role="status">Not refreshed: {error.message}</div>}
      {isUntouched(data) ? (
        <Nothing />
      ) : (
        <>
          <HealthCard overview={data} />
          <Trends overview={data} />
          <div className={classes.columns}>
            <Endpoints endpoints={data.endpoints} from={data.requests_from} />
            <LatestErrors issues={data.latest_errors} />
          </div>
          <div className={classes.columns} data-start>
            <Hosts hosts={data.hosts} />
            <div className={classes.stack}>
              <Arrivals arrivals={data.arrivals} />
              <Refusals refusals={data.refusals} />
            </div>
          </div>
        </>
      )}
    </div>
  )
}

function Nothing() {
  const code = [
    `export OTEL_EXPORTER_OTLP_ENDPOINT=${location.origin}`,
    'export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
    'export OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer%20YOUR_KEY"',
  ].join('\n')
  return (
    <EmptyState
      title="Nothing has arrived in this project yet"
      action={
        <Button component={Link} to="/connect">
          Connect an application
        </Button>
      }
    >
      <p>Point any OpenTelemetry SDK here; its first record shows up within seconds.</p>
      <CodeBlock label="environment" code={code} />
    </EmptyState>
  )
}
