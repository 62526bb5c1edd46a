/**
 * The cases of the ingest protocol, in its numbering: what is sent, what is answered, and what is counted. Where
 * more is counted than the reference does, `butCounted` says what, and docs/compatibility.md says why.
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { createContext, runInContext } from 'node:vm'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, describe, expect, test, vi } from 'vitest'
import type { DataCategory } from '../../src/protocol/outcome.ts'
import type { Quota } from '../../src/protocol/rate-limits.ts'
import { buildServer } from '../../src/server.ts'
import { DAY, HOUR, MINUTE } from '../../src/time.ts'
import { dumpFile } from '../crash-files.ts'
import { type FormPart, field, file, formBody, formHeaders } from '../form-body.ts'
import {
  allowOrigins,
  disableKey,
  envelope,
  eventEnvelope,
  type FrontDoor,
  item,
  openFrontDoor,
  soundItem,
} from './front-door.ts'
import { type Answer, nobody, openInstallation, startAt } from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

const MIB = 1024 * 1024

type Counts = Readonly<Record<string, number>>
/** Something is counted here of which the reference says nothing. */
interface Departure {
  readonly here: Counts
}
type Headers = Readonly<Record<string, string>>
type Send = (door: FrontDoor) => Promise<Answer | readonly Answer[]>
/** What else must be so. Of several answers, it is the last. */
type Also = (door: FrontDoor, answer: Answer) => unknown
type Case = readonly [
  number: number,
  title: string,
  send: Send,
  /** One of each answer, if there are several. */
  status: number | readonly number[],
  counts: Counts | Departure,
  also?: Also,
]

const none: Counts = {}
const accepted: Counts = { 'accepted error': 1 }
const counted = (fate: string, category: DataCategory = 'error', quantity = 1): Counts => ({
  [`${fate} ${category}`]: quantity,
})
const invalid = (reason: string, category: DataCategory = 'error') => counted(`invalid:${reason}`, category)
/** Requests that are refused before it is known what they hold. */
const butCounted = (reason: string, category: DataCategory = 'default', quantity = 1): Departure => ({
  here: counted(`invalid:${reason}`, category, quantity),
})
const files = (fate: string, bytes: number, count = 1): Counts => ({
  ...counted(fate, 'attachment', bytes),
  ...counted(fate, 'attachment_item', count),
})
/** An event with a file. */
const withFile = (fate: string, bytes: number): Counts => ({ ...counted(fate), ...files(fate, bytes) })

/** An envelope, with the key in X-Sentry-Auth. */
const delivered =
  (body: string | Buffer, headers: Headers = {}): Send =>
  (door) =>
    door.deliver(body, headers)
const stored =
  (body: string | Buffer, headers: Headers = {}): Send =>
  (door) =>
    door.post(door.storePath, body, headers)
/** To another door of the project. */
const posted =
  (path: string, body: string | Buffer, headers: Headers = {}): Send =>
  (door) =>
    door.post(`/api/${door.projectId}/${path}`, body, headers)
const formed = (path: string, ...parts: readonly FormPart[]) => posted(path, formBody(...parts), formHeaders)
/** As a browser sends its reports: with the key in the query. */
const reported =
  (body: unknown, path = 'security', type = 'application/json'): Send =>
  (door) =>
    vedette.send('POST', `/api/${door.projectId}/${path}/?sentry_key=${door.key.publicKey}`, nobody, {
      body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
      headers: { 'content-type': type },
    })
const each =
  (...sends: readonly Send[]): Send =>
  async (door) => {
    const answers: Answer[] = []
    for (const send of sends) answers.push(...[await send(door)].flat())
    return answers
  }

const place = ({ organization, project }: FrontDoor) => `/projects/${organization.slug}/${project.slug}/`
/** What the project's owner changes before. */
const changed =
  (path: string, body: object, send: Send): Send =>
  async (door) => {
    const url = place(door) + path.replace('KEY', door.key.publicKey)
    const { status } = await vedette.put(url, door.owner.caller, body)
    expect([200, 204]).toContain(status)
    return send(door)
  }

interface Told {
  readonly eventID: string
  readonly dateCreated: string
  readonly tags: readonly { readonly key: string; readonly value: string }[]
}

/** The project's events, as the web API tells them. */
async function events(door: FrontDoor): Promise<readonly Told[]> {
  const { caller } = door.owner
  const { body: list } = await vedette.get<readonly Told[]>(`${place(door)}events/`, caller)
  const told = list.map(({ eventID }) => vedette.get<Told>(`${place(door)}events/${eventID}/`, caller))
  return (await Promise.all(told)).map(({ body }) => body)
}

type Payload = Readonly<Record<string, Readonly<Record<string, unknown>>>>
/** Of the project's only event. */
async function payload(door: FrontDoor): Promise<Payload> {
  const [id, ...others] = (await events(door)).map(({ eventID }) => eventID)
  expect(others).toEqual([])
  return (await vedette.get<Payload>(`${place(door)}events/${id}/json/`, door.owner.caller)).body
}

const answers =
  (body: unknown): Also =>
  (_, answer) =>
    expect(answer.body).toEqual(body)
const id = 'fc6d8c0c43fc4630ad850ee518f1b9d0'
const answersId = answers({ id })
const answersNewId: Also = (_, { body }) => {
  expect(body).toEqual({ id: expect.stringMatching(/^[0-9a-f]{32}$/) })
  expect(body).not.toEqual({ id })
}
const keepsAnswered: Also = async (door, { body }) =>
  expect((await events(door)).map(({ eventID }) => ({ id: eventID }))).toEqual([body])
const answersDashed: Also = (_, { text }) => {
  expect(text).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)
  expect(text.replaceAll('-', '')).not.toBe(id)
}
const both =
  (...checks: readonly Also[]): Also =>
  async (door, answer) => {
    for (const check of checks) await check(door, answer)
  }
const keeps =
  (part: object): Also =>
  async (door) =>
    expect(await payload(door)).toMatchObject(part)
const keepsNothing: Also = (door) => {
  expect(door.look((ledger, project) => ledger.countEvents(project))).toBe(0)
  expect(door.look((ledger, project) => ledger.attachments(project))).toEqual([])
}

const event = soundItem('event')
const attachment = soundItem('attachment')
const transaction = soundItem('transaction')
const eventOf = (payload: object, header: object = {}) =>
  envelope({ event_id: id, ...header }, item('event', { message: 'The lamp went out', ...payload }))
const transactionOf = (payload: object) =>
  envelope(
    {},
    item('transaction', { ...JSON.parse(Buffer.from(transaction.payload).toString()), ...payload }),
  )

type Way = (door: FrontDoor) => { headers?: Headers; query?: string; header?: object }
/** An event that states its key in this way. */
const said =
  (way: Way): Send =>
  (door) => {
    const { headers = {}, query = '', header = {} } = way(door)
    const body = envelope({ ...header }, event)
    return vedette.send('POST', door.envelopePath + query, { headers }, { body })
  }
const headerText = (text: string) =>
  said(({ key }) => ({ headers: { 'x-sentry-auth': text.replace('KEY', key.publicKey) } }))
const query: Way = ({ key }) => ({ query: `?sentry_key=${key.publicKey}` })
const ways = {
  nowhere: () => ({}),
  envelope: ({ dsn }) => ({ header: { dsn } }),
  emptyHeader: ({ dsn }) => ({ headers: { 'x-sentry-auth': '' }, header: { dsn } }),
  headerAndQuery: (door) => ({ headers: door.auth, ...query(door) }),
  twoHeaders: ({ auth }) => ({ headers: { ...auth, authorization: auth['x-sentry-auth'] ?? '' } }),
  queryBesideToken: (door) => ({ headers: { authorization: 'Bearer abc' }, ...query(door) }),
  userName: ({ key }) => ({ headers: { authorization: `Basic ${btoa(`${key.publicKey}:`)}` } }),
  otherProject: ({ auth, dsn }) => ({ headers: auth, header: { dsn: `${dsn}0` } }),
  otherKey: ({ auth, dsn, key }) => {
    const other = dsn.replace(key.publicKey, '0'.repeat(32))
    return { headers: auth, header: { dsn: other } }
  },
} satisfies Record<string, Way>
const disabled: Send = async (door) => {
  await disableKey(vedette, door.key)
  return door.deliver(eventEnvelope())
}
const keyOfAnother: Send = async (door) => door.deliver(eventEnvelope(), (await openFrontDoor(vedette)).auth)
const allowing =
  (origins: readonly string[], headers: Headers): Send =>
  async (door) => {
    await allowOrigins(vedette, door.projectId, origins)
    return door.deliver(eventEnvelope(), headers)
  }
const origin = { origin: 'http://valid.com' }
const multiple = answers({ detail: 'multiple authorization payloads detected' })
const isPreflight: Also = (_, { headers, text }) => {
  expect(text).toBe('')
  expect(headers).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': expect.stringContaining('x-sentry-auth'),
    'access-control-max-age': '3600',
  })
}
const isReadable: Also = (_, { headers }) =>
  expect(headers).toMatchObject({
    'access-control-allow-origin': '*',
    'access-control-expose-headers': expect.stringContaining('x-sentry-rate-limits'),
  })

const authentication: readonly Case[] = [
  [1, 'no key anywhere', said(ways.nowhere), 401, none],
  [2, 'the DSN in the envelope', said(ways.envelope), 200, accepted],
  [3, 'an empty X-Sentry-Auth, the DSN in the envelope', said(ways.emptyHeader), 200, accepted],
  [4, 'the key in X-Sentry-Auth and in the query', said(ways.headerAndQuery), 401, none, multiple],
  [5, 'the key in X-Sentry-Auth and Authorization', said(ways.twoHeaders), 401, none, multiple],
  [6, 'the key in the query beside a bearer token', said(ways.queryBesideToken), 200, accepted],
  [7, 'the key as a user name', said(ways.userName), 200, accepted],
  [8, 'a scheme in lower case, no version', headerText('sentry sentry_key=KEY'), 200, accepted],
  [9, 'a header without a key', headerText('Sentry sentry_version=7'), 401, none],
  [10, 'version 7.1', headerText('Sentry sentry_key=KEY, sentry_version=7.1'), 200, accepted],
  [11, 'version abc', headerText('Sentry sentry_key=KEY, sentry_version=abc'), 401, none],
  [12, 'version 8', headerText('Sentry sentry_key=KEY, sentry_version=8'), 400, none],
  [13, 'version 6', headerText('Sentry sentry_key=KEY, sentry_version=6'), 200, accepted],
  [14, 'a key of 31 digits', headerText(`Sentry sentry_key=${'0'.repeat(31)}`), 400, none],
  [14, 'a key with another letter', headerText(`Sentry sentry_key=${'0'.repeat(31)}g`), 400, none],
  [15, 'an unknown key', headerText(`Sentry sentry_key=${'0'.repeat(32)}`), 403, invalid('project_id')],
  [16, 'a disabled key', disabled, 403, invalid('project_id')],
  [17, 'the key of another project', keyOfAnother, 403, invalid('project_id')],
  [18, 'a project that is no number', (door) => door.post('/api/abc/envelope/', '{}'), 400, none],
  [19, 'no project in the path', (door) => door.post('/api/store/', '{}'), 200, accepted],
  [20, 'the DSN of another project', said(ways.otherProject), 400, invalid('invalid_envelope', 'default')],
  [21, 'the DSN of another key', said(ways.otherKey), 400, invalid('invalid_envelope', 'default')],
  [22, 'a wrong secret', headerText('Sentry sentry_key=KEY, sentry_secret=a'), 200, accepted],
  [23, 'an origin that is allowed', allowing(['valid.com'], origin), 200, accepted],
  [24, 'an origin that is not allowed', allowing(['invalid.com'], origin), 403, invalid('cors')],
  [25, 'such a referrer', allowing(['a.com'], { referer: 'http://b.com/c' }), 403, invalid('cors')],
  [26, 'a hidden origin', allowing(['a.com'], { origin: 'null' }), 200, accepted],
  [27, 'no origin where none is allowed', allowing([], {}), 200, accepted],
  [28, 'an origin where none is allowed', allowing([], origin), 403, invalid('cors')],
  [29, 'a preflight', ({ envelopePath: path }) => vedette.send('OPTIONS', path), 200, none, isPreflight],
  [30, 'what is refused', headerText('Sentry sentry_key=a'), 400, none, isReadable],
]

const encoders = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync, zstd: zstdCompressSync }
const inEveryEncoding = each(
  ...Object.entries(encoders).map(([name, encode]) => stored(encode('{}'), { 'content-encoding': name })),
)
const notEncoded = each(...['', 'UTF-8'].map((name) => stored('{}', { 'content-encoding': name })))
const asGzip = { 'content-encoding': 'gzip' }
const bomb = gzipSync(Buffer.alloc(64 * MIB))
const large = `{"a":"${'a'.repeat(MIB - 7)}"}`
const asEnvelope = { 'content-type': 'application/x-sentry-envelope' }
const inAddress: Send = ({ storePath, key }) =>
  vedette.send('GET', `${storePath}?sentry_key=${key.publicKey}&sentry_data=${btoa('{"message":"a"}')}`)
const fromPython: Send = ({ post, storePath, auth }) => {
  const text = `${auth['x-sentry-auth']}, sentry_client=raven-python/6.10`
  return post(storePath, '{"extra":{"a":NaN}}', { 'x-sentry-auth': text })
}
const isGif: Also = (_, { headers }) => expect(headers['content-type']).toBe('image/gif')
const tags = async (door: FrontDoor) => (await events(door)).flatMap((told) => told.tags)
const onlyLevel: Also = async (door) =>
  expect(await tags(door)).toEqual([expect.objectContaining({ key: 'level', value: 'error' })])

const store: readonly Case[] = [
  [31, 'an empty body', stored(''), 400, butCounted('empty_body')],
  [32, 'JSON that breaks off', stored('{nonsense'), 400, invalid('invalid_json', 'default')],
  [33, 'base64 of JSON', stored(btoa('{"message":"a"}')), 200, accepted],
  [34, 'base64 of zlib of JSON', stored(deflateSync('{"a":1}').toString('base64')), 200, accepted],
  [35, 'text that is neither', stored('What is this?'), 400, butCounted('invalid_body')],
  [36, 'an event id that is none', stored('{"event_id":"xyz"}'), 400, butCounted('invalid_json')],
  [37, 'an event id in another spelling', stored(`{"event_id":"${spelt(id)}"}`), 200, accepted, answersId],
  [38, 'an event id that is null', stored('{"event_id":null}'), 200, accepted, answersNewId],
  [39, 'an envelope', stored(eventEnvelope(id), asEnvelope), 200, accepted, answersId],
  [40, 'a plain body that is said to be gzip', stored('{}', asGzip), 400, butCounted('payload', 'error')],
  [41, 'encodings that are none', notEncoded, [200, 200], counted('accepted', 'error', 2)],
  [42, 'every encoding', inEveryEncoding, [200, 200, 200, 200], counted('accepted', 'error', 4)],
  [43, 'a byte more than 1 MiB', stored(large), 413, butCounted('request_too_large', 'error')],
  [44, 'far more than that in gzip', stored(bomb, asGzip), 413, butCounted('request_too_large', 'error')],
  [45, 'an event in the address', inAddress, 200, accepted, isGif],
  [46, 'NaN from a Python client', fromPython, 200, accepted, keeps({ extra: { a: null } })],
  [47, 'a list', stored('[]'), 400, butCounted('invalid_body')],
  [47, 'a number', stored('5'), 400, butCounted('invalid_body')],
  [48, 'wrong types', stored('{"level":5,"tags":7,"exception":"x"}'), 200, accepted, onlyLevel],
]

function spelt(id: string): string {
  return id.toUpperCase().replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

const lines = (...texts: readonly string[]) => delivered(texts.join('\n'))
const itemOf = (header: string, payload: string) => lines('{}', header, payload)
const headed = (header: Readonly<Record<string, unknown>>) => delivered(envelope(header, event))
const unheardOf = item('unheard-of', 'a')
const emptyFiles = lines(`{"event_id":"${id}"}`, '{"type":"attachment"}', '', '{"type":"attachment"}')
const unknownType = item('attachment', 'a', { attachment_type: 'event.unheard-of' })
const manyFiles = delivered(envelope({}, ...Array.from({ length: 31 }, () => attachment)))
const largeEvent = item('event', 'a'.repeat(MIB + 1))
const shortLog = item('log', '{"items":[{}]}', { item_count: 3 })
const twoMakers = { ...invalid('too_large:event'), ...invalid('too_large:event', 'transaction') }
const logs = {
  ...counted('invalid:invalid_log', 'log_item', 3),
  ...counted('invalid:invalid_log', 'log_byte', 14),
}
const simpleTypes = ['text/plain', 'multipart/form-data', 'application/x-www-form-urlencoded']
const ofSimpleTypes = each(
  ...simpleTypes.map((type) => delivered(eventEnvelope(), { 'content-type': type })),
  delivered(eventEnvelope()),
)
/** Hangs up right after the request, so nobody sees the answer. */
const abandoned: Send = async (door) => {
  const { port } = new URL(await vedette.server.listen({ port: 0, host: '127.0.0.1' }))
  const socket = connect(Number(port), '127.0.0.1')
  await once(socket, 'connect')
  const body = eventEnvelope()
  const head = [
    `POST ${door.envelopePath} HTTP/1.1`,
    'Host: localhost',
    `X-Sentry-Auth: ${door.auth['x-sentry-auth']}`,
    `Content-Length: ${body.byteLength}`,
  ]
  socket.end(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]))
  await vi.waitFor(() => expect(door.counts()).not.toEqual({}), { timeout: 5000, interval: 10 })
  socket.destroy()
  return []
}
const timed = (timestamp: number, sentAt?: number) =>
  delivered(
    eventOf(
      { timestamp: timestamp / 1000 },
      sentAt === undefined ? {} : { sent_at: new Date(sentAt).toISOString() },
    ),
  )
const happenedAt =
  (at: number): Also =>
  async (door) =>
    expect((await events(door)).map(({ dateCreated }) => Date.parse(dateCreated))).toEqual([at])
const untagged =
  (name: string): Also =>
  async (door) =>
    expect((await tags(door)).map(({ key }) => key)).not.toContain(name)
const released = (release: string) => delivered(eventOf({ release }))
const noStart = transactionOf({ start_timestamp: undefined })
const endsBefore = transactionOf({ timestamp: (startAt - DAY) / 1000 })
const twice = each(delivered(eventEnvelope(id)), delivered(eventEnvelope(id)))

const broken = butCounted('invalid_envelope')
const badTransaction = invalid('invalid_transaction', 'transaction')
const idInside = delivered(envelope({}, item('event', { event_id: id })))
const idOutside = delivered(eventOf({ event_id: '0'.repeat(32) }))
const tooLarge = 'invalid:too_large:event'
const withReport = delivered(envelope({}, item('user_report', '{'), event))
const noEnvironment = delivered(eventOf({ environment: 'none' }))
const anHourAgo = happenedAt(startAt - HOUR)

const envelopes: readonly Case[] = [
  [49, 'a header and nothing else', lines('{}'), 200, none, answers({})],
  [50, 'an empty body', lines(''), 400, butCounted('empty_body')],
  [51, 'a first line that is no JSON', lines('nonsense', '{"type":"event"}', '{}'), 400, broken],
  [52, 'an item header that is no JSON', itemOf('nonsense', '{}'), 400, broken],
  [53, 'an item without a type', itemOf('{"length":2}', '{}'), 400, broken],
  [54, 'fewer bytes than stated', itemOf('{"type":"event","length":10}', '{"a":'), 400, broken],
  [55, 'more bytes than stated', itemOf('{"type":"event","length":3}', '{"a":'), 400, broken],
  [56, 'no length', itemOf('{"type":"event"}', '{"message":"a"}'), 200, accepted],
  [57, 'a line end inside', itemOf('{"type":"event","length":16}', '{"message":\n"a"}'), 200, accepted],
  [58, 'two empty attachments, no line end', emptyFiles, 200, files('accepted', 2, 2)],
  [59, 'a line end too many', itemOf('{"type":"event"}', '{}\n\n'), 400, broken],
  [60, 'line ends of Windows', lines('{}\r', '{"type":"event"}\r', '{}'), 400, broken],
  [61, 'an event id that is none', headed({ event_id: 'xyz' }), 400, butCounted('invalid_event_id')],
  [62, 'sent yesterday, in words', headed({ sent_at: 'yesterday' }), 400, broken],
  [63, 'sent at null', headed({ sent_at: null }), 200, accepted],
  [64, 'a trace that is none', headed({ trace: 'garbage' }), 200, accepted],
  [65, 'an item that nobody knows', delivered(envelope({}, unheardOf)), 200, none],
  [66, 'the same beside an event', delivered(envelope({}, unheardOf, event)), 200, accepted],
  [67, 'an unknown kind of file', delivered(envelope({}, unknownType, event)), 200, withFile('accepted', 1)],
  [68, 'an internal item', itemOf('{"type":"integration"}', 'a'), 400, butCounted('internal_envelope')],
  [69, 'an event that is no JSON', itemOf('{"type":"event"}', '{a'), 200, invalid('invalid_json')],
  [70, 'an event that is a list', itemOf('{"type":"event"}', '[]'), 200, invalid('no_event_payload')],
  [70, 'an event that is null', itemOf('{"type":"event"}', 'null'), 200, invalid('no_event_payload')],
  [71, 'an id outside, another inside', idOutside, 200, accepted, both(answersId, keepsAnswered)],
  [72, 'an id inside alone', idInside, 200, accepted, both(answersNewId, keepsAnswered)],
  [73, 'two events', delivered(envelope({}, event, event)), 413, counted(tooLarge, 'error', 2)],
  [74, 'an event and a transaction', delivered(envelope({}, event, transaction)), 413, twoMakers],
  [75, '31 attachments', manyFiles, 413, files('invalid:too_large:attachment:attachment', 372, 31)],
  [76, 'too large an event', delivered(envelope({}, largeEvent, attachment)), 413, withFile(tooLarge, 12)],
  [77, 'the same event twice', twice, [200, 200], { ...accepted, ...invalid('duplicate') }],
  [78, 'an attachment alone', delivered(envelope({ event_id: id }, attachment)), 200, files('accepted', 12)],
  [79, 'a broken report', withReport, 200, { ...accepted, ...invalid('invalid_json', 'feedback') }],
  [80, 'fewer logs than stated', delivered(envelope({}, shortLog)), 200, logs],
  [81, 'a sender that hangs up at once', abandoned, [], accepted],
  [82, 'types without a preflight', ofSimpleTypes, [200, 200, 200, 200], counted('accepted', 'error', 4)],
  [83, 'a transaction without a start', delivered(noStart), 200, badTransaction],
  [84, 'a transaction that ends before its start', delivered(endsBefore), 200, badTransaction],
  [85, 'an event of ten years ahead', timed(startAt + 3650 * DAY), 200, accepted, happenedAt(startAt)],
  [86, 'an event that is 200 days old', timed(startAt - 200 * DAY), 200, accepted, happenedAt(startAt)],
  [87, 'a clock a day slow', timed(startAt - DAY, startAt - DAY), 200, accepted, happenedAt(startAt)],
  [88, '54 minutes slow', timed(startAt - HOUR, startAt - 54 * MINUTE), 200, accepted, anHourAgo],
  [89, 'a release with a slash', released('a/b'), 200, accepted, untagged('release')],
  [89, 'a release that is called latest', released('latest'), 200, accepted, untagged('release')],
  [90, 'an environment that is called none', noEnvironment, 200, accepted, untagged('environment')],
]

const limitedTo = (count: number, send: Send) =>
  changed('keys/KEY/', { rateLimit: { count, window: 3600 } }, send)
const many = (count: number) => each(...Array.from({ length: count }, () => delivered(eventEnvelope())))
/** What is sent after an event that was let in, and one that was not. */
const limited = (send: Send) =>
  limitedTo(1, async (door) => {
    const first = [await many(2)(door)].flat()
    expect(first.map(({ status }) => status)).toEqual([200, 429])
    return send(door)
  })
const overLimit = 'rate_limited:key_quota'
/** With those two events. */
const whileLimited = (counts: Counts): Counts => {
  const others = { ...accepted, ...counted(overLimit) }
  const sum = (name: string) => (others[name] ?? 0) + (counts[name] ?? 0)
  return Object.fromEntries(Object.keys({ ...others, ...counts }).map((name) => [name, sum(name)]))
}
const byOtherKey: Send = async (door) => {
  const { body } = await vedette.post<{ public: string }>(`${place(door)}keys/`, door.owner.caller, {})
  return door.deliver(eventEnvelope(), { 'x-sentry-auth': `Sentry sentry_key=${body.public}` })
}
/** At a server whose keys have a quota that no setting makes: nothing of this category. */
const barring =
  (category: DataCategory, path: string, payload: string | Buffer): Send =>
  async (door) => {
    const scope = { id: `test:${category}`, scope: 'organization', scopeId: 1 } as const
    const quota: Quota = { ...scope, categories: [category], limit: 0, window: 60, reasonCode: 'org_quota' }
    const { gate } = vedette.app
    const keyOf: typeof gate.keyOf = async (publicKey) => {
      const key = await gate.keyOf(publicKey)
      return key && { ...key, quotas: [quota] }
    }
    const server = await buildServer({ ...vedette.app, gate: { ...gate, keyOf } })
    const url = `/api/${door.projectId}/${path}`
    const answer = await server.inject({ method: 'POST', url, headers: door.auth, payload })
    await server.close()
    const headers = answer.headers as Answer['headers']
    return { status: answer.statusCode, headers, text: answer.body, body: answer.body }
  }
const saysHowLong: Also = (_, { headers }) => {
  expect(headers['x-sentry-rate-limits']).toMatch(/^\d+:default;error;security:key:key_quota$/)
  expect(headers['retry-after']).toMatch(/^\d+$/)
}
const dump = dumpFile()
const dumpPart = file('upload_file_minidump', 'lamp.dmp', dump)
const withDump = (...parts: readonly FormPart[]) => formed('minidump/', dumpPart, ...parts)
const crash = (fate: string) => withFile(fate, dump.byteLength)
const lost = (reason: string, quantity: number) => ({ reason, category: 'error', quantity })
const report = (at: number, ...losses: readonly object[]) =>
  delivered(envelope({}, item('client_report', { timestamp: at / 1000, discarded_events: losses })))
const dropped = (quantity: number) => counted('client_discard:before_send', 'error', quantity)
const some = report(startAt, lost('before_send', 42))
const [oneOver, twoOver] = [
  [...Array(5).fill(200), 429],
  [...Array(5).fill(200), 429, 429],
]
const fiveAnd = (quantity: number) => ({
  ...counted('accepted', 'error', 5),
  ...counted(overLimit, 'error', quantity),
})
const eventAndFile = envelope({}, event, attachment)
const bothLimited = whileLimited(withFile(overLimit, 12))
const eventAndSession = envelope({}, event, soundItem('session'))
const transactionToo = whileLimited(counted('accepted', 'transaction'))
const besidesSession = { ...counted(overLimit), ...counted('accepted', 'session') }
const onlyFileBarred = barring('attachment', 'envelope/', eventAndFile)
const barredCheckIn = barring('monitor', 'cron/nightly/?status=ok', '')
const fileBarred = { ...accepted, ...files('rate_limited:org_quota', 12) }
const checkInBarred = counted('rate_limited:org_quota', 'monitor')

const limits: readonly Case[] = [
  [91, 'one event over the limit', limitedTo(5, many(6)), oneOver, fiveAnd(1)],
  [92, 'two events over the limit', limitedTo(5, many(7)), twoOver, fiveAnd(2), saysHowLong],
  [93, 'another key', limited(byOtherKey), 200, whileLimited(accepted)],
  [94, 'a transaction', limited(delivered(envelope({}, transaction))), 200, transactionToo],
  [95, 'an event and its file', limited(delivered(eventAndFile)), 429, bothLimited, saysHowLong],
  [96, 'the same, where only files are limited', onlyFileBarred, 429, fileBarred],
  [97, 'an event and a session', limited(delivered(eventAndSession)), 429, whileLimited(besidesSession)],
  [98, 'a client report', limited(some), 200, whileLimited(dropped(42))],
  [99, 'a minidump', limited(withDump()), 200, whileLimited(crash(overLimit)), answersDashed],
  [100, 'a check-in, where they are limited', barredCheckIn, 202, checkInBarred],
]

const thrown = (...exceptions: readonly object[]) => eventOf({ exception: { values: exceptions } })
const hydration = thrown({
  type: 'Error',
  value: 'Minified React error #423; visit https://reactjs.org/docs/error-decoder.html?invariant=423',
})
const hydrationFate = 'filtered:react-hydration-errors'
const filteredOnce = counted(hydrationFate)
const filteredFirst = limitedTo(1, each(delivered(hydration), many(2)))
const withAttachment = Buffer.concat([hydration, envelope({}, attachment).subarray('{}\n'.length)])
const framed = (abs_path: string) => ({
  type: 'Error',
  value: 'a',
  stacktrace: { frames: [{ function: 'f', abs_path }] },
})
const ofExtension = thrown(framed('https://a.example/b.js'), framed('chrome-extension://a/b.js'))
const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 12_1_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.0 Mobile/15E148 Safari/604.1'
const byAgent = (agent: string) => delivered(eventOf({ request: { headers: { 'User-Agent': agent } } }))
const filtering = (filter: string, send: Send, body: object = { active: true }) =>
  changed(`filters/${filter}/`, body, send)
const forbidding = (messages: string, message: string) =>
  changed('', { options: { 'filters:error_messages': messages } }, delivered(eventOf({ message })))
const violation = { 'document-uri': 'https://a.example/', 'effective-directive': 'img-src' }
const violated = (facts: object) => reported({ 'csp-report': { ...violation, ...facts } })
const messageFiltered = counted('filtered:error-message')
const sourceFiltered = counted('filtered:invalid-csp', 'security')
const ifNoRobot = (agent: string) => filtering('web-crawlers', byAgent(agent))
const byTelephone = filtering('legacy-browsers', byAgent(iphone), { subfilters: ['safari'] })
const healthy = transactionOf({ transaction: '/healthz' })

const filters: readonly Case[] = [
  [101, 'what a filter takes', delivered(hydration), 200, filteredOnce, both(answersId, keepsNothing)],
  [101, 'it, before a limit of one', filteredFirst, [200, 200, 429], whileLimited(filteredOnce)],
  [102, 'it, with a file', delivered(withAttachment), 200, withFile(hydrationFate, 12), keepsNothing],
  [103, 'a pattern that is a part', forbidding('this is', 'This is a test'), 200, accepted],
  [103, 'a pattern that is all', forbidding('this is', 'This is'), 200, messageFiltered],
  [104, 'an empty pattern', forbidding('\n', ''), 200, accepted],
  [105, 'no robot', ifNoRobot('Slackbot 1.0'), 200, accepted],
  [105, 'a robot', ifNoRobot('Slackbot-LinkExpanding 1.0'), 200, counted('filtered:web-crawlers')],
  [106, 'a telephone where old Safari is filtered', byTelephone, 200, accepted],
  [107, 'an extension further out', filtering('browser-extensions', delivered(ofExtension)), 200, accepted],
  [108, 'a hydration error', delivered(hydration), 200, filteredOnce],
  [109, 'a health check', delivered(healthy), 200, counted('filtered:filtered-transaction', 'transaction')],
  [110, 'an error in one', delivered(eventOf({ transaction: '/healthz' })), 200, accepted],
  [111, 'an extension', violated({ 'blocked-uri': 'chrome-extension://x' }), 200, sourceFiltered],
]

const acceptedReport = counted('accepted', 'security')
const keepsStatus = keeps({ csp: { status_code: 200 } })
const noDirective = { 'effective-directive': undefined }
const jsonType = { 'content-type': 'application/json' }
const twoKeys = posted('security/?sentry_release=1', JSON.stringify({ 'csp-report': violation }), jsonType)

const securityReports: readonly Case[] = [
  [112, 'another content type', reported({}, 'security', 'text/plain'), 415, none, answers('')],
  [113, 'an empty report', reported(''), 400, butCounted('empty_body', 'security')],
  [114, 'a report that is no JSON', reported('not json'), 200, invalid('invalid_json', 'security')],
  [115, 'a report of nothing', reported({}), 200, invalid('security_report_type', 'security')],
  [116, 'a violation of no directive', violated(noDirective), 200, invalid('security_report', 'security')],
  [117, 'no blocked address', violated({}), 200, acceptedReport, keeps({ csp: { blocked_uri: 'self' } })],
  [118, 'a status in quotes', violated({ 'status-code': '200' }), 200, acceptedReport, keepsStatus],
  [119, 'X-Sentry-Auth and a release in the query', twoKeys, 401, none, multiple],
]

const dumped = (content: string | Uint8Array) =>
  formed('minidump/', file('upload_file_minidump', 'a.dmp', content))
const badGzip = Buffer.from('1f8b010203', 'hex')
const inParts = withDump(field('sentry__2', `"${id}","extra":{"a":"b"}}`), field('sentry__1', '{"event_id":'))
const keepsPart = keeps({ extra: { a: 'b' } })
const inTwoFields = withDump(
  field('sentry', '{"extra":{"a":"b"}}'),
  field('sentry___global', '{"extra":{"c":"d"}}'),
)
const alone = posted('minidump', dump, { 'content-type': 'application/octet-stream' })
const absurd = withDump(field(`sentry${'[a]'.repeat(50_000)}`, 'b'))
const noDump = formed('minidump/', file('a', 'a.txt', 'twelve bytes'))

const crashReports: readonly Case[] = [
  [120, 'a form without a dump', noDump, 400, withFile('invalid:missing_minidump_upload', 12)],
  [121, 'a dump that is none', dumped('twelve bytes'), 400, withFile('invalid:invalid_minidump', 12)],
  [122, 'broken packing', dumped(badGzip), 400, withFile('invalid:invalid_compression', 5)],
  [123, 'an event that is no JSON', withDump(field('sentry', '{{{{')), 200, crash('accepted'), answersDashed],
  [124, 'an event in parts', inParts, 200, crash('accepted'), both(answersDashed, keepsPart)],
  [125, 'an event in two fields', inTwoFields, 200, crash('accepted'), keeps({ extra: { a: 'b', c: 'd' } })],
  [126, 'a dump alone, no slash', alone, 200, crash('accepted'), answersDashed],
  [127, 'a broken form inside', dumped('--x\r\nnonsense'), 400, withFile('invalid:invalid_multipart', 13)],
  [128, 'a field that leads absurdly deep', absurd, 200, crash('invalid:invalid_json')],
]

const emptyUnreal: Send = ({ projectId, key }) =>
  vedette.send('POST', `/api/${projectId}/unreal/${key.publicKey}/`, nobody, { body: '' })
const ofPlainText = { 'content-type': 'text/plain' }
const unknownLoader: Send = () => vedette.send('GET', `/js-sdk-loader/${'0'.repeat(32)}.min.js`)
const doesNothing: Also = (_, { headers, text }) => {
  expect(headers['content-type']).toMatch(/^text\/javascript\b/)
  expect(Object.keys(runInContext(`${text}; globalThis`, createContext({})))).toEqual([])
}
const sameTwice = report(startAt, lost('before_send', 42), lost('before_send', 42))
const tooLong = report(startAt, lost('a'.repeat(201), 42), lost('before_send', 1))
const ahead = report(startAt + 300 * DAY, lost('before_send', 42))
const toNoEvent = formed('events/123abc/attachments/', file('a', 'a.txt', 'a'))
const emptyFile = formed(`events/${id}/attachments/`, file('a', 'a.txt', ''))

const others: readonly Case[] = [
  [129, 'attachments of an event id that is none', toNoEvent, 400, none],
  [130, 'an empty attachment', emptyFile, 201, files('accepted', 1)],
  [131, 'an empty crash of Unreal Engine', emptyUnreal, 400, butCounted('empty_body', 'error')],
  [132, 'network errors that are no list', reported({}, 'nel'), 200, invalid('invalid_json')],
  [133, 'OTLP of another type', posted('integration/otlp/v1/traces', '{}', ofPlainText), 415, none],
  [134, 'a check-in without a status', posted('cron/a/', ''), 400, butCounted('invalid_check_in', 'monitor')],
  [135, 'a client report of 300 days ahead', ahead, 200, none],
  [136, 'a client report that says the same twice', sameTwice, 200, dropped(84)],
  [137, 'a client report with too long a reason', tooLong, 200, dropped(1)],
  [138, 'the loader of a key that nobody has', unknownLoader, 200, none, doesNothing],
]

const tables: readonly (readonly [string, readonly Case[]])[] = [
  ['authentication and project', authentication],
  ['store', store],
  ['envelope', envelopes],
  ['rate limits', limits],
  ['filters', filters],
  ['security reports', securityReports],
  ['crash reports', crashReports],
  ['the rest', others],
]
const cases = tables.flatMap(([, table]) => table)

describe.each(tables)('%s', (_name, table) => {
  test.each(table.map((row) => [row[0], row[1], row] as const))('%i: %s', async (_number, _title, row) => {
    const [, , send, status, counts, also] = row
    const door = await openFrontDoor(vedette)
    const told = [await send(door)].flat()
    const last = told.at(-1)
    expect(
      told.map((answer) => answer.status),
      last?.text,
    ).toEqual([status].flat())
    expect(door.counts()).toEqual('here' in counts ? counts.here : counts)
    if (last !== undefined) await also?.(door, last)
  })
})

test('every case of the protocol is here', () => {
  const numbers = new Set(cases.map(([number]) => number))
  expect([...numbers]).toEqual(Array.from({ length: 138 }, (_, index) => index + 1))
})

test('the cases that are counted otherwise are explained', () => {
  const text = readFileSync(new URL('../../docs/compatibility.md', import.meta.url), 'utf8')
  const [, section = ''] = text.split('## Where ingestion departs from the reference\n')
  const [, listed = ''] = /cases ([\d, and]+)/.exec(section) ?? []
  const departing = cases.filter(([, , , , counts]) => 'here' in counts).map(([number]) => number)
  expect(listed.match(/\d+/g)?.map(Number)).toEqual([...new Set(departing)])
})
