import { expect, it } from 'vitest'

import { askable, findingOf } from './inspect'

it('asks for the newest sample of a range', () => {
  expect(askable({ kind: 'range vector', text: 'x[5m]' })).toBe('last_over_time(\nx[5m]\n)')
  expect(askable({ kind: 'instant vector', text: 'x' })).toBe('x')
})

it('counts series and the values of their labels', () => {
  const result = ['1', '2', '2'].map((a, at) => ({ metric: { __name__: 'x', job: 'j', a, n: String(at) } }))
  expect(findingOf({ resultType: 'vector', result }, 3)).toEqual({
    series: 3,
    labels: [
      { name: 'n', values: 3 },
      { name: 'a', values: 2 },
      { name: 'job', values: 1 },
    ],
    isCut: true,
  })
  expect(findingOf({ resultType: 'scalar', result: [0, '5'] }, 3).value).toBe('5')
})
