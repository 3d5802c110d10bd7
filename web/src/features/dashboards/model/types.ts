/** Short names for the shapes of the dashboards API. */

import type { components } from '@/shared/api/schema.gen'

type Schemas = components['schemas']

export type Dashboard = Schemas['Dashboard']
export type DashboardSummary = Schemas['DashboardSummary']
export type Panel = Schemas['Panel']
export type PanelType = Panel['type']
export type PanelOptions = Schemas['PanelOptions']
export type Grid = Schemas['Grid']
export type Query = Schemas['Query']
export type Aggregate = Schemas['Aggregate']
export type Thresholds = Schemas['Thresholds']
export type Threshold = Schemas['Threshold']
export type Mapping = Schemas['Mapping']
export type Override = Schemas['Override']
export type Variable = Schemas['Variable']
export type Annotation = Schemas['Annotation']
export type PageLink = Schemas['Link']
export type VersionSummary = Schemas['VersionSummary']
export type Share = Schemas['Share']
export type NewShare = Schemas['NewShare']
export type SharedDashboard = Schemas['SharedDashboard']
export type Imported = Schemas['Imported']
export type DataRequest = Schemas['DataRequest']
export type DataAnswer = Schemas['DataAnswer']
/** What the live topic `dashboard` says; OpenAPI does not describe WebSockets. */
export type LiveData = DataAnswer & Pick<Dashboard, 'uid' | 'version'>
export type Mark = Schemas['Mark']
export type PanelData = Schemas['PanelData']
export type Frame = Schemas['Frame']
export type VariableOptions = Schemas['VariableOptions']
export type VariablesAnswer = Schemas['VariablesAnswer']
