/** Metrics as people think of them: the several names of a histogram are one, with a type and a meaning. */

export type Kind = 'counter' | 'gauge' | 'histogram' | 'native histogram' | 'summary' | 'info' | 'unknown'

export interface Family {
  name: string
  kind: Kind
  help: string
  unit: string
  /** The names of its series. */
  members: string[]
}
export type Told = Record<string, { type: string; help: string; unit: string }[]>

/** What every scrape tells of its target; nobody sends a type or a meaning for these. */
const OF_SCRAPES: Record<string, string> = {
  up: 'Whether the last scrape of the target worked (1) or failed (0).',
  scrape_duration_seconds: 'How long the scrape took.',
  scrape_samples_scraped: 'Samples that the target exposed.',
  scrape_samples_post_metric_relabeling: 'Samples that relabelling left.',
  scrape_series_added: 'Series of the scrape that were new.',
}

const PARTS = ['_bucket', '_count', '_sum', '_created'] as const

/** The families of all names, which are sorted. */
export function familiesOf(names: string[], told: Told): Family[] {
  const all = new Set(names)
  const families = new Map<string, Family>()
  for (const name of names) {
    const base = baseOf(name, all, told)
    const family = families.get(base)
    if (family) family.members.push(name)
    else families.set(base, { name: base, kind: kindOf(base, all, told), members: [name], ...meaning(base, told) })
  }
  return [...families.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

const isGroup = (base: string, all: Set<string>, told: Told) =>
  (all.has(`${base}_count`) && all.has(`${base}_sum`)) && (all.has(`${base}_bucket`) || typeOf(base, told) !== '')

function baseOf(name: string, all: Set<string>, told: Told): string {
  const part = PARTS.find((one) => name.endsWith(one))
  if (!part) return name
  const base = name.slice(0, -part.length)
  if (isGroup(base, all, told)) return base
  // When a counter was made stands beside it.
  if (part === '_created' && all.has(`${base}_total`)) return `${base}_total`
  return name
}

const typeOf = (name: string, told: Told) =>
  told[name]?.[0]?.type ?? told[name.replace(/_total$/, '')]?.[0]?.type ?? (name in OF_SCRAPES ? 'gauge' : '')

function meaning(name: string, told: Told) {
  const one = (told[name] ?? told[name.replace(/_(total|info)$/, '')])?.[0]
  return { help: one?.help || (OF_SCRAPES[name] ?? ''), unit: one?.unit ?? '' }
}

function kindOf(base: string, all: Set<string>, told: Told): Kind {
  const type = typeOf(base, told)
  if (all.has(`${base}_bucket`)) return 'histogram'
  if (type === 'histogram' || type === 'gaugehistogram') return 'native histogram'
  if (type === 'summary' || (all.has(`${base}_count`) && all.has(`${base}_sum`))) return 'summary'
  if (type === 'counter') return 'counter'
  if (type === 'info' || base.endsWith('_info')) return 'info'
  if (type === 'gauge' || type === 'stateset') return 'gauge'
  return base.endsWith('_total') ? 'counter' : 'unknown'
}

/** The families whose name or meaning holds all words; a whole name comes first. */
export function searched(families: Family[], search: string): Family[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean)
  if (!words.length) return families
  return families.filter(({ name, help, members }) => {
    const text = `${name} ${help} ${members.length > 1 ? members.join(' ') : ''}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

export type Row =
  | { is: 'group'; key: string; label: string; count: number; depth: number; isOpen: boolean }
  | { is: 'family'; key: string; family: Family; depth: number; label: string }

/** Groups with fewer members than this are not divided further. */
const LEAST_DIVIDED = 30

/**
 * Families, sorted by name, as the rows of a tree by the words of their names. `open` holds the keys of open groups,
 * or all are open.
 */
export function treeOf(families: Family[], open: ReadonlySet<string> | 'all'): Row[] {
  const rows: Row[] = []
  divide(families, 0, families.length, '', 0, open, rows)
  return rows
}

function divide(
  families: Family[],
  from: number,
  to: number,
  prefix: string,
  depth: number,
  open: ReadonlySet<string> | 'all',
  rows: Row[],
) {
  const nameAt = (at: number) => (families[at] as Family).name
  const single = (at: number) =>
    rows.push({ is: 'family', key: nameAt(at), family: families[at] as Family, depth, label: nameAt(at) })
  if (depth > 0 && to - from < LEAST_DIVIDED) {
    for (let at = from; at < to; at += 1) single(at)
    return
  }
  for (let at = from; at < to; ) {
    const word = wordAfter(nameAt(at), prefix.length)
    let end = at + 1
    if (word) while (end < to && nameAt(end).startsWith(word)) end += 1
    if (!word || end - at < 2 || (depth > 0 && end - at < 4)) {
      for (; at < end; at += 1) single(at)
      continue
    }
    const whole = widened(word, nameAt(at), nameAt(end - 1))
    const isOpen = open === 'all' || open.has(whole)
    rows.push({ is: 'group', key: whole, label: whole, count: end - at, depth, isOpen })
    if (isOpen) divide(families, at, end, whole, depth + 1, open, rows)
    at = end
  }
}

/** The prefix that ends after the next word of a name, or nothing when it is the last. */
function wordAfter(name: string, from: number): string {
  for (let at = from + 1; at < name.length - 1; at += 1) if ('_:.'.includes(name[at] as string)) return name.slice(0, at + 1)
  return ''
}

/** The prefix with all further words that the first and the last of a sorted group share. */
function widened(prefix: string, first: string, last: string): string {
  for (let whole = prefix; ; ) {
    const next = wordAfter(first, whole.length)
    if (!next || !last.startsWith(next)) return whole
    whole = next
  }
}
