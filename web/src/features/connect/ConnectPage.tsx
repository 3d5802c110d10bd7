import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'

import { useScope } from '@/shared/time/useScope'
import { CodeBlock } from '@/shared/ui/CodeBlock'
import { Panel } from '@/shared/ui/Panel'
import { ErrorState, PageSkeleton } from '@/shared/ui/States'

import { useConnect } from './api'
import classes from './Connect.module.css'
import { KeyChooser } from './KeyChooser'
import { Keys } from './Keys'
import { Lights } from './Lights'
import { type Target, WAYS, type Way, wayOf } from './snippets'

const route = getRouteApi('/shell/connect')
const GROUPS: Way['group'][] = ['OpenTelemetry', 'Prometheus', 'Sentry', 'HTTP']

/** How do I send data? */
export function ConnectPage() {
  const { project } = useScope()
  const { with: chosen } = route.useSearch()
  const navigate = route.useNavigate()
  const [key, setKey] = useState('')
  const connect = useConnect(project)
  if (connect.error && !connect.data)
    return <ErrorState error={connect.error} onRetry={() => void connect.refetch()} />
  if (!connect.data) return <PageSkeleton />

  const way = wayOf(chosen)
  const target: Target = {
    address: connect.data.address,
    key: key || 'YOUR_KEY',
    projectId: connect.data.project.id,
    project: connect.data.project.name,
  }
  return (
    <div className={classes.page}>
      <h1>Connect</h1>
      <p className={classes.lead}>
        Send to <b>{connect.data.address}</b> with any OpenTelemetry or Sentry SDK, a Prometheus or
        what pushes to one: change its address, keep your code.
        {connect.data.otlp_grpc && (
          <>
            {' '}
            OTLP over gRPC is at <b>{connect.data.otlp_grpc}</b>.
          </>
        )}
      </p>
      <div className={classes.columns}>
        <div className={classes.main}>
          <Panel title="1. A key">
            <KeyChooser key={project} project={project} value={key} onKey={setKey} />
          </Panel>
          <Panel title="2. Your application">
            <div className={classes.ways} role="tablist" aria-label="Kinds of application">
              {GROUPS.map((group) => (
                <div key={group} className={classes.group}>
                  <small>{group}</small>
                  {WAYS.filter((one) => one.group === group).map((one) => (
                    <button
                      key={one.id}
                      type="button"
                      role="tab"
                      aria-selected={one.id === way.id}
                      aria-label={`${group === 'HTTP' ? '' : `${group} `}${one.name}`}
                      onClick={() =>
                        void navigate({ search: (before) => ({ ...before, with: one.id }), replace: true })
                      }
                    >
                      {one.name}
                    </button>
                  ))}
                </div>
              ))}
            </div>
            <div role="tabpanel" aria-label={`${way.group} ${way.name}`} className={classes.steps}>
              {way.steps(target).map(({ label, code }) => (
                <CodeBlock key={way.id + label} label={label} code={code} />
              ))}
            </div>
          </Panel>
        </div>
        <div className={classes.side}>
          <Lights connect={connect.data} project={project} />
          <Keys project={project} />
        </div>
      </div>
    </div>
  )
}
