import { useQuery } from '@tanstack/react-query'

import { SidePanel } from '@/shared/ui/SidePanel'
import { EmptyState, ErrorState, RowsSkeleton } from '@/shared/ui/States'

import { ask, type TargetsData } from './api'
import classes from './Metrics.module.css'

interface Props {
  project: string
  onClose: () => void
}

/** What is scraped, and does it answer? */
export function Targets({ project, onClose }: Props) {
  const targets = useQuery({
    queryKey: [project, 'targets'],
    queryFn: ({ signal }) => ask<TargetsData>('targets', project, { state: 'active' }, signal),
    refetchInterval: 5000,
  })
  const active = targets.data?.data.activeTargets ?? []
  return (
    <SidePanel label="Targets" title={<b>Targets</b>} onClose={onClose}>
      {targets.isPending ? (
        <RowsSkeleton rows={6} />
      ) : targets.error ? (
        <ErrorState error={targets.error} onRetry={() => void targets.refetch()} />
      ) : active.length === 0 ? (
        <EmptyState title="Nothing is scraped">
          Name a Prometheus configuration in <code>scrape_config_file</code>, or enter jobs through <code>/api/scrapes</code>.
        </EmptyState>
      ) : (
        <ul className={classes.targets}>
          {active.map((one) => (
            <li key={`${one.scrapePool} ${one.scrapeUrl}`} data-health={one.health}>
              <b>{one.health === 'up' ? '●' : '○'} {one.scrapePool}</b> <span>{one.scrapeUrl}</span>
              <small>{one.lastError || one.health}</small>
            </li>
          ))}
        </ul>
      )}
    </SidePanel>
  )
}
