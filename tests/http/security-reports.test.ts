/** What browsers report by themselves: the answers they get, and what becomes of each report. */
import { brotliCompressSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { allowOrigins, disableKey, envelope, type FrontDoor, item, openFrontDoor } from './front-door.ts'
import { openInstallation, startAt } from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

const MIB = 1024 * 1024
const paths = ['security', 'csp-report', 'nel'] as const
type Path = (typeof paths)[number]

const violation = {
  'document-uri': 'https://shop.example/basket',
  'violated-directive': 'img-src https://shop.example',
  'effective-directive': 'img-src',
  'blocked-uri': 'https://evil.example/a.gif',
}
const classic = { 'csp-report': violation }
const reported = {
  type: 'csp-violation',
  age: 10,
  url: 'https://shop.example/basket',
  body: {
    documentURL: 'https://shop.example/basket',
    effectiveDirective: 'style-src-elem',
    blockedURL: 'inline',
  },
}
const networkError = {
  type: 'network-error',
  age: 5000,
  url: 'https://shop.example/api',
  body: { type: 'http.error', status_code: 500, phase: 'application' },
}
const soundBody: Readonly<Record<Path, unknown>> = {
  security: classic,
  'csp-report': classic,
  nel: [networkError],
}

/** As a browser does: the key in the query, `application/json` unless another type is stated. */
function report(
  door: FrontDoor,
  path: Path,
  body: unknown,
  { query = {}, headers = {} }: { query?: Record<string, string>; headers?: Record<string, string> } = {},
) {
  const search = new URLSearchParams({ sentry_key: door.key.publicKey, ...query })
  const raw = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
  return vedette.send('POST', `/api/${door.projectId}/${path}/?${search}`, undefined, {
    body: raw,
    headers: { 'content-type': 'application/json', ...headers },
  })
}

function kept(door: FrontDoor) {
  return door.look((ledger, projectId) => ledger.events(projectId).map(({ type, title }) => [type, title]))
}

/** The JSON that is stored of the project's only event. */
async function storedEvent(door: FrontDoor) {
  const { organization, project, owner } = door
  const base = `/projects/${organization.slug}/${project.slug}/events/`
  const { body: list } = await vedette.get<{ eventID: string }[]>(base, owner.caller)
  expect(list).toHaveLength(1)
  const { body } = await vedette.get<Record<string, unknown>>(
    `${base}${list[0]?.eventID}/json/`,
    owner.caller,
  )
  return body
}

describe('the answer', () => {
  test.each(paths)('to a sound report is 200 with nothing in it: %s', async (path) => {
    const door = await openFrontDoor(vedette)
    const { status, text, headers } = await report(door, path, soundBody[path])
    expect({ status, text }).toEqual({ status: 200, text: '' })
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    })
  })

  test.each(paths)('is the same without the slash at the end: %s', async (path) => {
    const door = await openFrontDoor(vedette)
    const body = JSON.stringify(soundBody[path])
    const headers = { 'content-type': 'application/json' }
    const answer = await door.post(`/api/${door.projectId}/${path}`, body, headers)
    expect([answer.status, answer.text]).toEqual([200, ''])
    expect(kept(door)).toHaveLength(1)
  })

  const securityTypes = [
    'application/json',
    'application/csp-report',
    'application/expect-ct-report',
    'application/expect-ct-report+json',
    'application/expect-staple-report',
    'application/reports+json',
  ]
  const taken: Readonly<Record<Path, readonly string[]>> = {
    security: securityTypes,
    'csp-report': securityTypes,
    nel: ['application/json', 'application/reports+json'],
  }
  const refused = ['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'json', 'nonsense;']

  test.each(paths)('depends on the content type: %s', async (path) => {
    const door = await openFrontDoor(vedette)
    const statusOf = async (type: string) =>
      (await report(door, path, soundBody[path], { headers: { 'content-type': type } })).status
    for (const type of taken[path]) {
      expect([type, await statusOf(type)]).toEqual([type, 200])
      const spelt = `${type.toUpperCase()} ; charset=utf-8`
      expect([spelt, await statusOf(spelt)]).toEqual([spelt, 200])
    }
    const others = path === 'nel' ? [...refused, 'application/csp-report'] : refused
    for (const type of others) expect([type, await statusOf(type)]).toEqual([type, 415])
    expect(Object.values(door.counts())).toEqual([taken[path].length * 2])
  })

  test.each(paths)('to another content type is 415, empty, and counted as nothing: %s', async (path) => {
    const door = await openFrontDoor(vedette)
    const { status, text, headers } = await report(door, path, '', {
      headers: { 'content-type': 'text/plain' },
    })
    expect({ status, text }).toEqual({ status: 415, text: '' })
    expect(headers).toMatchObject({ 'access-control-allow-origin': '*' })
    const search = new URLSearchParams({ sentry_key: door.key.publicKey })
    const untyped = await vedette.send('POST', `/api/${door.projectId}/${path}/?${search}`, undefined, {
      body: Buffer.from(JSON.stringify(soundBody[path])),
    })
    expect([untyped.status, untyped.text]).toEqual([415, ''])
    expect(door.counts()).toEqual({})
  })

  test.each([
    ['security', 'security'],
    ['csp-report', 'security'],
    ['nel', 'error'],
  ] as const)('to an empty body is 400: %s', async (path, category) => {
    const door = await openFrontDoor(vedette)
    const { status, body } = await report(door, path, '')
    expect({ status, body }).toEqual({ status: 400, body: { detail: 'empty request body' } })
    expect(door.counts()).toEqual({ [`invalid:empty_body ${category}`]: 1 })
  })

  test.each([
    ['security', MIB, 'security'],
    ['csp-report', MIB, 'security'],
    ['nel', 12 * MIB, 'error'],
  ] as const)('to a body over the limit is 413: %s', async (path, limit, category) => {
    const door = await openFrontDoor(vedette)
    const padded = (size: number) => {
      const json = JSON.stringify(soundBody[path])
      return `${json}${' '.repeat(size - json.length)}`
    }
    expect((await report(door, path, padded(limit))).status).toBe(200)
    expect((await report(door, path, padded(limit + 1))).status).toBe(413)
    const bomb = gzipSync(padded(limit + 1))
    expect((await report(door, path, bomb, { headers: { 'content-encoding': 'gzip' } })).status).toBe(413)
    expect(door.counts()).toEqual({
      [`accepted ${category}`]: 1,
      [`invalid:request_too_large ${category}`]: 2,
    })
  })

  test('to more reports than a browser can mean is 413', async () => {
    const door = await openFrontDoor(vedette)
    expect((await report(door, 'security', `[${'0,'.repeat(10_000)}0]`)).status).toBe(413)
    expect(door.counts()).toEqual({ 'invalid:request_too_large security': 1 })
  })

  test('to a packed body is that to its content', async () => {
    const door = await openFrontDoor(vedette)
    const json = JSON.stringify(classic)
    const codings = [
      ['gzip', gzipSync(json)],
      ['br', brotliCompressSync(json)],
    ] as const
    for (const [coding, body] of codings)
      expect((await report(door, 'security', body, { headers: { 'content-encoding': coding } })).status).toBe(
        200,
      )
    expect((await report(door, 'security', json, { headers: { 'content-encoding': 'gzip' } })).status).toBe(
      400,
    )
    expect(door.counts()).toEqual({ 'accepted security': 2, 'invalid:payload security': 1 })
  })

  test.each(paths)('to a sender that is not let in: %s', async (path) => {
    const door = await openFrontDoor(vedette)
    const at = (project: number | string, query: string, headers: Record<string, string> = {}) =>
      vedette.send('POST', `/api/${project}/${path}/${query}`, undefined, {
        body: JSON.stringify(soundBody[path]),
        headers: { 'content-type': 'application/json', ...headers },
      })
    const { key, projectId, auth } = door
    const own = `?sentry_key=${key.publicKey}`
    const other = await openFrontDoor(vedette)
    const said = async (...request: Parameters<typeof at>) => {
      const { status, body } = await at(...request)
      return [status, (body as { detail: string }).detail]
    }
    const rejected = 'event submission rejected with_reason:'
    expect(await said('abc', own)).toEqual([400, 'bad project path parameter'])
    expect(await said(projectId, '')).toEqual([401, 'missing authorization information'])
    expect(await said(projectId, `${own}1`)).toEqual([400, 'bad sentry DSN public key'])
    expect(await said(projectId, own, auth)).toEqual([401, 'multiple authorization payloads detected'])
    expect(await said(projectId, '?sentry_release=a', auth)).toEqual([
      401,
      'multiple authorization payloads detected',
    ])
    expect(await said(other.projectId, own)).toEqual([403, `${rejected} ProjectId`])
    await allowOrigins(vedette, projectId, ['shop.example'])
    expect(await said(projectId, own, { origin: 'https://evil.example' })).toEqual([403, `${rejected} Cors`])
    expect((await at(projectId, own, { origin: 'https://shop.example' })).status).toBe(200)
    await disableKey(vedette, key)
    expect(await said(projectId, own)).toEqual([403, `${rejected} ProjectId`])

    const category = path === 'nel' ? 'error' : 'security'
    expect(door.counts()).toEqual({
      [`invalid:cors ${category}`]: 1,
      [`accepted ${category}`]: 1,
      [`invalid:project_id ${category}`]: 1,
    })
  })

  test.each(paths)('to other methods, and to the question whether one may ask: %s', async (path) => {
    const door = await openFrontDoor(vedette)
    for (const method of ['GET', 'PUT'] as const)
      expect((await vedette.send(method, `/api/${door.projectId}/${path}/`)).status).toBe(405)
    const { status, text } = await vedette.send('OPTIONS', `/api/${door.projectId}/${path}/`)
    expect({ status, text }).toEqual({ status: 200, text: '' })
  })
})

describe('the fate of a report', () => {
  test.each<[path: Path, title: string, body: unknown, counts: Record<string, number>]>([
    ['security', 'a violation', classic, { 'accepted security': 1 }],
    ['csp-report', 'a violation', classic, { 'accepted security': 1 }],
    ['security', 'one of the Reporting API', reported, { 'accepted security': 1 }],
    ['security', 'a batch', [reported, classic, reported], { 'accepted security': 3 }],
    ['security', 'an empty batch', [], {}],
    [
      'security',
      'a batch of many kinds',
      [reported, {}, 5, { 'csp-report': {} }, { type: 'deprecation', body: {} }, { type: 'coep', body: {} }],
      {
        'accepted security': 1,
        'invalid:security_report_type security': 2,
        'invalid:security_report security': 1,
        'filtered:invalid-csp security': 2,
      },
    ],
    [
      'security',
      'certificates',
      [
        { 'expect-ct-report': { hostname: 'a.example' } },
        { 'expect-staple-report': { hostname: 'a.example' } },
        { 'known-pins': [], hostname: 'a.example' },
      ],
      { 'accepted security': 3 },
    ],
    ['security', 'no JSON', 'not json', { 'invalid:invalid_json security': 1 }],
    ['security', 'a broken batch', '[{"csp-report"', { 'invalid:invalid_json security': 1 }],
    ['security', 'an object of no kind', {}, { 'invalid:security_report_type security': 1 }],
    ['security', 'a number', '5', { 'invalid:security_report_type security': 1 }],
    [
      'security',
      'a violation of no directive',
      { 'csp-report': { 'blocked-uri': 'self' } },
      { 'invalid:security_report security': 1 },
    ],
    ['nel', 'a network error', [networkError], { 'accepted error': 1 }],
    ['nel', 'two of them', [networkError, networkError], { 'accepted error': 2 }],
    ['nel', 'an object instead of a list', networkError, { 'invalid:invalid_json error': 1 }],
    ['nel', 'no JSON', 'not json', { 'invalid:invalid_json error': 1 }],
    ['nel', 'an empty list', [], {}],
    [
      'nel',
      'a list of other things',
      [networkError, 5, {}, reported],
      { 'accepted error': 1, 'invalid:invalid_json error': 3 },
    ],
  ])('%s: %s', async (path, _, body, counts) => {
    const door = await openFrontDoor(vedette)
    const { status, text } = await report(door, path, body)
    expect({ status, text }).toEqual({ status: 200, text: '' })
    expect(door.counts()).toEqual(counts)
    const accepted = Object.entries(counts).filter(([fate]) => fate.startsWith('accepted'))
    expect(kept(door)).toHaveLength(accepted.reduce((sum, [, count]) => sum + count, 0))
  })

  test('is its own when limits take some of a batch; all of them together are refused', async () => {
    const door = await openFrontDoor(vedette)
    await vedette.write((tx) =>
      tx
        .updateTable('client_key')
        .set({ rate_limit_count: 2, rate_limit_window: 3600 })
        .where('id', '=', door.key.id)
        .execute(),
    )
    expect((await report(door, 'security', [classic, {}, reported, classic])).status).toBe(200)
    expect(door.counts()).toEqual({
      'accepted security': 2,
      'invalid:security_report_type security': 1,
      'rate_limited:key_quota security': 1,
    })
    const { status, headers } = await report(door, 'security', [classic, reported])
    expect(status).toBe(429)
    expect(headers).toMatchObject({
      'retry-after': expect.stringMatching(/^\d+$/),
      'x-sentry-rate-limits': expect.stringMatching(/security.*:key:key_quota$/),
    })
    expect(door.counts()).toMatchObject({ 'rate_limited:key_quota security': 3 })
    expect(kept(door)).toHaveLength(2)
  })

  test('a batch that takes many commits loses nothing', async () => {
    const door = await openFrontDoor(vedette)
    const batch = Array.from({ length: 1001 }, (_, number) => (number % 2 === 0 ? classic : {}))
    expect((await report(door, 'security', batch)).status).toBe(200)
    expect(door.counts()).toEqual({
      'accepted security': 501,
      'invalid:security_report_type security': 500,
    })
    expect(kept(door)).toHaveLength(501)
  })

  test('is exactly one, whatever the report is', async () => {
    const any = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom<unknown>(classic, reported, networkError, { type: 'coep' }, { 'known-pins': [] }),
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fc.array(any, { maxLength: 6 }), async (path, reports) => {
        const door = await openFrontDoor(vedette)
        expect((await report(door, path, reports)).status).toBe(200)
        const counts = Object.entries(door.counts())
        expect(counts.reduce((sum, [, count]) => sum + count, 0)).toBe(reports.length)
        const category = path === 'nel' ? 'error' : 'security'
        expect(counts.filter(([fate]) => !fate.endsWith(` ${category}`))).toEqual([])
      }),
      { numRuns: 60 },
    )
  })

  test('is written before it is answered', async () => {
    const door = await openFrontDoor(vedette)
    for (let count = 1; count <= 5; count++) {
      await report(door, 'security', [classic, reported])
      expect(kept(door)).toHaveLength(2 * count)
      expect(door.counts()).toEqual({ 'accepted security': 2 * count })
    }
  })
})

describe('an inbound filter', () => {
  const blocking = (uri: string) => ({ 'csp-report': { ...violation, 'blocked-uri': uri } })
  const projectPath = ({ organization, project }: FrontDoor) =>
    `/projects/${organization.slug}/${project.slug}/`

  test('takes violations of sources that everybody ignores, with a 200', async () => {
    const door = await openFrontDoor(vedette)
    const inExtension = {
      ...reported,
      body: { ...reported.body, sourceFile: 'moz-extension://x/content.js' },
    }
    const { status, text } = await report(door, 'csp-report', blocking('chrome-extension://x'))
    expect({ status, text }).toEqual({ status: 200, text: '' })
    await report(door, 'security', [inExtension, blocking('https://a.superfish.com/x.js'), classic])
    expect(door.counts()).toEqual({ 'filtered:invalid-csp security': 3, 'accepted security': 1 })
    expect(kept(door)).toHaveLength(1)
  })

  test('takes those that the project ignores, and only those when it wants the others', async () => {
    const door = await openFrontDoor(vedette)
    const options = {
      'sentry:csp_ignored_sources_defaults': false,
      'sentry:csp_ignored_sources': 'evil.example\n*.bad.example',
    }
    expect((await vedette.put(projectPath(door), door.owner.caller, { options })).status).toBe(200)
    const sources = ['https://evil.example/a.gif', 'http://x.bad.example', 'chrome-extension://x']
    await report(door, 'security', sources.map(blocking))
    expect(door.counts()).toEqual({ 'filtered:invalid-csp security': 2, 'accepted security': 1 })
  })

  test('finds the browser in the headers of the request', async () => {
    const door = await openFrontDoor(vedette)
    const path = `${projectPath(door)}filters/web-crawlers/`
    expect((await vedette.put(path, door.owner.caller, { active: true })).status).toBe(204)
    const headers = {
      'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    }
    await report(door, 'security', classic, { headers })
    await report(door, 'nel', [networkError], { headers })
    await report(door, 'security', classic)
    expect(door.counts()).toEqual({
      'filtered:web-crawlers security': 1,
      'filtered:web-crawlers error': 1,
      'accepted security': 1,
    })
  })
})

describe('what is kept', () => {
  test('of a violation is the event made of it, with what the request tells', async () => {
    const door = await openFrontDoor(vedette)
    const headers = {
      'content-type': 'application/csp-report',
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)',
      origin: 'https://shop.example',
      'sec-ch-ua-platform': '"Linux"',
    }
    const query = { sentry_release: 'shop@1.2.3', sentry_environment: 'staging' }
    await report(door, 'csp-report', classic, { headers, query })
    expect(kept(door)).toEqual([['csp', "Blocked 'image' from 'evil.example'"]])
    expect(await storedEvent(door)).toMatchObject({
      type: 'csp',
      logger: 'csp',
      logentry: { formatted: "Blocked 'image' from 'evil.example'" },
      culprit: "img-src 'self'",
      release: 'shop@1.2.3',
      environment: 'staging',
      user: { ip_address: '127.0.0.1' },
      request: {
        url: 'https://shop.example/basket',
        headers: [
          ['Origin', 'https://shop.example'],
          ['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64)'],
          ['Sec-CH-UA-Platform', '"Linux"'],
        ],
      },
      csp: { effective_directive: 'img-src', blocked_uri: 'https://evil.example/a.gif' },
    })
  })

  test('is shown as a security event, with the tags to search it by', async () => {
    const door = await openFrontDoor(vedette)
    await report(door, 'security', classic, { query: { sentry_environment: 'staging' } })
    const { organization, project, owner } = door
    const path = `/projects/${organization.slug}/${project.slug}/events/`
    const { body } = await vedette.get<Record<string, unknown>[]>(path, owner.caller)
    expect(body).toMatchObject([
      {
        'event.type': 'csp',
        title: "Blocked 'image' from 'evil.example'",
        culprit: "img-src 'self'",
        location: 'evil.example',
        tags: expect.arrayContaining([
          { key: 'blocked-host', value: 'evil.example' },
          { key: 'blocked-uri', value: 'https://evil.example/a.gif' },
          { key: 'effective-directive', value: 'img-src' },
          { key: 'environment', value: 'staging' },
          { key: 'logger', value: 'csp' },
        ]),
      },
    ])
  })

  test('of a network error is an event of the time it happened', async () => {
    const door = await openFrontDoor(vedette)
    await report(door, 'nel', [networkError])
    expect(kept(door)).toEqual([['nel', 'http.error / 500']])
    expect(await storedEvent(door)).toMatchObject({
      type: 'nel',
      timestamp: startAt / 1000 - 5,
      request: { url: 'https://shop.example/api' },
      user: { ip_address: '127.0.0.1' },
      contexts: { nel: { error_type: 'http.error', phase: 'application' } },
    })
  })

  test('counts as received and as generated, like any error', async () => {
    const door = await openFrontDoor(vedette)
    await report(door, 'security', [classic, reported, {}])
    await report(door, 'nel', [networkError])
    const { organization, project, owner } = door
    for (const stat of ['received', 'generated']) {
      const { body } = await vedette.get<[number, number][]>(
        `/projects/${organization.slug}/${project.slug}/stats/?stat=${stat}`,
        owner.caller,
      )
      expect([stat, body.reduce((sum, [, count]) => sum + count, 0)]).toEqual([stat, 3])
    }
  })
})

describe('a report in an envelope', () => {
  test('is treated as one that came alone', async () => {
    const door = await openFrontDoor(vedette)
    const header = { sentry_release: 'shop@1.2.3', sentry_environment: 'staging' }
    const { status } = await door.deliver(envelope({}, item('raw_security', classic, header)), {
      'user-agent': 'Mozilla/5.0',
    })
    expect(status).toBe(200)
    expect(door.counts()).toEqual({ 'accepted security': 1 })
    expect(await storedEvent(door)).toMatchObject({
      type: 'csp',
      release: 'shop@1.2.3',
      environment: 'staging',
      request: { headers: [['User-Agent', 'Mozilla/5.0']] },
    })
  })

  test.each([
    ['raw_security', '{', 'invalid:invalid_json security'],
    ['raw_security', '{}', 'invalid:security_report_type security'],
    ['raw_security', '{"csp-report":{}}', 'invalid:security_report security'],
    ['nel', '[]', 'invalid:invalid_json error'],
  ])('is dropped when it is broken, with a 200: %s %s', async (type, payload, fate) => {
    const door = await openFrontDoor(vedette)
    expect((await door.deliver(envelope({}, item(type, payload)))).status).toBe(200)
    expect(door.counts()).toEqual({ [fate]: 1 })
    expect(kept(door)).toEqual([])
  })

  test('is one of a kind: a second event is a duplicate', async () => {
    const door = await openFrontDoor(vedette)
    const nel = item('nel', networkError)
    expect((await door.deliver(envelope({}, nel, nel))).status).toBe(200)
    expect(door.counts()).toEqual({ 'accepted error': 1, 'invalid:duplicate_item error': 1 })
    expect(kept(door)).toHaveLength(1)
  })
})
