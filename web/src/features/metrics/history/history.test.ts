import { expect, it } from 'vitest'

import { found, type Past, withAsked, withStar, without } from './history'

const past = (text: string, at: number, isStarred = false): Past => ({ text, at, isStarred })

it('holds a query once, at its newest time, star and all', () => {
  const list = withAsked([past('up', 1, true), past('x', 2)], 'up', 3)
  expect(list).toEqual([past('up', 3, true), past('x', 2)])
})

it('forgets the oldest, but none with a star', () => {
  const list = [past('c', 3), past('b', 2), past('a', 1, true)]
  expect(withAsked(list, 'd', 4, 2).map(({ text }) => text)).toEqual(['d', 'c', 'a'])
})

it('lists starred ones first, then the newest', () => {
  const list = [past('rate(a)', 3), past('rate(b)', 2), past('up', 1)]
  expect(found(withStar(list, 'up'), '').map(({ text }) => text)).toEqual(['up', 'rate(a)', 'rate(b)'])
  expect(found(list, 'RATE b').map(({ text }) => text)).toEqual(['rate(b)'])
  expect(without(list, 'up')).toHaveLength(2)
})
