import { expect, it } from 'vitest'

import { batched } from './batch'

it('sends what is asked together in one request', async () => {
  const sent: number[][] = []
  const double = batched<number, number>((questions, _, tell) => {
    sent.push(questions)
    questions.forEach((one, place) => tell(place, one * 2))
    return Promise.resolve()
  })
  expect(await Promise.all([double(1), double(2), double(3)])).toEqual([2, 4, 6])
  expect(sent).toEqual([[1, 2, 3]])
})

it('answers each as soon as its answer is there', async () => {
  let end = () => {}
  const slow = batched<number, number>((_, __, tell) => {
    tell(1, 20)
    return new Promise<void>((resolve) => (end = resolve))
  })
  const [first, second] = [slow(1), slow(2)]
  expect(await second).toBe(20)
  end()
  await expect(first).rejects.toThrow('no answer')
})

it('fails those who have no answer when the request fails', async () => {
  const odd = batched<number, number>((_, __, tell) => {
    tell(0, 1)
    return Promise.reject(new Error('no'))
  })
  const answers = await Promise.allSettled([odd(1), odd(2)])
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
})

it('gives up a request when everybody has gone', async () => {
  const signals: AbortSignal[] = []
  const slow = batched<number, number>((_, signal) => {
    signals.push(signal)
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('gone'))))
  })
  const [one, two] = [new AbortController(), new AbortController()]
  const answers = Promise.allSettled([slow(1, one.signal), slow(2, two.signal)])
  await new Promise((resolve) => setTimeout(resolve, 5))
  one.abort()
  expect(signals[0]?.aborted).toBe(false)
  two.abort()
  expect(signals[0]?.aborted).toBe(true)
  expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})
