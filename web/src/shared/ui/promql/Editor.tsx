import { acceptCompletion, completionStatus } from '@codemirror/autocomplete'
import { EditorState, Prec } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'
import { useEffect, useRef } from 'react'

import classes from './Editor.module.css'
import { faults, setFault } from './fault'
import type { Fault } from './place'
import { extensions } from './setup'

export interface EditorProps {
  label: string
  project: string
  value: string
  onChange: (text: string) => void
  /** Enter, unless it chooses a completion; Shift-Enter begins a line. */
  onRun?: () => void
  hint?: string
  /** Where the server found a fault; marked until the text changes. */
  fault?: Fault | null
  /** Variables stand in the text, which only the server fills in. */
  isTemplate?: boolean
}

/** A PromQL expression with completion, colours and faults marked at their place. */
export default function Editor(props: EditorProps) {
  const { label, project, value, onChange, onRun, hint = 'sum by (job) (rate(http_requests_total[5m]))', fault = null, isTemplate } = props
  const frame = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const told = useRef({ project, label, hint, isTemplate, onChange, onRun: onRun ?? (() => {}) })
  useEffect(() => {
    told.current = { project, label, hint, isTemplate, onChange, onRun: onRun ?? (() => {}) }
  })

  useEffect(() => {
    if (!frame.current) return
    const choose = Prec.highest(
      keymap.of([
        {
          key: 'Enter',
          run: (editor) => completionStatus(editor.state) === 'active' && acceptCompletion(editor),
        },
        { key: 'Tab', run: acceptCompletion },
      ]),
    )
    const editor = new EditorView({
      parent: frame.current,
      state: EditorState.create({ doc: value, extensions: [choose, extensions(() => told.current), faults] }),
    })
    view.current = editor
    return () => editor.destroy()
    // The text is followed below; everything else is asked for when it is needed.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [])

  useEffect(() => {
    const editor = view.current
    const text = editor?.state.doc.toString()
    if (editor && text !== value)
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } })
  }, [value])

  const place = fault && `${fault.line}:${fault.column}`
  useEffect(() => {
    view.current?.dispatch({ effects: setFault.of(fault) })
    // The same place is the same fault.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [place])

  return <div ref={frame} className={classes.frame} />
}
