import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

import type { LiveData, Panel } from '@/features/dashboards/model/types'
import { useLive } from '@/shared/live/useLive'

import { answersOf, type Asking, type PanelSource } from './usePanelData'

interface Props {
  uid: string
  version: number
  panels: Panel[]
  asking: Asking
  source: PanelSource
  isOn: boolean
  onMarks: (answer: LiveData) => void
}

/** The server tells all panels of a saved dashboard; viewers of the same thing share one answer. */
export function useLiveDashboard({ uid, version, panels, asking, source, isOn, onMarks }: Props) {
  const client = useQueryClient()
  const { project, variables, from, to, maxPoints } = asking
  // What the page asks for itself at first need not be asked twice.
  const [isLate, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 1500)
    return () => clearTimeout(timer)
  }, [])
  useLive<LiveData>(
    'dashboard',
    project,
    { uid, from, to, vars: JSON.stringify(variables), max_points: String(maxPoints) },
    (data) => {
      if (data.version !== version) {
        void client.invalidateQueries({ queryKey: [project, 'dashboard', uid] })
        return
      }
      for (const panel of panels) {
        const answers = answersOf(data.panels, panel.id)
        if (Object.keys(answers).length > 0) client.setQueryData(source.keyOf(panel), answers)
      }
      onMarks(data)
    },
    isOn && isLate,
  )
}
