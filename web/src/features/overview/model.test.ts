import { describe, expect, it } from 'vitest'

import { changeView, errorTone, fillTone } from './model'

describe('changeView', () => {
  it('colours a clear change of a figure that should be low', () => {
    expect(changeView(300, 200, true)).toEqual({ text: '+50%', tone: 'bad' })
    expect(changeView(100, 200, true)).toEqual({ text: '−50%', tone: 'ok' })
  })

  it('leaves small changes and neutral figures without colour', () => {
    expect(changeView(205, 200, true)?.tone).toBe('none')
    expect(changeView(400, 200, false)).toEqual({ text: '+100%', tone: 'none' })
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
