/** Which filters a project has, and those whose lists it writes: section 7 of the ingest protocol. */
import { describe, expect, test } from 'vitest'
import { allOff, on, reasonOf, takes, thrown, transaction } from '../../../tests/filter-trial.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { drop } from '../../protocol/outcome.ts'
import { initialOptions, type StoredOptions } from '../../protocol/project-options.ts'
import { compileFilters, eventFilters } from './index.ts'

describe('the filters of a project', () => {
  test('that has set nothing', () => {
    const { ofEvents, ofElements } = compileFilters({})
    expect(ofEvents.map(({ fate }) => fate)).toEqual(
      ['chunk-load-error', 'react-hydration-errors', 'invalid-csp', 'filtered-transaction'].map((id) =>
        drop('filtered', id),
      ),
    )
    expect(ofElements.size).toBe(0)
  })

  test('that is of JavaScript and has set nothing', () => {
    expect(
      compileFilters(initialOptions('javascript-react')).ofEvents.map(({ fate }) => fate.reason),
    ).toEqual([
      'chunk-load-error',
      'react-hydration-errors',
      'invalid-csp',
      'browser-extensions',
      'legacy-browsers',
      'web-crawlers',
      'filtered-transaction',
    ])
  })

  test('can all be off', () => {
    expect(compileFilters(allOff).ofEvents).toEqual([])
    const lists = ['blacklisted_ips', 'releases', 'error_messages', 'log_messages', 'trace_metric_names']
    const useless = Object.fromEntries(lists.map((name) => [`sentry:${name}`, ['', '[']]))
    const { ofEvents, ofElements } = compileFilters({ ...allOff, ...useless })
    expect([ofEvents, ofElements.size]).toEqual([[], 0])
  })

  test('are asked in the order of the protocol, and the first that matches says why', () => {
    expect(eventFilters.map(({ id }) => id)).toEqual([
      'chunk-load-error',
      'react-hydration-errors',
      'invalid-csp',
      'ip-address',
      'release-version',
      'error-message',
      'localhost',
      'browser-extensions',
      'legacy-browsers',
      'web-crawlers',
      'filtered-transaction',
    ])
    const everything = {
      ...on('localhost'),
      'sentry:error_messages': ['*'],
      'sentry:releases': ['*'],
      'filters:web-crawlers': '1',
    }
    const payload = {
      release: '1.0',
      ...thrown({ value: 'a' }),
      request: { url: 'http://localhost', headers: { 'User-Agent': 'Googlebot' } },
    }
    expect(reasonOf(everything, payload)).toBe('release-version')
    expect(reasonOf({ ...everything, 'sentry:releases': [] }, payload)).toBe('error-message')
    expect(reasonOf({ ...on('localhost'), 'filters:web-crawlers': '1' }, payload)).toBe('localhost')
  })
})

describe('error-message', () => {
  const isTaken = (patterns: string[], payload: JsonObject) =>
    takes({ ...allOff, 'sentry:error_messages': patterns }, 'error-message', payload)

  test.each<[pattern: string, payload: JsonObject, expected: boolean]>([
    ['*went out*', { message: 'The lamp WENT OUT' }, true],
    ['the lamp went out', { logentry: { message: 'The lamp went out' } }, true],
    ['lamp 7*', { logentry: { message: 'lamp %s went out', params: ['7'] } }, true],
    ['lamp 7*', { logentry: { message: 'lamp %s', formatted: 'lamp 7' } }, true],
    ['lamp %s*', { logentry: { message: 'lamp %s', formatted: 'lamp 7' } }, false],
    ['LampError: It went out', thrown({ type: 'LampError', value: 'It went out' }), true],
    ['LampError*', thrown({ type: 'LampError', value: 'It went out' }), true],
    ['It went out', thrown({ type: 'LampError', value: 'It went out' }), false],
    ['It went out', thrown({ value: 'It went out' }), true],
    ['LampError', thrown({ type: 'LampError' }), true],
    ['LampError', thrown({ type: 'LampError', value: '' }), true],
    ['first: a', thrown({ type: 'first', value: 'a' }, { type: 'second', value: 'b' }), true],
    ['second: b', thrown({ type: 'first', value: 'a' }, { type: 'second', value: 'b' }), true],
    ['*', thrown({ type: 'LampError' }), true],
    ['*', { platform: 'python' }, false],
    // Test cases 103 and 104 of the protocol.
    ['this is', { message: 'This is a test' }, false],
    ['', { message: '' }, false],
    ['', { message: 'a' }, false],
    ['[', { message: '[' }, false],
  ])('%j and %j: %j', (pattern, payload, expected) => expect(isTaken([pattern], payload)).toBe(expected))

  test('any of several patterns will do, also beside one that is none', () => {
    expect(isTaken(['[', 'a', 'The lamp*'], { message: 'The lamp went out' })).toBe(true)
  })
})

describe('release-version', () => {
  const isTaken = (patterns: string[], release: unknown) =>
    takes({ ...allOff, 'sentry:releases': patterns }, 'release-version', { message: 'a', release })

  test.each<[pattern: string, releases: unknown[], others: unknown[]]>([
    ['1.2.3', ['1.2.3', ' 1.2.3 '], ['1.2.30', '01.2.3', 'app@1.2.3']],
    ['1.2.*', ['1.2.3'], ['1.3.3', '1.2']],
    ['1.*', ['1.2.3'], ['2.1.0']],
    ['*', ['1.2.3', 7], [undefined, null, '', 'latest', 'a/b']],
    ['1.3.*', [], ['1.2.3']],
    ['APP@1.*', ['app@1.0'], ['app@2.0']],
  ])('%j', (pattern, releases, others) => {
    expect(releases.filter((release) => !isTaken([pattern], release))).toEqual([])
    expect(others.filter((release) => isTaken([pattern], release))).toEqual([])
  })
})

describe('ip-address', () => {
  const options = {
    ...allOff,
    'sentry:blacklisted_ips': ['192.0.2.7', '10.0.0.0/8', '2001:db8::/32', 'nonsense'],
  }
  const isTaken = (clientIp: string | undefined, payload: JsonObject = { message: 'a' }) =>
    takes(options, 'ip-address', payload, clientIp)

  test('goes by the address of the connection', () => {
    const taken = ['192.0.2.7', '10.1.2.3', '2001:db8::1', '::ffff:10.1.2.3']
    const left = ['192.0.2.8', '11.0.0.1', '2001:db9::1', undefined]
    expect([taken.map((ip) => isTaken(ip)), left.map((ip) => isTaken(ip))]).toEqual([
      [true, true, true, true],
      [false, false, false, false],
    ])
  })

  test('does not care for the user’s', () => {
    expect(isTaken('203.0.113.9', { user: { ip_address: '192.0.2.7' } })).toBe(false)
    expect(isTaken('192.0.2.7', { user: { ip_address: '203.0.113.9' } })).toBe(true)
  })
})

describe('invalid-csp', () => {
  const report = (csp: JsonObject) => ({ csp: { effective_directive: 'img-src', ...csp } })
  const isTaken = (options: StoredOptions, csp: JsonObject) =>
    takes({ ...allOff, ...options }, 'invalid-csp', report(csp))
  const byDefault = { 'sentry:csp_ignored_sources_defaults': true }

  test.each([
    'about',
    'ms-browser-extension',
    'chrome://extensions',
    'chrome-extension://x',
    'moz-extension://x/y',
    'safari-extension://x',
    'data:text/html,chromewebdata',
    'resource://a',
    'https://metrext.com/a',
    'https://a.b.superfish.com/',
    'https://addons.mozilla.org/a',
    'http://localhost:3000/a.js',
    'injections.adguard.com',
  ])('takes %s, blocked or as the source', (uri) => {
    expect([isTaken(byDefault, { blocked_uri: uri }), isTaken(byDefault, { source_file: uri })]).toEqual([
      true,
      true,
    ])
    expect(isTaken(byDefault, { blocked_uri: 'https://evil.example/', source_file: uri })).toBe(true)
  })

  test.each([
    'https://evil.example/a',
    'self',
    'inline',
    '',
    'https://notmetrext.com/',
    'data:image/png;base64,AA',
  ])('leaves %j', (uri) => expect(isTaken(byDefault, { blocked_uri: uri, source_file: uri })).toBe(false))

  test('the default list can be switched off, and a project has one of its own', () => {
    const own = { 'sentry:csp_ignored_sources': ['*.evil.example', 'http://a.example:8080'] }
    const uris = [
      'chrome-extension://x',
      'https://a.evil.example/b',
      'http://a.example:8080/b',
      'https://a.example:8080/b',
      'http://a.example/b',
    ]
    const table = [own, { ...own, ...byDefault }, {}].map((options) =>
      uris.map((uri) => isTaken(options, { blocked_uri: uri })),
    )
    expect(table).toEqual([
      [false, true, true, false, false],
      [true, true, true, false, false],
      [false, false, false, false, false],
    ])
    expect(isTaken({ 'sentry:csp_ignored_sources': ['*'] }, {})).toBe(true)
  })

  test('is about reports only', () => {
    const event = { message: 'a', extra: { blocked_uri: 'about' } }
    expect(takes({ ...allOff, ...byDefault }, 'invalid-csp', event)).toBe(false)
    expect(
      takes({ ...allOff, ...byDefault }, 'invalid-csp', { ...transaction, csp: { blocked_uri: 'about' } }),
    ).toBe(false)
  })
})

test('nothing in an event of a wrong type makes a filter stumble', () => {
  const options = {
    ...initialOptions('javascript'),
    'filters:localhost': '1',
    'sentry:blacklisted_ips': ['10.0.0.0/8'],
    'sentry:releases': ['1.*'],
    'sentry:error_messages': ['zebra*'],
  }
  const odd: unknown[] = [null, 7, 'a', [], [null], [[]], {}, { values: null }, { values: [null, 7, {}] }]
  const fields = [
    'exception',
    'request',
    'user',
    'release',
    'message',
    'logentry',
    'csp',
    'transaction',
    'sdk',
  ]
  for (const field of fields) {
    for (const value of odd) expect(reasonOf(options, { [field]: value })).toBeUndefined()
  }
  for (const value of odd) {
    const exception = { type: value ?? 'b', value, stacktrace: value }
    const request = { url: value, headers: value, env: value }
    expect(
      reasonOf(options, { exception: [exception], request, user: { ip_address: value } }),
    ).toBeUndefined()
    expect(
      reasonOf(options, {
        exception: [{ type: 'b', stacktrace: { frames: [value, { abs_path: value, filename: value }] } }],
        request: { headers: { 'User-Agent': value, Host: value } },
        csp: { blocked_uri: value },
      }),
    ).toBeUndefined()
  }
})
