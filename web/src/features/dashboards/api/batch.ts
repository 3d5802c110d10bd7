/** Questions asked in the same moment travel together; each is answered as soon as its answer is there. */

interface Waiting<Q, A> {
  question: Q
  signal: AbortSignal | undefined
  resolve: (answer: A) => void
  reject: (reason: unknown) => void
}

/** Asks many questions at once and tells the answer of each by its place. */
export type AskAll<Q, A> = (
  questions: Q[],
  signal: AbortSignal,
  tell: (place: number, answer: A) => void,
) => Promise<void>

/**
 * A function that answers one question by asking `ask` many at once. A request is given up when
 * everybody who waited for it has gone; what it leaves unanswered has failed.
 */
export function batched<Q, A>(ask: AskAll<Q, A>): (question: Q, signal?: AbortSignal) => Promise<A> {
  let waiting: Waiting<Q, A>[] = []

  async function send(batch: Waiting<Q, A>[]) {
    const controller = new AbortController()
    let left = batch.length
    for (const { signal } of batch)
      signal?.addEventListener('abort', () => {
        left -= 1
        if (left === 0) controller.abort()
      })
    const questions = batch.map(({ question }) => question)
    let reason: unknown = new Error('The server gave no answer.')
    try {
      await ask(questions, controller.signal, (place, answer) => batch[place]?.resolve(answer))
    } catch (error) {
      reason = error
    }
    // Those who have their answer already do not notice.
    for (const { reject } of batch) reject(reason)
  }

  return (question, signal) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0)
        setTimeout(() => {
          const all = waiting.filter((one) => !one.signal?.aborted)
          waiting = []
          if (all.length > 0) void send(all)
        }, 0)
      waiting.push({ question, signal, resolve, reject })
    })
}
