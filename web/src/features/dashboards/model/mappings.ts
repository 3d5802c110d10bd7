/** Words and colours that take the place of a value. */

import type { Mapping } from './types'

type Words = Pick<Mapping, 'text' | 'color'>

function isSpecial(kind: string, value: unknown): boolean {
  const isMissing = value === null || value === undefined
  switch (kind) {
    case 'null':
      return isMissing
    case 'nan':
      return Number.isNaN(value)
    case 'null+nan':
      return isMissing || Number.isNaN(value)
    case 'empty':
      return value === ''
    case 'true':
    case 'false':
      return String(value) === kind
    default:
      return false
  }
}

function matches({ type, value: wanted, from, to }: Mapping, value: string | number | null): boolean {
  switch (type) {
    case 'special':
      return isSpecial(wanted, value)
    case 'range':
      return typeof value === 'number' && value >= (from ?? -Infinity) && value <= (to ?? Infinity)
    case 'regex':
      return value !== null && isMatch(wanted, String(value))
    default:
      if (value === null) return false
      return typeof value === 'number' && wanted.trim() !== '' ? Number(wanted) === value : String(value) === wanted
  }
}

/** Patterns are written `/pattern/` or plain; one that cannot be read matches nothing. */
function isMatch(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern.replace(/^\/(.*)\/[a-z]*$/, '$1')).test(text)
  } catch {
    return false
  }
}

/** What the first mapping that fits says of the value, or null. */
export function mapped(value: string | number | null, mappings: Mapping[]): Words | null {
  return mappings.find((mapping) => matches(mapping, value)) ?? null
}
