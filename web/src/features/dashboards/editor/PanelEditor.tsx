import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { IconArrowBackUp, IconArrowForwardUp, IconArrowLeft } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'

import { withColumnWidth } from '@/features/dashboards/model/overrides'
import { type Drawn, repeated } from '@/features/dashboards/model/panels'
import { namesIn } from '@/features/dashboards/model/tables'
import type { Dashboard, Panel, Variable } from '@/features/dashboards/model/types'
import { DashboardPanel } from '@/features/dashboards/page/DashboardPanel'
import { Dialogs, type Opened } from '@/features/dashboards/page/Dialogs'
import { RefreshControl } from '@/features/dashboards/page/RefreshControl'
import { useDashboardActions } from '@/features/dashboards/page/useDashboardActions'
import { useDashboardSearch } from '@/features/dashboards/page/useDashboardSearch'
import { type DraftTools, useUndoKeys } from '@/features/dashboards/page/useDraft'
import { PanelSourceContext, usePanelData } from '@/features/dashboards/page/usePanelData'
import { useSource } from '@/features/dashboards/page/useSource'
import { useVariables } from '@/features/dashboards/page/useVariables'
import { VariablesBar } from '@/features/dashboards/page/VariablesBar'
import { fromSeconds } from '@/shared/time/range'
import { type Scope, useSetScope } from '@/shared/time/useScope'

import classes from './PanelEditor.module.css'
import { PanelForm } from './PanelForm'
import { Queries } from './Queries'

interface Props {
  panel: Panel
  dashboard: Dashboard
  saved: Dashboard
  tools: DraftTools
  scope: Scope
}

/** A change of part of a panel; changes of one field belong together. */
export type ChangePanel = (part: Partial<Panel>, about?: string) => void

/** The panel as it will be, above its questions and beside its options. */
export function PanelEditor({ panel, dashboard, saved, tools, scope }: Props) {
  const { uid } = dashboard
  const navigate = useNavigate()
  const setScope = useSetScope()
  const { search, set, asked, choose } = useDashboardSearch()
  const [opened, setOpened] = useState<Opened | null>(null)
  const actions = useDashboardActions(scope.project)
  useUndoKeys(tools)
  const variables = useVariables(dashboard.variables, asked, scope)
  const everyS = search.refresh === undefined ? dashboard.refresh_s : Number(search.refresh) || 0
  const { source, marks, refresh } = useSource({ dashboard, scope, variables, everyS, isSaved: false, isReady: true })
  const change: ChangePanel = (part, about) =>
    tools.changePanel(panel.id, (before) => ({ ...before, ...part }), about && `panel ${panel.id} ${about}`)
  const back = (isEditing = true) =>
    void navigate({
      to: '/dashboards/$uid',
      params: { uid },
      search: ((before: object) => ({ ...before, edit: isEditing ? '1' : undefined })) as never,
    })
  const drawn = useMemo(
    () => repeated([panel], variables.chosen, variables.options)[0],
    [panel, variables.chosen, variables.options],
  )
  return (
    <PanelSourceContext value={source}>
      <div className={classes.page}>
        <header className={classes.head}>
          <Button variant="subtle" color="gray" leftSection={<IconArrowLeft size={15} />} onClick={() => back()}>
            {dashboard.title}
          </Button>
          <h1>{panel.title || 'Panel'}</h1>
          <div className={classes.tools}>
            <RefreshControl
              everyS={everyS}
              onEvery={(seconds) => set({ refresh: String(seconds) })}
              onNow={() => void refresh()}
            />
            <Tooltip label="Undo (⌘Z)">
              <ActionIcon size={30} aria-label="Undo" disabled={!tools.canUndo} onClick={tools.undo}>
                <IconArrowBackUp size={17} />
              </ActionIcon>
            </Tooltip>
            <Tooltip label="Redo (⇧⌘Z)">
              <ActionIcon size={30} aria-label="Redo" disabled={!tools.canRedo} onClick={tools.redo}>
                <IconArrowForwardUp size={17} />
              </ActionIcon>
            </Tooltip>
            <Button variant="default" onClick={() => back()}>
              Done
            </Button>
            <Button disabled={!tools.isDirty} onClick={() => setOpened({ what: 'save' })}>
              Save
            </Button>
          </div>
        </header>
        <div className={classes.split}>
          <div className={classes.main}>
            <VariablesBar variables={variables} onChoose={choose} />
            <div className={classes.preview} data-type={panel.type}>
              {drawn && (
                <DashboardPanel
                  drawn={drawn}
                  options={variables.options}
                  range={scope}
                  actions={[]}
                  marks={marks}
                  onColumnWidth={(name, width) =>
                    tools.changePanel(panel.id, (before) => withColumnWidth(before, name, width))
                  }
                  onZoom={(from, to) => setScope({ from: fromSeconds(from), to: fromSeconds(to) })}
                />
              )}
            </div>
            {panel.type !== 'text' && drawn && <Queries panel={panel} drawn={drawn} project={scope.project} onChange={change} />}
          </div>
          <aside className={classes.side} aria-label="Options of the panel">
            {drawn && <Options drawn={drawn} panel={panel} variables={dashboard.variables} onChange={change} />}
          </aside>
        </div>
        <Dialogs
          opened={opened}
          onClose={() => setOpened(null)}
          project={scope.project}
          dashboard={dashboard}
          saved={saved}
          tools={tools}
          actions={actions}
          onSaved={() => back(false)}
        />
      </div>
    </PanelSourceContext>
  )
}

interface OptionsProps {
  drawn: Drawn
  panel: Panel
  variables: Variable[]
  onChange: ChangePanel
}

/** The form of the panel, with the names of what it shows. */
function Options({ drawn, panel, variables, onChange }: OptionsProps) {
  const { data } = usePanelData(drawn.original, drawn.key, true)
  const names = useMemo(() => (data ? namesIn(panel.type, data) : []), [panel.type, data])
  return <PanelForm panel={panel} names={names} variables={variables} onChange={onChange} />
}
