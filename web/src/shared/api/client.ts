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
}

let csrfToken = ''
let onSignedOut: () => void = () => {}

export const setCsrfToken = (token: string) => void (csrfToken = token)
/** Tell `listener` when the server says that nobody is signed in any more. */
export const whenSignedOut = (listener: () => void) => void (onSignedOut = listener)

/** Ask the server's own API; raise ApiError for anything but a success. */
export async function request<T>(path: string, options: Options = {}): Promise<T> {
  const { method = 'GET', project, params, body, signal } = options
  const headers: Record<string, string> = { Accept: 'application/json' }
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
  if (response.status === 204) return undefined as T
  return (await response.json()) as T
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
