import { Button, Skeleton, Stack } from '@mantine/core'
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react'
import type { ReactNode } from 'react'

import { ApiError } from '@/shared/api/client'

import classes from './States.module.css'

interface EmptyProps {
  title: string
  children?: ReactNode
  action?: ReactNode
}

export function EmptyState({ title, children, action }: EmptyProps) {
  return (
    <div className={classes.state}>
      <h2>{title}</h2>
      {children && <div className={classes.text}>{children}</div>}
      {action}
    </div>
  )
}

interface ErrorProps {
  error: unknown
  onRetry?: () => void
  title?: string
}

/** What the server said went wrong, where, and a way to ask again. */
export function ErrorState({ error, onRetry, title }: ErrorProps) {
  const problem = error instanceof ApiError ? error.problem : null
  return (
    <div className={classes.state} role="alert">
      <IconAlertTriangle size={22} color="var(--v-bad)" aria-hidden />
      <h2>{title ?? problem?.title ?? 'Something went wrong'}</h2>
      <div className={classes.text}>
        {problem?.detail ?? (error instanceof Error ? error.message : String(error))}
        {problem?.errors?.map(({ where, what }) => (
          <div key={where + what}>
            <code>{where}</code>: {what}
          </div>
        ))}
      </div>
      {onRetry && (
        <Button size="xs" variant="default" leftSection={<IconRefresh size={14} />} onClick={onRetry}>
          Try again
        </Button>
      )}
      {problem?.request_id && <small className={classes.id}>Request {problem.request_id}</small>}
    </div>
  )
}

export function RowsSkeleton({ rows = 12, height = 22 }: { rows?: number; height?: number }) {
  return (
    <Stack gap={8} p={12} role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, i) => (
        <Skeleton key={i} height={height} width={`${98 - ((i * 37) % 30)}%`} radius="sm" />
      ))}
    </Stack>
  )
}

export function PageSkeleton() {
  return (
    <Stack gap={12} p={16} role="status" aria-label="Loading">
      <Skeleton height={90} />
      <Skeleton height={180} />
      <Skeleton height={260} />
    </Stack>
  )
}
