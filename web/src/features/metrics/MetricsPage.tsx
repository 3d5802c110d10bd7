import { getRouteApi, useNavigate } from '@tanstack/react-router'

import page from '@/shared/ui/listPage.module.css'

import { Explore } from './Explore'
import classes from './Metrics.module.css'
import { Rules } from './rules/Rules'
import { TargetsTab } from './targets/TargetsTab'

const route = getRouteApi('/shell/explore')
const TABS = [
  { id: '', name: 'Explore' },
  { id: 'targets', name: 'Targets' },
  { id: 'rules', name: 'Rules' },
]

/** What is this number doing, where does it come from, and what is made of it? */
export function MetricsPage() {
  const { tab: chosen } = route.useSearch()
  const navigate = useNavigate({ from: '/explore' })
  const tab = TABS.find(({ id }) => id === chosen)?.id ?? ''
  return (
    <div className={page.page}>
      <div className={classes.head}>
        <h1>Metrics</h1>
        <div role="tablist" aria-label="Metrics" className={classes.tabs}>
          {TABS.map(({ id, name }) => (
            <button
              key={id}
              type="button"
              role="tab"
              aria-selected={id === tab}
              onClick={() => void navigate({ search: (before) => ({ ...before, tab: id || undefined }) })}
            >
              {name}
            </button>
          ))}
        </div>
      </div>
      {tab === 'targets' ? <TargetsTab /> : tab === 'rules' ? <Rules /> : <Explore />}
    </div>
  )
}
