/** Short names for the shapes of the HTTP API, which are generated from its OpenAPI description. */

import type { components } from './schema.gen'

type Schemas = components['schemas']

export interface Page<T> {
  items: T[]
  next: string | null
}
export type Problem = Omit<Schemas['SignInProblem'], 'errors'> & {
  errors?: Schemas['FaultModel'][] | null
  request_id?: string
}
export type Attributes = Record<string, unknown>

export type Session = Schemas['SessionOut']
export type Key = Schemas['KeyOut']
export type NewKey = Schemas['NewKeyOut']

export type LogRecord = Schemas['LogRecord']
export type Severity = LogRecord['severity']
export type LogHistogram = Schemas['LogHistogram']

export type TraceSummary = Schemas['TraceSummary']
export type Trace = Schemas['Trace']
export type Span = Schemas['Span']

export type Issue = Schemas['Issue']
export type IssueStatus = Issue['status']
export type IssueDetail = Schemas['IssueDetail']
export type ErrorEventSummary = Schemas['EventSummary']
export type ErrorEvent = Schemas['ErrorEvent']
export type ErrorException = Schemas['ExceptionShown']
export type Frame = Schemas['StackFrame']
export type Breadcrumb = Schemas['Breadcrumb']

export type ProductEvent = Schemas['ProductEvent']
export type EventName = Schemas['EventName']

export type Overview = Schemas['Overview']
export type Host = Schemas['Host']
export type Endpoint = Schemas['Endpoint']
export type Refusal = Schemas['RefusalCount']
export type Arrival = Schemas['SignalArrivals']
export type Signal = Arrival['signal']
export type Connect = Schemas['Connect']

/** What the live topic `arrivals` says of a signal; OpenAPI does not describe WebSockets. */
export type LiveArrival = Pick<Arrival, 'signal' | 'last_record_at' | 'last_5m' | 'records_per_s'>
