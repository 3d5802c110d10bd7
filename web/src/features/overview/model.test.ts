import { describe, expect, it } from 'vitest'

import type { Overview } from '@/shared/api/types'

import { changeView, comparable, errorTone, fillTone, wholeBuckets } from './model'

describe('changeView', () => {
  it('colours a clear change of a figure that should be low', () => {
    expect(changeView(300, 200, true)).toEqual({ text: '+50%', tone: 'bad' })
    expect(changeView(100, 200, true)).toEqual({ text: '−50%', tone: 'ok' })
  })

  it('leaves small changes and neutral figures without colour', () => {
    expect(changeView(205, 200, true)?.tone).toBe('none')
    expect(changeView(400, 200, false)).toEqual({ text: '+100%', tone: 'none' })
  })

  it('writes a manifold as one', () => {
    expect(changeView(2400, 200, false)?.text).toBe('×12')
    expect(changeView(200, 20, false)?.text).toBe('+900%')
  })

  it('compares only periods with enough requests', () => {
    const figures = (now: number, before: number) =>
      ({ requests: { count: now }, previous: { count: before } }) as Overview
    expect(comparable(figures(500, 3))).toBeNull()
    expect(comparable(figures(500, 20))).toEqual({ count: 20 })
  })

  it('says nothing without a period before', () => {
    expect(changeView(5, null, true)).toBeNull()
  })
})

it('warns of full disks and failing endpoints at their limits', () => {
  expect(fillTone(0.79)).toBe('ok')
  expect(fillTone(0.8)).toBe('warn')
  expect(fillTone(0.92)).toBe('bad')
  expect(errorTone(0)).toBe('none')
  expect(errorTone(0.02)).toBe('warn')
  expect(errorTone(0.2)).toBe('bad')
})

it('leaves out a last bucket that has only begun', () => {
  const values = [1, 2, 3]
  const series = {
    step_s: 60,
    times: [0, 60, 120],
    request_rate: values,
    error_rate: values,
    p50_ms: values,
    p95_ms: values,
    p99_ms: values,
    active_users: values,
  } satisfies Overview['series']
  expect(wholeBuckets({ series, to: '1970-01-01T00:02:10Z' }).request_rate).toEqual([1, 2])
  expect(wholeBuckets({ series, to: '1970-01-01T00:03:00Z' })).toBe(series)
})
