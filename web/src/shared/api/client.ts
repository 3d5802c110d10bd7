import type { Problem } from './types'

/** An answer of the server that is not a success, with its problem document. */
export class ApiError extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail || problem.title)
    this.name = 'ApiError'
    this.problem = problem
  }
}

export type Params = Record<string, string | number | null | undefined>

interface Options {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  project?: string
  params?: Params
  body?: unknown
  signal?: AbortSignal
  accept?: string
}

let csrfToken = ''
let onSignedOut: () => void = () => {}

export const setCsrfToken = (token: string) => void (csrfToken = token)
/** Tell `listener` when the server says that nobody is signed in any more. */
export const whenSignedOut = (listener: () => void) => void (onSignedOut = listener)

/** Ask the server's own API; raise ApiError for anything but a success. */
export async function request<T>(path: string, options: Options = {}): Promise<T> {
  const response = await answerOf(path, options)
  if (response.status === 204) return undefined as T
  return (await response.json()) as T
}

/** Ask for a document per line and tell each as it comes. */
export async function requestLines<T>(path: string, options: Options, onLine: (line: T) => void): Promise<void> {
  const response = await answerOf(path, { ...options, accept: 'application/x-ndjson' })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value = '' } = (await reader?.read()) ?? { done: true }
    const lines = (rest + value).split('\n')
    rest = done ? '' : (lines.pop() ?? '')
    for (const line of lines) if (line) onLine(JSON.parse(line) as T)
    if (done) return
  }
}

async function answerOf(path: string, options: Options): Promise<Response> {
  const { method = 'GET', project, params, body, signal, accept = 'application/json' } = options
  const headers: Record<string, string> = { Accept: accept }
  if (project) headers['X-Vedette-Project'] = project
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (method !== 'GET' && csrfToken) headers['X-CSRF-Token'] = csrfToken

  let response: Response
  try {
    response = await fetch(path + queryString(params), {
      method,
      headers,
      signal,
      credentials: 'same-origin',
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new ApiError({
      type: 'about:blank',
      title: 'No answer',
      status: 0,
      code: 'unreachable',
      detail: 'The server does not answer. It may be restarting, or the network is down.',
    })
  }
  if (!response.ok) {
    const problem = await problemOf(response)
    if (problem.status === 401 && !path.startsWith('/api/session')) onSignedOut()
    throw new ApiError(problem)
  }
  return response
}

function queryString(params: Params = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(params))
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value))
  const text = search.toString()
  return text && `?${text}`
}

async function problemOf(response: Response): Promise<Problem> {
  const fallback: Problem = {
    type: 'about:blank',
    title: response.statusText || 'Error',
    status: response.status,
    code: 'unknown',
    detail: `The server answered ${response.status} ${response.statusText}.`,
  }
  try {
    const document = (await response.json()) as Partial<Problem>
    return { ...fallback, ...document, status: response.status }
  } catch {
    return fallback
  }
}
