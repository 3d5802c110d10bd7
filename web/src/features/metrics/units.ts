/** The unit of what a query gives, as far as its metrics' names and functions tell. */

import { unitOf } from './browser/suggestions'

const QUOTED = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g
const GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\b(?:\s*\([^)]*\))?/gi
const WORD = /(?<![\w.:])[a-zA-Z_:][\w:]*(\s*\()?/g
const NO_METRIC = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan', 'atan2', 'start', 'end'])
const COUNTING =
  /^(?:count|count_values|group|absent|absent_over_time|present_over_time|changes|resets|count_over_time|histogram_count|timestamp|time|sgn)$/
const PER_SECOND = new Set(['rate', 'irate', 'deriv'])
const WITHIN_HISTOGRAM = /^histogram_(?:quantile|avg|stddev|sum)$/

/** What is left of a query without texts, conditions, ranges and groupings. */
const bareOf = (text: string) =>
  text
    .replace(QUOTED, '""')
    .replace(/#[^\n]*/g, '')
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, '')
    .replace(GROUPING, ' ')

const baseOf = (name: string) => name.replace(/_(sum|count|bucket)$/, '')

/** The unit of a query's values by Grafana's ids, `short` where there is none to tell; of a heatmap, that of its buckets. */
export function guessedUnit(text: string, isHeatmap = false): string {
  const bare = bareOf(text)
  const words = [...bare.matchAll(WORD)]
  const functions = words.filter(([, bracket]) => bracket).map(([word]) => word.replace(/\s*\($/, '').toLowerCase())
  const metrics = words.filter(([word, bracket]) => !bracket && !NO_METRIC.has(word.toLowerCase())).map(([word]) => word)
  const units = new Set(metrics.map((name) => unitOf({ name, unit: '' })))
  const [unit = 'short'] = units
  if (units.size !== 1) return 'short'
  if (isHeatmap) return unit
  if (functions.includes('histogram_fraction')) return 'percentunit'
  if (functions.some((name) => COUNTING.test(name)) || /[*%^<>]|[=!]=/.test(bare)) return 'short'
  if (bare.includes('/')) {
    const isAverage = metrics.length === 2 && metrics[0]?.endsWith('_sum') && metrics[1]?.endsWith('_count')
    return isAverage && baseOf(metrics[0] ?? '') === baseOf(metrics[1] ?? '') ? unit : 'short'
  }
  if (functions.some((name) => WITHIN_HISTOGRAM.test(name))) return unit
  if (metrics.some((name) => /_(count|bucket)$/.test(name))) return 'short'
  if (!functions.some((name) => PER_SECOND.has(name))) return unit
  if (unit === 'bytes') return 'Bps'
  if (unit !== 's') return 'short'
  return metrics.some((name) => name.endsWith('_total')) ? 'percentunit' : 's'
}

/** The unit several queries have in common, else `short`. */
export function commonUnit(texts: string[], isHeatmap = false): string {
  const units = new Set(texts.map((text) => guessedUnit(text, isHeatmap)))
  return units.size === 1 ? ([...units][0] as string) : 'short'
}
