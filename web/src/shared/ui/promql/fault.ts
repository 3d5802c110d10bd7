/** Marks the place of a fault that the server found, until the text changes. */

import { type EditorState, StateEffect, StateField } from '@codemirror/state'
import { Decoration, type DecorationSet, EditorView, WidgetType } from '@codemirror/view'

import { characterAt, type Fault } from './place'

export const setFault = StateEffect.define<Fault | null>()

class Caret extends WidgetType {
  toDOM() {
    const mark = document.createElement('span')
    mark.className = 'cm-fault-end'
    mark.setAttribute('aria-hidden', 'true')
    return mark
  }
}

const WORD = /^[\w:.]+/

function markOf(state: EditorState, fault: Fault): DecorationSet {
  if (fault.line > state.doc.lines) return Decoration.none
  const line = state.doc.line(fault.line)
  const start = Math.min(line.to, line.from + characterAt(line.text, fault.column))
  if (start >= line.to) return Decoration.set([Decoration.widget({ widget: new Caret(), side: 1 }).range(line.to)])
  const length = WORD.exec(line.text.slice(start - line.from))?.[0].length ?? 1
  return Decoration.set([Decoration.mark({ class: 'cm-fault' }).range(start, start + length)])
}

const field = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    if (transaction.docChanged) marks = Decoration.none
    for (const effect of transaction.effects)
      if (effect.is(setFault)) marks = effect.value ? markOf(transaction.state, effect.value) : Decoration.none
    return marks
  },
  provide: (own) => EditorView.decorations.from(own),
})

const theme = EditorView.theme({
  '.cm-fault': {
    backgroundColor: 'var(--v-bad-bg)',
    borderRadius: '2px',
    textDecoration: 'underline wavy var(--v-bad)',
    textDecorationSkipInk: 'none',
    textUnderlineOffset: '3px',
  },
  '.cm-fault-end': {
    display: 'inline-block',
    width: '9px',
    height: '1.2em',
    marginLeft: '1px',
    verticalAlign: 'text-bottom',
    borderRadius: '2px',
    backgroundColor: 'var(--v-bad-bg)',
    borderBottom: '2px solid var(--v-bad)',
  },
})

export const faults = [field, theme]
