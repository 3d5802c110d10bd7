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

/** A validator that keeps the named parameters. */
export const keeping =
  <Name extends string>(...names: Name[]) =>
  (search: Record<string, unknown>): { [N in Name]?: string } => {
    const kept: { [N in Name]?: string } = {}
    for (const name of names) if (search[name] !== undefined) kept[name] = String(search[name])
    return kept
  }
