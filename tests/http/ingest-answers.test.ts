/** What the DSN endpoints answer: status and text of every case, and which case wins when there are several. */

import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import {
  brotliCompressSync,
  constants,
  deflateRawSync,
  deflateSync,
  gzipSync,
  type InputType,
  zstdCompressSync,
} from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { ingestCorsHeaders } from '../../src/protocol/origins.ts'
import {
  allowOrigins,
  disableKey,
  envelope,
  eventEnvelope,
  type FrontDoor,
  item,
  newId,
  openFrontDoor,
  soundItem,
} from './front-door.ts'
import { found, openInstallation } from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

const MIB = 1024 * 1024
const id = 'fc6d8c0c43fc4630ad850ee518f1b9d0'
const accepted = { id: expect.stringMatching(/^[0-9a-f]{32}$/) }
const event = soundItem('event')

/** Status and body, or the status alone where the body is empty. */
interface Said {
  readonly status: number
  readonly body: unknown
}

const ok: Said = { status: 200, body: accepted }
const badEnvelope = (cause: string): Said => ({
  status: 400,
  body: { detail: 'invalid event envelope', causes: [cause] },
})
const rejected = (reason: string): Said => ({
  status: 403,
  body: { detail: `event submission rejected with_reason: ${reason}` },
})
const tooLarge = (type: string): Said => ({
  status: 413,
  body: { detail: expect.stringMatching(`^envelope exceeded size limits for type '${type}' \\(.+\\)$`) },
})
const detail = (status: number, text: string, causes?: string[]): Said => ({
  status,
  body: causes === undefined ? { detail: text } : { detail: text, causes },
})

describe('authentication', () => {
  /** Headers, query and envelope header that a request states its key with. */
  type Way = (door: FrontDoor) => {
    headers?: Record<string, string>
    query?: string
    header?: Record<string, unknown>
  }
  const sentry = (text: string, name = 'x-sentry-auth'): Way => {
    return ({ key }) => ({ headers: { [name]: text.replace('KEY', key.publicKey) } })
  }

  const ways: [title: string, way: Way, said: Said][] = [
    ['X-Sentry-Auth', sentry('Sentry sentry_version=7, sentry_key=KEY, sentry_client=a/1'), ok],
    ['a lower-case scheme and no version', sentry('sentry sentry_key=KEY'), ok],
    ['blanks around names and values', sentry('Sentry  sentry_key = KEY , sentry_version = 7'), ok],
    ['the last of two keys', sentry(`Sentry sentry_key=${'0'.repeat(32)}, sentry_key=KEY`), ok],
    ['an upper-case key', ({ auth }) => ({ headers: upperKey(auth) }), ok],
    ['flags behind the key', sentry('Sentry sentry_key=KEY.no-cache'), ok],
    ['a wrong secret', sentry('Sentry sentry_key=KEY, sentry_secret=nonsense'), ok],
    ['version 7.1', sentry('Sentry sentry_version=7.1, sentry_key=KEY'), ok],
    ['version 6', sentry('Sentry sentry_version=6, sentry_key=KEY'), ok],
    ['Authorization: Sentry', sentry('Sentry sentry_key=KEY', 'authorization'), ok],
    ['Authorization: Basic', ({ key }) => ({ headers: { authorization: basic(`${key.publicKey}:`) } }), ok],
    ['the query', ({ key }) => ({ query: `?sentry_version=7&sentry_key=${key.publicKey}` }), ok],
    ['the DSN of the envelope', ({ dsn }) => ({ header: { dsn } }), ok],
    [
      'an empty X-Sentry-Auth and the DSN of the envelope',
      ({ dsn }) => ({ headers: { 'x-sentry-auth': '' }, header: { dsn } }),
      ok,
    ],
    [
      'a bearer token of somebody else and the query',
      ({ key }) => ({ headers: { authorization: 'Bearer abc' }, query: `?sentry_key=${key.publicKey}` }),
      ok,
    ],
    ['the same key in a header and the DSN', ({ auth, dsn }) => ({ headers: auth, header: { dsn } }), ok],

    ['nothing at all', () => ({}), detail(401, 'bad envelope authentication header')],
    [
      'a DSN that is none',
      () => ({ header: { dsn: 'localhost/1' } }),
      detail(401, 'bad envelope authentication header'),
    ],
    [
      'a bearer token',
      () => ({ headers: { authorization: 'Bearer abc' } }),
      detail(401, 'bad envelope authentication header'),
    ],
    [
      'the same key in a header and the query',
      ({ auth, key }) => ({ headers: auth, query: `?sentry_key=${key.publicKey}` }),
      detail(401, 'multiple authorization payloads detected'),
    ],
    [
      'the same key in two headers',
      ({ auth, key }) => ({
        headers: { ...auth, authorization: `Sentry sentry_key=${key.publicKey}` },
      }),
      detail(401, 'multiple authorization payloads detected'),
    ],
    [
      'the same key in a header and as a user name',
      ({ auth, key }) => ({ headers: { ...auth, authorization: basic(`${key.publicKey}:`) } }),
      detail(401, 'multiple authorization payloads detected'),
    ],
    [
      'a header beside any other sentry_ parameter',
      ({ auth }) => ({ headers: auth, query: '?sentry_release=1' }),
      detail(401, 'multiple authorization payloads detected'),
    ],
    [
      'a header without a key',
      sentry('Sentry sentry_version=7'),
      detail(401, 'bad x-sentry-auth header', ['missing public key in auth header']),
    ],
    [
      'an empty key',
      sentry('Sentry sentry_key='),
      detail(401, 'bad x-sentry-auth header', ['missing public key in auth header']),
    ],
    [
      'version abc',
      sentry('Sentry sentry_version=abc, sentry_key=KEY'),
      detail(401, 'bad x-sentry-auth header', ['invalid value for version']),
    ],
    [
      'version 8',
      sentry('Sentry sentry_version=8, sentry_key=KEY'),
      detail(400, 'unsupported protocol version (8)'),
    ],
    [
      'a key of 31 digits',
      sentry(`Sentry sentry_key=${'0'.repeat(31)}`),
      detail(400, 'bad sentry DSN public key'),
    ],
    [
      'a key with a letter that is no digit',
      sentry(`Sentry sentry_key=${'0'.repeat(31)}g`),
      detail(400, 'bad sentry DSN public key'),
    ],
    ['a key that nobody has', sentry(`Sentry sentry_key=${'0'.repeat(32)}`), rejected('ProjectId')],
    [
      'a DSN of another key than the header',
      ({ auth, projectId }) => ({
        headers: auth,
        header: { dsn: `https://${'0'.repeat(32)}@localhost/${projectId}` },
      }),
      badEnvelope('public key header mismatch between envelope and request'),
    ],
    [
      'a DSN of another project than the path',
      ({ auth, key, projectId }) => ({
        headers: auth,
        header: { dsn: `https://${key.publicKey}@localhost/${projectId + 1000}` },
      }),
      badEnvelope('project id header mismatch between envelope and request'),
    ],
    [
      'a DSN that is none beside a header',
      ({ auth }) => ({ headers: auth, header: { dsn: 'nonsense' } }),
      badEnvelope('invalid envelope header'),
    ],
  ]

  test.each(ways)('by %s', async (_, way, said) => {
    const door = await openFrontDoor(vedette)
    const { headers = {}, query = '', header = {} } = way(door)
    const { status, body } = await vedette.send(
      'POST',
      door.envelopePath + query,
      { headers },
      { body: envelope(header, event) },
    )
    expect({ status, body }).toEqual(said)
    expect(door.look((ledger, project) => ledger.countEvents(project))).toBe(status === 200 ? 1 : 0)
  })

  test('is missing on the store endpoint, which has no envelope header to look into', async () => {
    const door = await openFrontDoor(vedette)
    const body = envelope({ dsn: door.dsn }, event)
    const nobody = { headers: {} }
    for (const answer of [
      await vedette.send('POST', door.storePath, nobody, {
        body,
        headers: { 'content-type': 'application/x-sentry-envelope' },
      }),
      await vedette.send('POST', '/api/store/', nobody, { body: '{}' }),
      await vedette.send('GET', door.storePath, nobody),
    ]) {
      expect(answer).toMatchObject(detail(401, 'missing authorization information'))
    }
  })

  const upperKey = (auth: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(auth).map(([name, text]) => [
        name,
        text.replace(/sentry_key=(.*)/, (_, key: string) => `sentry_key=${key.toUpperCase()}`),
      ]),
    )
  function basic(text: string): string {
    return `Basic ${Buffer.from(text).toString('base64')}`
  }
})

describe('project and key', () => {
  test('rejects a key of another project', async () => {
    const [door, other] = [await openFrontDoor(vedette), await openFrontDoor(vedette)]
    expect(await door.post(other.envelopePath, eventEnvelope())).toMatchObject(rejected('ProjectId'))
  })

  test('rejects the DSN of another project when it is all there is', async () => {
    const [door, other] = [await openFrontDoor(vedette), await openFrontDoor(vedette)]
    const body = envelope({ dsn: other.dsn }, event)
    expect(await vedette.send('POST', door.envelopePath, { headers: {} }, { body })).toMatchObject(
      rejected('ProjectId'),
    )
  })

  test('rejects a project that does not exist', async () => {
    const door = await openFrontDoor(vedette)
    expect(await door.post('/api/18446744073709551615/envelope/', eventEnvelope())).toMatchObject(
      detail(400, 'bad project path parameter'),
    )
    expect(await door.post('/api/9007199254740991/envelope/', eventEnvelope())).toMatchObject(
      rejected('ProjectId'),
    )
  })

  test('rejects a disabled key from the next request on', async () => {
    const door = await openFrontDoor(vedette)
    expect((await door.deliver(eventEnvelope())).status).toBe(200)
    await disableKey(vedette, door.key)
    expect(await door.deliver(eventEnvelope())).toMatchObject(rejected('ProjectId'))
    expect(await door.post(door.storePath, '{}')).toMatchObject(rejected('ProjectId'))
  })

  test('rejects a project that is being deleted', async () => {
    const door = await openFrontDoor(vedette)
    await vedette.write((tx) =>
      tx
        .updateTable('project')
        .set({ status: 'pending_deletion' })
        .where('id', '=', door.projectId)
        .execute(),
    )
    expect(await door.deliver(eventEnvelope())).toMatchObject(rejected('ProjectId'))
  })

  test('needs no project id on the oldest path', async () => {
    const door = await openFrontDoor(vedette)
    expect(await door.post('/api/store/', `{"event_id":"${id}"}`)).toMatchObject({
      status: 200,
      body: { id },
    })
    expect(door.look((ledger, project) => ledger.eventIds(project))).toEqual([id])
  })
})

describe('origin', () => {
  const origins: [allowed: string[] | undefined, headers: Record<string, string>, said: Said][] = [
    [undefined, { origin: 'http://valid.example' }, ok],
    [['valid.example'], { origin: 'http://valid.example' }, ok],
    [['invalid.example'], { origin: 'http://valid.example' }, rejected('Cors')],
    [['valid.example'], { referer: 'http://valid.example/page?a=b' }, ok],
    [['valid.example'], { referer: 'http://invalid.example/page' }, rejected('Cors')],
    [['valid.example'], { origin: 'null', referer: 'http://invalid.example/' }, rejected('Cors')],
    [
      ['valid.example'],
      { origin: 'http://invalid.example', referer: 'http://valid.example/' },
      rejected('Cors'),
    ],
    [['valid.example'], { origin: 'null' }, ok],
    [['valid.example'], { origin: 'chrome-extension://abc' }, ok],
    [['valid.example'], { origin: 'file:///index.html' }, ok],
    [['valid.example'], {}, ok],
    [[], {}, ok],
    [[], { origin: 'http://valid.example' }, rejected('Cors')],
    [['*.valid.example'], { origin: 'https://a.b.valid.example:8080' }, ok],
    [['*.valid.example'], { origin: 'https://valid.example' }, ok],
    [['*.valid.example'], { origin: 'https://invalid.example' }, rejected('Cors')],
    [['valid.example:8080'], { origin: 'http://valid.example:8080' }, ok],
    [['valid.example:8080'], { origin: 'http://valid.example' }, rejected('Cors')],
    [['https://valid.example'], { origin: 'http://valid.example' }, rejected('Cors')],
    [['http://other.example', 'HTTP://Valid.Example/path'], { origin: 'http://valid.example' }, ok],
  ]

  test.each(origins)('allowed %j, sent %j', async (allowed, headers, said) => {
    const door = await openFrontDoor(vedette)
    if (allowed !== undefined) await allowOrigins(vedette, door.projectId, allowed)
    expect(await door.deliver(eventEnvelope(), headers)).toMatchObject(said)
  })
})

describe('the order of checks', () => {
  const manyFaults: [title: string, request: (door: FrontDoor) => Asked | Promise<Asked>, said: Said][] = [
    [
      'the path before credentials',
      () => ({ path: '/api/abc/envelope/', headers: { 'x-sentry-auth': 'Sentry x' } }),
      detail(400, 'bad project path parameter'),
    ],
    [
      'credentials before the body',
      ({ storePath }) => ({ path: storePath, headers: { 'x-sentry-auth': '' }, body: '' }),
      detail(401, 'missing authorization information'),
    ],
    [
      'credentials before a malformed envelope',
      () => ({ headers: { 'x-sentry-auth': '' }, body: 'nonsense' }),
      detail(401, 'bad envelope authentication header'),
    ],
    [
      'credentials before an empty envelope',
      () => ({ headers: { 'x-sentry-auth': '' }, body: '' }),
      detail(401, 'bad envelope authentication header'),
    ],
    [
      'credentials before a broken encoding',
      ({ auth }) => ({
        headers: { authorization: Object.values(auth)[0] ?? '', 'content-encoding': 'gzip' },
        body: 'nonsense',
      }),
      detail(401, 'multiple authorization payloads detected'),
    ],
    [
      'the size of the body before the key',
      ({ storePath }) => ({ path: storePath, headers: unknownKey, body: Buffer.alloc(MIB + 1, ' ') }),
      detail(413, 'request body is too large'),
    ],
    [
      'the envelope before the key',
      () => ({ headers: unknownKey, body: 'nonsense' }),
      badEnvelope('invalid envelope header'),
    ],
    [
      'an internal item before the key',
      () => ({ headers: unknownKey, body: envelope({}, item('integration', '')) }),
      detail(400, 'envelope contains internal items'),
    ],
    [
      'nothing known in the envelope before the key',
      () => ({ headers: unknownKey, body: envelope({}, item('unheard-of', '')) }),
      { status: 200, body: {} },
    ],
    [
      'the key before the limits of items',
      () => ({ headers: unknownKey, body: envelope({}, event, event) }),
      rejected('ProjectId'),
    ],
    [
      'the key before an item that is too large',
      () => ({ headers: unknownKey, body: envelope({}, item('event', 'a'.repeat(MIB + 1))) }),
      rejected('ProjectId'),
    ],
    [
      'the project id before the origin',
      async (door) => {
        await allowOrigins(vedette, door.projectId, [])
        const other = await openFrontDoor(vedette)
        return { path: other.envelopePath, headers: { origin: 'http://a.example' } }
      },
      rejected('ProjectId'),
    ],
    [
      'the origin before the state of the key',
      async (door) => {
        await allowOrigins(vedette, door.projectId, [])
        await disableKey(vedette, door.key)
        return { headers: { origin: 'http://a.example' } }
      },
      rejected('Cors'),
    ],
    [
      'the limits of items before what is in them',
      () => ({ body: envelope({}, item('event', '{'), item('event', '{')) }),
      tooLarge('event'),
    ],
  ]
  interface Asked {
    readonly path?: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body?: string | Uint8Array
  }
  const unknownKey = { 'x-sentry-auth': `Sentry sentry_key=${'0'.repeat(32)}` }

  test.each(manyFaults)('%s', async (_, request, said) => {
    const door = await openFrontDoor(vedette)
    const { path = door.envelopePath, headers = {}, body = eventEnvelope() } = await request(door)
    expect(await door.post(path, body, headers)).toMatchObject(said)
  })
})

describe('envelope', () => {
  const lf = (...lines: string[]) => lines.join('\n')
  const attachment = item('attachment', 'abc')
  const envelopes: [title: string, body: string | Buffer, said: Said][] = [
    ['a header line only', '{}', { status: 200, body: {} }],
    ['a header line with its LF', '{}\n', { status: 200, body: {} }],
    ['a header line with an id', `{"event_id":"${id}"}`, { status: 200, body: { id } }],
    ['an empty body', '', detail(400, 'empty request body')],
    [
      'a first line that is no JSON',
      lf('nonsense', '{"type":"event"}', '{}'),
      badEnvelope('invalid envelope header'),
    ],
    ['a first line that is no object', '[]', badEnvelope('invalid envelope header')],
    ['blank lines', '\n\n', badEnvelope('missing envelope header')],
    ['an item header that is no JSON', lf('{}', 'nonsense', '{}'), badEnvelope('invalid item header')],
    ['an item header without a type', lf('{}', '{"length":2}', '{}'), badEnvelope('invalid item header')],
    ['a negative length', lf('{}', '{"type":"event","length":-1}', '{}'), badEnvelope('invalid item header')],
    [
      'a length in quotes',
      lf('{}', '{"type":"event","length":"2"}', '{}'),
      badEnvelope('invalid item header'),
    ],
    [
      'a length beyond the end',
      lf('{}', '{"type":"event","length":10}', '12345'),
      badEnvelope('unexpected end of file'),
    ],
    [
      'a length short of the LF',
      lf('{}', '{"type":"event","length":3}', '12345'),
      badEnvelope('missing newline after header or payload'),
    ],
    ['no length and no last LF', lf('{}', '{"type":"event"}', '{}'), ok],
    ['a length of null', lf('{}', '{"type":"event","length":null}', '{}', ''), ok],
    ['an LF inside a payload', envelope({}, item('event', '{"message":\n"a"}')), ok],
    [
      'two empty attachments and no last LF',
      lf('{}', '{"type":"attachment"}', '', '{"type":"attachment","length":0}'),
      ok,
    ],
    [
      'an LF too many',
      Buffer.concat([eventEnvelope(), Buffer.from('\n')]),
      badEnvelope('unexpected end of file'),
    ],
    ['CR LF', '{}\r\n{"type":"event"}\r\n{}\r\n', badEnvelope('missing newline after header or payload')],
    ['bytes that are no text', envelope({}, item('attachment', Buffer.from([0, 255, 10, 254]))), ok],
    [
      'one broken item among sound ones',
      lf('{}', '{"type":"event"}', '{}', '{}', ''),
      badEnvelope('invalid item header'),
    ],

    ['a malformed event id', envelope({ event_id: 'xyz' }, event), badEnvelope('invalid envelope header')],
    [
      'an event id with dashes and capitals',
      envelope({ event_id: 'FC6D8C0C-43FC-4630-AD85-0EE518F1B9D0' }, event),
      { status: 200, body: { id } },
    ],
    ['an event id of null', envelope({ event_id: null }, event), ok],
    ['sent_at as a word', envelope({ sent_at: 'yesterday' }, event), badEnvelope('invalid envelope header')],
    [
      'sent_at as a number',
      envelope({ sent_at: 1_767_605_400 }, event),
      badEnvelope('invalid envelope header'),
    ],
    ['sent_at of null', envelope({ sent_at: null }, event), ok],
    ['a broken trace', envelope({ trace: 'garbage' }, event), ok],
    ['keys nobody knows', envelope({ remote_addr: '1.2.3.4', nonsense: [] }, event), ok],

    ['an item of unknown type only', envelope({}, item('unheard-of', 'a')), { status: 200, body: {} }],
    ['an item of unknown type and an event', envelope({}, item('unheard-of', 'a'), event), ok],
    [
      'a name that every object has as a type',
      envelope({}, item('constructor', 'a')),
      { status: 200, body: {} },
    ],
    [
      'an attachment of unknown type',
      envelope({}, event, item('attachment', 'a', { attachment_type: 'x' })),
      ok,
    ],
    [
      'an internal item',
      envelope({}, event, item('integration', 'a')),
      detail(400, 'envelope contains internal items'),
    ],
    ['nothing bound to an event', envelope({}, soundItem('session')), { status: 200, body: {} }],

    // What the reference finds out only after it has answered must not be seen by the sender.
    [
      'an event that is no JSON',
      envelope({ event_id: id }, item('event', '{')),
      { status: 200, body: { id } },
    ],
    [
      'an event that is a list',
      envelope({ event_id: id }, item('event', '[]')),
      { status: 200, body: { id } },
    ],
    [
      'an event that is null',
      envelope({ event_id: id }, item('event', 'null')),
      { status: 200, body: { id } },
    ],
    [
      'an incomplete transaction',
      envelope({ event_id: id }, item('transaction', {})),
      { status: 200, body: { id } },
    ],
    ['a broken user report', envelope({}, event, item('user_report', '{')), ok],
    ['a broken client report', envelope({}, item('client_report', '{')), { status: 200, body: {} }],
    [
      'a log container with a wrong count',
      envelope({}, item('log', { items: [] }, { item_count: 3 })),
      { status: 200, body: {} },
    ],

    ['two events', envelope({}, event, event), tooLarge('event')],
    ['an event and a transaction', envelope({}, event, soundItem('transaction')), tooLarge('event')],
    ['a transaction and an event', envelope({}, soundItem('transaction'), event), tooLarge('transaction')],
    ['an event of 1 MiB', envelope({}, item('event', padded(MIB))), ok],
    ['an event of 1 MiB and a byte', envelope({}, item('event', padded(MIB + 1))), tooLarge('event')],
    [
      'an event of 1 MiB and a byte with no stated length',
      envelope({}, { header: { type: 'event' }, payload: Buffer.from(padded(MIB + 1)) }),
      tooLarge('event'),
    ],
    ['30 attachments', envelope({}, ...Array.from({ length: 30 }, () => attachment)), ok],
    ['31 attachments', envelope({}, ...Array.from({ length: 31 }, () => attachment)), tooLarge('attachment')],
    [
      'a client report of 100 KiB and a byte',
      envelope({}, item('client_report', padded(100 * 1024 + 1))),
      tooLarge('client_report'),
    ],
    ['two check-ins', envelope({}, soundItem('check_in'), soundItem('check_in')), tooLarge('check_in')],
    [
      '101 sessions',
      envelope({}, ...Array.from({ length: 101 }, () => soundItem('session'))),
      tooLarge('session'),
    ],
    ['two log containers', envelope({}, soundItem('log'), soundItem('log')), tooLarge('log')],
    [
      'an unknown item of 2 MiB',
      envelope({}, item('unheard-of', 'a'.repeat(2 * MIB))),
      { status: 200, body: {} },
    ],
  ]

  test.each(envelopes)('%s', async (_, body, said) => {
    const door = await openFrontDoor(vedette)
    expect(await door.deliver(body)).toMatchObject(said)
  })

  test('answers with a new id when the header has none, whatever the payload says', async () => {
    const door = await openFrontDoor(vedette)
    const { body } = await door.deliver(envelope({}, item('event', { event_id: id })))
    expect(body).toEqual(accepted)
    expect(body).not.toEqual({ id })
    expect(door.look((ledger, project) => ledger.eventIds(project))).toEqual([(body as { id: string }).id])
  })

  test('answers with the id of the header when the payload has another', async () => {
    const door = await openFrontDoor(vedette)
    const body = envelope({ event_id: id }, item('event', { event_id: newId() }))
    expect(await door.deliver(body)).toMatchObject({ status: 200, body: { id } })
    expect(door.look((ledger, project) => ledger.eventIds(project))).toEqual([id])
  })

  const contentTypes = [
    'application/x-sentry-envelope',
    'text/plain;charset=UTF-8',
    'application/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'multipart/form-data; boundary=x',
    'nonsense',
    ';',
    '',
  ]
  test.each(contentTypes)('does not look at the content type: %j', async (contentType) => {
    const door = await openFrontDoor(vedette)
    expect(await door.deliver(eventEnvelope(id), { 'content-type': contentType })).toMatchObject({
      status: 200,
      body: { id },
    })
  })
})

describe('store', () => {
  const stored = (body: string | Uint8Array) => Buffer.from(body).toString('base64')
  const python = { 'x-sentry-auth': 'Sentry sentry_key=KEY, sentry_client=raven-python/6.10.0' }
  const bodies: [title: string, body: string | Buffer, said: Said, headers?: Record<string, string>][] = [
    ['JSON', `{"event_id":"${id}"}`, { status: 200, body: { id } }],
    ['an empty object', '{}', ok],
    ['an empty body', '', detail(400, 'empty request body')],
    [
      'a brace and garbage',
      '{nonsense',
      { status: 400, body: { detail: expect.stringMatching(/^invalid JSON data/) } },
    ],
    ['base64 of JSON', stored(`{"event_id":"${id}"}`), { status: 200, body: { id } }],
    ['base64 of zlib of JSON', stored(deflateSync(`{"event_id":"${id}"}`)), { status: 200, body: { id } }],
    ['base64 of a list', stored('[]'), detail(400, 'invalid request body')],
    ['text that is neither', 'What is this?', detail(400, 'invalid request body')],
    ['a list', '[]', detail(400, 'invalid request body')],
    ['a number', '1', detail(400, 'invalid request body')],
    [
      'a malformed event id',
      '{"event_id":"xyz"}',
      { status: 400, body: { detail: expect.stringMatching(/^invalid JSON data/) } },
    ],
    [
      'an event id with dashes and capitals',
      '{"event_id":"FC6D8C0C-43FC-4630-AD85-0EE518F1B9D0"}',
      { status: 200, body: { id } },
    ],
    ['an event id of null', '{"event_id":null}', ok],
    ['fields of wrong types', '{"level":5,"tags":7,"exception":"x"}', ok],
    [
      'an envelope under its content type',
      envelope({ event_id: id }, event),
      { status: 200, body: { id } },
      { 'content-type': 'application/x-sentry-envelope' },
    ],
    [
      'an envelope under another',
      envelope({}, event),
      { status: 400, body: { detail: expect.stringMatching(/^invalid JSON data/) } },
    ],
    ['NaN from Python', '{"extra":{"a":NaN,"b":-Infinity}}', ok, python],
    [
      'NaN from elsewhere',
      '{"extra":{"a":NaN}}',
      { status: 400, body: { detail: expect.stringMatching(/^invalid JSON data/) } },
    ],
    ['1 MiB', padded(MIB), ok],
    ['1 MiB and a byte', padded(MIB + 1), detail(413, 'request body is too large')],
    ['a zlib bomb in base64', stored(deflateSync(padded(2 * MIB))), tooLarge('event')],
    [
      'gzip that is plain',
      '{}',
      detail(400, 'invalid request body', [encodingCause]),
      { 'content-encoding': 'gzip' },
    ],
    [
      'a nonsensical content type',
      `{"event_id":"${id}"}`,
      { status: 200, body: { id } },
      { 'content-type': 'nonsense' },
    ],
    [
      'an incomplete transaction, which is found out after the answer',
      `{"event_id":"${id}","type":"transaction"}`,
      { status: 200, body: { id } },
    ],
  ]

  test.each(bodies)('%s', async (_, body, said, headers = {}) => {
    const door = await openFrontDoor(vedette)
    const filled = Object.fromEntries(
      Object.entries(headers).map(([name, text]) => [name, text.replace('KEY', door.key.publicKey)]),
    )
    expect(await door.post(door.storePath, body, filled)).toMatchObject(said)
  })

  const pixel = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
  test('answers the GET form with a transparent image of one pixel', async () => {
    const door = await openFrontDoor(vedette)
    for (const [path, data] of [
      [door.storePath, `{"event_id":"${id}"}`],
      ['/api/store/', stored(deflateSync(`{"event_id":"${newId()}"}`))],
    ]) {
      const query = new URLSearchParams({ sentry_key: door.key.publicKey, sentry_data: data ?? '' })
      const answer = await vedette.server.inject({ method: 'GET', url: `${path}?${query}` })
      expect([answer.statusCode, answer.headers['content-type'], answer.rawPayload]).toEqual([
        200,
        'image/gif',
        pixel,
      ])
    }
    expect(door.look((ledger, project) => ledger.countEvents(project))).toBe(2)
  })

  test.each([
    ['', 'empty request body'],
    ['nonsense!', 'invalid request body'],
  ])('refuses sentry_data %j', async (data, text) => {
    const door = await openFrontDoor(vedette)
    const query = new URLSearchParams({ sentry_key: door.key.publicKey, sentry_data: data })
    expect(await vedette.send('GET', `${door.storePath}?${query}`)).toMatchObject(detail(400, text))
  })
})

const encodingCause = 'the body is not what its content encoding says'

describe('content encoding', () => {
  const encoders: [names: string[], encode: (input: InputType) => Buffer][] = [
    [['gzip', 'x-gzip', 'GZIP', ' gzip '], gzipSync],
    [['deflate', 'Deflate'], deflateSync],
    [['br', 'BR'], (input) => brotliCompressSync(input, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })],
    [['zstd', 'Zstd'], zstdCompressSync],
    [['', 'utf-8', 'UTF-8', 'identity', 'unheard-of'], (input) => Buffer.from(input as Uint8Array)],
  ]
  /** 256 KiB that nothing makes smaller. */
  const noise = Buffer.concat(
    Array.from({ length: 8192 }, (_, index) => createHash('sha256').update(String(index)).digest()),
  )
  const named = encoders.flatMap(([names, encode]) => names.map((name) => [name, encode] as const))

  /** Posts bytes of no stated length. */
  async function inPieces(door: FrontDoor, bytes: Buffer, encoding: string) {
    const headers = { ...door.auth, 'content-encoding': encoding, 'transfer-encoding': 'chunked' }
    const payload = Readable.from([bytes.subarray(0, 10), bytes.subarray(10)])
    const answer = await vedette.server.inject({ method: 'POST', url: door.envelopePath, headers, payload })
    return { status: answer.statusCode, body: answer.json() as unknown }
  }

  test.each(named)('%j', async (name, encode) => {
    const door = await openFrontDoor(vedette)
    const headers = { 'content-encoding': name }
    // Text that unfolds to more than is undone at once, and noise that stays large on the wire.
    const unfolding = envelope({}, event, item('attachment', 'a'.repeat(3 * MIB)))
    const dense = envelope({}, event, item('attachment', noise))
    for (const body of [eventEnvelope(), unfolding, dense])
      expect(await door.deliver(encode(body), headers)).toMatchObject(ok)
    expect(await inPieces(door, encode(eventEnvelope()), name)).toMatchObject(ok)
    expect(await door.post(door.storePath, encode(Buffer.from('{}')), headers)).toMatchObject(ok)
    expect(
      door.look((ledger, project) => ledger.attachments(project).map(({ size_bytes }) => size_bytes)),
    ).toEqual([3 * MIB, 256 * 1024])
  })

  const broken: [title: string, bytes: (whole: Buffer) => Buffer][] = [
    ['cut short by a byte', (whole) => whole.subarray(0, whole.length - 1)],
    ['cut in half', (whole) => whole.subarray(0, whole.length >> 1)],
    ['plain', () => eventEnvelope()],
    ['upside down', (whole) => Buffer.from(whole).reverse()],
  ]
  const breaks = encoders
    .slice(0, 4)
    .flatMap(([[name = ''], encode]) => broken.map(([title, bytes]) => [name, title, encode, bytes] as const))

  test.each(breaks)('%s that is %s is no body', async (name, _, encode, bytes) => {
    const door = await openFrontDoor(vedette)
    const said = detail(400, 'invalid request body', [encodingCause])
    // Small ones are undone at once, large ones and those of unknown length as they come.
    // Always the same bytes: what is upside down may by chance be a sound stream of something else.
    for (const body of [eventEnvelope(id), envelope({}, item('attachment', noise))]) {
      const sent = bytes(encode(body))
      expect(await door.deliver(sent, { 'content-encoding': name })).toMatchObject(said)
      expect(await inPieces(door, sent, name)).toMatchObject(said)
    }
    expect(door.look((ledger, project) => ledger.countEvents(project))).toBe(0)
  })

  test('deflate means the zlib format', async () => {
    const door = await openFrontDoor(vedette)
    expect(
      await door.deliver(deflateRawSync(eventEnvelope()), { 'content-encoding': 'deflate' }),
    ).toMatchObject(detail(400, 'invalid request body', [encodingCause]))
  })

  test.each(encoders.slice(0, 4))('limits hold for what unfolds: %j', async ([name = ''], encode) => {
    const door = await openFrontDoor(vedette)
    const headers = { 'content-encoding': name }
    const bomb = encode(Buffer.alloc(MIB + 1, '{'))
    expect(bomb.byteLength).toBeLessThan(16 * 1024)
    expect(await door.post(door.storePath, bomb, headers)).toMatchObject(
      detail(413, 'request body is too large'),
    )
    for (const size of [MIB + 1, 24 * MIB]) {
      const body = encode(envelope({}, item('event', Buffer.alloc(size, 'a'))))
      expect(await door.deliver(body, headers)).toMatchObject(tooLarge('event'))
    }
  })
})

describe('paths and methods', () => {
  test('take repeated slashes, and a missing one at the end', async () => {
    const door = await openFrontDoor(vedette)
    const project = door.projectId
    for (const path of [
      `/api/${project}/envelope`,
      `//api/${project}//envelope/`,
      `/api///${project}/envelope//`,
      `/api/0${project}/envelope/`,
    ]) {
      expect([path, (await door.post(path, eventEnvelope())).status]).toEqual([path, 200])
    }
    for (const path of [`/api/${project}/store`, `//api/${project}//store/`, '/api/store', '/api//store//'])
      expect([path, (await door.post(path, '{}')).status]).toEqual([path, 200])
    expect(door.look((ledger, id) => ledger.countEvents(id))).toBe(8)
  })

  test('are found behind the path of the public URL, whether or not a proxy keeps it', async () => {
    await using vedette = await openInstallation({ url: 'https://errors.example/sentry' })
    const door = await openFrontDoor(vedette)
    for (const path of [`/sentry${door.envelopePath}`, door.envelopePath])
      expect((await door.post(path, eventEnvelope())).status).toBe(200)
  })

  test.each(['abc', '-1', '1.5', '0x1', '%20'])('refuse the project id %s', async (project) => {
    const door = await openFrontDoor(vedette)
    for (const path of [`/api/${project}/envelope/`, `/api/${project}/store/`])
      expect(await door.post(path, eventEnvelope())).toMatchObject(detail(400, 'bad project path parameter'))
  })

  test('answer 405 to other methods, 404 to other paths', async () => {
    const door = await openFrontDoor(vedette)
    const caller = { headers: door.auth }
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE', 'HEAD'] as const)
      expect((await vedette.send(method, door.envelopePath, caller)).status).toBe(405)
    for (const method of ['PUT', 'PATCH', 'DELETE', 'HEAD'] as const) {
      expect((await vedette.send(method, door.storePath, caller)).status).toBe(405)
      expect((await vedette.send(method, '/api/store/', caller)).status).toBe(405)
    }
    for (const path of [`/api/${door.projectId}/`, `/api/${door.projectId}/envelopes/`, '/api/envelope/'])
      expect((await door.post(path, eventEnvelope())).status).toBe(404)
  })
})

describe('CORS', () => {
  const exposed = Object.entries(ingestCorsHeaders)

  test('the headers are those of the protocol', () => {
    expect(ingestCorsHeaders).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'POST',
      'access-control-max-age': '3600',
    })
    expect(ingestCorsHeaders['access-control-allow-headers'].split(', ')).toEqual([
      'x-sentry-auth',
      'x-requested-with',
      'x-forwarded-for',
      'origin',
      'referer',
      'accept',
      'content-type',
      'authentication',
      'authorization',
      'content-encoding',
      'transfer-encoding',
    ])
    expect(ingestCorsHeaders['access-control-expose-headers'].split(', ')).toEqual([
      'x-sentry-error',
      'x-sentry-rate-limits',
      'retry-after',
    ])
  })

  test('are on every answer, whatever it says', async () => {
    const door = await openFrontDoor(vedette)
    await allowOrigins(vedette, door.projectId, ['a.example'])
    const page = { origin: 'https://a.example' }
    const answers = [
      await door.deliver(eventEnvelope(), page),
      await door.deliver('nonsense', page),
      await door.deliver(eventEnvelope(), { ...page, 'x-sentry-auth': 'Sentry sentry_version=7' }),
      await door.deliver(eventEnvelope(), { origin: 'https://b.example' }),
      await door.deliver(envelope({}, event, event), page),
      await vedette.send('GET', door.envelopePath, { headers: page }),
      await door.post('/api/abc/envelope/', eventEnvelope(), page),
      await door.post(door.storePath, padded(MIB + 1), page),
      await vedette.send('GET', `${door.storePath}?sentry_key=${door.key.publicKey}&sentry_data={}`),
    ]
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 401, 403, 413, 405, 400, 413, 200])
    for (const { headers } of answers) {
      expect(Object.entries(headers)).toEqual(expect.arrayContaining(exposed))
      expect(headers).not.toHaveProperty('access-control-allow-credentials')
    }
  })

  test('answers a preflight without credentials', async () => {
    const { project } = await found(vedette)
    for (const path of [
      `/api/${project.id}/envelope/`,
      `/api/${project.id}/store/`,
      '/api/store/',
      '/api/1/envelope',
    ]) {
      const { status, text, headers } = await vedette.send('OPTIONS', path, {
        headers: {
          origin: 'https://a.example',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type,x-sentry-auth',
        },
      })
      expect([status, text]).toEqual([200, ''])
      expect(Object.entries(headers)).toEqual(expect.arrayContaining(exposed))
    }
  })
})

test('answers 503 to what cannot be written, and keeps and counts nothing of it', async () => {
  await using vedette = await openInstallation()
  const door = await openFrontDoor(vedette)
  await vedette.app.writer[Symbol.asyncDispose]()
  for (const answer of [
    await door.deliver(eventEnvelope()),
    await door.post(door.storePath, '{}'),
    // A refusal is counted, too.
    await door.deliver(envelope({}, event, event)),
  ]) {
    expect(answer).toMatchObject(detail(503, 'failed to queue envelope'))
    expect(Object.entries(answer.headers)).toEqual(expect.arrayContaining(Object.entries(ingestCorsHeaders)))
  }
  expect([door.counts(), door.look((ledger, project) => ledger.countEvents(project))]).toEqual([{}, 0])
})

test('says what is wrong as JSON', async () => {
  const door = await openFrontDoor(vedette)
  const { headers, text } = await door.deliver('nonsense')
  expect([headers['content-type'], text]).toEqual([
    expect.stringMatching(/^application\/json/),
    '{"detail":"invalid event envelope","causes":["invalid envelope header"]}',
  ])
})

/** A JSON object of that many bytes. */
function padded(bytes: number): string {
  return `{"message":"${'a'.repeat(bytes - '{"message":""}'.length)}"}`
}
