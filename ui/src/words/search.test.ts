import { expect, test } from 'vitest'
import { parseSearch, searchChoice, searchFlag, searchList, searchPlace, stringifySearch } from './search.ts'

test.each([
  ['', {}],
  ['?query=two%20words&level=error', { query: 'two words', level: 'error' }],
  ['?id=0123', { id: '0123' }],
  ['?key=a&key=b&key=c', { key: ['a', 'b', 'c'] }],
])('reads %s', (text, values) => expect(parseSearch(text)).toEqual(values))

test('writes what can be read by people, and leaves out what is not there', () => {
  expect(
    stringifySearch({ start: '2026-03-01T00:00:00Z', key: ['a', 'b'], query: '', team: undefined }),
  ).toBe('?start=2026-03-01T00:00:00Z&key=a&key=b')
  expect(stringifySearch({})).toBe('')
})

test('keeps what it knows and drops the rest', () => {
  expect(searchChoice({ sort: 'name' }, 'sort', ['name', 'last'])).toBe('name')
  expect(searchChoice({ sort: 'size' }, 'sort', ['name', 'last'])).toBeUndefined()
  expect(searchList({ key: 'a' }, 'key')).toEqual(['a'])
  expect(searchList({}, 'key')).toBeUndefined()
  expect([searchFlag({ live: '1' }, 'live'), searchFlag({ live: 'true' }, 'live')]).toEqual(['1', undefined])
})

test.each([
  ['/projects/web?statsPeriod=7d', '/projects/web?statsPeriod=7d'],
  ['//evil.example', undefined],
  ['/\\evil.example', undefined],
  ['https://evil.example', undefined],
  ['', undefined],
])('goes back to %s only when it is a page of this server', (next, place) => {
  expect(searchPlace({ next }, 'next')).toBe(place)
})
