import { expect, it } from 'vitest'

import { formatValue } from './units'

it.each<[number, string, string]>([
  [0, 'none', '0'],
  [1234, 'none', '1,234'],
  [0.123456, 'none', '0.123'],
  [9999, 'short', '9,999'],
  [41.97, 'count', '42'],
  [1234.4, 'count', '1,234'],
  [1_500_000, 'count', '1.5M'],
  [12_345, 'short', '12.3k'],
  [1_500_000, 'short', '1.5M'],
  [0.5, 'percentunit', '50%'],
  [12.34, 'percent', '12.3%'],
  [0, 's', '0 s'],
  [0.25, 's', '250 ms'],
  [0.999_9, 's', '1 s'],
  [90, 's', '1.5 min'],
  [86_400, 's', '1 d'],
  [1500, 'ms', '1.5 s'],
  [0.2, 'ms', '200 µs'],
  [2048, 'bytes', '2 KiB'],
  [2000, 'decbytes', '2 kB'],
  [0.5, 'mbytes', '512 KiB'],
  [1_500_000, 'Bps', '1.5 MB/s'],
  [12.34, 'reqps', '12.3 req/s'],
  [3, 'celsius', '3 °C'],
  [3.5, 'currencyEUR', '€3.50'],
  [3, 'suffix:users', '3 users'],
  [3, 'widgets', '3 widgets'],
  [1, 'bool_yes_no', 'Yes'],
  [Infinity, 's', '∞'],
  [-1500, 'ms', '-1.5 s'],
])('shows %d of %s as %s', (value, unit, text) => {
  expect(formatValue(value, unit)).toBe(text)
})

it('keeps to the decimals asked for', () => {
  expect(formatValue(1 / 3, 'percentunit', 1)).toBe('33.3%')
  expect(formatValue(2, 'none', 2)).toBe('2.00')
})

it('shows an en dash for what is missing', () => {
  expect(formatValue(null, 's')).toBe('–')
  expect(formatValue(NaN, 's')).toBe('–')
})
