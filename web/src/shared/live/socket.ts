import type { Problem } from '@/shared/api/types'

type Listener = { onData: (data: never) => void; onError?: (problem: Problem) => void }
interface Subscription extends Listener {
  topic: string
  project: string
  params: Record<string, string>
}
interface Message {
  id: string
  data?: unknown
  error?: Problem
}

const FIRST_DELAY_MS = 500
const LONGEST_DELAY_MS = 15_000

/**
 * One WebSocket for all live topics of the page. It opens with the first subscription, closes with
 * the last, and comes back by itself, asking again for everything that was subscribed.
 */
export class LiveSocket {
  private socket: WebSocket | null = null
  private subscriptions = new Map<string, Subscription>()
  private watchers = new Set<() => void>()
  private delayMs = FIRST_DELAY_MS
  private timer: ReturnType<typeof setTimeout> | undefined
  private lastId = 0
  connected = false
  /** True while something is subscribed and the connection does not stand. */
  isTrying = false

  constructor(private readonly url: () => string) {}

  subscribe(topic: string, project: string, params: Record<string, string>, listener: Listener) {
    const id = String(++this.lastId)
    this.subscriptions.set(id, { topic, project, params, ...listener })
    if (this.connected) this.ask(id)
    else this.open()
    this.tell()
    return () => {
      this.subscriptions.delete(id)
      this.send({ op: 'unsubscribe', id })
      this.tell()
      if (this.subscriptions.size === 0) setTimeout(() => this.closeWhenIdle(), 2000)
    }
  }

  watch = (watcher: () => void) => {
    this.watchers.add(watcher)
    return () => void this.watchers.delete(watcher)
  }

  private open() {
    if (this.socket || this.subscriptions.size === 0) return
    clearTimeout(this.timer)
    const socket = new WebSocket(this.url())
    this.socket = socket
    socket.onopen = () => {
      this.delayMs = FIRST_DELAY_MS
      this.setConnected(true)
      for (const id of this.subscriptions.keys()) this.ask(id)
    }
    socket.onmessage = (event) => this.receive(String(event.data))
    socket.onclose = () => {
      if (this.socket !== socket) return
      this.socket = null
      this.setConnected(false)
      if (this.subscriptions.size === 0) return
      // Jitter keeps many open pages from returning in the same instant after a restart.
      this.timer = setTimeout(() => this.open(), this.delayMs * (0.7 + Math.random() * 0.6))
      this.delayMs = Math.min(this.delayMs * 2, LONGEST_DELAY_MS)
    }
  }

  private closeWhenIdle() {
    if (this.subscriptions.size > 0 || !this.socket) return
    const socket = this.socket
    this.socket = null
    socket.close()
    this.setConnected(false)
  }

  private ask(id: string) {
    const subscription = this.subscriptions.get(id)
    if (!subscription) return
    const { topic, project, params } = subscription
    this.send({ op: 'subscribe', id, topic, project, params })
  }

  private send(message: object) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message))
  }

  private receive(text: string) {
    let message: Message
    try {
      message = JSON.parse(text) as Message
    } catch {
      return
    }
    const subscription = this.subscriptions.get(message.id)
    if (!subscription) return
    if (message.error) subscription.onError?.(message.error)
    else if (message.data !== undefined) subscription.onData(message.data as never)
  }

  private tell() {
    this.isTrying = this.subscriptions.size > 0 && !this.connected
    for (const watcher of this.watchers) watcher()
  }

  private setConnected(connected: boolean) {
    this.connected = connected
    this.tell()
  }
}

export const liveSocket = new LiveSocket(() => {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  return `${scheme}://${location.host}/api/live`
})
