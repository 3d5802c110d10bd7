import type { ErrorComponentProps } from '@tanstack/react-router'

import { ErrorState } from '@/shared/ui/States'

const MISSING_CODE = /preload|dynamically imported|module script/i

/** A page that failed. After an update of the server its code has another name: only loading anew helps. */
export function PageError({ error, reset }: ErrorComponentProps) {
  if (error instanceof Error && MISSING_CODE.test(error.message))
    return (
      <ErrorState
        title="This page could not be loaded"
        error={new Error('The server may be restarting, or it was updated since you opened Vedette.')}
        onRetry={() => location.reload()}
      />
    )
  return <ErrorState error={error} onRetry={reset} />
}
