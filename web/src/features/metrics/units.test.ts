import { expect, it } from 'vitest'

import { commonUnit, guessedUnit } from './units'

it.each([
  ['process_resident_memory_bytes', 'bytes'],
  ['sum by (job) (node_memory_free_bytes{mode="x_seconds"})', 'bytes'],
  ['rate(node_network_receive_bytes_total[5m])', 'Bps'],
  ['increase(node_network_receive_bytes_total[1h])', 'bytes'],
  ['histogram_quantile(0.9, sum by (le, job) (rate(http_duration_seconds_bucket[5m])))', 's'],
  ['sum(rate(http_duration_seconds_bucket[5m])) by (le)', 'short'],
  ['sum(rate(http_duration_seconds_count[5m]))', 'short'],
  ['rate(a_seconds_sum[5m]) / rate(a_seconds_count[5m])', 's'],
  ['rate(a_seconds_sum[5m]) / rate(b_seconds_count[5m])', 'short'],
  ['1 - avg(system_cpu_utilization_ratio{state="idle"})', 'percentunit'],
  ['rate(node_cpu_seconds_total[5m])', 'percentunit'],
  ['rate(gateway_duration_seconds[5m])', 's'],
  ['count(a_bytes)', 'short'],
  ['a_bytes > 5', 'short'],
  ['a_bytes / b_bytes', 'short'],
  ['a_bytes - b_bytes', 'bytes'],
  ['a_bytes - b_seconds', 'short'],
  ['up', 'short'],
  ['', 'short'],
])('%s is in %s', (text, unit) => {
  expect(guessedUnit(text)).toBe(unit)
})

it('gives a heatmap the unit of its buckets', () => {
  expect(guessedUnit('sum by (le) (rate(http_duration_seconds_bucket[5m]))', true)).toBe('s')
})

it('has a unit for several queries when they agree', () => {
  expect(commonUnit(['a_bytes', 'b_bytes'])).toBe('bytes')
  expect(commonUnit(['a_bytes', 'up'])).toBe('short')
  expect(commonUnit([])).toBe('short')
})
