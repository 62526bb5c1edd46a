import { expect, test } from 'vitest'
import { alike } from './alike.ts'

const item = (id: string, message: string, rest: object = {}) => ({
  id,
  dateCreated: '2026-01-01T00:00:00Z',
  key: { id: 'k', name: 'Default' },
  sdk: null,
  category: 'error',
  outcome: 'filtered',
  reason: 'localhost',
  quantity: 1,
  sizeBytes: 10,
  message,
  unlisted: 0,
  ...rest,
})

test('neighbours that say the same are one line', () => {
  const items = [item('5', 'a'), item('4', 'a', { quantity: 3 }), item('3', 'b'), item('2', 'a')]
  expect(alike(items).map(({ item, times, quantity }) => [item.id, times, quantity])).toEqual([
    ['5', 2, 4],
    ['3', 1, 1],
    ['2', 1, 1],
  ])
  expect(alike([item('2', 'a'), item('1', 'a', { key: null })]).length).toBe(2)
})
