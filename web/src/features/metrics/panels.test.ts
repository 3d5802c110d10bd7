import { expect, it } from 'vitest'

import { panelOf, type Seen } from './panels'

const seen = (text: string, is: Partial<Seen> = {}): Seen => ({
  asked: { id: 'C', text, legend: '', hidden: false },
  isNative: false,
  isHeat: false,
  labels: [],
  ...is,
})
const GRAPH = { view: 'graph', unit: 's', histogramView: undefined } as const

it('makes lines a chart, with letters of its own', () => {
  expect(panelOf([seen('up'), seen('x')], GRAPH)).toEqual({
    type: 'timeseries',
    unit: 's',
    queries: [
      { id: 'A', signal: 'metrics', text: 'up', legend: '' },
      { id: 'B', signal: 'metrics', text: 'x', legend: '' },
    ],
  })
})

it('keeps heatmaps and tables what they are', () => {
  expect(panelOf([seen('sum(rate(h[5m]))', { isNative: true, isHeat: true })], GRAPH)).toMatchObject({
    type: 'heatmap',
    queries: [{ format: 'heatmap' }],
  })
  expect(panelOf([seen('up')], { ...GRAPH, view: 'table' })).toMatchObject({ type: 'table', queries: [{ format: 'table', instant: true }] })
})

it('writes out the quantiles of native histograms', () => {
  const { queries } = panelOf([seen('rate(h[5m])', { isNative: true, labels: ['job'] })], { ...GRAPH, histogramView: 'quantiles' })
  expect(queries.map(({ id, text }) => `${id} ${text}`)).toEqual([
    'A histogram_quantile(0.5, rate(h[5m]))',
    'B histogram_quantile(0.9, rate(h[5m]))',
    'C histogram_quantile(0.99, rate(h[5m]))',
  ])
  expect(queries[0]?.legend).toBe('p50 {{job}}')
})

it('has figures of native histograms in a table', () => {
  const table = (unit: string) => panelOf([seen('h', { isNative: true })], { ...GRAPH, unit, view: 'table' }).queries
  expect(table('s').map(({ text }) => text)).toEqual(['histogram_avg(h)'])
  expect(table('short').map(({ text, legend }) => [text, legend])).toEqual([
    ['histogram_count(h)', 'count'],
    ['histogram_avg(h)', 'average'],
  ])
})
