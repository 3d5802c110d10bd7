/** CodeMirror set up for PromQL, with completion and linting against the server. */

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, insertNewlineAndIndent } from '@codemirror/commands'
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language'
import { lintKeymap } from '@codemirror/lint'
import { EditorState, type Extension, Prec } from '@codemirror/state'
import {
  Decoration,
  type DecorationSet,
  EditorView,
  keymap,
  MatchDecorator,
  placeholder,
  type PluginValue,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { PromQLExtension } from '@prometheus-io/codemirror-promql'

/** A colour of charts as one of text: nearer to that of text, for contrast on a light ground. */
const ink = (number: number) => `color-mix(in oklab, var(--v-cat-${number}) 75%, var(--v-text))`

const colors = HighlightStyle.define([
  { tag: tags.number, color: ink(3) },
  { tag: tags.string, color: ink(8) },
  { tag: [tags.keyword, tags.modifier], color: ink(4) },
  { tag: tags.function(tags.variableName), color: ink(5) },
  { tag: tags.operator, color: ink(7) },
  { tag: tags.labelName, color: ink(2) },
  { tag: tags.comment, color: 'var(--v-muted)', fontStyle: 'italic' },
  { tag: tags.invalid, color: 'var(--v-bad)' },
])

const variable = new MatchDecorator({
  regexp: /\$\w+|\$\{[^}]*\}|\[\[\w+\]\]/g,
  decoration: Decoration.mark({ class: 'cm-template-variable' }),
})

/** Variables are no PromQL and no fault either. */
class VariableMarks implements PluginValue {
  marks: DecorationSet
  constructor(view: EditorView) {
    this.marks = variable.createDeco(view)
  }
  update(update: ViewUpdate) {
    this.marks = variable.updateDeco(update, this.marks)
  }
}
const variables = ViewPlugin.fromClass(VariableMarks, { decorations: ({ marks }) => marks })

const theme = EditorView.theme({
  '&': { fontSize: '13px', color: 'var(--v-text)', backgroundColor: 'transparent' },
  '&.cm-focused': { outline: 'none' },
  '.cm-content': { fontFamily: 'var(--v-mono)', caretColor: 'var(--v-text)', padding: '6px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--v-text)' },
  '.cm-placeholder': { color: 'var(--v-muted)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection': {
    backgroundColor: 'var(--v-selected) !important',
  },
  '.cm-matchingBracket': { backgroundColor: 'var(--v-selected)', outline: 'none' },
  '.cm-tooltip': {
    backgroundColor: 'var(--v-raised)',
    color: 'var(--v-text)',
    border: '1px solid var(--v-border)',
    borderRadius: '6px',
    boxShadow: 'var(--v-shadow)',
  },
  '.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px', fontFamily: 'var(--v-mono)' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--v-selected)',
    color: 'var(--v-text)',
  },
  '.cm-completionDetail': { color: 'var(--v-muted)', fontStyle: 'normal', marginLeft: '8px' },
  '.cm-completionInfo': { padding: '6px 8px', maxWidth: '360px' },
  '.cm-template-variable, .cm-template-variable *': { color: `${ink(6)} !important` },
  '.cm-diagnostic': { padding: '4px 8px' },
})

interface Told {
  project: string
  label: string
  hint: string
  /** Variables stand in the text: what is no PromQL yet is no fault. */
  isTemplate?: boolean
  onChange: (text: string) => void
  onRun: () => void
}

/** Everything an editor of one project needs; `told` gives what may change while it stands. */
export function extensions(told: () => Told): Extension {
  const promql = new PromQLExtension().setComplete({
    remote: {
      url: '',
      httpMethod: 'GET',
      lookbackInterval: 3_600_000,
      fetchFn: (input, init) =>
        fetch(input, { ...init, headers: { ...init?.headers, 'X-Vedette-Project': told().project } }),
    },
  })
  if (told().isTemplate) promql.activateLinter(false)
  const run = { run: () => (told().onRun(), true) }
  return [
    EditorState.allowMultipleSelections.of(false),
    history(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    autocompletion(),
    syntaxHighlighting(colors),
    theme,
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': told().label, role: 'textbox' }),
    placeholder(told().hint),
    Prec.high(
      keymap.of([
        { key: 'Mod-Enter', ...run },
        { key: 'Enter', ...run },
        { key: 'Shift-Enter', run: insertNewlineAndIndent },
      ]),
    ),
    keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...lintKeymap, ...defaultKeymap]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) told().onChange(update.state.doc.toString())
    }),
    promql.asExtension(),
    told().isTemplate ? variables : [],
  ]
}
