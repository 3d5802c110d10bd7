import { expect, it } from 'vitest'

import { begin, changed, redone, undone } from './history'

it('takes changes back and makes them again', () => {
  const history = changed(changed(begin('a'), 'b'), 'c')
  expect(undone(history).present).toBe('b')
  expect(undone(undone(history)).present).toBe('a')
  expect(redone(undone(history)).present).toBe('c')
})

it('goes no further than the first and the last', () => {
  expect(undone(begin('a')).present).toBe('a')
  expect(redone(begin('a')).present).toBe('a')
})

it('makes one step of typing into one field', () => {
  const typed = ['b', 'bo', 'boo'].reduce((history, text) => changed(history, text, 'title'), begin(''))
  expect(undone(typed).present).toBe('')
  const other = changed(typed, 'more', 'description')
  expect(undone(other).present).toBe('boo')
})

it('forgets what was taken back once something else is done', () => {
  expect(redone(changed(undone(changed(begin('a'), 'b')), 'c')).present).toBe('c')
})

it('makes no step of nothing', () => {
  const history = begin('a')
  expect(changed(history, 'a')).toBe(history)
})
