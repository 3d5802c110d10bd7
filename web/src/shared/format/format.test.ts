import { expect, it } from 'vitest'

import { ago, bytes, change, duration, number, percent, rate, text } from './format'

it('shortens numbers and keeps small ones exact', () => {
  expect(number(0)).toBe('0')
  expect(number(1234)).toBe('1,234')
  expect(number(12_345)).toBe('12.3k')
  expect(number(3.14159)).toBe('3.14')
  expect(number(null)).toBe('–')
})

it('never rounds an imperfect share up to 100%', () => {
  expect(percent(0.99999)).toBe('99.99%')
  expect(percent(1)).toBe('100%')
  expect(percent(0.00001)).toBe('<0.01%')
})

it('chooses the unit of a duration', () => {
  expect(duration(0.25)).toBe('250 µs')
  expect(duration(12.345)).toBe('12.3 ms')
  expect(duration(1500)).toBe('1.5 s')
  expect(duration(90_000)).toBe('1 m 30 s')
})

it('gives slow rates per minute', () => {
  expect(rate(0.05)).toBe('3/min')
  expect(rate(12)).toBe('12/s')
})

it('writes bytes in decimal units', () => {
  expect(bytes(1_500_000)).toBe('1.5 MB')
})

it('says how long ago in one unit', () => {
  expect(ago('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:05:30Z'))).toBe('5 min ago')
  expect(ago(null)).toBe('never')
})

it('has no change where there was nothing before', () => {
  expect(change(5, 0)).toBeNull()
  expect(change(15, 10)).toBe(0.5)
})

it('shows objects as JSON and nothing as nothing', () => {
  expect(text({ a: 1 })).toBe('{"a":1}')
  expect(text(null)).toBe('')
})
