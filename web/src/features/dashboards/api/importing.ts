import type { Imported } from '@/features/dashboards/model/types'
import { request } from '@/shared/api/client'

/** POST /api/dashboards/import: our JSON or Grafana's. A dry run keeps nothing and says what it would lose. */
export const importDashboard = (project: string, document: unknown, isDryRun: boolean) =>
  request<Imported>('/api/dashboards/import', {
    method: 'POST',
    project,
    params: { dry_run: isDryRun ? 'true' : undefined },
    body: document,
  })
