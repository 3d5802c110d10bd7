import { expect, it } from 'vitest'

import { shownFigures } from './figures'
import type { Panel, PanelData } from './types'

const data: PanelData = {
  frames: [
    {
      query: 'A',
      kind: 'series',
      times: [0],
      series: ['a', 'b', 'c'].map((name) => ({ name, labels: {}, values: [0.5] })),
    },
  ],
  errors: [],
  warnings: [],
}

it('names, measures, colours and hides single figures', () => {
  const panel = {
    unit: 'percentunit',
    options: {},
    mappings: [],
    thresholds: { mode: 'absolute', steps: [{ value: null, color: 'green' }] },
    overrides: [
      { match: 'name', value: 'a', name: 'first', unit: 's', decimals: 1 },
      { match: 'name', value: 'b', color: 'red' },
      { match: 'regex', value: '^c$', hidden: true },
    ],
  } as unknown as Panel
  expect(shownFigures(panel, data).map(({ name, text, color }) => [name, text, color])).toEqual([
    ['first', '500.0 ms', 'green'],
    ['b', '50%', 'red'],
  ])
})
