/** Links that dashboards and panels carry. */

import { resolve, type TimeRange } from '@/shared/time/range'

import { type Chosen, filled, urlName, urlValue } from './variables'

const ALLOWED = /^(https?:|mailto:)/i

/** The address when it is one a person may be sent to, else null: never `javascript:` or the like. */
export function safeUrl(url: string): string | null {
  const text = url.trim()
  if (/^[/?#]/.test(text) && !/^[/\\]{2}/.test(text)) return text
  return ALLOWED.test(text) ? text : null
}

/** A link's address with variables and times filled in, or null when it must not be followed. */
export function linkUrl(url: string, chosen: Chosen, range: TimeRange): string | null {
  const [from, to] = resolve(range)
  const times = `from=${encodeURIComponent(range.from)}&to=${encodeURIComponent(range.to)}`
  const all = Object.entries(chosen)
    .map(([name, values]) => `${urlName(name)}=${encodeURIComponent(urlValue(values))}`)
    .join('&')
  const text = url
    .replace(/\$\{__url_time_range\}|\$__url_time_range/g, () => times)
    .replace(/\$\{__all_variables\}|\$__all_variables/g, () => all)
    .replace(/\$\{__from\}|\$__from\b/g, () => String(Math.round(from * 1000)))
    .replace(/\$\{__to\}|\$__to\b/g, () => String(Math.round(to * 1000)))
  return safeUrl(filled(text, chosen, 'url'))
}
