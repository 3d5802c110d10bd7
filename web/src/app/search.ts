/** The URL's search part: plain `name=value` pairs, always strings, empty ones left out. */

export type Search = Record<string, string>

export const parseSearch = (text: string): Search => Object.fromEntries(new URLSearchParams(text))

export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(search))
    if (value !== undefined && value !== null && value !== '') params.set(name, String(value))
  const text = params.toString()
  return text && `?${text}`
}

/** A validator that keeps the named parameters and all that begin with `prefix`. */
export const keepingWith =
  <Name extends string, Prefix extends string>(prefix: Prefix, ...names: Name[]) =>
  (search: Record<string, unknown>): { [N in Name | `${Prefix}${string}`]?: string } => {
    const kept: Record<string, string> = keeping(...names)(search) as Record<string, string>
    for (const [name, value] of Object.entries(search))
      if (name.startsWith(prefix) && value !== undefined) kept[name] = String(value)
    return kept as { [N in Name | `${Prefix}${string}`]?: string }
  }

/** A validator that keeps the named parameters. */
export const keeping =
  <Name extends string>(...names: Name[]) =>
  (search: Record<string, unknown>): { [N in Name]?: string } => {
    const kept: { [N in Name]?: string } = {}
    for (const name of names) if (search[name] !== undefined) kept[name] = String(search[name])
    return kept
  }
