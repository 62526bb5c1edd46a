import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  cutTo,
  environmentOf,
  eventTime,
  eventTypeOf,
  exceptionsOf,
  fieldOf,
  lenientText,
  parseDist,
  parseEnvironment,
  parseLevel,
  parseRelease,
  platformOf,
  tagEntries,
  valuesOf,
} from './event-fields.ts'

describe('parseLevel', () => {
  test.each([
    ['fatal', 'fatal'],
    ['error', 'error'],
    ['warning', 'warning'],
    ['info', 'info'],
    ['debug', 'debug'],
    ['log', 'info'],
    ['critical', 'fatal'],
    ['ERROR', 'error'],
    [10, 'debug'],
    [20, 'info'],
    [30, 'warning'],
    [40, 'error'],
    [50, 'fatal'],
  ])('reads %j as %s', (value, level) => {
    expect(parseLevel(value)).toBe(level)
  })

  test.each(['', 'bad', 5, 60, true, null, undefined, {}, ['error']])('refuses %j', (value) => {
    expect(parseLevel(value)).toBeUndefined()
  })
})

describe('platformOf', () => {
  const known =
    'as3 c cfml cocoa csharp elixir haskell go groovy java javascript native node objc other perl php python ruby'
  test.each(known.split(' '))('knows %s', (platform) => {
    expect(platformOf(platform)).toBe(platform)
  })

  test.each(['', 'rust', 'Python', 'constructor', 5, null, undefined, {}])('takes %j as other', (value) => {
    expect(platformOf(value)).toBe('other')
  })
})

describe('eventTypeOf', () => {
  const exception = { values: [{ type: 'E' }] }

  test.each([
    ['a message', {}, 'default'],
    ['an exception', { exception }, 'error'],
    ['an exception under its old name', { 'sentry.interfaces.Exception': exception }, 'error'],
    ['an exception that says nothing', { exception: { values: [{}] } }, 'default'],
    ['no exceptions', { exception: { values: [] } }, 'default'],
    ['a stated transaction', { type: 'transaction' }, 'transaction'],
    ['a stated feedback', { type: 'feedback' }, 'feedback'],
    ['a stated error without exception', { type: 'error' }, 'default'],
    ['a stated csp without its interface', { type: 'csp' }, 'default'],
    ['a stated type that nobody knows', { type: 'telepathy', exception }, 'error'],
    ['a type of the wrong type', { type: 5, exception }, 'error'],
    ['csp', { csp: {}, exception }, 'csp'],
    ['hpkp', { hpkp: {} }, 'hpkp'],
    ['expectct', { expectct: {} }, 'expectct'],
    ['expectstaple', { expectstaple: {} }, 'expectstaple'],
    ['csp under its old name', { 'sentry.interfaces.Csp': {} }, 'csp'],
    ['csp of the wrong type', { csp: 'x' }, 'default'],
  ])('of %s', (_, payload, type) => {
    expect(eventTypeOf(payload, 'event')).toBe(type)
  })

  test('of an item that is a transaction or feedback is that, whatever it holds', () => {
    expect(eventTypeOf({ exception }, 'transaction')).toBe('transaction')
    expect(eventTypeOf({ exception }, 'feedback')).toBe('feedback')
  })

  test('is a network error only in an item of that type', () => {
    expect(eventTypeOf({ type: 'nel' }, 'nel')).toBe('nel')
    expect(eventTypeOf({ type: 'nel' }, 'event')).toBe('default')
  })
})

describe('fieldOf', () => {
  test.each([
    ['logentry', 'message'],
    ['logentry', 'sentry.interfaces.Message'],
    ['exception', 'sentry.interfaces.Exception'],
    ['stacktrace', 'sentry.interfaces.Stacktrace'],
    ['template', 'sentry.interfaces.Template'],
    ['request', 'sentry.interfaces.Http'],
    ['user', 'sentry.interfaces.User'],
    ['contexts', 'sentry.interfaces.Contexts'],
    ['breadcrumbs', 'sentry.interfaces.Breadcrumbs'],
  ] as const)('finds %s under %s too', (name, alias) => {
    expect(fieldOf({ [alias]: 'old' }, name)).toBe('old')
    expect(fieldOf({ [name]: null, [alias]: 'old' }, name)).toBe('old')
    expect(fieldOf({ [alias]: 'old', [name]: 'new' }, name)).toBe('new')
    expect(fieldOf({}, name)).toBeUndefined()
  })
})

test.each([
  ['the values of an object', { values: [1, 2] }, [1, 2]],
  ['a flat list', [1, 2], [1, 2]],
  ['a single object', { type: 'E' }, [{ type: 'E' }]],
  ['an object whose values are none', { values: 'x' }, []],
  ['an object whose values are null', { values: null }, []],
  ['text', 'x', []],
  ['nothing', undefined, []],
  ['null', null, []],
])('valuesOf takes %s', (_, value, values) => {
  expect(valuesOf(value)).toEqual(values)
})

test('an exception needs a type or a value', () => {
  const good = [{ type: 'E' }, { value: 'v' }, { type: 'E', value: '' }, { type: null, value: 0 }]
  const bad = [{}, { module: 'm' }, { type: '', value: '' }, { type: null, value: null }, 'E', null, []]
  expect(exceptionsOf({ exception: { values: [...bad, ...good] } })).toEqual(good)
})

test.each([
  ['text', 'text'],
  [' text\n', 'text'],
  [5, '5'],
  [1.5, '1.5'],
  [true, 'true'],
  ['', undefined],
  ['  ', undefined],
  [null, undefined],
  [undefined, undefined],
  [{}, undefined],
  [['a'], undefined],
])('lenientText of %j is %j', (value, text) => {
  expect(lenientText(value)).toBe(text)
})

describe('cutTo', () => {
  test('leaves what fits, and cuts the rest with an ellipsis', () => {
    expect(cutTo('0123456789', 10)).toBe('0123456789')
    expect(cutTo('0123456789a', 10)).toBe('0123456...')
  })

  test('counts characters, and cuts none in two', () => {
    expect(cutTo('😀'.repeat(10), 10)).toBe('😀'.repeat(10))
    expect(cutTo('😀'.repeat(11), 10)).toBe(`${'😀'.repeat(7)}...`)
    expect(cutTo(`${'😀'.repeat(8)}abc`, 10)).toBe(`${'😀'.repeat(7)}...`)
  })

  test('never makes more characters than allowed, nor changes what it keeps', () => {
    const texts = fc.string({ unit: fc.constantFrom('a', 'é', '😀', '\ud800', '\udc00'), maxLength: 40 })
    fc.assert(
      fc.property(texts, fc.integer({ min: 3, max: 20 }), (text, max) => {
        const cut = cutTo(text, max)
        const length = [...text].length
        expect(cut).toBe(length <= max ? text : `${[...text].slice(0, max - 3).join('')}...`)
        expect([...cut].length).toBe(Math.min(length, max))
      }),
    )
  })
})

describe('parseRelease', () => {
  test.each([
    ['1.0', '1.0'],
    [' my-app@1.0.0+build \n', 'my-app@1.0.0+build'],
    [20240101, '20240101'],
    ['a b', 'a b'],
    ['latest-1', 'latest-1'],
    ['...', '...'],
    ['r'.repeat(200), 'r'.repeat(200)],
    ['é'.repeat(100), 'é'.repeat(100)],
  ])('takes %j', (value, release) => {
    expect(parseRelease(value)).toBe(release)
  })

  test.each([
    '',
    '  ',
    'a/b',
    'a\\b',
    'a\nb',
    'a\rb',
    'a\tb',
    'a\fb',
    '.',
    '..',
    'latest',
    'Latest',
    ' LATEST ',
    'r'.repeat(201),
    'é'.repeat(101),
    null,
    {},
    [],
  ])('removes %j', (value) => {
    expect(parseRelease(value)).toBeUndefined()
  })
})

describe('parseEnvironment', () => {
  test.each([
    ['production', 'production'],
    [' staging ', 'staging'],
    ['a\\b', 'a\\b'],
    ['nonesuch', 'nonesuch'],
    ['e'.repeat(64), 'e'.repeat(64)],
    ['é'.repeat(32), 'é'.repeat(32)],
  ])('takes %j', (value, environment) => {
    expect(parseEnvironment(value)).toBe(environment)
  })

  test.each([
    '',
    ' ',
    'a/b',
    'a\nb',
    'a\rb',
    'a\tb',
    'a\fb',
    '.',
    '..',
    'none',
    'None',
    'e'.repeat(65),
    'é'.repeat(33),
    null,
    {},
  ])('removes %j', (value) => {
    expect(parseEnvironment(value)).toBeUndefined()
  })
})

describe('environmentOf', () => {
  test.each([
    ['the field', { environment: 'a', tags: { environment: 'b' } }, 'a'],
    ['the tag when there is no field', { tags: { environment: 'b' } }, 'b'],
    [
      'the tag among pairs',
      {
        tags: [
          ['x', '1'],
          ['environment', 'b'],
        ],
      },
      'b',
    ],
    ['the tag when the field is empty', { environment: ' ', tags: { environment: 'b' } }, 'b'],
    ['nothing when the field may not be called so', { environment: 'none' }, undefined],
    ['nothing when the tag may not be called so', { tags: { environment: 'a/b' } }, undefined],
    ['nothing when there is neither', {}, undefined],
  ])('is %s', (_, payload, environment) => {
    expect(environmentOf(payload)).toBe(environment)
  })
})

describe('parseDist', () => {
  test.each([
    ['1.0_a-B', '1.0_a-B'],
    [' 5 ', '5'],
    [5, '5'],
    ['d'.repeat(64), 'd'.repeat(64)],
  ])('takes %j', (value, dist) => {
    expect(parseDist(value)).toBe(dist)
  })

  test.each(['', ' ', 'a b', 'a/b', 'é', 'd'.repeat(65), null, {}])('removes %j', (value) => {
    expect(parseDist(value)).toBeUndefined()
  })
})

test.each([
  [
    'an object',
    { a: '1', b: 2 },
    [
      ['a', '1'],
      ['b', 2],
    ],
  ],
  [
    'a list of pairs',
    [
      ['a', '1'],
      ['a', '2'],
    ],
    [
      ['a', '1'],
      ['a', '2'],
    ],
  ],
  [
    'a list with something else',
    [['a', '1'], 'b'],
    [
      ['a', '1'],
      [undefined, 'b'],
    ],
  ],
  ['text', 'a', []],
  ['nothing', undefined, []],
])('tagEntries of %s', (_, tags, entries) => {
  expect(tagEntries(tags)).toEqual(entries)
})

describe('eventTime', () => {
  const MINUTE = 60_000
  const DAY = 24 * 60 * MINUTE
  const receivedAt = Date.UTC(2024, 5, 1, 12)
  const text = (at: number) => new Date(at).toISOString()

  test.each([
    ['no time', undefined, {}, { at: receivedAt, shiftMs: 0, corrections: [] }],
    ['a time that is none', 'yesterday', {}, { at: receivedAt, shiftMs: 0, corrections: [] }],
    [
      'a time like any other',
      receivedAt - MINUTE,
      {},
      { at: receivedAt - MINUTE, shiftMs: 0, corrections: [] },
    ],
    ['a minute ahead', receivedAt + MINUTE, {}, { at: receivedAt + MINUTE, shiftMs: 0, corrections: [] }],
    [
      'more than a minute ahead',
      receivedAt + MINUTE + 1,
      {},
      { at: receivedAt, shiftMs: -MINUTE - 1, corrections: ['future_timestamp'] },
    ],
    [
      'ten years ahead',
      receivedAt + 3650 * DAY,
      {},
      { at: receivedAt, shiftMs: -3650 * DAY, corrections: ['future_timestamp'] },
    ],
    ['90 days old', receivedAt - 90 * DAY, {}, { at: receivedAt - 90 * DAY, shiftMs: 0, corrections: [] }],
    [
      '200 days old',
      receivedAt - 200 * DAY,
      {},
      { at: receivedAt, shiftMs: 200 * DAY, corrections: ['past_timestamp'] },
    ],
    [
      '200 days old in a project that keeps a year',
      receivedAt - 200 * DAY,
      { retentionDays: 365 },
      { at: receivedAt - 200 * DAY, shiftMs: 0, corrections: [] },
    ],
    [
      'a day behind, like the time sent',
      receivedAt - DAY,
      { sentAt: receivedAt - DAY },
      { at: receivedAt, shiftMs: DAY, corrections: ['clock_drift'] },
    ],
    [
      'a day and a minute ahead, with the time sent a day ahead',
      receivedAt + DAY + MINUTE,
      { sentAt: receivedAt + DAY },
      { at: receivedAt + MINUTE, shiftMs: -DAY, corrections: ['clock_drift'] },
    ],
    [
      '54 minutes behind, like the time sent',
      receivedAt - 54 * MINUTE,
      { sentAt: receivedAt - 54 * MINUTE },
      { at: receivedAt - 54 * MINUTE, shiftMs: 0, corrections: [] },
    ],
    [
      'right, with the time sent an hour behind',
      receivedAt,
      { sentAt: receivedAt - 60 * MINUTE },
      { at: receivedAt, shiftMs: 0, corrections: ['clock_drift', 'future_timestamp'] },
    ],
    [
      'no time, with the time sent an hour behind',
      undefined,
      { sentAt: receivedAt - 60 * MINUTE },
      { at: receivedAt, shiftMs: 60 * MINUTE, corrections: ['clock_drift'] },
    ],
  ])('of an event with %s', (_, timestamp, context, expected) => {
    const written = typeof timestamp === 'number' ? text(timestamp) : timestamp
    expect(eventTime(written, { receivedAt, retentionDays: 90, ...context })).toEqual(expected)
  })

  test('is never outside of what is kept, and moves by what it says', () => {
    const contexts = fc.record({
      at: fc.integer({ min: 0, max: 2 * receivedAt }),
      sentAt: fc.option(fc.integer({ min: 0, max: 2 * receivedAt }), { nil: undefined }),
      retentionDays: fc.integer({ min: 1, max: 1000 }),
    })
    fc.assert(
      fc.property(contexts, ({ at, sentAt, retentionDays }) => {
        const time = eventTime(text(at), { receivedAt, sentAt, retentionDays })
        expect(time.at).toBe(at + time.shiftMs)
        expect(time.at).toBeLessThanOrEqual(receivedAt + MINUTE)
        expect(time.at).toBeGreaterThanOrEqual(receivedAt - retentionDays * DAY)
      }),
    )
  })
})
