import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatMessage } from './message.ts'

describe('formatMessage', () => {
  test.each([
    ['text', 'Hello', { formatted: 'Hello' }],
    ['text with blanks around it', ' Hello\n', { formatted: 'Hello' }],
    ['a number', 5, { formatted: '5' }],
    ['a bare template', { message: 'Hello' }, { formatted: 'Hello' }],
    ['the final text alone', { formatted: 'Hello' }, { formatted: 'Hello' }],
    [
      'the final text and the same template',
      { formatted: 'Hello', message: 'Hello' },
      { formatted: 'Hello' },
    ],
    [
      'template and final text',
      { message: 'Hello %s', formatted: 'Hello world', params: ['world'] },
      { formatted: 'Hello world', message: 'Hello %s', params: ['world'] },
    ],
    [
      'the final text, whatever the parameters would make',
      { message: 'Hello %s', formatted: 'Bye', params: ['world'] },
      { formatted: 'Bye', message: 'Hello %s', params: ['world'] },
    ],
    ['fields of the wrong type', { message: 'Hello', formatted: {}, params: 'x' }, { formatted: 'Hello' }],
  ])('reads %s', (_, logentry, message) => {
    expect(formatMessage(logentry)).toEqual(message)
  })

  test.each([undefined, null, '', '  ', {}, [], { message: '' }, { params: ['a'] }, { formatted: [] }])(
    'finds no text in %j',
    (logentry) => {
      expect(formatMessage(logentry)).toBeUndefined()
    },
  )

  test.each([
    ['Hello %s', ['world'], 'Hello world'],
    ['%s, %s!', ['Hello', 'world'], 'Hello, world!'],
    ['%d of %i', [1, 2], '1 of 2'],
    ['%5.2f%% of %s', [12.5, 'all'], '12.5% of all'],
    ['%(who)s says %(what)s', { who: 'A', what: 'B' }, 'A says B'],
    ['%(who)s and %(who)s', { who: 'A' }, 'A and A'],
    ['Hello {}', ['world'], 'Hello world'],
    ['{} and {}', ['a', 'b'], 'a and b'],
    ['{1} and {0}', ['a', 'b'], 'b and a'],
    ['{who} says {what}', { who: 'A', what: 'B' }, 'A says B'],
    ['{who!r:>10}', { who: 'A' }, 'A'],
    ['{{}} is {}', ['a'], '{} is a'],
    ['%s', [{ a: [1, null] }], '{"a":[1,null]}'],
    ['%s', [null], 'null'],
    ['%s', [true], 'true'],
    ['%s', ['$& $1 %s {}'], '$& $1 %s {}'],
  ])('puts into %j the parameters %j', (message, params, formatted) => {
    expect(formatMessage({ message, params })).toEqual({ formatted, message, params })
  })

  test.each([
    ['too few parameters', '%s and %s', ['a']],
    ['too many parameters', '%s', ['a', 'b']],
    ['no placeholders', 'Hello', ['a']],
    ['no such name', '%(who)s', { what: 'a' }],
    ['no such name in braces', '{who}', { what: 'a' }],
    ['no such position', '{5}', ['a']],
    ['no parameters', '%s', []],
    ['a name that every object has', '{constructor}', { a: 1 }],
  ])('uses the template as it is when there are %s', (_, message, params) => {
    expect(formatMessage({ message, params })).toEqual({ formatted: message, params })
  })

  test('cuts text and template to 8192 characters', () => {
    const long = 'x'.repeat(8193)
    const cut = `${'x'.repeat(8189)}...`
    expect(formatMessage('x'.repeat(8192))).toEqual({ formatted: 'x'.repeat(8192) })
    expect(formatMessage(long)).toEqual({ formatted: cut })
    expect(formatMessage({ message: `${long}y`, formatted: 'x' })).toEqual({ formatted: 'x', message: cut })
  })

  test.each(['%s', '{}'])('puts any texts in the place of %s', (placeholder) => {
    const words = fc.stringMatching(/^[a-z ]{0,8}$/)
    const texts = fc.array(fc.tuple(words, fc.string({ minLength: 1 })), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(texts, (pairs) => {
        const message = `>${pairs.map(([before]) => before + placeholder).join('')}<`
        const params = pairs.map(([, text]) => text)
        expect(formatMessage({ message, params })?.formatted).toBe(
          `>${pairs.map(([before, text]) => before + text).join('')}<`,
        )
      }),
    )
  })

  test('finds text in anything that has some, and never throws', () => {
    const logentry = fc.oneof(
      fc.json().map((text): unknown => JSON.parse(text)),
      fc.record({ message: fc.string(), params: fc.oneof(fc.array(fc.string()), fc.object()) }),
    )
    fc.assert(
      fc.property(logentry, (value) => {
        expect(formatMessage(value)?.formatted).not.toBe('')
      }),
    )
  })
})
