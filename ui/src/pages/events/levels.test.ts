import { expect, test } from 'vitest'
import { kindOf, tagOf, userName } from './levels.ts'

test('an event goes by its level, what is no error by what it is', () => {
  const tags = [{ key: 'level', value: 'warning' }]
  expect(kindOf({ 'event.type': 'error', tags })).toBe('warning')
  expect(kindOf({ 'event.type': 'error', tags: [] })).toBe('error')
  expect(kindOf({ 'event.type': 'transaction', tags })).toBe('transaction')
  expect(tagOf({ tags }, 'release')).toBeUndefined()
})

test('a user goes by what tells most', () => {
  const nobody = {
    id: null,
    email: null,
    username: null,
    ip_address: null,
    name: null,
    geo: null,
    data: null,
  }
  expect(userName({ ...nobody, id: '7', email: 'ada@example.net' })).toBe('ada@example.net')
  expect(userName({ ...nobody, ip_address: '192.0.2.1' })).toBe('192.0.2.1')
  expect(userName(nobody)).toBeUndefined()
  expect(userName(null)).toBeUndefined()
})
