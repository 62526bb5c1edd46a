import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { globMatcher } from './glob.ts'

const matching = (pattern: string, text: string) => globMatcher([pattern])?.(text)

describe('a glob', () => {
  test.each<[glob: string, texts: string[], others: string[]]>([
    ['this is', ['this is', 'This IS'], ['this is a test', 'so this is', '']],
    ['this is*', ['this is', 'this is a test'], ['so this is']],
    ['*this is', ['so this is'], ['this is a test']],
    ['*lamp*', ['lamp', 'The lamp went out'], ['lam p']],
    ['*', ['', 'a', 'a/b\nc\u2028d'], []],
    ['a*b*c', ['abc', 'a/x\nb\r\nyc', 'abcbc'], ['abcb', 'acb']],
    ['*aab', ['aaab', 'aabaab'], ['aabaa']],
    ['?', ['a', '/', '\n', '😀'], ['', 'ab']],
    ['*?', ['a', 'ab', '😀'], ['']],
    ['*??*', ['ab', 'abc'], ['a', '😀']],
    ['1.2.*', ['1.2.3', '1.2.'], ['1.2', '1.20.3', '1x2.3']],
    ['/a/*/c', ['/a/b/c', '/a/b/b/c'], ['/a/c']],
    ['[abc]', ['a', 'C'], ['d', 'ab', '']],
    ['[a-c]x', ['ax', 'Bx'], ['dx', '-x']],
    ['[A-C]', ['a', 'B'], ['d', '_']],
    ['[A-z]', ['a', 'Z', '_'], ['1']],
    ['[!a-c]', ['d', '/', '😀'], ['a', 'B', '']],
    ['*[!😀]', ['a', '😀a'], ['😀']],
    ['[-a]', ['-', 'a'], ['b']],
    ['[a-]', ['-', 'a'], ['b']],
    ['[*?{,}]', ['*', '?', '{', ',', '}'], ['a', '']],
    ['[\\]\\-]', [']', '-'], ['\\']],
    ['[a^]', ['a', '^'], ['b']],
    ['{a,b}', ['a', 'B'], ['c', 'ab', '{a,b}', '']],
    ['x{,s}', ['x', 'xs'], ['xss']],
    ['{*.js,c?t}/', ['a.js/', 'cat/'], ['cats/']],
    ['*{a,ab}*{c,bc}', ['abc', 'xaxbcc'], ['acb']],
    ['{a,[,b]}', ['a', ',', 'b'], [']']],
    ['a,b]', ['a,b]'], ['a']],
    ['\\*\\?\\[\\{\\}\\\\\\a', ['*?[{}\\a'], ['a']],
    ['{a\\,b,c}', ['a,b', 'c'], ['a']],
    ['ÄΣς', ['äσς', 'ÄΣΣ', 'äςσ'], ['as']],
    ['?İ', ['xİ'], ['xi', 'xi̇']],
  ])('%j', (glob, texts, others) => {
    expect(texts.filter((text) => !matching(glob, text))).toEqual([])
    expect(others.filter((text) => matching(glob, text))).toEqual([])
  })

  test.each(['', '[', '[a', '[a-', '[]', '[!]', '[b-a]', '{', '{a', 'a}', '{a,{b}}', '\\', '[\\', '{a,\\'])(
    'that is no glob matches nothing: %j',
    (glob) => expect(globMatcher([glob])).toBeUndefined(),
  )
})

test('of several globs one has to match, and a malformed one spoils nothing', () => {
  const matcher = globMatcher(['', '[', 'lamp*', '*out'])
  expect(['Lamp on', 'went out', 'the lamp', ''].map((text) => matcher?.(text))).toEqual([
    true,
    true,
    false,
    false,
  ])
})

describe('whatever the glob', () => {
  const character = fc.constantFrom('a', 'b', 'B', '-', ',', '/', '\n', '😀')
  const literal = character.map((text) => ({ glob: text.replace(/[,-]/, '\\$&'), regex: escaped(text) }))
  const wild = fc.constantFrom({ glob: '*', regex: '.*' }, { glob: '?', regex: '.' })
  const oneOf = fc
    .record({ isNegated: fc.boolean(), members: fc.array(character, { minLength: 1, maxLength: 3 }) })
    .map(({ isNegated, members }) => ({
      glob: `[${isNegated ? '!' : ''}${members.map((member) => (member === '-' ? '\\-' : member)).join('')}]`,
      regex: `[${isNegated ? '^' : ''}${members.map(escaped).join('')}]`,
    }))
  const flat = sequenceOf(fc.oneof({ weight: 3, arbitrary: literal }, { weight: 2, arbitrary: wild }, oneOf))
  const either = fc.array(flat, { minLength: 1, maxLength: 3 }).map((branches) => ({
    glob: `{${branches.map(({ glob }) => glob).join(',')}}`,
    regex: `(?:${branches.map(({ regex }) => regex).join('|')})`,
  }))
  const whole = sequenceOf(fc.oneof({ weight: 4, arbitrary: flat }, either))

  function sequenceOf(part: fc.Arbitrary<{ glob: string; regex: string }>) {
    return fc.array(part, { maxLength: 5 }).map((parts) => ({
      glob: parts.map(({ glob }) => glob).join(''),
      regex: parts.map(({ regex }) => regex).join(''),
    }))
  }

  function escaped(character: string): string {
    return `\\u{${character.codePointAt(0)?.toString(16)}}`
  }

  test('it matches what the regular expression of the same meaning matches', () => {
    const text = fc.array(character, { maxLength: 8 }).map((characters) => characters.join(''))
    fc.assert(
      fc.property(whole, text, ({ glob, regex }, text) => {
        fc.pre(glob !== '')
        expect(matching(glob, text)).toBe(new RegExp(`^(?:${regex})$`, 'isu').test(text))
      }),
      { numRuns: 3000 },
    )
  })

  test('it is read or refused, and never throws', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', ...'[]{}!-,*?\\') })
    fc.assert(
      fc.property(pattern, fc.string(), (glob, text) => {
        expect([true, false, undefined]).toContain(matching(glob, text))
      }),
    )
  })

  test.each([
    ['runs', '*a'.repeat(50), 'a'.repeat(8000)],
    ['alternatives', `${'{a,a*,*a}'.repeat(20)}b`, 'a'.repeat(2000)],
    ['characters', `${'*?'.repeat(20)}b`, 'a'.repeat(8000)],
    ['classes', `*${'[a-z]'.repeat(50)}b`, 'a'.repeat(8000)],
  ])(
    'it takes time in proportion to glob and text, also with many %s',
    (_, glob, text) => {
      expect(matching(glob, `${text}b`)).toBe(glob.endsWith('b'))
      expect(matching(glob, `b${text}`)).toBe(!glob.endsWith('b'))
    },
    5000,
  )
})
