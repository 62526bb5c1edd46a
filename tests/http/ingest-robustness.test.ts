/** Senders that break off, dawdle, lie or attack, on real sockets against the real server in its own process. */
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, expect, test, vi } from 'vitest'
import { type Ledger, openLedger } from '../../e2e/ledger.ts'
import { type Project, startServer } from '../../e2e/server.ts'
import { countsAtEveryResolution, envelope, eventEnvelope, item, newId, soundItem } from './front-door.ts'

const KIB = 1024
const MIB = 1024 * KIB

/** The largest envelope, which is far below the default, so that bombs are cheap to make. */
const MAX_ENVELOPE_MIB = 10

const server = await startServer({ env: { VEDETTE_MAX_ENVELOPE_MIB: String(MAX_ENVELOPE_MIB) } })
afterAll(() => server.close())
const port = Number(new URL(server.url).port)

/** Another server, which stops while the tests go on: how long that took, in milliseconds. */
const stopped = stopAmongDawdlers()
stopped.catch(() => {})

let projects = 0
const openProject = () => server.createProject(`robust-${++projects}`)

function look<T>(read: (ledger: Ledger) => T): T {
  using ledger = openLedger(server.dataDir)
  return read(ledger)
}
const countsOf = ({ id }: Project) => look((ledger) => countsAtEveryResolution(ledger, id))
const eventIdsOf = ({ id }: Project) => look((ledger) => ledger.eventIds(id))

function residentBytes(): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(server.pid)], { encoding: 'utf8' })) * KIB
}

/** For what happens on the server without an answer that could be waited for. */
const eventually = (assertion: () => void) => vi.waitFor(assertion, { timeout: 10_000, interval: 20 })

/** One connection to the server. */
interface Line {
  readonly socket: Socket
  /** Resolves when the bytes are on their way. */
  send(bytes: string | Uint8Array): Promise<void>
  /** The next answer, whole. */
  answer(): Promise<{ status: number; body: string }>
  /** Resolves when the server has closed it. */
  readonly closed: Promise<unknown>
}

async function dial(): Promise<Line> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  // What follows an error is 'close'.
  socket.on('error', () => {})
  const closed = new Promise((resolve) => socket.on('close', resolve))
  await once(socket, 'connect')
  let received = ''
  let wake = () => {}
  socket.setEncoding('latin1').on('data', (text: string) => {
    received += text
    wake()
  })
  closed.then(() => wake())
  return {
    socket,
    closed,
    send: (bytes) => new Promise((resolve) => socket.write(bytes, () => resolve())),
    async answer() {
      for (;;) {
        const [, head = '', status, rest = ''] =
          /^(HTTP\/1\.1 (\d{3})[\s\S]*?\r\n\r\n)([\s\S]*)$/.exec(received) ?? []
        const length = status?.startsWith('1') ? 0 : Number(/^content-length: (\d+)/im.exec(head)?.[1])
        if (head !== '' && rest.length >= length) {
          received = rest.slice(length)
          return { status: Number(status), body: rest.slice(0, length) }
        }
        if (socket.closed) throw new Error(`Closed without an answer, after ${JSON.stringify(received)}`)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}

interface Letter {
  readonly project: Project
  readonly body: Uint8Array
  readonly path?: 'envelope' | 'store'
  /** `chunked`, or what Content-Length says; by default the truth. */
  readonly framing?: 'chunked' | string
  readonly headers?: readonly string[]
}

function requestHead({ project, body, path = 'envelope', framing, headers = [] }: Letter): string {
  return [
    `POST /api/${project.id}/${path}/ HTTP/1.1`,
    'Host: localhost',
    `X-Sentry-Auth: Sentry sentry_key=${project.publicKey}`,
    framing === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${framing ?? body.byteLength}`,
    ...headers,
    '',
    '',
  ].join('\r\n')
}

function request(letter: Letter): Buffer {
  const { body, framing } = letter
  const chunk = (bytes: Uint8Array) => [
    Buffer.from(`${bytes.byteLength.toString(16)}\r\n`),
    bytes,
    Buffer.from('\r\n'),
  ]
  const halves = [body.subarray(0, body.byteLength >> 1), body.subarray(body.byteLength >> 1)]
  const framed = framing === 'chunked' ? [...halves.flatMap(chunk), Buffer.from('0\r\n\r\n')] : [body]
  return Buffer.concat([Buffer.from(requestHead(letter)), ...framed])
}

const gzip = ['Content-Encoding: gzip']

test('keeps every envelope whose sender hangs up right after it', async () => {
  const project = await openProject()
  const sent: string[] = []
  const noise = item('attachment', randomBytes(400 * KIB))
  const forms: ((id: string) => Omit<Letter, 'project'>)[] = [
    (id) => ({ body: eventEnvelope(id) }),
    (id) => ({ body: eventEnvelope(id), framing: 'chunked' }),
    (id) => ({ body: gzipSync(eventEnvelope(id)), headers: gzip }),
    (id) => ({ body: envelope({ event_id: id }, soundItem('event'), noise) }),
    (id) => ({ body: gzipSync(envelope({ event_id: id }, soundItem('event'), noise)), headers: gzip }),
    (id) => ({
      body: gzipSync(envelope({ event_id: id }, soundItem('event'), noise)),
      headers: gzip,
      framing: 'chunked',
    }),
    (id) => ({ body: Buffer.from(`{"event_id":"${id}"}`), path: 'store' }),
  ]
  for (const form of forms) {
    for (const hangUp of ['end', 'destroy'] as const) {
      const id = newId()
      sent.push(id)
      const line = await dial()
      await line.send(request({ project, ...form(id) }))
      line.socket[hangUp]()
    }
  }
  await eventually(() => expect(new Set(eventIdsOf(project))).toEqual(new Set(sent)))
  expect(eventIdsOf(project)).toHaveLength(sent.length)
  expect(countsOf(project)).toMatchObject({ 'accepted error': 14, 'accepted attachment_item': 6 })
})

test('keeps nothing of a request that breaks off, wherever it does, and counts it if it was known whose it is', async () => {
  const project = await openProject()
  for (const letter of [
    { project, body: eventEnvelope() },
    { project, body: gzipSync(eventEnvelope()), headers: gzip },
    { project, body: eventEnvelope(), framing: 'chunked' },
  ]) {
    const whole = request(letter)
    const headLength = requestHead(letter).length
    const before = countsOf(project)['invalid:payload default'] ?? 0
    let begun = 0
    for (let cut = 1; cut < whole.byteLength; cut += 29) {
      const line = await dial()
      await line.send(whole.subarray(0, cut))
      line.socket.destroy()
      if (cut >= headLength) begun++
    }
    await eventually(() => expect(countsOf(project)).toEqual({ 'invalid:payload default': before + begun }))
  }
  expect(eventIdsOf(project)).toEqual([])
})

test('takes a request that comes byte by byte', async () => {
  const project = await openProject()
  const id = newId()
  for (const letter of [
    { project, body: eventEnvelope(id) },
    { project, body: eventEnvelope(id), framing: 'chunked' },
    { project, body: gzipSync(eventEnvelope(id)), headers: gzip },
  ]) {
    const line = await dial()
    for (const byte of request(letter)) {
      await line.send(Uint8Array.of(byte))
      await setImmediate()
    }
    expect(await line.answer()).toEqual({ status: 200, body: `{"id":"${id}"}` })
    line.socket.destroy()
  }
  expect(countsOf(project)).toEqual({ 'accepted error': 1, 'invalid:duplicate error': 2 })
})

test('answers requests that come at once one after the other, in their order', async () => {
  const project = await openProject()
  const stranger = { ...project, publicKey: '0'.repeat(32) }
  const ids = [newId(), newId(), newId()]
  const [first = '', second = '', third = ''] = ids
  const line = await dial()
  await line.send(
    Buffer.concat([
      request({ project, body: eventEnvelope(first) }),
      request({ project, body: Buffer.from('nonsense') }),
      request({ project, body: gzipSync(eventEnvelope(second)), headers: gzip, framing: 'chunked' }),
      request({ project: stranger, body: eventEnvelope() }),
      request({ project, body: gzipSync('nonsense').reverse(), headers: gzip }),
      request({ project, body: Buffer.alloc(MIB + 1), path: 'store' }),
      Buffer.from(`GET /api/${project.id}/envelope/ HTTP/1.1\r\nHost: localhost\r\n\r\n`),
      request({ project, body: Buffer.from(`{"event_id":"${third}"}`), path: 'store' }),
    ]),
  )
  const answers = []
  for (let count = 0; count < 8; count++) answers.push(await line.answer())
  expect(answers.map(({ status }) => status)).toEqual([200, 400, 200, 403, 400, 413, 405, 200])
  expect(answers.filter(({ status }) => status === 200).map(({ body }) => body)).toEqual(
    ids.map((id) => `{"id":"${id}"}`),
  )
  line.socket.destroy()
  expect(eventIdsOf(project).sort()).toEqual(ids.toSorted())
  expect(countsOf(project)).toEqual({
    'accepted error': 3,
    'invalid:invalid_envelope default': 1,
    'invalid:project_id error': 1,
    'invalid:payload default': 1,
    'invalid:request_too_large error': 1,
  })
})

test('says 100 to a sender that asks before it sends', async () => {
  const project = await openProject()
  const letter = { project, body: eventEnvelope(), headers: ['Expect: 100-continue'] }
  const line = await dial()
  await line.send(requestHead(letter))
  expect((await line.answer()).status).toBe(100)
  await line.send(letter.body)
  expect((await line.answer()).status).toBe(200)
  line.socket.destroy()
})

test('says 413 to a sender that sends all of it before it reads, and goes on with the connection', async () => {
  const project = await openProject()
  const line = await dial()
  await line.send(request({ project, body: Buffer.alloc((MAX_ENVELOPE_MIB + 8) * MIB) }))
  expect(await line.answer()).toMatchObject({ status: 413 })
  await line.send(request({ project, body: Buffer.alloc(16 * MIB), path: 'store', framing: 'chunked' }))
  expect(await line.answer()).toMatchObject({ status: 413 })
  await line.send(request({ project, body: eventEnvelope() }))
  expect(await line.answer()).toMatchObject({ status: 200 })
  line.socket.destroy()
  expect(countsOf(project)).toEqual({
    'invalid:request_too_large default': 1,
    'invalid:request_too_large error': 1,
    'accepted error': 1,
  })
})

test('says 413 also to a sender that means to hang up after the answer', async () => {
  const project = await openProject()
  const line = await dial()
  const headers = ['Connection: close']
  await line.send(request({ project, body: Buffer.alloc(40 * MIB), path: 'store', headers }))
  expect(await line.answer()).toMatchObject({ status: 413 })
  line.socket.destroy()
})

test('refuses what is no HTTP, or could be read in two ways', async () => {
  const project = await openProject()
  const body = eventEnvelope()
  const framed = (...headers: string[]) => request({ project, body, headers })
  const requests: [text: string | Buffer, status: number][] = [
    ['nonsense\r\n\r\n', 400],
    [Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]), 400],
    [request({ project, body, framing: '-1' }), 400],
    [request({ project, body, framing: '1e2' }), 400],
    [framed(`Content-Length: ${body.byteLength + 1}`), 400],
    [framed('Transfer-Encoding: chunked'), 400],
    [framed('No colon'), 400],
    [`${requestHead({ project, body, framing: 'chunked' })}nonsense\r\n`, 400],
    [framed(`X: ${'x'.repeat(20 * KIB)}`), 431],
  ]
  for (const [text, status] of requests) {
    const line = await dial()
    await line.send(text)
    expect([String(text).slice(0, 100), (await line.answer()).status]).toEqual([
      String(text).slice(0, 100),
      status,
    ])
    await line.closed
  }
  expect(eventIdsOf(project)).toEqual([])
})

test('a Content-Length that is too small cuts the envelope, and what follows ends the connection', async () => {
  const project = await openProject()
  const line = await dial()
  await line.send(request({ project, body: eventEnvelope(), framing: '60' }))
  expect((await line.answer()).status).toBe(400)
  await line.closed
  await eventually(() => expect(countsOf(project)).toEqual({ 'invalid:invalid_envelope default': 1 }))
})

test('a Content-Length that is too large leaves the body incomplete when its sender is done', async () => {
  const project = await openProject()
  const line = await dial()
  await line.send(request({ project, body: eventEnvelope(), framing: '1000' }))
  line.socket.end()
  await line.closed
  await eventually(() => expect(countsOf(project)).toEqual({ 'invalid:payload default': 1 }))
})

test('serves others while hundreds of connections never finish a header or a body', async () => {
  const project = await openProject()
  const letter = { project, body: eventEnvelope() }
  const whole = request(letter)
  const before = residentBytes()
  const idle: Line[] = []
  for (let count = 0; count < 300; count++) {
    const line = await dial()
    idle.push(line)
    // Nothing, half a header, a header, half a body, by turns.
    await line.send(whole.subarray(0, [0, 40, requestHead(letter).length, whole.byteLength - 20][count % 4]))
  }
  const line = await dial()
  for (let count = 0; count < 20; count++) {
    await line.send(request({ project, body: eventEnvelope() }))
    expect((await line.answer()).status).toBe(200)
  }
  expect(residentBytes() - before).toBeLessThan(100 * MIB)
  for (const { socket } of [...idle, line]) socket.destroy()
  await eventually(() =>
    expect(countsOf(project)).toEqual({ 'accepted error': 20, 'invalid:payload default': 150 }),
  )
})

const encoders: readonly (readonly [name: string, encode: (bytes: Buffer) => Buffer])[] = [
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })],
  ['zstd', zstdCompressSync],
]

test.each(encoders)('withstands bombs, alone and in crowds: %s', async (name, encode) => {
  const project = await openProject()
  const headers = [`Content-Encoding: ${name}`]
  const filler = Buffer.alloc(24 * MIB, 'a')
  const bombs: [path: 'envelope' | 'store', body: Buffer, fate: string][] = [
    ['envelope', encode(envelope({}, item('attachment', filler))), 'request_too_large default'],
    ['envelope', encode(envelope({}, item('event', filler))), 'too_large:event error'],
    ['store', encode(filler), 'request_too_large error'],
  ]
  const before = residentBytes()
  for (const [path, body, fate] of bombs) {
    expect(body.byteLength).toBeLessThan(110 * KIB)
    for (const framing of [String(body.byteLength), 'chunked'] as const) {
      const letter = { project, path, body, framing, headers }
      const line = await dial()
      await line.send(request(letter))
      expect([fate, (await line.answer()).status]).toEqual([fate, 413])
      line.socket.destroy()
    }
    expect(countsOf(project)[`invalid:${fate}`]).toBe(2)
  }

  // Together they may be more than the server is willing to hold, which it then says.
  const crowd = await Promise.all(
    bombs.flatMap(([path, body]) =>
      Array.from({ length: 8 }, async () => {
        const line = await dial()
        await line.send(request({ project, path, body, headers }))
        const { status } = await line.answer()
        line.socket.destroy()
        return status
      }),
    ),
  )
  expect(crowd.filter((status) => status !== 413 && status !== 503)).toEqual([])
  expect(residentBytes() - before).toBeLessThan(400 * MIB)
  expect(eventIdsOf(project)).toEqual([])

  const line = await dial()
  await line.send(request({ project, body: eventEnvelope() }))
  expect((await line.answer()).status).toBe(200)
  line.socket.destroy()
})

test('stops in spite of senders that dawdle', async () => {
  expect(await stopped).toBeLessThan(9000)
})

test('has logged no error, and is the process that it was', async () => {
  expect(server.output()).not.toMatch(/"level":"error"/)
  expect(look((ledger) => ledger.check())).toBe('ok')
  expect((await fetch(`${server.url}/api/0/`)).status).toBe(200)
  expect(residentBytes()).toBeLessThan(600 * MIB)
})

async function stopAmongDawdlers(): Promise<number> {
  await using server = await startServer()
  const target = Number(new URL(server.url).port)
  const lines: Socket[] = []
  for (const text of [
    '',
    'POST / HTTP/1.1\r\nHo',
    requestHead({ project: { ...server, id: server.projectId, slug: '' }, body: Buffer.alloc(100) }),
  ]) {
    const socket = connect({ port: target, host: '127.0.0.1' })
    socket.on('error', () => {})
    await once(socket, 'connect')
    await new Promise((resolve) => socket.write(text, resolve))
    lines.push(socket)
  }
  const from = performance.now()
  await server.kill('SIGTERM')
  for (const socket of lines) socket.destroy()
  return performance.now() - from
}
