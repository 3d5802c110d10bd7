import { QueryClient } from '@tanstack/react-query'

import { ApiError } from '@/shared/api/client'

const RETRIED = new Set([0, 429, 502, 503, 504])

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) =>
        failures < 2 && error instanceof ApiError && RETRIED.has(error.problem.status),
    },
  },
})
