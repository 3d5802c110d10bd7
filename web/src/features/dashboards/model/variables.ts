/** Variables in texts and in the URL. A variable has values; the value ALL stands for every option. */

export const ALL = '$__all'

/** The chosen values of each variable. */
export type Chosen = Record<string, string[]>

const PREFIX = 'var-'
const USE = /\$\{(\w+)(?:\.\w+)?(?::(\w+))?\}|\$(\w+)|\[\[(\w+)(?::(\w+))?\]\]/g

export type Style = 'text' | 'regex' | 'search' | 'url'

const escaped = (value: string) => value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

function written(values: string[], style: string): string {
  switch (style) {
    case 'regex':
      return values.length === 1 ? escaped(values[0] as string) : `(${values.map(escaped).join('|')})`
    case 'pipe':
      return values.join('|')
    case 'csv':
    case 'raw':
      return values.join(',')
    case 'search':
      return values.length === 1 ? (values[0] as string) : `(${values.join(' OR ')})`
    case 'url':
    case 'percentencode':
      return values.map(encodeURIComponent).join(',')
    default:
      return values.join(', ')
  }
}

/**
 * `text` with every `$name`, `${name:style}` and `[[name]]` of a known variable replaced. Several
 * values are written as `style` asks; `options` gives the values that ALL stands for.
 */
export function filled(text: string, chosen: Chosen, style: Style = 'text', options: Chosen = {}): string {
  return text.replace(USE, (whole, braced, bracedStyle, plain, square, squareStyle) => {
    const name = (braced ?? plain ?? square) as string
    const values = chosen[name]
    if (!values) return whole
    const isAll = values.includes(ALL)
    const asked = (bracedStyle ?? squareStyle ?? style) as string
    const every = options[name]
    if (isAll && !every?.length) return asked === 'text' ? 'All' : asked === 'regex' ? '.*' : '*'
    if (isAll && asked === 'text') return 'All'
    return written(isAll ? (every as string[]) : values, asked)
  })
}

/** Whether a text uses the variable. */
export const uses = (text: string, name: string) =>
  [...text.matchAll(USE)].some(([, braced, , plain, square]) => (braced ?? plain ?? square) === name)

/** The values a URL names: `var-host=a,b`, a comma within a value written as `\,`. */
export function fromUrl(search: Record<string, unknown>): Chosen {
  const chosen: Chosen = {}
  for (const [key, value] of Object.entries(search))
    if (key.startsWith(PREFIX) && typeof value === 'string' && value)
      chosen[key.slice(PREFIX.length)] = [...value.matchAll(/(?:\\.|[^,\\])+/g)].map(([part]) =>
        part.replace(/\\(.)/g, '$1'),
      )
  return chosen
}

export const urlName = (name: string) => PREFIX + name

export const urlValue = (values: string[]) =>
  values.map((value) => value.replace(/[\\,]/g, '\\$&')).join(',')

interface Variable {
  name: string
  type: string
  current?: string | string[] | null
  multi?: boolean
  include_all?: boolean
}

const listed = (value: string | string[] | null | undefined): string[] =>
  value == null || value === '' ? [] : Array.isArray(value) ? value : [value]

/**
 * What is chosen: the URL's word, else the dashboard's own, else the first option. What is not an
 * option any more is left out, unless the variable is free text.
 */
export function chosenOf(variables: Variable[], asked: Chosen, options: Chosen): Chosen {
  const chosen: Chosen = {}
  for (const { name, type, current, include_all, multi } of variables) {
    const wanted = asked[name] ?? listed(current)
    const known = options[name]
    if (type === 'text' || type === 'constant' || !known) {
      chosen[name] = type === 'constant' ? listed(current) : wanted
      if (!known && wanted.length === 0 && include_all) chosen[name] = [ALL]
      continue
    }
    const kept = wanted.filter((value) => (value === ALL ? include_all : known.includes(value)))
    const some = kept.length > 0 ? kept : include_all ? [ALL] : known.slice(0, 1)
    chosen[name] = multi ? some : some.slice(0, 1)
  }
  return chosen
}
