import { describe, expect, it } from 'vitest'

import type { Frame } from '@/shared/api/types'

import { contextLines, exceptionViews, groupFrames, stackText } from './model'

const frame = (name: string, in_app: boolean, extra: Partial<Frame> = {}): Frame => ({
  filename: `${name}.py`,
  abs_path: '',
  module: '',
  function: name,
  lineno: 10,
  in_app,
  context_line: 'raise',
  pre_context: [],
  post_context: [],
  ...extra,
})

const exception = (type: string, value: string, frames: Frame[]) => ({ type, value, module: '', frames })

describe('exceptionViews', () => {
  it('shows the last exception first and its innermost frame on top', () => {
    const views = exceptionViews({
      exceptions: [
        exception('KeyError', 'a', [frame('outer', true), frame('inner', true)]),
        exception('RuntimeError', 'b', []),
      ],
    })
    expect(views.map(({ title }) => title)).toEqual(['RuntimeError', 'KeyError'])
    expect(views[1]?.frames.map(({ where }) => where)).toEqual(['inner.py', 'outer.py'])
  })

  it('opens the frames of the application and keeps the others closed', () => {
    const [view] = exceptionViews({
      exceptions: [exception('E', '', [frame('mine', true), frame('theirs', false)])],
    })
    expect(view?.frames.map(({ isOpen }) => isOpen)).toEqual([false, true])
  })

  it('opens the innermost frame when none is of the application', () => {
    const [view] = exceptionViews({
      exceptions: [exception('E', '', [frame('a', false), frame('b', false)])],
    })
    expect(view?.frames.map(({ isOpen }) => isOpen)).toEqual([true, false])
  })
})

it('numbers the lines around the one that ran', () => {
  const lines = contextLines(frame('f', true, { pre_context: ['one', 'two'], post_context: ['four'] }))
  expect(lines.map(({ number, isCurrent }) => [number, isCurrent])).toEqual([
    [8, false],
    [9, false],
    [10, true],
    [11, false],
  ])
})

it('folds neighbouring frames of others together', () => {
  const [view] = exceptionViews({
    exceptions: [
      exception('E', '', [frame('a', true), frame('b', false), frame('c', false), frame('d', true)]),
    ],
  })
  const groups = groupFrames(view?.frames ?? [], true)
  expect(groups.map(({ isFolded, frames }) => [isFolded, frames.length])).toEqual([
    [false, 1],
    [true, 2],
    [false, 1],
  ])
})

it('writes a stack as text', () => {
  const views = exceptionViews({ exceptions: [exception('E', 'no', [frame('f', true)])] })
  expect(stackText(views)).toBe('E: no\n  at f (f.py:10)')
})
