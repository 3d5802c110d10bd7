import { Drawer, Tabs } from '@mantine/core'

import type { Dashboard } from '@/features/dashboards/model/types'
import type { DraftTools } from '@/features/dashboards/page/useDraft'

import { AnnotationsForm } from './AnnotationsForm'
import { GeneralForm } from './GeneralForm'
import { LinksForm } from './LinksForm'
import { VariablesForm } from './VariablesForm'

interface Props {
  project: string
  dashboard: Dashboard
  tools: Pick<DraftTools, 'change'>
  onClose: () => void
}

/** A change of part of a dashboard; changes of one field belong together. */
export type Change = (part: Partial<Dashboard>, about?: string) => void

/** What a dashboard is besides its panels. */
export function SettingsDrawer({ project, dashboard, tools, onClose }: Props) {
  const change: Change = (part, about) => tools.change((before) => ({ ...before, ...part }), about)
  return (
    <Drawer opened onClose={onClose} position="right" size={520} title="Settings of the dashboard">
      <Tabs defaultValue="general" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="general">General</Tabs.Tab>
          <Tabs.Tab value="variables">Variables</Tabs.Tab>
          <Tabs.Tab value="marks">Annotations</Tabs.Tab>
          <Tabs.Tab value="links">Links</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="general">
          <GeneralForm dashboard={dashboard} onChange={change} />
        </Tabs.Panel>
        <Tabs.Panel value="variables">
          <VariablesForm
            project={project}
            variables={dashboard.variables}
            onChange={(variables, about) => change({ variables }, about)}
          />
        </Tabs.Panel>
        <Tabs.Panel value="marks">
          <AnnotationsForm
            annotations={dashboard.annotations}
            onChange={(annotations, about) => change({ annotations }, about)}
          />
        </Tabs.Panel>
        <Tabs.Panel value="links">
          <LinksForm links={dashboard.links} onChange={(links, about) => change({ links }, about)} />
        </Tabs.Panel>
      </Tabs>
    </Drawer>
  )
}
