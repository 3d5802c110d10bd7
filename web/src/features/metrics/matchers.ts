/** Adding conditions to the selectors of a query, by its syntax. */

import { promQLLanguage } from '@prometheus-io/codemirror-promql'

import { labelName, type Matcher } from './browser/suggestions'

const language = promQLLanguage('PromQL' as Parameters<typeof promQLLanguage>[0])

interface Change {
  from: number
  to: number
  insert: string
}

/**
 * The query with a condition on every selector of the metrics, or on all of them. One on the same label by `=` gives
 * way; `isOut` takes the condition away instead.
 */
export function withMatcher(text: string, { name, value }: Matcher, metrics?: string[], isOut = false): string {
  const changes: Change[] = []
  const said = `${labelName(name)}=${JSON.stringify(value)}`
  language.parser.parse(text).iterate({
    enter: ({ node }) => {
      if (node.name !== 'VectorSelector') return
      const metric = node.getChild('Identifier')
      const own = metric ? text.slice(metric.from, metric.to) : ''
      const list = node.getChild('LabelMatchers')
      const quoted = list ? [...text.slice(list.from, list.to).matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, one]) => one) : []
      if (metrics && !metrics.includes(own) && !metrics.some((one) => quoted.includes(one))) return
      const parts = list ? matchersOf(text, list.from, list.to) : []
      const same = parts.filter((one) => one.label === name && one.op === '=')
      const kept = parts.filter((one) => !same.includes(one)).map((one) => one.text)
      const next = isOut ? kept : [...kept, said]
      const written = next.length ? `{${next.join(', ')}}` : ''
      if (list) changes.push({ from: list.from, to: list.to, insert: written })
      else if (metric && written) changes.push({ from: metric.to, to: metric.to, insert: written })
    },
  })
  return changes.reduceRight((before, { from, to, insert }) => before.slice(0, from) + insert + before.slice(to), text)
}

/** The conditions between braces. */
function matchersOf(text: string, from: number, to: number): { text: string; label: string; op: string }[] {
  const found: { text: string; label: string; op: string }[] = []
  const pattern = /("(?:[^"\\]|\\.)*"|[a-zA-Z_][\w]*)\s*(?:(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`))?/g
  for (const [whole, label = '', op = ''] of text.slice(from + 1, to - 1).matchAll(pattern))
    found.push({ text: whole.trim(), label: label.startsWith('"') && op ? (JSON.parse(label) as string) : label, op })
  return found
}
