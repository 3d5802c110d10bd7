import { IconBraces, IconCompass, IconCopy, IconMaximize, IconPencil, IconTrash } from '@tabler/icons-react'
import { useCallback, useEffect, useRef } from 'react'

import { explorations } from '@/features/dashboards/model/drill'
import type { Drawn } from '@/features/dashboards/model/panels'
import type { PanelAction } from '@/features/dashboards/panels/PanelFrame'
import type { Scope } from '@/shared/time/useScope'

import type { Variables } from './useVariables'

const ICON = { size: 15, stroke: 1.7 }

interface Props {
  scope: Scope
  variables: Variables
  isEditing: boolean
  canEdit: boolean
  onView: (drawn: Drawn) => void
  onEdit: (id: number) => void
  onInspect: (drawn: Drawn) => void
  onCopy: (id: number) => void
  onRemove: (id: number) => void
}

/** What the menu of each panel offers. */
export function usePanelActions(props: Props): (drawn: Drawn) => PanelAction[] {
  const latest = useRef(props)
  useEffect(() => {
    latest.current = props
  })
  const { scope, variables, isEditing, canEdit } = props
  return useCallback(
    (drawn) => {
      const { panel, original, scoped } = drawn
      const { id } = original
      const on = () => latest.current
      const range = { from: scope.from, to: scope.to }
      return [
        { label: 'View', icon: <IconMaximize {...ICON} />, onClick: () => on().onView(drawn) },
        ...(canEdit ? [{ label: 'Edit', icon: <IconPencil {...ICON} />, onClick: () => on().onEdit(id) }] : []),
        ...explorations(panel, scoped, variables.options, range, scope.project).map((one) => ({
          ...one,
          icon: <IconCompass {...ICON} />,
        })),
        { label: 'Inspect', icon: <IconBraces {...ICON} />, onClick: () => on().onInspect(drawn) },
        ...(isEditing
          ? [
              { label: 'Duplicate', icon: <IconCopy {...ICON} />, onClick: () => on().onCopy(id), hasDividerAbove: true },
              { label: 'Remove', icon: <IconTrash {...ICON} />, onClick: () => on().onRemove(id), isDanger: true },
            ]
          : []),
      ]
    },
    [scope, variables.options, isEditing, canEdit],
  )
}
