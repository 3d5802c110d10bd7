/** Writing the search language: see the server's search grammar. */

const PLAIN = /^[\w.@/-]+$/

/** A value as it must stand after `field:`. */
export const quoted = (value: string) =>
  PLAIN.test(value) && !/^-/.test(value) ? value : `"${value.replace(/(["\\])/g, '\\$1')}"`

/** `query` with one more condition; a condition already there is not repeated. */
export function withFilter(query: string, field: string, value: string, isExcluded = false) {
  const condition = `${isExcluded ? '-' : ''}${field}:${quoted(value)}`
  if (query.split(/\s+/).includes(condition)) return query
  const before = / OR /.test(query) && !/^\(.*\)$/.test(query) ? `(${query})` : query
  return before ? `${before} ${condition}` : condition
}
