import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { culpritOf, messageOf, titleOf, valueText } from './event-title.ts'

const unlabeled = '<unlabeled event>'

describe('titleOf', () => {
  const exception = {
    values: [
      { type: 'Cause', value: 'first' },
      { type: 'Raised', value: 'last' },
    ],
  }

  test.each([
    ['the raised exception, which is the last', { exception }, 'Raised: last'],
    ['the exception of a flat list', { exception: exception.values }, 'Raised: last'],
    ['the single exception', { exception: { type: 'E', value: 'v' } }, 'E: v'],
    ['the exception under its old name', { 'sentry.interfaces.Exception': exception }, 'Raised: last'],
    ['the exception before the message', { message: 'Hello', exception }, 'Raised: last'],
    ['a type without value', { exception: [{ type: 'E' }] }, 'E'],
    ['a type with an empty value', { exception: [{ type: 'E', value: ' \n' }] }, 'E'],
    ['a value without type', { exception: [{ value: 'v' }] }, 'v'],
    ['the first line of a value', { exception: [{ type: 'E', value: '\n one \r\ntwo' }] }, 'E: one'],
    ['a value that is no text', { exception: [{ type: 'E', value: { a: [1] } }] }, 'E: {"a":[1]}'],
    ['the last exception that says anything', { exception: [{ type: 'E' }, {}] }, 'E'],
    ['the message', { message: 'Hello' }, 'Hello'],
    ['the first line of the message', { message: '  Hello\nworld' }, 'Hello'],
    ['the log entry with its parameters', { logentry: { message: 'Hi %s', params: ['you'] } }, 'Hi you'],
    ['the message when exceptions say nothing', { message: 'Hello', exception: [{}] }, 'Hello'],
    [
      'what a policy blocked',
      { csp: { effective_directive: 'img-src', blocked_uri: 'https://evil.org' } },
      "Blocked 'img-src' from 'https://evil.org'",
    ],
    [
      'what an older policy blocked on the page itself',
      { csp: { violated_directive: 'script-src a.com' } },
      "Blocked 'script-src' from 'self'",
    ],
    ['the text of feedback', { contexts: { feedback: { message: 'I like it' } } }, 'I like it'],
    ['the transaction', { transaction: ' /checkout ' }, '/checkout'],
    ['nothing that is known', {}, unlabeled],
    ['nothing in an empty message', { message: '' }, unlabeled],
    ['nothing in fields of wrong types', { exception: 'x', logentry: [], csp: 5, contexts: 'x' }, unlabeled],
  ])('is %s', (_, payload, title) => {
    expect(titleOf(payload)).toBe(title)
  })

  test('has 256 characters at most', () => {
    expect(titleOf({ message: 'x'.repeat(256) })).toBe('x'.repeat(256))
    expect(titleOf({ message: 'x'.repeat(257) })).toBe(`${'x'.repeat(253)}...`)
  })
})

test.each([
  ['text', 'text'],
  ['', ''],
  [5, '5'],
  [false, 'false'],
  [['a'], '["a"]'],
  [null, undefined],
  [undefined, undefined],
])('valueText of %j is %j', (value, text) => {
  expect(valueText(value)).toBe(text)
})

test('messageOf is the final text under any name of the field', () => {
  expect(messageOf({ logentry: { formatted: 'a' } })).toBe('a')
  expect(messageOf({ message: 'a' })).toBe('a')
  expect(messageOf({ 'sentry.interfaces.Message': { message: 'a %s', params: ['b'] } })).toBe('a b')
  expect(messageOf({})).toBeUndefined()
})

describe('culpritOf', () => {
  const frame = { module: 'app.views', function: 'index', in_app: true }
  const raised = (...frames: unknown[]) => ({
    exception: { values: [{ type: 'E', stacktrace: { frames } }] },
  })

  test.each([
    ['as sent', { culprit: 'mine', transaction: '/x', ...raised(frame) }, 'mine'],
    ['the transaction', { transaction: '/x', ...raised(frame) }, '/x'],
    ['module and function', { platform: 'python', ...raised(frame) }, 'app.views in index'],
    ['file and function', raised({ filename: 'app.py', function: 'index' }), 'app.py in index'],
    ['a function without a name', raised({ filename: 'app.py' }), 'app.py in ?'],
    ['function and file in JavaScript', { platform: 'javascript', ...raised(frame) }, 'index (app.views)'],
    ['function and file in Node', { platform: 'node', ...raised({ filename: 'a.js' }) }, '? (a.js)'],
    ['the function in native code', { platform: 'native', ...raised({ function: 'main' }) }, 'main'],
    ['by the platform of the frame', raised({ ...frame, platform: 'cocoa' }), 'index'],
    ['the innermost frame', raised({ module: 'a', function: 'f' }, { module: 'b', function: 'g' }), 'b in g'],
    [
      'the innermost frame of the application',
      raised(frame, { module: 'lib', function: 'g' }),
      'app.views in index',
    ],
    [
      'of the exception that was raised',
      {
        exception: [
          { type: 'A', stacktrace: { frames: [frame] } },
          { type: 'B', stacktrace: { frames: [{ module: 'b' }] } },
        ],
      },
      'b in ?',
    ],
    [
      'of its cause when it has no frames',
      { exception: [{ type: 'A', stacktrace: { frames: [frame] } }, { type: 'B' }] },
      'app.views in index',
    ],
    ['of the old stack trace', { stacktrace: { frames: [frame] } }, 'app.views in index'],
    ['the address that was asked for', { request: { url: 'https://a.com/x' } }, 'https://a.com/x'],
    [
      'the address when frames say nothing',
      { ...raised({ lineno: 5 }), request: { url: 'https://a.com' } },
      'https://a.com',
    ],
    ['nothing', {}, undefined],
    [
      'nothing in fields of wrong types',
      { culprit: {}, exception: { values: [{ type: 'E', stacktrace: 'x' }] } },
      undefined,
    ],
    [
      'nothing of an exception made for its stack',
      { exception: [{ type: 'E', mechanism: { synthetic: true }, stacktrace: { frames: [frame] } }] },
      undefined,
    ],
  ])('is %s', (_, payload, culprit) => {
    expect(culpritOf(payload)).toBe(culprit)
  })

  test('has 200 characters at most', () => {
    expect(culpritOf({ culprit: 'x'.repeat(201) })).toBe(`${'x'.repeat(197)}...`)
  })
})

test('any object has a title of one line, and a culprit or none', () => {
  const names = fc.constantFrom(
    'exception',
    'values',
    'type',
    'value',
    'stacktrace',
    'frames',
    'message',
    'csp',
    'request',
    'contexts',
  )
  const { tree } = fc.letrec<{ tree: unknown; node: Record<string, unknown> }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(null, '', ' a\nb ', 5, true),
      fc.array(tie('tree')),
      tie('node'),
    ),
    node: fc.dictionary(names, tie('tree')),
  }))
  fc.assert(
    fc.property(fc.dictionary(names, tree), (payload) => {
      expect(titleOf(payload)).toMatch(/^.+$/)
      expect(culpritOf(payload)).not.toBe('')
    }),
  )
})
