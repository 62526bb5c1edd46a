import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { queryFlag, queryList, queryText, searchTerms } from './query.ts'

test('queryText is the last of repeated values', () => {
  expect(queryText({ a: 'x' }, 'a')).toBe('x')
  expect(queryText({ a: ['x', 'y'] }, 'a')).toBe('y')
  expect(queryText({ a: '' }, 'a')).toBe('')
  expect(queryText({}, 'a')).toBeUndefined()
})

test('queryList is all of them', () => {
  expect(queryList({ a: 'x' }, 'a')).toEqual(['x'])
  expect(queryList({ a: ['x', 'y'] }, 'a')).toEqual(['x', 'y'])
  expect(queryList({}, 'a')).toEqual([])
})

test('queryFlag is whether anything is said', () => {
  expect(['1', '0', 'no', '', undefined].map((a) => queryFlag({ a }, 'a'))).toEqual([
    true,
    true,
    true,
    false,
    false,
  ])
})

describe('searchTerms', () => {
  test.each([
    [undefined, {}, ''],
    ['', {}, ''],
    ['   ', {}, ''],
    ['web', {}, 'web'],
    ['  two   words ', {}, 'two words'],
    ['"two  words"', {}, 'two  words'],
    ['slug:web', { slug: ['web'] }, ''],
    ['slug:web free slug:api text', { slug: ['web', 'api'] }, 'free text'],
    ['slug:web id:5', { slug: ['web'], id: ['5'] }, ''],
    ['name:"My App"', { name: ['My App'] }, ''],
    ['!team:a', { '!team': ['a'] }, ''],
    ['user.id:7', { 'user.id': ['7'] }, ''],
    ['dsn:a:b', { dsn: ['a:b'] }, ''],
    ['slug:', { slug: [''] }, ''],
    ['"slug:web"', {}, 'slug:web'],
    [':web', {}, ':web'],
    ['a AND b OR c', {}, 'a b c'],
    ['slug:web AND id:5', { slug: ['web'], id: ['5'] }, ''],
    ['and or', {}, 'and or'],
    ['ANDROID', {}, 'ANDROID'],
    ['"unclosed words', {}, 'unclosed words'],
  ])('of %j', (text, filters, free) => {
    const terms = searchTerms(text)
    expect({ filters: Object.fromEntries(terms.filters), text: terms.text }).toEqual({ filters, text: free })
  })

  test('finds every filter and every word of any mixture', () => {
    const word = fc.stringMatching(/^[a-z0-9.]{1,8}$/)
    const parts = fc.array(
      fc.oneof(
        fc.tuple(word),
        fc.tuple(
          word,
          fc.oneof(
            word,
            fc.tuple(word, word).map((two) => two.join(' ')),
          ),
        ),
      ),
    )
    fc.assert(
      fc.property(parts, (given) => {
        const text = given
          .map(([name, value]) => (value === undefined ? name : `${name}:"${value}"`))
          .join('  ')
        const expected = Map.groupBy(
          given.filter((part) => part.length === 2),
          ([name]) => name,
        )
        const terms = searchTerms(text)
        expect([...terms.filters]).toEqual(
          [...expected].map(([name, entries]) => [name, entries.map(([, value]) => value)]),
        )
        expect(terms.text).toBe(given.flatMap((part) => (part.length === 1 ? part : [])).join(' '))
      }),
    )
  })

  test('takes any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ':', '"', ' ', '!', '\\') }), (text) => {
        expect(searchTerms(text).text).not.toContain('"')
      }),
    )
  })
})
