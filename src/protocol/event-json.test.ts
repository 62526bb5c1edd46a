import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { EventFacts } from './event-facts.ts'
import { eventTypeOf, parseLevel, platformOf } from './event-fields.ts'
import { eventBody, eventOutline, transactionBody } from './event-json.ts'
import { culpritOf, titleOf } from './event-title.ts'
import type { JsonObject } from './json.ts'

const receivedAt = Date.UTC(2026, 0, 5, 9, 30)
const HOUR = 3_600_000

/** What the server would have noted of a payload, if it came at once. */
function factsOf(payload: JsonObject, known: Partial<EventFacts> = {}): EventFacts {
  return {
    type: eventTypeOf(payload),
    level: parseLevel(payload.level) ?? 'error',
    platform: platformOf(payload.platform),
    title: titleOf(payload),
    culprit: culpritOf(payload) ?? null,
    release: null,
    dist: null,
    environment: null,
    transactionName: null,
    timestampAt: receivedAt,
    receivedAt,
    sentAt: null,
    clientIp: '203.0.113.7',
    ...known,
  }
}

function body(payload: JsonObject, known?: Partial<EventFacts>) {
  return eventBody(payload, factsOf(payload, known))
}

/** The data of the entry of that type. */
function entry(payload: JsonObject, type: string, known?: Partial<EventFacts>): unknown {
  return body(payload, known).entries.find((each) => each.type === type)?.data
}

function tags(payload: JsonObject, known?: Partial<EventFacts>): Record<string, string> {
  const list = eventOutline(payload, factsOf(payload, known)).tags
  return Object.fromEntries(list.map(({ key, value }) => [key, value]))
}

describe('entries', () => {
  test('come in the order in which Sentry shows them', () => {
    const payload = {
      debug_meta: { images: [{ type: 'elf' }] },
      request: { url: '/' },
      template: { filename: 'a.html' },
      breadcrumbs: [{ message: 'a' }],
      csp: { blocked_uri: 'self' },
      threads: [{ id: 1 }],
      stacktrace: { frames: [{}] },
      exception: { type: 'E' },
      message: 'Hello',
      spans: [],
    }
    expect(body(payload).entries.map(({ type }) => type)).toEqual([
      'message',
      'exception',
      'stacktrace',
      'threads',
      'csp',
      'breadcrumbs',
      'template',
      'request',
      'debugmeta',
    ])
  })

  test('are none when there is nothing to show', () => {
    const payload = { exception: { values: [] }, breadcrumbs: {}, request: {}, debug_meta: {}, threads: [] }
    expect(body({ ...payload, breadcrumbs: { values: [] } }).entries).toEqual([])
  })

  test('exception: each with its mechanism and stack, the raised one last', () => {
    const payload = {
      exception: {
        values: [
          { type: 'Cause', value: { code: 5 } },
          null,
          {},
          {
            type: 'Raised',
            value: 'last',
            module: 'app',
            thread_id: 7,
            mechanism: {
              handled: false,
              synthetic: null,
              data: {},
              meta: { signal: { number: 11 } },
              extra: 1,
            },
            stacktrace: { frames: [{ filename: 'a.js', in_app: true }] },
            raw_type: 'Q',
          },
        ],
        exc_omitted: [1, 3],
      },
    }
    expect(entry(payload, 'exception')).toEqual({
      values: [
        {
          type: 'Cause',
          value: '{"code":5}',
          mechanism: null,
          threadId: null,
          module: null,
          stacktrace: null,
          rawStacktrace: null,
          rawValue: null,
          rawModule: null,
          rawType: null,
        },
        {
          type: 'Raised',
          value: 'last',
          mechanism: { type: 'generic', handled: false, meta: { signal: { number: 11 } } },
          threadId: 7,
          module: 'app',
          stacktrace: expect.objectContaining({ hasSystemFrames: true }),
          rawStacktrace: null,
          rawValue: null,
          rawModule: null,
          rawType: 'Q',
        },
      ],
      hasSystemFrames: true,
      excOmitted: [1, 3],
    })
  })

  test('threads: as objects, whatever is missing', () => {
    const held = { '0x1': { type: 2 } }
    const payload = {
      threads: {
        values: [{ id: 3, crashed: true, name: 'main', state: 'RUNNABLE', held_locks: held }, 5, {}],
      },
    }
    expect(entry(payload, 'threads')).toEqual({
      values: [
        {
          id: 3,
          name: 'main',
          crashed: true,
          current: false,
          state: 'RUNNABLE',
          heldLocks: held,
          stacktrace: null,
          rawStacktrace: null,
        },
        {
          id: null,
          name: null,
          crashed: false,
          current: false,
          state: null,
          heldLocks: null,
          stacktrace: null,
          rawStacktrace: null,
        },
      ],
    })
  })

  test('breadcrumbs: with defaults, and times to the microsecond', () => {
    const payload = {
      breadcrumbs: {
        values: [
          { timestamp: 1767605390.250001, level: 'log', message: 'a', category: 'ui', data: { n: 1 } },
          { timestamp: '2026-01-05T09:29:51Z', type: 'http', level: 'odd', data: [1], event_id: 'b' },
          'crumb',
          { timestamp: 'never' },
        ],
      },
    }
    const empty = { message: null, category: null, data: null, event_id: null }
    expect(entry(payload, 'breadcrumbs')).toEqual({
      values: [
        {
          ...empty,
          type: 'default',
          timestamp: '2026-01-05T09:29:50.250001Z',
          level: 'info',
          message: 'a',
          category: 'ui',
          data: { n: 1 },
        },
        { ...empty, type: 'http', timestamp: '2026-01-05T09:29:51Z', level: 'info', event_id: 'b' },
        { ...empty, type: 'default', timestamp: null, level: 'info' },
      ],
    })
  })

  test.each([
    ['text', { message: 'Hi' }, { formatted: 'Hi' }],
    [
      'a template',
      { logentry: { message: 'Hi %s', params: ['you'] } },
      { formatted: 'Hi you', message: 'Hi %s', params: ['you'] },
    ],
    ['no text', { message: {} }, undefined],
  ])('message: of %s', (_, payload, data) => {
    expect(entry(payload, 'message')).toEqual(data)
  })

  test('template: with its lines', () => {
    const template = {
      filename: 'a.html',
      lineno: 2,
      context_line: 'b',
      pre_context: ['a'],
      post_context: ['c'],
    }
    expect(entry({ template }, 'template')).toEqual({
      filename: 'a.html',
      absPath: null,
      lineNo: 2,
      context: [
        [1, 'a'],
        [2, 'b'],
        [3, 'c'],
      ],
    })
  })

  test('debugmeta: images as they came', () => {
    const images = [{ type: 'macho', debug_id: 'a', image_addr: '0x1' }, 5]
    expect(entry({ debug_meta: { images, sdk_info: { sdk_name: 'iOS' } } }, 'debugmeta')).toEqual({
      images: [images[0]],
      sdk_info: { sdk_name: 'iOS' },
    })
  })

  test.each(['csp', 'hpkp', 'expectct', 'expectstaple'])('%s: the report as it came', (type) => {
    expect(entry({ [type]: { hostname: 'a.net', port: 443 } }, type)).toEqual({
      hostname: 'a.net',
      port: 443,
    })
  })

  test('spans: of a transaction only, times in seconds', () => {
    const spans = [
      { span_id: 'b', op: 'db', start_timestamp: '2026-01-05T09:29:50Z', timestamp: 1767605391.5 },
    ]
    expect(entry({ type: 'transaction', spans }, 'spans')).toEqual([
      { span_id: 'b', op: 'db', start_timestamp: 1767605390, timestamp: 1767605391.5 },
    ])
    expect(entry({ type: 'transaction' }, 'spans')).toEqual([])
    expect(entry({ spans }, 'spans')).toBeUndefined()
  })
})

describe('user', () => {
  const nobody = {
    id: null,
    email: null,
    username: null,
    ip_address: null,
    name: null,
    geo: null,
    data: null,
  }

  test.each([
    ['nothing', {}, null],
    ['numbers', { user: { id: 17 } }, { ...nobody, id: '17' }],
    [
      'every field',
      {
        user: {
          id: 'a',
          email: 'b',
          username: 'c',
          name: 'd',
          ip_address: '::1',
          geo: { city: 'Graz', n: {} },
        },
      },
      { id: 'a', email: 'b', username: 'c', name: 'd', ip_address: '::1', geo: { city: 'Graz' }, data: null },
    ],
    ['own keys', { user: { plan: 'pro', data: { n: 1 } } }, { ...nobody, data: { plan: 'pro', n: 1 } }],
    ['wrong types', { user: { id: {}, email: [], data: 5, geo: 'Graz' } }, null],
    ['no object', { user: 'ann' }, null],
    ['an old name', { 'sentry.interfaces.User': { id: 'a' } }, { ...nobody, id: 'a' }],
  ])('of %s', (_, payload, user) => {
    expect(body(payload).user).toEqual(user)
  })

  test.each([
    ['{{auto}} is the client', { user: { ip_address: '{{auto}}' } }, '203.0.113.7'],
    ['what the SDK states', { user: { ip_address: '198.51.100.1' }, platform: 'javascript' }, '198.51.100.1'],
    [
      'the remote address of the request',
      { request: { env: { REMOTE_ADDR: '198.51.100.2' } } },
      '198.51.100.2',
    ],
    ['{{auto}} in the request', { request: { env: { REMOTE_ADDR: '{{auto}}' } } }, '203.0.113.7'],
    ['the client of a browser', { platform: 'javascript' }, '203.0.113.7'],
    ['the client of a phone', { platform: 'cocoa' }, '203.0.113.7'],
    ['not the client of a server', { platform: 'python' }, undefined],
    [
      'the client if the SDK says so',
      { platform: 'python', sdk: { settings: { infer_ip: 'auto' } } },
      '203.0.113.7',
    ],
    [
      'not the client if the SDK forbids it',
      { platform: 'javascript', sdk: { settings: { infer_ip: 'never' } } },
      undefined,
    ],
  ])('has an address: %s', (_, payload, address) => {
    expect(body(payload).user?.ip_address).toBe(address)
  })
})

describe('scope', () => {
  test('contexts have a type and no empty values', () => {
    const contexts = {
      os: { name: 'Linux', version: '', build: null },
      mine: { a: 1, type: 'own' },
      no: {},
      x: 5,
    }
    expect(body({ contexts }).contexts).toEqual({
      os: { name: 'Linux', type: 'os' },
      mine: { a: 1, type: 'own' },
    })
  })

  test('SDK, packages, extra and fingerprint', () => {
    const payload = {
      sdk: { name: 'sentry.python', version: '2.0', packages: [] },
      modules: { flask: '3.0', odd: { a: 1 } },
      extra: { a: [1] },
      fingerprint: ['{{ default }}', 5, null],
    }
    expect(body(payload)).toMatchObject({
      sdk: { name: 'sentry.python', version: '2.0' },
      packages: { flask: '3.0', odd: null },
      context: { a: [1] },
      fingerprints: ['{{ default }}', '5'],
    })
    expect(body({ sdk: 'x', modules: [], extra: 'x', fingerprint: 'x' })).toMatchObject({
      sdk: null,
      packages: {},
      context: {},
      fingerprints: [],
    })
  })

  test('extra is kept to a depth of seven', () => {
    expect(body({ extra: { a: { b: { c: { d: { e: { f: { g: 1 }, h: [1], i: 1 } } } } } } }).context).toEqual(
      {
        a: { b: { c: { d: { e: { f: { g: 1 }, h: [1], i: 1 } } } } },
      },
    )
    expect(body({ extra: { a: { b: { c: { d: { e: { f: { g: {}, h: [] } } } } } } } }).context).toEqual({
      a: { b: { c: { d: { e: { f: { g: '[Object]', h: '[Array]' } } } } } },
    })
  })

  test('an event nested deeper than can be written is shown', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)
    const payload = {
      exception: {
        type: 'E',
        value: deep,
        mechanism: { data: { deep } },
        stacktrace: { frames: [{ vars: { deep } }] },
      },
      logentry: { message: '%s', params: [deep] },
      extra: { deep },
      contexts: { a: { deep } },
      request: { data: deep, query_string: { deep }, cookies: { deep } },
      breadcrumbs: [{ data: { deep } }],
      errors: [{ type: 'invalid_data', deep }],
      _meta: { extra: { deep }, exception: { deep } },
      user: { deep },
    }
    expect(() => JSON.stringify(body(payload))).not.toThrow()
  })
})

describe('tags', () => {
  test('are sorted, and made of other fields too', () => {
    const payload = {
      tags: { zone: 'b', area: 5, on: true },
      level: 'warning',
      logger: 'app\nlog',
      server_name: 'web-1',
      request: { url: 'https://a.net/b?c=1' },
      user: { id: 17, email: 'ann@example.net' },
      contexts: { browser: { name: 'Firefox', version: '130' } },
      exception: { type: 'E', mechanism: { type: 'onerror', handled: false } },
    }
    const facts = { release: 'shop@1', dist: '5', environment: 'live', transactionName: '/b' }
    expect(eventOutline(payload, factsOf(payload, facts)).tags).toEqual([
      { key: 'area', value: '5' },
      { key: 'browser', value: 'Firefox 130' },
      { key: 'browser.name', value: 'Firefox' },
      { key: 'dist', value: '5' },
      { key: 'environment', value: 'live' },
      { key: 'handled', value: 'no' },
      { key: 'level', value: 'warning' },
      { key: 'logger', value: 'applog' },
      { key: 'mechanism', value: 'onerror' },
      { key: 'on', value: 'true' },
      { key: 'release', value: 'shop@1' },
      { key: 'server_name', value: 'web-1' },
      { key: 'transaction', value: '/b' },
      { key: 'url', value: 'https://a.net/b' },
      { key: 'user', value: 'id:17', query: 'user.id:"17"' },
      { key: 'zone', value: 'b' },
    ])
  })

  test.each([
    [
      'pairs',
      [
        ['a', '1'],
        ['b', 2],
      ],
      { a: '1', b: '2' },
    ],
    [
      'the first of a name',
      [
        ['a', '1'],
        ['a', '2'],
      ],
      { a: '1' },
    ],
    ['no empty names and values', [['', '1'], ['a', ''], ['b', null], [null, 'x'], 'c', 5], {}],
    ['no values of other types', { a: {}, b: ['1'], c: 'ok' }, { c: 'ok' }],
    [
      'no names of the server',
      { release: 'x', dist: 'x', user: 'x', filename: 'x', function: 'x', environment: 'x' },
      {},
    ],
    [
      'nothing too long',
      { ['k'.repeat(201)]: 'x', v: 'x'.repeat(201), w: 'x'.repeat(200) },
      { w: 'x'.repeat(200) },
    ],
    ['nothing of text', 'a', {}],
  ])('take %s', (_, sent, shown) => {
    expect(tags({ tags: sent })).toEqual({ level: 'error', ...shown })
  })

  test('an own tag gives way to a field of the event, and goes before the URL', () => {
    const payload = {
      tags: { level: 'x', server_name: 'x', url: 'x' },
      server_name: 'web-1',
      request: { url: '/a' },
    }
    expect(tags(payload)).toEqual({ level: 'error', server_name: 'web-1', url: 'x' })
  })

  test.each([
    [{ app: { device_app_hash: 'h' } }, { 'app.device': 'h' }],
    [{ browser: { name: 'Firefox' } }, { browser: 'Firefox', 'browser.name': 'Firefox' }],
    [{ device: { model: 'Pixel 9', family: 'Pixel' } }, { device: 'Pixel 9', 'device.family': 'Pixel' }],
    [{ gpu: { name: 'A', vendor_name: 'B' } }, { 'gpu.name': 'A', 'gpu.vendor': 'B' }],
    [{ monitor: { id: 'm' } }, { 'monitor.id': 'm' }],
    [
      { os: { name: 'iOS', version: '18.1', rooted: true } },
      { os: 'iOS 18.1', 'os.name': 'iOS', 'os.rooted': 'yes' },
    ],
    [{ runtime: { name: 'node', version: '24' } }, { runtime: 'node 24', 'runtime.name': 'node' }],
    [{ runtime: { name: 'node' } }, { 'runtime.name': 'node' }],
    [{ client_os: { type: 'os', name: 'Windows' } }, { client_os: 'Windows', 'client_os.name': 'Windows' }],
    [{ trace: { trace_id: 'a' }, own: { type: 'constructor' } }, {}],
  ])('of contexts %j', (contexts, shown) => {
    expect(tags({ contexts })).toEqual({ level: 'error', ...shown })
  })

  test.each([
    [{ id: '1', username: 'u', email: 'e', ip_address: '::1' }, 'id:1', 'user.id:"1"'],
    [{ username: 'a "b"', email: 'e' }, 'username:a "b"', 'user.username:"a \\"b\\""'],
    [{ email: 'e', ip_address: '::1' }, 'email:e', 'user.email:"e"'],
    [{ ip_address: '::1' }, 'ip:::1', 'user.ip:"::1"'],
  ])('of the user %j', (user, value, query) => {
    const list = eventOutline({ user }, factsOf({})).tags
    expect(list.find(({ key }) => key === 'user')).toEqual({ key: 'user', value, query })
  })

  test('mechanism and handled are those of the raised exception', () => {
    const exception = [
      { type: 'C', mechanism: { type: 'chained', handled: true } },
      { type: 'E', mechanism: {} },
    ]
    expect(tags({ exception })).toEqual({ level: 'error', mechanism: 'generic' })
  })
})

describe('metadata, location and message', () => {
  const frames = [
    { function: 'main', filename: 'main.py', in_app: true },
    { function: 'run', filename: 'https://a.net/run.js', in_app: true },
    { filename: 'nameless.py', in_app: true },
    { function: 'lib', filename: 'lib.py', in_app: false },
  ]

  test.each([
    [
      'an error',
      { exception: { type: 'E', value: 'v', stacktrace: { frames } } },
      { type: 'E', value: 'v', filename: '/run.js', function: 'run' },
      '/run.js',
    ],
    ['an error without type', { exception: { value: 'v' } }, { type: 'Error', value: 'v' }, null],
    [
      'a synthetic error',
      { exception: { type: 'E', value: 'v', mechanism: { synthetic: true } } },
      { value: 'v' },
      null,
    ],
    [
      'an error with the stack of its thread',
      {
        exception: { type: 'E' },
        threads: [{ stacktrace: { frames: [{ function: 'a' }] } }, { crashed: true, stacktrace: { frames } }],
      },
      { type: 'E', value: '', filename: '/run.js', function: 'run' },
      '/run.js',
    ],
    ['a message', { message: 'Hello\nworld' }, { title: 'Hello' }, null],
    [
      'a policy report',
      {
        csp: { effective_directive: 'img-src', blocked_uri: 'https://a.net:8080/b.png' },
        logentry: 'Blocked',
      },
      { directive: 'img-src', uri: 'a.net:8080', message: 'Blocked' },
      'a.net:8080',
    ],
    [
      'a policy report on the page itself',
      { csp: { violated_directive: 'script-src x', blocked_uri: 'self' } },
      { directive: 'script-src', uri: "'self'", message: "Blocked 'script-src' from 'self'" },
      "'self'",
    ],
    [
      'another security report',
      { hpkp: { hostname: 'a.net' }, message: 'Pinning failed' },
      { origin: 'a.net', message: 'Pinning failed' },
      'a.net',
    ],
    [
      'feedback',
      { type: 'feedback', contexts: { feedback: { message: 'Too dark', contact_email: 'a@b.c' } } },
      { title: 'Too dark', message: 'Too dark', contact_email: 'a@b.c' },
      null,
    ],
    [
      'a transaction',
      { type: 'transaction', transaction: '/cart' },
      { title: '/cart', location: '/cart' },
      '/cart',
    ],
  ])('of %s', (_, payload: JsonObject, metadata, location) => {
    const transactionName = typeof payload.transaction === 'string' ? payload.transaction : null
    expect(eventOutline(payload, factsOf(payload, { transactionName }))).toMatchObject({ metadata, location })
    expect(Object.keys(eventOutline(payload, factsOf(payload, { transactionName })).metadata).sort()).toEqual(
      Object.keys(metadata).sort(),
    )
  })

  test.each([
    ['data', 'data:'],
    ['blob:https://a.net/1', 'blob:'],
    ['wss://a.net/b', 'wss://a.net'],
    ['http://[broken', 'http://[broken'],
    ['', "'self'"],
  ])('a policy that blocked %j names %s', (blocked_uri, uri) => {
    expect(body({ csp: { effective_directive: 'img-src', blocked_uri } }).metadata).toMatchObject({ uri })
  })

  test('the message is the final text, empty beside an exception alone', () => {
    expect(body({ logentry: { message: 'Hi %s', params: ['you'] }, exception: { type: 'E' } }).message).toBe(
      'Hi you',
    )
    expect(body({ exception: { type: 'E' } }).message).toBe('')
  })
})

describe('errors and times', () => {
  const crumb = (timestamp: number) => ({ breadcrumbs: [{ timestamp }] })
  const crumbTime = { values: [{ timestamp: '2026-01-05T09:29:59Z' }] }
  const at = receivedAt / 1000

  test('a wrong clock moves every time, and is noted', () => {
    const payload = { timestamp: at - 7200, ...crumb(at - 7201) }
    const facts = { sentAt: receivedAt - 2 * HOUR, timestampAt: receivedAt }
    expect(body(payload, facts).errors).toEqual([
      {
        type: 'clock_drift',
        message: 'Clock drift detected in SDK',
        data: { sdk_time: '2026-01-05T07:30:00Z', server_time: '2026-01-05T09:30:00Z' },
      },
    ])
    expect(entry(payload, 'breadcrumbs', facts)).toMatchObject(crumbTime)
  })

  test.each([
    ['future', 3600, 'future_timestamp', 'Invalid timestamp (in future)', '2026-01-05T10:30:00Z'],
    ['past', -100 * 86_400, 'past_timestamp', 'Invalid timestamp (too old)', '2025-09-27T09:30:00Z'],
  ])('a time in the %s was set to that of arrival', (_, seconds, type, message, sdk_time) => {
    const payload = { timestamp: at + seconds, ...crumb(at + seconds - 1) }
    expect(body(payload).errors).toEqual([
      { type, message, data: { name: 'timestamp', sdk_time, server_time: '2026-01-05T09:30:00Z' } },
    ])
    expect(entry(payload, 'breadcrumbs')).toMatchObject(crumbTime)
  })

  test('a right clock needs no note', () => {
    const payload = { timestamp: at - 60.0004, ...crumb(at - 1) }
    const facts = { timestampAt: receivedAt - 60_001, sentAt: receivedAt - 1000 }
    expect(body(payload, facts).errors).toEqual([])
    expect(entry(payload, 'breadcrumbs', facts)).toMatchObject(crumbTime)
  })

  test('what the SDK noted is said in words, except on single crumbs, extras and frames', () => {
    const errors = [
      { type: 'invalid_data', name: 'user.id', value: 5 },
      { type: 'own' },
      { type: 'invalid_data', name: 'breadcrumbs.0' },
      { type: 'invalid_data', name: 'extra.a' },
      { type: 'invalid_data', name: 'exception.values.0.stacktrace.frames.1' },
      { type: 5 },
      'x',
    ]
    expect(body({ errors }).errors).toEqual([
      { type: 'invalid_data', message: 'Discarded invalid value', data: { name: 'user.id', value: 5 } },
      { type: 'own', message: 'Unknown error', data: {} },
    ])
  })

  test('a transaction has times in seconds, measurements and breakdowns', () => {
    const payload = {
      type: 'transaction',
      start_timestamp: '2026-01-05T07:29:59.5Z',
      timestamp: at - 7200,
      measurements: { lcp: { value: 2.5, unit: 'second' }, fp: { value: 1 }, odd: { value: 'x' }, no: 5 },
      breakdowns: { span_ops: { 'ops.db': { value: 3, unit: 'millisecond' } }, none: 5 },
    }
    expect(transactionBody(payload, factsOf(payload, { sentAt: receivedAt - 2 * HOUR }))).toEqual({
      startTimestamp: at - 0.5,
      endTimestamp: at,
      measurements: { lcp: { value: 2.5, unit: 'second' }, fp: { value: 1, unit: null } },
      breakdowns: { span_ops: { 'ops.db': { value: 3, unit: 'millisecond' } }, none: {} },
    })
    expect(transactionBody({}, factsOf({}))).toEqual({
      startTimestamp: null,
      endTimestamp: null,
      measurements: null,
      breakdowns: null,
    })
  })
})

describe('_meta', () => {
  test('notes of the SDK stand where the API shows what they are about', () => {
    const note = { '': { len: 2000 } }
    const payload = {
      exception: { values: [{ type: 'E' }] },
      request: { url: '/' },
      message: 'Hello',
      _meta: {
        logentry: { formatted: note },
        exception: {
          values: { 0: { stacktrace: { frames: { 0: { abs_path: note, vars: { abs_path: note } } } } } },
        },
        request: { query_string: note, headers: { lineno: note } },
        extra: { a: note },
        modules: { b: note },
        user: { id: note },
        contexts: 'x',
      },
    }
    expect(body(payload)._meta).toEqual({
      entries: {
        0: { data: { formatted: note } },
        1: {
          data: {
            values: { 0: { stacktrace: { frames: { 0: { absPath: note, vars: { abs_path: note } } } } } },
          },
        },
        2: { data: { query: note, headers: { lineno: note } } },
      },
      message: note,
      user: { id: note },
      contexts: null,
      sdk: null,
      context: { a: note },
      packages: { b: note },
      tags: null,
    })
  })

  test('is empty when nothing was noted', () => {
    expect(body({ message: 'Hello', _meta: [] })._meta).toEqual({
      entries: {},
      message: null,
      user: null,
      contexts: null,
      sdk: null,
      context: null,
      packages: null,
      tags: null,
    })
  })
})

test('any payload is shown, and what is shown can be written', () => {
  const names = [
    'exception values type value mechanism handled stacktrace raw_stacktrace frames vars lineno context_line pre_context',
    'filename abs_path in_app instruction_addr threads id crashed breadcrumbs timestamp level data request url headers',
    'query_string cookies env REMOTE_ADDR user ip_address geo contexts browser name version os tags extra modules sdk',
    'settings message logentry params formatted template csp blocked_uri debug_meta images spans errors _meta',
    'fingerprint measurements breakdowns start_timestamp platform transaction logger server_name __proto__ constructor',
  ]
    .join(' ')
    .split(' ')
  const leaf = fc.oneof(
    fc.string(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.boolean(),
    fc.constantFrom(
      null,
      '{{auto}}',
      'http://a.net/b?c#d',
      '0x1f',
      'javascript',
      1767605390.25,
      8.64e12,
      -8.64e12,
    ),
  )
  const { payload } = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, leaf, tie('list'), tie('object')),
    list: fc.array(tie('value'), { maxLength: 4 }),
    object: fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 8 }),
    payload: fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 16 }),
  }))
  const facts = fc.record({
    type: fc.constantFrom(
      'error',
      'default',
      'transaction',
      'csp',
      'hpkp',
      'expectct',
      'expectstaple',
      'feedback',
    ),
    sentAt: fc.option(fc.integer({ min: -8.64e15, max: 8.64e15 })),
    clientIp: fc.option(fc.ipV6()),
  })
  fc.assert(
    fc.property(payload, facts, (drawn, known) => {
      // As from the wire: keys like __proto__ are keys.
      const sent = JSON.parse(JSON.stringify(drawn)) as JsonObject
      const before = JSON.stringify(sent)
      const noted = factsOf(sent, known as Partial<EventFacts>)
      const shown = { ...eventBody(sent, noted), ...transactionBody(sent, noted) }
      expect(() => JSON.stringify(shown, refuseUnwritable)).not.toThrow()
      expect(JSON.stringify(sent)).toBe(before)
    }),
    { numRuns: 300 },
  )
})

/** JSON would leave these out, or write null. */
function refuseUnwritable(name: string, value: unknown): unknown {
  if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) {
    throw new TypeError(`${name} is ${value}`)
  }
  return value
}
