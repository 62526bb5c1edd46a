import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isOwnershipFault, type OwnershipRule, parseOwnershipRules } from './ownership-rules.ts'

const ada = { type: 'user', name: 'ada@example.net' } as const
const crew = { type: 'team', name: 'crew' } as const

const oneRule: readonly (readonly [string, OwnershipRule])[] = [
  ['path:src/* ada@example.net', { matcher: { type: 'path', pattern: 'src/*' }, owners: [ada] }],
  [
    'url:https://example.com/checkout ada@example.net #crew',
    { matcher: { type: 'url', pattern: 'https://example.com/checkout' }, owners: [ada, crew] },
  ],
  ['module:com.acme.* #crew', { matcher: { type: 'module', pattern: 'com.acme.*' }, owners: [crew] }],
  [
    'tags.transaction:/checkout/:page #crew',
    { matcher: { type: 'tags.transaction', pattern: '/checkout/:page' }, owners: [crew] },
  ],
  [
    'tags.sku:"red \\"apple\\"" #crew',
    { matcher: { type: 'tags.sku', pattern: 'red "apple"' }, owners: [crew] },
  ],
  ['"src/my app/*" #crew', { matcher: { type: 'path', pattern: 'src/my app/*' }, owners: [crew] }],
  ['*.js #crew', { matcher: { type: 'path', pattern: '*.js' }, owners: [crew] }],
  ['unknown:*.js #crew', { matcher: { type: 'path', pattern: 'unknown:*.js' }, owners: [crew] }],
  ['  *.js\t#crew  ', { matcher: { type: 'path', pattern: '*.js' }, owners: [crew] }],
]

test.each(oneRule)('reads the rule %j', (line, rule) => {
  expect(parseOwnershipRules(line)).toEqual([rule])
})

test('reads a rule a line, whatever ends a line, and passes over comments and blank lines', () => {
  const rules = parseOwnershipRules('# ours\r\n\r\n*.js #crew\n  # theirs\r*.py ada@example.net\n')
  expect(rules).toEqual([
    { matcher: { type: 'path', pattern: '*.js' }, owners: [crew] },
    { matcher: { type: 'path', pattern: '*.py' }, owners: [ada] },
  ])
})

test.each(['', '\n', '# nothing'])('%j holds no rules', (text) => {
  expect(parseOwnershipRules(text)).toEqual([])
})

const owner = 'an owner: an e-mail address, or a team as #slug'

describe('a fault names line and column', () => {
  test.each([
    ['...', `expected ${owner} (line 1, column 4)`],
    ['*.js #crew\n*.py', `expected ${owner} (line 2, column 5)`],
    ['*.js #crew\r\n\r\n  *.py  ada', `expected ${owner} (line 3, column 9)`],
    ['*.js #crew ada', `expected ${owner} (line 1, column 12)`],
    ['*.js # crew', `expected ${owner} (line 1, column 6)`],
    ['path: #crew', 'expected a pattern after "path:" (line 1, column 7)'],
    ['tags.sku: #crew', 'expected a pattern after "tags.sku:" (line 1, column 11)'],
  ])('%j: %s', (text, problem) => {
    expect(parseOwnershipRules(text)).toEqual({ message: `Parse error: ${problem}` })
  })
})

test('rules that belong to a CODEOWNERS file are refused', () => {
  expect(parseOwnershipRules('codeowners:*.js #crew')).toEqual({
    message: 'Codeowner type paths can only be added by importing CODEOWNER files',
  })
})

test('any text is either rules that have owners, or a fault', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const parsed = parseOwnershipRules(text)
      return isOwnershipFault(parsed)
        ? parsed.message !== ''
        : parsed.every(({ owners }) => owners.length > 0)
    }),
  )
})
