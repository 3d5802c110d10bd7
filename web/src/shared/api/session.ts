import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'

import { ApiError, request, setCsrfToken } from './client'
import type { Session } from './types'

function keep(session: Session): Session {
  setCsrfToken(session.csrf_token)
  return session
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }) => keep(await request<Session>('/api/session', { signal })),
  staleTime: Infinity,
  retry: false,
})

export const signIn = async (email: string, password: string) =>
  keep(await request<Session>('/api/session', { method: 'POST', body: { email, password } }))

export const setUp = async (body: {
  token: string
  email: string
  password: string
  name?: string
}) => keep(await request<Session>('/api/setup', { method: 'POST', body }))

export const signOut = () => request<void>('/api/session', { method: 'DELETE' })

/** The signed-in person's session; pages behind the sign-in always have one. */
export function useSession(): Session | undefined {
  return useQuery(sessionQuery).data
}

export function useForgetSession() {
  const client = useQueryClient()
  return () => client.clear()
}

/** True when the server has no person yet, so the one-time set-up link must be used. */
export const needsSetup = (error: unknown) =>
  error instanceof ApiError && error.problem.setup_required === true
