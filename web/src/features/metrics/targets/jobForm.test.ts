import { expect, it } from 'vitest'

import { documentOf, EMPTY, formOf } from './jobForm'

const FORM = { ...EMPTY, name: 'node', targets: '10.0.0.5:9100\n10.0.0.6:9100, ', labels: 'env=production\nteam="shop"' }

it('writes what is filled in, and nothing else', () => {
  expect(documentOf(FORM)).toEqual({
    job_name: 'node',
    static_configs: [{ targets: ['10.0.0.5:9100', '10.0.0.6:9100'], labels: { env: 'production', team: 'shop' } }],
  })
  expect(documentOf({ ...FORM, auth: 'basic', username: 'u', secret: 's', scheme: 'https', interval: '30s', path: '/m' })).toMatchObject({
    scheme: 'https',
    scrape_interval: '30s',
    metrics_path: '/m',
    basic_auth: { username: 'u', password: 's' },
  })
})

it('reads back what it wrote', () => {
  for (const auth of ['none', 'bearer', 'basic'] as const) {
    const form = { ...EMPTY, name: 'a', targets: 'b:1', labels: 'env=x', auth, username: auth === 'basic' ? 'u' : '', secret: auth === 'none' ? '' : '<secret>' }
    expect(formOf(documentOf(form))).toEqual(form)
  }
})

it('leaves jobs that say more to the text', () => {
  expect(formOf({ job_name: 'a', dns_sd_configs: [{ names: ['b'] }] })).toBeNull()
  expect(formOf({ job_name: 'a', static_configs: [{ targets: [] }, { targets: [] }] })).toBeNull()
  expect(formOf({ job_name: 'a', authorization: { type: 'Token', credentials: 'x' } })).toBeNull()
})
