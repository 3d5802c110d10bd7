import { expect, it } from 'vitest'

import { batched } from './batch'

it('sends what is asked together in few requests', async () => {
  const sent: number[][] = []
  const double = batched<number, number>((questions) => {
    sent.push(questions)
    return Promise.resolve(questions.map((one) => one * 2))
  }, 2)
  expect(await Promise.all([double(1), double(2), double(3)])).toEqual([2, 4, 6])
  expect(sent).toEqual([[1, 2], [3]])
})

it('fails those of the request that failed', async () => {
  const odd = batched<number, number>(
    (questions) => (questions.includes(3) ? Promise.reject(new Error('no')) : Promise.resolve(questions)),
    2,
  )
  const answers = await Promise.allSettled([odd(1), odd(2), odd(3)])
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
})

it('gives up a request when everybody has gone', async () => {
  const signals: AbortSignal[] = []
  const slow = batched<number, number>((_, signal) => {
    signals.push(signal)
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('gone'))))
  }, 5)
  const [one, two] = [new AbortController(), new AbortController()]
  const answers = Promise.allSettled([slow(1, one.signal), slow(2, two.signal)])
  await new Promise((resolve) => setTimeout(resolve, 5))
  one.abort()
  expect(signals[0]?.aborted).toBe(false)
  two.abort()
  expect(signals[0]?.aborted).toBe(true)
  expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})
