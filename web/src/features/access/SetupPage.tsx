import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useRouter } from '@tanstack/react-router'
import type { FormEvent } from 'react'

import { ApiError } from '@/shared/api/client'
import { sessionQuery, setUp } from '@/shared/api/session'

import { AccessCard } from './AccessCard'

const route = getRouteApi('/setup')

export function SetupPage() {
  const { token } = route.useSearch()
  const client = useQueryClient()
  const router = useRouter()
  const attempt = useMutation({
    mutationFn: setUp,
    onSuccess: (session) => {
      client.setQueryData(sessionQuery.queryKey, session)
      router.history.push('/connect')
    },
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    attempt.mutate({
      token: token ?? '',
      name: String(form.get('name')) || undefined,
      email: String(form.get('email')),
      password: String(form.get('password')),
    })
  }
  return (
    <AccessCard title="Set up Vedette">
      {!token ? (
        <Alert color="iris" title="The link is incomplete">
          Open the whole one-time link that the server printed when it started.
        </Alert>
      ) : (
        <form onSubmit={submit}>
          <Stack gap={12}>
            <div style={{ color: 'var(--v-muted)' }}>You become the first administrator of this server.</div>
            <TextInput size="sm" label="Name" name="name" autoComplete="name" autoFocus />
            <TextInput
              size="sm"
              label="Email"
              name="email"
              type="email"
              autoComplete="username"
              required
              withAsterisk={false}
            />
            <PasswordInput
              size="sm"
              label="Password"
              name="password"
              autoComplete="new-password"
              required
              withAsterisk={false}
            />
            {attempt.error && <SetupError error={attempt.error} />}
            <Button size="sm" type="submit" loading={attempt.isPending}>
              Create the account
            </Button>
          </Stack>
        </form>
      )}
    </AccessCard>
  )
}

function SetupError({ error }: { error: Error }) {
  const faults = error instanceof ApiError ? (error.problem.errors ?? []) : []
  return (
    <div role="alert" style={{ color: 'var(--v-bad)' }}>
      {error.message}
      {faults.map(({ where, what }) => (
        <div key={where + what}>
          {where}: {what}
        </div>
      ))}
    </div>
  )
}
