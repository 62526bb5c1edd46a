import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseEventPayload, replaceNonFinite, summarizeEvent } from './event.ts'
import type { EventId } from './ids.ts'

const eventId = '9ec79c33ec9942ab8353589fcb2e04dc' as EventId
const receivedAt = Date.UTC(2024, 5, 1, 12)
const DAY = 86_400_000

describe('parseEventPayload', () => {
  test('takes a JSON object, bytes and all', () => {
    const bytes = Buffer.from(' {"message":"héllo","outcome":"x"}\n')
    expect(parseEventPayload(bytes)).toEqual({ payload: { message: 'héllo', outcome: 'x' }, bytes })
  })

  test.each(['', '{', '{"a":1', '{a:1}', 'hello', '{"a":NaN}', '{"a":1}}'])('drops %j as no JSON', (text) => {
    expect(parseEventPayload(Buffer.from(text))).toEqual({ outcome: 'invalid', reason: 'invalid_json' })
  })

  test.each(['[]', 'null', '5', '"text"', 'true'])('drops %j as no event', (text) => {
    expect(parseEventPayload(Buffer.from(text))).toEqual({ outcome: 'invalid', reason: 'no_event_payload' })
  })

  test.each(['raven-python/6.10.0', 'sentry-python/0.1', 'sentry.python/1.45.0'])(
    'forgives %s its numbers that JSON has not',
    (client) => {
      const parsed = parseEventPayload(Buffer.from('{"a":[NaN,-Infinity],"b":"NaN"}'), client)
      expect(parsed).toMatchObject({ payload: { a: [null, null], b: 'NaN' } })
      expect('bytes' in parsed && JSON.parse(Buffer.from(parsed.bytes).toString())).toEqual({
        a: [null, null],
        b: 'NaN',
      })
    },
  )

  test.each([undefined, 'sentry.javascript.node/8.0.0', 'my-raven-python/1'])(
    'does not forgive %s',
    (client) => {
      expect(parseEventPayload(Buffer.from('{"a":NaN}'), client)).toEqual({
        outcome: 'invalid',
        reason: 'invalid_json',
      })
    },
  )

  test('does not forgive Python anything else', () => {
    expect(parseEventPayload(Buffer.from('{"a":NaN,}'), 'sentry.python/1.45.0')).toEqual({
      outcome: 'invalid',
      reason: 'invalid_json',
    })
    expect(parseEventPayload(Buffer.from('[NaN]'), 'sentry.python/1.45.0')).toEqual({
      outcome: 'invalid',
      reason: 'invalid_json',
    })
  })
})

describe('replaceNonFinite', () => {
  test.each([
    ['{"a":NaN}', '{"a":null}'],
    ['{"a":Infinity,"b":-Infinity}', '{"a":null,"b":null}'],
    ['[NaN, NaN]', '[null, null]'],
    ['NaN', 'null'],
    ['{"NaN":"NaN"}', '{"NaN":"NaN"}'],
    [String.raw`{"a":"\"NaN","b":NaN}`, String.raw`{"a":"\"NaN","b":null}`],
    [String.raw`{"a":"\\","b":NaN}`, String.raw`{"a":"\\","b":null}`],
    ['{"a":1}', '{"a":1}'],
    ['{"a":"NaN', '{"a":"NaN'],
    ['', ''],
  ])('makes of %s %s', (text, json) => {
    expect(replaceNonFinite(text)).toBe(json)
  })

  test('makes of whatever Python writes what it means, with null for such numbers', () => {
    const texts = fc.oneof(fc.string(), fc.constantFrom('NaN', '-Infinity', '"', '\\', '\\"NaN'))
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        texts,
        fc.oneof(
          fc.integer(),
          fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
        ),
        fc.constantFrom(null, true, false),
        fc.array(tie('tree')),
        fc.dictionary(texts, tie('tree')),
      ),
    }))
    fc.assert(
      fc.property(tree, (value) => {
        expect(JSON.parse(replaceNonFinite(pythonJson(value)))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})

/** JSON as Python writes it by default. */
function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, entry]) => `${JSON.stringify(key)}: ${pythonJson(entry)}`)
      .join(', ')}}`
  }
  return typeof value === 'number' ? String(value) : JSON.stringify(value)
}

describe('summarizeEvent', () => {
  const summarize = (
    payload: Record<string, unknown>,
    context: { itemType?: string; sentAt?: number } = {},
  ) => summarizeEvent(payload, { eventId, itemType: 'event', receivedAt, retentionDays: 90, ...context })

  const bare = {
    eventId,
    type: 'default',
    timestamp: receivedAt,
    level: 'error',
    platform: 'other',
    title: '<unlabeled event>',
  }

  test('of an empty event has defaults', () => {
    expect(summarize({})).toEqual(bare)
  })

  test('of an event of an SDK has all of it', () => {
    expect(
      summarize({
        event_id: 'f'.repeat(32),
        timestamp: '2024-06-01T11:59:59.5Z',
        level: 'fatal',
        platform: 'python',
        logger: 'django.request',
        transaction: '/checkout',
        release: 'shop@1.2.3',
        dist: '42',
        environment: 'production',
        exception: { values: [{ type: 'ValueError', value: 'bad' }] },
        sdk: { name: 'sentry.python', version: '1.45.0', packages: [] },
        user: { id: 7, email: 'a@b.c', username: 'ab', ip_address: '{{auto}}', segment: 'x' },
        contexts: { trace: { trace_id: '4C79F60C11214EB38604F4AE0781BFB2', span_id: 'fa90fdead5f74052' } },
      }),
    ).toEqual({
      eventId,
      type: 'error',
      timestamp: receivedAt - 500,
      level: 'fatal',
      platform: 'python',
      title: 'ValueError: bad',
      culprit: '/checkout',
      release: 'shop@1.2.3',
      dist: '42',
      environment: 'production',
      transaction: '/checkout',
      logger: 'django.request',
      sdk: { name: 'sentry.python', version: '1.45.0' },
      userId: '7',
      userEmail: 'a@b.c',
      userName: 'ab',
      userIp: '{{auto}}',
      traceId: '4c79f60c11214eb38604f4ae0781bfb2',
    })
  })

  test('survives every field of a wrong type', () => {
    expect(
      summarize({
        timestamp: {},
        level: 5,
        platform: 7,
        logger: [],
        transaction: {},
        release: [],
        dist: {},
        environment: [],
        tags: 7,
        exception: 'x',
        logentry: [],
        sdk: 'x',
        user: 'x',
        contexts: 'x',
        request: 5,
        culprit: [],
      }),
    ).toEqual(bare)
  })

  test.each([
    ['a release that may not be called so', { release: 'a/b' }, {}],
    ['a release called latest', { release: 'latest' }, {}],
    ['an environment called none', { environment: 'none' }, {}],
    ['a release that is a number', { release: 1.5 }, { release: '1.5' }],
    ['an environment in the tags', { tags: [['environment', 'qa']] }, { environment: 'qa' }],
    ['a logger with line ends', { logger: 'a\r\nb\n' }, { logger: 'ab' }],
    ['a long logger', { logger: 'l'.repeat(65) }, { logger: `${'l'.repeat(61)}...` }],
    ['an SDK without version', { sdk: { name: 'x' } }, { sdk: { name: 'x' } }],
    ['an SDK without name', { sdk: { version: '1' } }, {}],
    ['a user under the old name', { 'sentry.interfaces.User': { id: 'u' } }, { userId: 'u' }],
    ['a trace id that is none', { contexts: { trace: { trace_id: 'x' } } }, {}],
    ['a level by number', { level: 30 }, { level: 'warning' }],
  ])('of an event with %s', (_, payload, expected) => {
    expect(summarize(payload)).toEqual({ ...bare, ...expected })
  })

  test('cuts a long transaction to 200 characters, trimmed before', () => {
    const name = 't'.repeat(200)
    expect(summarize({ transaction: `  ${name}\n` })).toMatchObject({ transaction: name })
    expect(summarize({ transaction: `${name}t` })).toMatchObject({ transaction: `${'t'.repeat(197)}...` })
  })

  test('corrects the clock', () => {
    const timestamp = (receivedAt - DAY) / 1000
    expect(summarize({ timestamp }, { sentAt: receivedAt - DAY })).toMatchObject({ timestamp: receivedAt })
    expect(summarize({ timestamp })).toMatchObject({ timestamp: receivedAt - DAY })
  })

  test.each([-200, 3650])('takes an error %d days from now as received now', (days) => {
    expect(summarize({ timestamp: (receivedAt + days * DAY) / 1000 })).toEqual(bare)
  })

  const traced = {
    start_timestamp: receivedAt / 1000 - 2,
    timestamp: receivedAt / 1000 - 1,
    contexts: { trace: { trace_id: '4c79f60c11214eb38604f4ae0781bfb2', span_id: 'fa90fdead5f74052' } },
  }

  test('keeps a transaction that is complete', () => {
    expect(summarize({ ...traced, transaction: '/x' }, { itemType: 'transaction' })).toEqual({
      ...bare,
      type: 'transaction',
      timestamp: receivedAt - 1000,
      title: '/x',
      culprit: '/x',
      transaction: '/x',
      traceId: '4c79f60c11214eb38604f4ae0781bfb2',
    })
  })

  test('drops a transaction that is incomplete or out of time, whichever item it came in', () => {
    const incomplete = { outcome: 'invalid', reason: 'invalid_transaction' }
    expect(summarize({}, { itemType: 'transaction' })).toEqual(incomplete)
    expect(summarize({ type: 'transaction' })).toEqual(incomplete)
    const ahead = { ...traced, timestamp: (receivedAt + DAY) / 1000 }
    expect(summarize(ahead, { itemType: 'transaction' })).toEqual({ outcome: 'invalid', reason: 'timestamp' })
  })

  test('has a value or a fate for any object, and never throws', () => {
    const names =
      'timestamp level platform logger transaction release dist environment tags exception logentry sdk user contexts request culprit spans'
    const payloads = fc.dictionary(fc.constantFrom(...names.split(' ')), fc.jsonValue())
    fc.assert(
      fc.property(payloads, fc.constantFrom('event', 'transaction'), (payload, itemType) => {
        expect(summarize(payload, { itemType })).toSatisfy(
          (result: object) => 'outcome' in result || 'title' in result,
        )
      }),
    )
  })
})
