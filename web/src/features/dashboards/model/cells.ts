/** Where the values of a table lead: by links that name them, by what they are, or to the page that explores them. */

import type { TimeRange } from '@/shared/time/range'

import { linkUrl } from './links'
import type { Cell, Column } from './tables'
import type { Override, PageLink, Panel, Query } from './types'
import { type Chosen, filled } from './variables'

const OF_VALUES = /\$\{__(?:value|series|field|data)\b[^}]*\}|\$__cell(?:_\d+)?\b|\$\{__cell(?:_\d+)?\}/g
const TRACE_ID = /^[0-9a-f]{32}$/i
const PAGES = { trace: '/traces/', issue: '/errors/', record: '/logs?record=' } as const
const SERVICES = new Set(['service', 'service_name', 'service.name'])
const TRACES = new Set(['trace_id', 'traceid', 'trace', 'trace.id'])

export interface CellPlace {
  columns: Column[]
  row: Cell[]
  /** Which column. */
  at: number
}

/** Whether a link leads from each value, rather than from the panel. */
export const isOfValues = ({ url }: PageLink) => new RegExp(OF_VALUES.source).test(url)

/** The address with what the cell stands for filled in, as Grafana's data links write it. */
export function withCell(url: string, { columns, row, at }: CellPlace): string {
  const name = columns[at]?.name ?? ''
  const read = (cell: Cell | undefined) => encodeURIComponent(cell == null ? '' : String(cell))
  const labelled = (label: string) => row[columns.findIndex((column) => column.name === label)]
  return url.replace(OF_VALUES, (use) => {
    const inner = use.replace(/^\$\{?/, '').replace(/\}$/, '').replace(/:[a-z]+$/, '')
    const cell = /^__cell_(\d+)$/.exec(inner)
    if (cell) return read(row[Number(cell[1])])
    if (/^__(cell|value)\b/.test(inner)) return read(row[at])
    if (/^__field\.labels/.test(inner)) return read(labelled(keyOf(inner, '__field.labels')))
    if (/^__(series|field)\b/.test(inner)) return encodeURIComponent(name)
    const key = keyOf(inner, '__data.fields')
    return read(/^\d+$/.test(key) ? row[Number(key)] : labelled(key))
  })
}

/** `.name`, `["a name"]` or `[0]` behind a prefix. */
const keyOf = (text: string, prefix: string) =>
  text.slice(prefix.length).replace(/^\.|^\[["']?|["']?\]$/g, '')

interface Around {
  panel: Pick<Panel, 'links' | 'queries'>
  setting: Partial<Override>
  chosen: Chosen
  options: Chosen
  range: TimeRange
  project: string
}

/** Where a cell leads, or null. */
export function cellUrl(place: CellPlace, around: Around): string | null {
  const { columns, row, at } = place
  const { panel, setting, chosen, range, project } = around
  const [link] = setting.links?.length ? setting.links : panel.links.filter(isOfValues)
  if (link) return linkUrl(withCell(link.url, place), chosen, range)
  const column = columns[at]
  const value = row[at]
  if (!column || value == null || value === '' || column.type !== 'text') return null
  const search = (page: string, query: string) =>
    `${page}?${new URLSearchParams({ query, from: range.from, to: range.to, ...(project ? { project } : {}) })}`
  const key = columns.findIndex(({ leads_to }) => leads_to)
  const isFirst = columns.findIndex(({ type, leads_to }) => type === 'text' && !leads_to) === at
  const leadsTo = columns[key]?.leads_to
  if (leadsTo && isFirst && row[key]) return `${PAGES[leadsTo]}${encodeURIComponent(String(row[key]))}`
  const name = column.name.toLowerCase()
  if (TRACES.has(name) && TRACE_ID.test(String(value))) return `/traces/${String(value).toLowerCase()}`
  if (SERVICES.has(name)) return search('/traces', `service:${quoted(String(value))}`)
  const query = panel.queries.find(({ hidden }) => !hidden)
  return query && !leadsTo ? explorer(query, column.name, String(value), around, search) : null
}

function explorer(
  query: Query,
  name: string,
  value: string,
  { chosen, options }: Around,
  search: (page: string, query: string) => string,
): string | null {
  if (query.signal === 'metrics') {
    const text = narrowed(filled(query.text, chosen, 'regex', options), name, value)
    return text && search('/explore', text)
  }
  if (!query.aggregate?.by.includes(name)) return null
  const before = filled(query.text, chosen, 'search', options).trim()
  const term = `${name}:${quoted(value)}`
  return search(`/${query.signal}`, before ? `${/\bOR\b/.test(before) ? `(${before})` : before} ${term}` : term)
}

/** PromQL whose series have a label of this value as well; null where no series are named by which to tell. */
export function narrowed(promql: string, label: string, value: string): string | null {
  if (!/^[a-zA-Z_]\w*$/.test(label) || label === 'value') return null
  const matcher = `${label}=${JSON.stringify(value)}`
  if (/^\s*[a-zA-Z_:][\w:]*\s*$/.test(promql)) return `${promql.trim()}{${matcher}}`
  const withBraces = promql.replace(/([a-zA-Z_:][\w:]*\s*)\{(\s*)(\}?)/g, (_, name: string, __, end: string) =>
    end ? `${name}{${matcher}}` : `${name}{${matcher},`,
  )
  const text = withBraces.replace(/([a-zA-Z_:][\w:]*)\[/g, (_, name: string) => `${name}{${matcher}}[`)
  return text === promql ? null : text
}

const quoted = (value: string) => (/^[\w./@-]+$/.test(value) ? value : JSON.stringify(value))
