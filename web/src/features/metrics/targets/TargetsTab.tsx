import { Button, TextInput } from '@mantine/core'
import { IconPlus, IconSearch } from '@tabler/icons-react'
import { useState } from 'react'

import { useSession } from '@/shared/api/session'
import { count } from '@/shared/format/format'
import { useScope } from '@/shared/time/useScope'
import { EmptyState, ErrorState, PageSkeleton } from '@/shared/ui/States'

import { type KeptJob, useKeptJobs, useScraped, useTargets } from './api'
import { ForgetJob } from './ForgetJob'
import { JobModal } from './JobModal'
import { JobPanel } from './JobPanel'
import { PushedGroups } from './PushedGroups'
import classes from './Targets.module.css'
import { countStates, jobsOf, type State, STATES } from './targets'

/** What is scraped, does it answer, and what else shall be? */
export function TargetsTab() {
  const { project } = useScope()
  const role = useSession()?.person.role
  const isAdmin = role === 'admin'
  const [state, setState] = useState<State | null>(null)
  const [search, setSearch] = useState('')
  const [edited, setEdited] = useState<KeptJob | 'new' | null>(null)
  const [forgotten, setForgotten] = useState<KeptJob | null>(null)
  const targets = useTargets(project)
  const kept = useKeptJobs(project)
  const scraped = useScraped(project)
  if (targets.isPending) return <PageSkeleton />
  if (!targets.data) return <ErrorState error={targets.error} onRetry={() => void targets.refetch()} />
  const items = kept.data ?? []
  const jobs = jobsOf(targets.data, items, { state, search })
  const counts = countStates(targets.data.activeTargets)
  const isNothing = !targets.data.activeTargets.length && !items.length && !Object.keys(targets.data.droppedTargetCounts).length
  return (
    <div className={classes.page}>
      <div className={classes.bar}>
        <div role="group" aria-label="State" className={classes.states}>
          <button type="button" aria-pressed={state === null} onClick={() => setState(null)}>
            All <b>{count(targets.data.activeTargets.length)}</b>
          </button>
          {STATES.map((one) => (
            <button key={one} type="button" data-state={one} aria-pressed={state === one} onClick={() => setState(state === one ? null : one)}>
              <i aria-hidden /> {one === 'unknown' ? 'not asked yet' : one} <b>{count(counts[one])}</b>
            </button>
          ))}
        </div>
        <TextInput size="xs" className={classes.search} aria-label="Search targets" placeholder="Address, label or error" leftSection={<IconSearch size={14} />} value={search} onChange={(event) => setSearch(event.currentTarget.value)} />
        {isAdmin && (
          <Button size="xs" leftSection={<IconPlus size={14} />} onClick={() => setEdited('new')}>
            Add job
          </Button>
        )}
      </div>
      {isNothing ? (
        <EmptyState title="Nothing is scraped" action={isAdmin && <Button onClick={() => setEdited('new')}>Add a job</Button>}>
          Enter a job here, or name a Prometheus configuration in <code>scrape_config_file</code>: its <code>scrape_configs</code> are followed as
          they are.
        </EmptyState>
      ) : jobs.length === 0 ? (
        <EmptyState title="No such target">Other states or words may find it.</EmptyState>
      ) : (
        jobs.map((job) => {
          const own = items.find(({ id }) => id === job.keptId)
          return (
            <JobPanel
              key={job.name}
              job={job}
              scraped={scraped.data}
              onEdit={own && isAdmin ? () => setEdited(own) : undefined}
              onForget={own && isAdmin ? () => setForgotten(own) : undefined}
            />
          )
        })
      )}
      {state === null && !search && <PushedGroups project={project} canDelete={role !== 'viewer'} />}
      {edited && <JobModal project={project} kept={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
      {forgotten && <ForgetJob project={project} job={forgotten} onClose={() => setForgotten(null)} />}
    </div>
  )
}
