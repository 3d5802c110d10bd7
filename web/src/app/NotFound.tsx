import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'

import { EmptyState } from '@/shared/ui/States'

export function NotFound() {
  return (
    <EmptyState
      title="There is no page here"
      action={
        <Button variant="default" component={Link} to="/">
          Go to Now
        </Button>
      }
    >
      The address may be mistyped, or what it named is gone.
    </EmptyState>
  )
}
