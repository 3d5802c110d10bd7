import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { ask, type Data, type TargetsData } from '@/features/metrics/api'
import { timesOf } from '@/features/metrics/model'
import { request } from '@/shared/api/client'
import type { components } from '@/shared/api/schema.gen'

import type { JobDocument } from './jobForm'
import { answersOf } from './targets'

export type KeptJob = components['schemas']['ScrapeJobOut']
export type ScrapeCheck = components['schemas']['ScrapeCheck']
/** A job as fields or as the text of one. */
export type JobBody = JobDocument | { yaml: string }

const EVERY_MS = 5000
const STRIP_S = 60
const STRIP_STEPS = 60

export const useTargets = (project: string) =>
  useQuery({
    queryKey: [project, 'targets'],
    queryFn: ({ signal }) => ask<TargetsData>('targets', project, { state: 'any' }, signal).then(({ data }) => data),
    refetchInterval: EVERY_MS,
  })

export const useKeptJobs = (project: string) =>
  useQuery({
    queryKey: [project, 'scrapes'],
    queryFn: ({ signal }) => request<{ items: KeptJob[] }>('/api/scrapes', { project, signal }).then(({ items }) => items),
  })

/** How targets answered in the last hour, by their labels, and how many samples they sent last. */
export function useScraped(project: string) {
  return useQuery({
    queryKey: [project, 'scraped'],
    queryFn: async ({ signal }) => {
      const end = Math.floor(Date.now() / 1000 / STRIP_S) * STRIP_S
      const start = end - (STRIP_STEPS - 1) * STRIP_S
      const [up, samples] = await Promise.all([
        ask<Data>('query_range', project, { query: 'min_over_time(up[1m])', start, end, step: STRIP_S }, signal),
        ask<Data>('query', project, { query: 'last_over_time(scrape_samples_scraped[2m])' }, signal),
      ])
      const times = timesOf(start, end, STRIP_S)
      const instant = samples.data.resultType === 'vector' ? samples.data.result : []
      return {
        times,
        answers: answersOf(up.data.resultType === 'matrix' ? up.data.result : [], times),
        samples: answersOf(instant.map(({ metric, value }) => ({ metric, values: value ? [[0, value[1]]] : [] })), [0]),
      }
    },
    refetchInterval: 15_000,
  })
}

/** Keep a job (a new one without an id) and begin to scrape. */
export function useKeepJob(project: string, id: number | null) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: JobBody) =>
      id === null
        ? request<KeptJob>('/api/scrapes', { method: 'POST', project, body })
        : request<KeptJob>(`/api/scrapes/${id}`, { method: 'PUT', project, body }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: [project, 'scrapes'] })
      void client.invalidateQueries({ queryKey: [project, 'targets'] })
    },
  })
}

export function useForgetJob(project: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: number) => request<void>(`/api/scrapes/${id}`, { method: 'DELETE', project }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: [project, 'scrapes'] })
      void client.invalidateQueries({ queryKey: [project, 'targets'] })
    },
  })
}

/** What a job would scrape; raises ApiError that says what is wrong and where. */
export const checkJob = (project: string, id: number | null, body: JobBody) =>
  request<ScrapeCheck>('/api/scrapes/check', { method: 'POST', project, body, params: { id } })
