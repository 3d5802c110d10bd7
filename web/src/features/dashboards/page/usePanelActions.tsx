import {
  IconArrowDown,
  IconArrowUp,
  IconBraces,
  IconCompass,
  IconCopy,
  IconMaximize,
  IconPencil,
  IconTrash,
} from '@tabler/icons-react'
import { useCallback, useEffect, useRef } from 'react'

import { explorations } from '@/features/dashboards/model/drill'
import { ownRange } from '@/features/dashboards/model/ownTime'
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
  /** One place earlier or later in reading order. */
  onMove: (id: number, by: -1 | 1) => void
  onSize: (id: number, size: { w?: number; h?: number }) => void
}

const WIDTHS = [
  { label: '¼', name: 'a quarter', w: 6 },
  { label: '⅓', name: 'a third', w: 8 },
  { label: '½', name: 'half', w: 12 },
  { label: '⅔', name: 'two thirds', w: 16 },
  { label: '1', name: 'all', w: 24 },
]
const HEIGHTS = [
  { label: 'S', name: 'low', h: 5 },
  { label: 'M', name: 'medium', h: 8 },
  { label: 'L', name: 'tall', h: 12 },
  { label: 'XL', name: 'very tall', h: 18 },
]

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
      const range = ownRange(panel, { from: scope.from, to: scope.to })
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
              {
                label: 'Move up',
                icon: <IconArrowUp {...ICON} />,
                onClick: () => on().onMove(id, -1),
                hasDividerAbove: true,
              },
              { label: 'Move down', icon: <IconArrowDown {...ICON} />, onClick: () => on().onMove(id, 1) },
              {
                label: 'Width',
                icon: null,
                choices: WIDTHS.map(({ label, name, w }) => ({
                  label,
                  name,
                  isChosen: original.grid.w === w,
                  onClick: () => on().onSize(id, { w }),
                })),
              },
              {
                label: 'Height',
                icon: null,
                choices: HEIGHTS.map(({ label, name, h }) => ({
                  label,
                  name,
                  isChosen: original.grid.h === h,
                  onClick: () => on().onSize(id, { h }),
                })),
              },
              { label: 'Duplicate', icon: <IconCopy {...ICON} />, onClick: () => on().onCopy(id), hasDividerAbove: true },
              { label: 'Remove', icon: <IconTrash {...ICON} />, onClick: () => on().onRemove(id), isDanger: true },
            ]
          : []),
      ]
    },
    [scope, variables.options, isEditing, canEdit],
  )
}
