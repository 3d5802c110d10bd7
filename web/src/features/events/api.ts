import { request } from '@/shared/api/client'
import type { EventName, Page, ProductEvent } from '@/shared/api/types'

export interface EventsQuestion {
  project: string
  query?: string
  from?: string
  to?: string
  limit?: number
  cursor?: string
}

export const listEvents = ({ project, ...params }: EventsQuestion, signal?: AbortSignal) =>
  request<Page<ProductEvent>>('/api/events', { project, params, signal })

export const listEventNames = ({ project, ...params }: EventsQuestion, signal?: AbortSignal) =>
  request<{ items: EventName[] }>('/api/events/names', { project, params, signal })
