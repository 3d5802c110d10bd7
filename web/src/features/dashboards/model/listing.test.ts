import { expect, it } from 'vitest'

import { found, grouped, lately, tagsOf } from './listing'
import type { DashboardSummary } from './types'

const one = (uid: string, title: string, tags: string[] = [], shipped = false): DashboardSummary => ({
  uid, title, tags, shipped, description: '', panels: 1, version: 1, updated_at: '', updated_by: '',
})
const items = [one('a', 'Checkout service', ['shop']), one('b', 'Hosts', ['infra'], true), one('c', 'Shop hosts', ['infra', 'shop'])]

it('finds every word anywhere, and every tag', () => {
  expect(found(items, 'host shop', []).map(({ uid }) => uid)).toEqual(['c'])
  expect(found(items, '', ['infra']).map(({ uid }) => uid)).toEqual(['b', 'c'])
  expect(found(items, ' ', [])).toHaveLength(3)
})

it('lists each dashboard once, the starred ones first', () => {
  expect(grouped(items, ['b']).map(({ name, items: of }) => [name, of.map(({ uid }) => uid)])).toEqual([
    ['Starred', ['b']],
    ['This project', ['a', 'c']],
  ])
  expect(grouped(items, []).at(-1)?.name).toBe('Part of Vedette')
})

it('counts tags', () => {
  expect(tagsOf([...items, one('d', 'x', ['shop'])])).toEqual(['shop', 'infra'])
})

it('offers the dashboards opened lately first', () => {
  const uids = (isAll: boolean, recent: string[]) => lately(items, recent, isAll).map(({ uid }) => uid)
  expect(uids(true, ['c', 'gone', 'b'])).toEqual(['c', 'b', 'a'])
  expect(uids(false, ['c', 'gone', 'b'])).toEqual(['c', 'b'])
  expect(uids(true, [])).toEqual(['a', 'b', 'c'])
})
