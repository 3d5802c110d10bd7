/** The form for a scrape job: the fields of an entry of `scrape_configs` that most jobs need. */

export interface JobForm {
  name: string
  /** One per line. */
  targets: string
  scheme: 'http' | 'https'
  path: string
  interval: string
  auth: 'none' | 'bearer' | 'basic'
  username: string
  secret: string
  /** `name=value`, one per line. */
  labels: string
}
export type JobDocument = Record<string, unknown>

export const EMPTY: JobForm = {
  name: '',
  targets: '',
  scheme: 'http',
  path: '/metrics',
  interval: '',
  auth: 'none',
  username: '',
  secret: '',
  labels: '',
}

export const YAML_TEMPLATE = `job_name: node
static_configs:
  - targets: ["10.0.0.5:9100"]
    labels: {env: production}
`

const lines = (text: string) => text.split(/[\n,]/).map((line) => line.trim()).filter(Boolean)

/** The entry of `scrape_configs` that the form stands for; what is not filled in is left out. */
export function documentOf(form: JobForm): JobDocument {
  const labels = Object.fromEntries(
    lines(form.labels).map((line) => {
      const at = line.indexOf('=')
      return at < 0 ? [line, ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim().replace(/^"(.*)"$/, '$1')]
    }),
  )
  return {
    job_name: form.name.trim(),
    ...(form.interval.trim() && { scrape_interval: form.interval.trim() }),
    ...(form.scheme !== 'http' && { scheme: form.scheme }),
    ...(form.path.trim() && form.path.trim() !== '/metrics' && { metrics_path: form.path.trim() }),
    ...(form.auth === 'bearer' && { authorization: { credentials: form.secret } }),
    ...(form.auth === 'basic' && { basic_auth: { username: form.username, password: form.secret } }),
    static_configs: [{ targets: lines(form.targets), ...(Object.keys(labels).length && { labels }) }],
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const only = (record: Record<string, unknown>, ...names: string[]) => Object.keys(record).every((name) => names.includes(name))
const text = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

/** The form of a job, or null when the job says things that the form has no field for. */
export function formOf(job: JobDocument): JobForm | null {
  if (!only(job, 'job_name', 'scrape_interval', 'scheme', 'metrics_path', 'authorization', 'basic_auth', 'static_configs')) return null
  const { authorization, basic_auth: basic, static_configs: groups = [] } = job
  if (!Array.isArray(groups) || groups.length > 1) return null
  const group: unknown = groups[0] ?? { targets: [] }
  if (!isRecord(group) || !only(group, 'targets', 'labels') || (authorization && basic)) return null
  if (authorization !== undefined && (!isRecord(authorization) || !only(authorization, 'credentials', 'type') || ![undefined, 'Bearer'].includes(authorization.type as string | undefined))) return null
  if (basic !== undefined && (!isRecord(basic) || !only(basic, 'username', 'password'))) return null
  const labels = isRecord(group.labels) ? Object.entries(group.labels).map(([name, value]) => `${name}=${text(value)}`) : []
  return {
    name: text(job.job_name),
    targets: Array.isArray(group.targets) ? group.targets.map(text).join('\n') : '',
    scheme: job.scheme === 'https' ? 'https' : 'http',
    path: text(job.metrics_path) || '/metrics',
    interval: text(job.scrape_interval),
    auth: authorization ? 'bearer' : basic ? 'basic' : 'none',
    username: isRecord(basic) ? text(basic.username) : '',
    secret: isRecord(authorization) ? text(authorization.credentials) : isRecord(basic) ? text(basic.password) : '',
    labels: labels.join('\n'),
  }
}
