/** Questions asked in the same moment travel together, a few to a request. */

interface Waiting<Q, A> {
  question: Q
  signal: AbortSignal | undefined
  resolve: (answer: A) => void
  reject: (reason: unknown) => void
}

/**
 * A function that answers one question by asking `ask` many at once. A request is given up when
 * everybody who waited for it has gone. One slow question holds up those of its own request only.
 */
export function batched<Q, A>(
  ask: (questions: Q[], signal: AbortSignal) => Promise<A[]>,
  atOnce: number,
): (question: Q, signal?: AbortSignal) => Promise<A> {
  let waiting: Waiting<Q, A>[] = []

  async function send(batch: Waiting<Q, A>[]) {
    const controller = new AbortController()
    let left = batch.length
    for (const { signal } of batch)
      signal?.addEventListener('abort', () => {
        left -= 1
        if (left === 0) controller.abort()
      })
    try {
      const answers = await ask(
        batch.map(({ question }) => question),
        controller.signal,
      )
      batch.forEach(({ resolve }, index) => resolve(answers[index] as A))
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }

  return (question, signal) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0)
        setTimeout(() => {
          const all = waiting.filter((one) => !one.signal?.aborted)
          waiting = []
          for (let i = 0; i < all.length; i += atOnce) void send(all.slice(i, i + atOnce))
        }, 0)
      waiting.push({ question, signal, resolve, reject })
    })
}
