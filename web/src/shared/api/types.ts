/** The shapes of the HTTP API as the UI uses them. */

export interface Page<T> {
  items: T[]
  next: string | null
}

export interface Problem {
  type?: string
  title: string
  status: number
  code: string
  detail: string
  errors?: { where: string; what: string }[]
  request_id?: string
  setup_required?: boolean
}

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
export type Attributes = Record<string, Json>

export interface Person {
  id: number | string
  email: string
  name: string | null
  role: string
}
export interface Project {
  id: number
  name: string
  created_at?: string
}
export interface Session {
  person: Person
  csrf_token: string
  projects: Project[]
}
export interface Key {
  id: number | string
  name: string
  prefix: string
  created_at: string
  last_used_at: string | null
  revoked_at: string | null
}
export interface NewKey extends Key {
  key: string
}

export type Severity = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'
export interface Scope {
  name: string
  version: string
}
export interface LogRecord {
  id: string
  timestamp: string
  observed_timestamp?: string | null
  severity_number: number
  severity: Severity
  severity_text: string
  service: string
  body: string
  trace_id: string | null
  span_id: string | null
  attributes: Attributes
  resource: Attributes
  scope: Scope
  event_name?: string | null
}
export interface LogHistogram {
  step_s: number
  times: number[]
  series: { severity: Severity; counts: number[] }[]
  total: number
}

export type SpanStatus = 'unset' | 'ok' | 'error'
export interface TraceSummary {
  trace_id: string
  timestamp: string
  duration_ms: number
  root_service: string
  root_name: string
  services: string[]
  span_count: number
  error_count: number
  status: SpanStatus
  http_status?: number | string | null
}
export interface SpanEvent {
  timestamp: string
  name: string
  attributes: Attributes
}
export interface SpanLink {
  trace_id: string
  span_id: string
  attributes: Attributes
}
export interface Span {
  trace_id: string
  span_id: string
  parent_span_id: string | null
  name: string
  kind: string
  service: string
  timestamp: string
  start_unix_ns: string
  duration_ns: number
  duration_ms: number
  status: { code: SpanStatus; message: string }
  attributes: Attributes
  resource: Attributes
  scope: Scope
  events: SpanEvent[]
  links: SpanLink[]
}
export interface Trace {
  trace_id: string
  spans: Span[]
}

export type IssueStatus = 'unresolved' | 'resolved' | 'ignored'
export interface Issue {
  id: string
  type: string
  value: string
  culprit: string
  level: string
  platform: string
  status: IssueStatus
  first_seen: string
  last_seen: string
  events: number
  users: number
  first_release: string | null
  last_release: string | null
  environments: string[]
  services?: string[]
  trend: { times: number[]; counts: number[] }
}
export interface IssueDetail extends Issue {
  latest_event_id: string | null
}
export interface ErrorEventSummary {
  event_id: string
  issue_id?: string
  timestamp: string
  type?: string
  value?: string
  span_id?: string | null
  release: string | null
  environment: string | null
  user: Attributes | string | null
  message: string
  trace_id: string | null
}
export interface Frame {
  filename: string | null
  abs_path?: string | null
  module?: string | null
  function: string | null
  lineno: number | null
  colno?: number | null
  in_app?: boolean | null
  context_line?: string | null
  pre_context?: string[] | null
  post_context?: string[] | null
  vars?: Attributes | null
}
export interface ErrorException {
  type: string | null
  value: string | null
  mechanism?: Attributes | null
  frames: Frame[]
}
export interface Breadcrumb {
  timestamp?: string | number | null
  category?: string | null
  level?: string | null
  message?: string | null
  type?: string | null
  data?: Attributes | null
}
export interface ErrorEvent {
  event_id: string
  issue_id: string
  timestamp: string
  type: string
  value: string
  level: string
  platform: string
  release: string | null
  environment: string | null
  server_name: string | null
  transaction: string | null
  culprit: string
  handled: boolean | null
  trace_id: string | null
  span_id: string | null
  user: Attributes | null
  tags: Attributes
  exceptions: ErrorException[]
  breadcrumbs: Breadcrumb[]
  request: Attributes | null
  contexts: Attributes
  sdk: { name?: string; version?: string } | null
  extra: Attributes
}

export interface ProductEvent {
  id: string
  timestamp: string
  name: string
  distinct_id: string | null
  session_id: string | null
  properties: Attributes
}
export interface EventName {
  name: string
  count: number
  people: number
  last_seen: string
}

export type Signal = 'traces' | 'logs' | 'metrics' | 'errors' | 'events'
export interface RequestFigures {
  rate_per_s: number | null
  error_rate: number | null
  mean_ms: number | null
  p50_ms: number | null
  p95_ms: number | null
  p99_ms: number | null
  count: number
}
type Values = (number | null)[]
export interface Host {
  name: string
  is_this_server: boolean
  cpu: number | null
  memory: number | null
  memory_total_bytes: number | null
  disk: number | null
  disk_total_bytes: number | null
  load1: number | null
  network_receive_bps: number | null
  network_transmit_bps: number | null
  cpu_count: number | null
  series: { times: number[]; cpu: Values; memory: Values }
}
export interface Arrival {
  signal: Signal
  records_per_s: number
  last_5m: number
  total: number
  last_record_at: string | null
  lag_s: number | null
  series: { times: number[]; counts: Values }
}
export interface Endpoint {
  service: string
  name: string
  rate_per_s: number
  error_rate: number
  p95_ms: number | null
  count: number
}
export interface Refusal {
  protocol: string
  signal: string
  reason: string
  count: number
  last_at: string
}
export interface Overview {
  project: string
  from: string
  to: string
  generated_at: string
  health: {
    state: 'ok' | 'degraded' | 'down' | 'no_data'
    reasons: string[]
    uptime: number | null
    mean_response_ms: number | null
    active_users: number | null
    error_rate: number | null
  }
  requests: RequestFigures
  previous: RequestFigures
  series: {
    step_s: number
    times: number[]
    request_rate: Values
    error_rate: Values
    p50_ms: Values
    p95_ms: Values
    p99_ms: Values
    active_users: Values
  }
  active_users: { last_5m: number; last_24h: number }
  endpoints: Endpoint[]
  hosts: Host[]
  latest_errors: Issue[]
  arrivals: Arrival[]
  refusals: Refusal[]
  store: { state: 'ok' | 'not_writable'; since: string | null; detail: string | null }
}

export interface SignalArrival {
  signal: Signal
  last_record_at: string | null
  last_5m: number
  records_per_s: number
}
export interface Connect {
  address: string
  otlp_grpc: string | null
  project: Project
  signals: {
    signal: Signal
    first_record_at: string | null
    last_record_at: string | null
    last_5m: number
  }[]
}
