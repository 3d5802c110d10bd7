import { useHotkeys } from '@mantine/hooks'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useMemo, useState } from 'react'

import { shifted } from '@/features/dashboards/model/layout'
import { type Drawn, repeated, withCopy, withoutPanel, withPanel, withSize } from '@/features/dashboards/model/panels'
import type { Dashboard, Panel, PanelType } from '@/features/dashboards/model/types'
import { useSession } from '@/shared/api/session'
import { DEFAULT_RANGE, fromSeconds } from '@/shared/time/range'
import { type Scope, useSetScope } from '@/shared/time/useScope'

import { Board } from './Board'
import { Dialogs, type Opened } from './Dialogs'
import { Alone } from './Alone'
import { EditHead } from './EditHead'
import { EmptyBoard } from './EmptyBoard'
import classes from './Page.module.css'
import { PageLinks } from './PageLinks'
import { PanelSourceContext } from './usePanelData'
import { RefreshControl } from './RefreshControl'
import { useDashboardActions } from './useDashboardActions'
import { useDashboardSearch } from './useDashboardSearch'
import { useDraft, useUndoKeys } from './useDraft'
import { usePanelActions } from './usePanelActions'
import { useSource } from './useSource'
import { useVariables } from './useVariables'
import { VariablesBar } from './VariablesBar'
import { ViewHead } from './ViewHead'
import { Wall } from './Wall'

interface Props {
  saved: Dashboard
  scope: Scope
}

/** A dashboard that is there: looked at, edited, on a wall, or one panel of it alone. */
export function OpenDashboard({ saved, scope }: Props) {
  const { project } = scope
  const { uid } = saved
  const { search, set, asked, choose } = useDashboardSearch()
  const navigate = useNavigate()
  const setScope = useSetScope()
  const canEdit = useSession()?.person?.role !== 'viewer'
  const tools = useDraft(project, uid)
  const isEditing = search.edit === '1' && canEdit && !saved.shipped
  const dashboard = (isEditing && tools.dashboard) || saved
  const [opened, setOpened] = useState<Opened | null>(null)
  const { start } = tools
  useEffect(() => {
    if (isEditing && !tools.draft) start(saved)
  }, [isEditing, tools.draft, saved, start])
  useUndoKeys(isEditing ? tools : { undo: () => undefined, redo: () => undefined })

  const isTimeSet = useDefaultTime(saved, search)
  const variables = useVariables(dashboard.variables, asked, scope)
  const everyS = search.refresh === undefined ? dashboard.refresh_s : Number(search.refresh) || 0
  const { source, marks, refresh } = useSource({
    dashboard,
    scope,
    variables,
    everyS,
    isSaved: !isEditing || !tools.isDirty,
    isReady: isTimeSet,
  })
  const zoom = (from: number, to: number) => setScope({ from: fromSeconds(from), to: fromSeconds(to) })
  const actions = useDashboardActions(project)
  const edit = (id: number) => {
    start(saved)
    void navigate({
      to: '/dashboards/$uid/edit-panel/$panelId',
      params: { uid, panelId: String(id) },
      search: ((before: object) => ({ ...before, panel: undefined, edit: '1' })) as never,
    })
  }
  const actionsOf = usePanelActions({
    scope,
    variables,
    isEditing,
    canEdit: canEdit && !saved.shipped,
    onView: (drawn) => set({ panel: drawn.key }),
    onEdit: edit,
    onInspect: (drawn) => setOpened({ what: 'inspect', drawn }),
    onCopy: (id) => tools.change((before) => withCopy(before, id)),
    onRemove: (id) => tools.change((before) => withoutPanel(before, id)),
    onMove: (id, by) => tools.change((before) => ({ ...before, panels: shifted(before.panels, id, by) })),
    onSize: (id, size) => tools.change((before) => withSize(before, id, size)),
  })
  const add = (type: PanelType) => {
    const [next, id] = withPanel(tools.dashboard ?? saved, type)
    tools.change(() => next)
    if (type !== 'row') edit(id)
  }
  const { change, changePanel } = tools
  const editing = useMemo(
    () =>
      isEditing
        ? {
            onPanels: (panels: Panel[]) => change((before) => ({ ...before, panels: placed(before.panels, panels) })),
            onRemove: (id: number) => change((before) => withoutPanel(before, id)),
            onChange: changePanel,
          }
        : undefined,
    [isEditing, change, changePanel],
  )
  const alone = useAlone(dashboard, variables, search.panel)
  useHotkeys([['Escape', () => search.panel && set({ panel: undefined })]])

  const shared = { variables, range: scope, actionsOf, marks, onZoom: zoom, syncKey: uid }
  if (search.wall === '1')
    return (
      <PanelSourceContext value={source}>
        <Wall dashboard={dashboard} scope={scope} onLeave={() => set({ wall: undefined })}>
          <Board panels={dashboard.panels} {...shared} actionsOf={nothing} />
        </Wall>
      </PanelSourceContext>
    )
  return (
    <PanelSourceContext value={source}>
      <div className={classes.page}>
        {isEditing ? (
          <EditHead
            dashboard={dashboard}
            tools={tools}
            on={{
              add,
              settings: () => setOpened({ what: 'settings' }),
              discard: () => {
                tools.drop()
                set({ edit: undefined })
              },
              save: () => setOpened({ what: 'save' }),
            }}
          />
        ) : (
          <ViewHead
            dashboard={dashboard}
            canEdit={canEdit}
            isCopying={actions.copy.isPending}
            refresh={
              <RefreshControl
                everyS={everyS}
                onEvery={(seconds) => set({ refresh: String(seconds) })}
                onNow={() => void refresh()}
              />
            }
            on={{
              edit: () => set({ edit: '1', panel: undefined }),
              copy: () => actions.copy.mutate(saved),
              share: () => setOpened({ what: 'share' }),
              versions: () => setOpened({ what: 'versions' }),
              export: (format) => actions.export.mutate({ dashboard: saved, format }),
              wall: () => {
                void document.documentElement.requestFullscreen?.().catch(() => undefined)
                set({ wall: '1' })
              },
              remove: () => setOpened({ what: 'remove' }),
            }}
          />
        )}
        <div className={classes.under}>
          <VariablesBar variables={variables} onChoose={choose} />
          <PageLinks links={dashboard.links} chosen={variables.chosen} range={scope} />
        </div>
        {alone ? (
          <Alone drawn={alone} onBack={() => set({ panel: undefined })} {...shared} options={variables.options} />
        ) : dashboard.panels.length === 0 ? (
          <EmptyBoard isEditing={isEditing} canEdit={canEdit && !saved.shipped} onAdd={add} onEdit={() => set({ edit: '1' })} />
        ) : (
          <Board panels={dashboard.panels} {...shared} editing={editing} />
        )}
        <Dialogs
          opened={opened}
          onClose={() => setOpened(null)}
          project={project}
          dashboard={dashboard}
          saved={saved}
          tools={tools}
          actions={actions}
          onSaved={() => set({ edit: undefined })}
        />
      </div>
    </PanelSourceContext>
  )
}

const nothing = () => []

/** The panels with the places they were given. */
function placed(before: Panel[], after: Panel[]): Panel[] {
  const grids = new Map(after.map(({ id, grid }) => [id, grid]))
  return before.map((panel) => ({ ...panel, grid: grids.get(panel.id) ?? panel.grid }))
}

/** Show the dashboard's own range when the URL names none; true once that is settled. */
function useDefaultTime({ time }: Dashboard, search: { from?: string; to?: string }): boolean {
  const { set } = useDashboardSearch()
  const [isDone, setDone] = useState(false)
  const isOwn = time.from === DEFAULT_RANGE.from && time.to === DEFAULT_RANGE.to
  const isAsked = Boolean(search.from ?? search.to)
  useEffect(() => {
    if (!isDone && !isAsked && !isOwn) set({ from: time.from, to: time.to }, { replace: true })
    setDone(true)
  }, [isDone, isAsked, isOwn, set, time])
  return isAsked || isOwn
}

/** The one panel, or copy of it, that is to be seen alone. */
function useAlone(dashboard: Dashboard, { chosen, options }: Pick<ReturnType<typeof useVariables>, 'chosen' | 'options'>, key: string | undefined): Drawn | undefined {
  return useMemo(
    () => (key ? repeated(dashboard.panels, chosen, options).find((one) => one.key === key) : undefined),
    [key, dashboard.panels, chosen, options],
  )
}
