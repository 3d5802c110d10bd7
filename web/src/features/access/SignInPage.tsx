import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useRouter } from '@tanstack/react-router'
import type { FormEvent } from 'react'

import { needsSetup, sessionQuery, signIn } from '@/shared/api/session'

import { AccessCard } from './AccessCard'
import { insidePath } from './next'

const route = getRouteApi('/sign-in')

export function SignInPage() {
  const { next } = route.useSearch()
  const client = useQueryClient()
  const router = useRouter()
  const session = useQuery(sessionQuery)
  const attempt = useMutation({
    mutationFn: ({ email, password }: { email: string; password: string }) => signIn(email, password),
    onSuccess: (answer) => {
      client.setQueryData(sessionQuery.queryKey, answer)
      router.history.push(insidePath(next))
    },
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    attempt.mutate({ email: String(form.get('email')), password: String(form.get('password')) })
  }
  return (
    <AccessCard title="Sign in to Vedette">
      {needsSetup(session.error) ? (
        <Alert color="iris" title="Nobody can sign in yet">
          Open the one-time set-up link that the server printed when it started; it makes the first
          administrator.
        </Alert>
      ) : (
        <form onSubmit={submit}>
          <Stack gap={12}>
            <TextInput
              size="sm"
              label="Email"
              name="email"
              type="email"
              autoComplete="username"
              required
              withAsterisk={false}
              autoFocus
            />
            <PasswordInput
              size="sm"
              label="Password"
              name="password"
              autoComplete="current-password"
              required
              withAsterisk={false}
            />
            {attempt.error && (
              <div role="alert" style={{ color: 'var(--v-bad)' }}>
                {attempt.error.message}
              </div>
            )}
            <Button size="sm" type="submit" loading={attempt.isPending}>
              Sign in
            </Button>
          </Stack>
        </form>
      )}
    </AccessCard>
  )
}
