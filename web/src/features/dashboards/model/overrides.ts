/** How one series or column differs from its panel. */

import type { Override, Panel } from './types'

function fits({ match, value }: Override, name: string, query: string): boolean {
  if (match === 'query') return value === query
  if (match === 'name') return value === name
  try {
    return new RegExp(value.replace(/^\/(.*)\/[a-z]*$/, '$1')).test(name)
  } catch {
    return false
  }
}

/** What the overrides say of a name, the later ones over the earlier; fields nobody set are left out. */
export function overridden(panel: Pick<Panel, 'overrides'>, name: string, query = ''): Partial<Override> {
  const all: Partial<Override> = {}
  for (const override of panel.overrides)
    if (fits(override, name, query))
      for (const [key, value] of Object.entries(override))
        if (value !== null && value !== undefined && key !== 'match' && key !== 'value')
          Object.assign(all, { [key]: value })
  return all
}

/** The panel with a column of that width. */
export function withColumnWidth(panel: Panel, name: string, width: number): Panel {
  const at = panel.overrides.findLastIndex(({ match, value }) => match === 'name' && value === name)
  const overrides: Override[] =
    at < 0
      ? [...panel.overrides, { match: 'name', value: name, width }]
      : panel.overrides.map((one, index) => (index === at ? { ...one, width } : one))
  return { ...panel, overrides }
}
