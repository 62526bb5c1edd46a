import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type BodyFault, type BodyRules, readRequestBody } from './request-body.ts'

const KIB = 1024
const MIB = 1024 * KIB

type Read = Buffer | BodyFault

/** Always the same: chance would now and then make what is an (empty) Brotli stream with something behind it. */
function noise(byteLength: number): Buffer {
  return createHash('shake256', { outputLength: byteLength }).update('noise').digest()
}

interface Reader extends AsyncDisposable {
  readonly port: number
  /** What was made of each request, in the order in which it was settled. */
  readonly results: Read[]
  /** Resolves when there are so many results. */
  settled(count: number): Promise<readonly Read[]>
  /** Sends a request of its own connection; answers what the server read. */
  read(body: Uint8Array | Readable, headers?: Record<string, string | number>): Promise<Read | undefined>
}

/** A server that reads each body by the same rules and answers 200, or 400 to a fault. */
async function openReader(rules: BodyRules): Promise<Reader> {
  const results: Read[] = []
  let waiting: (() => void)[] = []
  const server = createServer(async (request, response) => {
    const result = await readRequestBody(request, rules)
    results.push(result)
    response.writeHead('fault' in result ? 400 : 200).end()
    for (const wake of waiting.splice(0)) wake()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  async function settled(count: number): Promise<readonly Read[]> {
    while (results.length < count) await new Promise<void>((resolve) => waiting.push(resolve))
    return results
  }

  return {
    port,
    results,
    settled,
    async read(body, headers = {}) {
      const request = httpRequest({ port, host: '127.0.0.1', method: 'POST', headers, agent: false })
      // Once it has the answer, a sender does not mind that nobody takes the rest.
      request.on('error', () => {})
      if (body instanceof Readable) body.pipe(request)
      else request.end(body)
      const [response] = await once(request, 'response')
      response.resume()
      await once(response, 'end')
      return results.at(-1)
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      waiting = []
    },
  }
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

function head(...headers: string[]): string {
  return ['POST / HTTP/1.1', 'Host: localhost', ...headers, '', ''].join('\r\n')
}

/** Whole values of this size make unreadable differences. */
function fingerprint(result: Read | undefined): unknown {
  if (result === undefined || 'fault' in result) return result
  return `${result.byteLength} ${createHash('sha256').update(result).digest('hex')}`
}

const encodings: readonly (readonly [name: string, encode: (bytes: Buffer) => Buffer])[] = [
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', (bytes) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })],
  ['zstd', zstdCompressSync],
]
const all = [['identity', (bytes: Buffer) => bytes] as const, ...encodings]

describe('a body', () => {
  // Small and large on the wire, small and large when unpacked: each way of reading is taken.
  const bodies: readonly (readonly [title: string, bytes: Buffer])[] = [
    ['nothing', Buffer.alloc(0)],
    ['one byte', Buffer.from('a')],
    ['noise', noise(300 * KIB)],
    ['much of the same', Buffer.alloc(3 * MIB, 'abc')],
  ]

  test.each(all)('comes out as it went in: %s', async (encoding, encode) => {
    await using reader = await openReader({ limitBytes: 4 * MIB })
    for (const [title, bytes] of bodies) {
      const sent = encode(bytes)
      const headers = { 'content-encoding': encoding }
      const whole = await reader.read(sent, { ...headers, 'content-length': sent.byteLength })
      expect([title, fingerprint(whole)]).toEqual([title, fingerprint(bytes)])
      const chunked = await reader.read(Readable.from(pieces(sent)), headers)
      expect([title, fingerprint(chunked)]).toEqual([title, fingerprint(bytes)])
    }
  })

  test.each(all)('may be as large as the limit, and not a byte larger: %s', async (encoding, encode) => {
    const limitBytes = 2 * MIB
    await using reader = await openReader({ limitBytes })
    for (const filled of [Buffer.alloc, noise]) {
      const largest = filled(limitBytes)
      const tooLarge = filled(limitBytes + 1)
      const headers = { 'content-encoding': encoding }
      // Noise grows by being compressed, and the wire has the same limit.
      const fits = encode(largest).byteLength <= limitBytes
      const expected = fits ? fingerprint(largest) : { fault: 'too_large' }
      expect(fingerprint(await reader.read(encode(largest), headers))).toEqual(expected)
      expect(fingerprint(await reader.read(Readable.from(pieces(encode(largest))), headers))).toEqual(
        expected,
      )
      expect(await reader.read(encode(tooLarge), headers)).toEqual({ fault: 'too_large' })
      expect(await reader.read(Readable.from(pieces(encode(tooLarge))), headers)).toEqual({
        fault: 'too_large',
      })
    }
  })

  test.each(encodings)('that is not what it is said to be is a fault: %s', async (encoding, encode) => {
    await using reader = await openReader({ limitBytes: 4 * MIB })
    for (const bytes of [Buffer.from('a small one'), noise(300 * KIB)]) {
      const encoded = encode(bytes)
      for (const broken of [bytes, encoded.subarray(0, -1), encoded.subarray(0, encoded.byteLength >> 1)]) {
        const headers = { 'content-encoding': encoding }
        expect(await reader.read(broken, headers)).toEqual({ fault: 'bad_encoding' })
        expect(await reader.read(Readable.from(pieces(broken)), headers)).toEqual({ fault: 'bad_encoding' })
      }
    }
  })

  test.each(all)('is not lost when its sender hangs up right after it: %s', async (encoding, encode) => {
    await using reader = await openReader({ limitBytes: 8 * MIB })
    const bytes = noise(2 * MIB)
    const sent = encode(bytes)
    const lines = [`Content-Encoding: ${encoding}`, `Content-Length: ${sent.byteLength}`]
    for (const hangUp of ['end', 'destroy'] as const) {
      const socket = await open(reader.port)
      socket.write(head(...lines))
      await new Promise((resolve) => socket.write(sent, resolve))
      socket[hangUp]()
    }
    const results = await reader.settled(2)
    expect(results.map(fingerprint)).toEqual([fingerprint(bytes), fingerprint(bytes)])
  })

  test.each(all)('that breaks off is a fault: %s', async (encoding, encode) => {
    await using reader = await openReader({ limitBytes: 8 * MIB })
    const bodies = [encode(Buffer.from('a small one')), encode(noise(MIB))]
    let count = 0
    for (const body of bodies) {
      for (const framing of [`Content-Length: ${body.byteLength}`, 'Transfer-Encoding: chunked']) {
        const socket = await open(reader.port)
        socket.write(head(`Content-Encoding: ${encoding}`, framing))
        if (framing.startsWith('Transfer')) socket.write(`${body.byteLength.toString(16)}\r\n`)
        await new Promise((resolve) => socket.write(body.subarray(0, body.byteLength >> 1), resolve))
        socket.destroy()
        expect((await reader.settled(++count)).at(-1)).toEqual({ fault: 'aborted' })
      }
    }
  })
})

describe('a scanner', () => {
  const rules: BodyRules = {
    limitBytes: 64 * MIB,
    scanner: () => ({ push: (chunk) => (chunk.includes(0x21) ? { type: 'event' } : undefined) }),
  }

  test.each(all)(
    'has no say in a body of moderate size, whose parts must all be known: %s',
    async (encoding, encode) => {
      await using reader = await openReader(rules)
      const body = Buffer.alloc(7 * MIB, '!')
      const sent = encode(body)
      expect(fingerprint(await reader.read(sent, { 'content-encoding': encoding }))).toBe(fingerprint(body))
    },
  )

  test.each(all)('stops a larger one, and names the part that is too large: %s', async (encoding, encode) => {
    await using reader = await openReader(rules)
    const sent = encode(Buffer.alloc(16 * MIB, '!'))
    const named = { fault: 'too_large', itemType: 'event' }
    expect(await reader.read(sent, { 'content-encoding': encoding })).toEqual(named)
    expect(await reader.read(Readable.from(pieces(sent)), { 'content-encoding': encoding })).toEqual(named)
  })
})

test('bodies that are read at the same time share what the server is willing to hold', async () => {
  await using reader = await openReader({ limitBytes: 200 * MIB })
  const megabyte = Buffer.alloc(MIB)
  const sendHalf = async () => {
    const socket = await open(reader.port)
    await new Promise((resolve) => socket.write(head(`Content-Length: ${160 * MIB}`), resolve))
    for (let sent = 0; sent < 140; sent++) {
      await new Promise((resolve) => socket.write(megabyte, resolve))
    }
    return socket
  }
  const sockets = [await sendHalf(), await sendHalf()]
  expect(await reader.settled(1)).toEqual([{ fault: 'overloaded' }])
  // Whoever was first is not disturbed, and there is room again when it is done.
  sockets[0]?.write(Buffer.alloc(20 * MIB))
  await reader.settled(2)
  expect(String(await reader.read(Buffer.from('the next')))).toBe('the next')
  expect(reader.results.map((result) => ('fault' in result ? result : result.byteLength))).toEqual([
    { fault: 'overloaded' },
    160 * MIB,
    8,
  ])
  for (const socket of sockets) socket.destroy()
})

describe('the sender of a refused body', () => {
  test('sees the answer after sending all of it, and may go on with the same connection', async () => {
    await using reader = await openReader({ limitBytes: MIB })
    const socket = await open(reader.port)
    const body = Buffer.alloc(20 * MIB)
    await new Promise((resolve) =>
      socket.write(Buffer.concat([Buffer.from(head(`Content-Length: ${body.byteLength}`)), body]), resolve),
    )
    expect(await statusLine(socket)).toBe('HTTP/1.1 400 Bad Request')
    socket.write(`${head('Content-Length: 3')}abc`)
    expect(await statusLine(socket)).toBe('HTTP/1.1 200 OK')
    socket.destroy()
  })

  test('sees the answer at once if it reads while it writes', async () => {
    await using reader = await openReader({ limitBytes: MIB })
    const socket = await open(reader.port)
    socket.write(head(`Content-Length: ${20 * MIB}`))
    expect(await statusLine(socket)).toBe('HTTP/1.1 400 Bad Request')
    expect(reader.results).toEqual([{ fault: 'too_large' }])
    socket.destroy()
  })

  test('is cut off if it never ends', async () => {
    await using reader = await openReader({ limitBytes: MIB })
    const socket = await open(reader.port)
    const closed = new Promise((resolve) => socket.on('close', resolve))
    socket.resume()
    socket.write(head(`Content-Length: ${1024 * MIB}`))
    const megabyte = Buffer.alloc(MIB)
    const goOn = () => {
      while (!socket.destroyed && socket.write(megabyte));
    }
    socket.on('drain', goOn)
    goOn()
    await closed
    expect(reader.results).toEqual([{ fault: 'too_large' }])
  })

  async function statusLine(socket: Socket): Promise<string> {
    let text = ''
    while (!text.includes('\r\n\r\n')) {
      const [chunk] = await once(socket, 'data')
      text += chunk
    }
    return text.split('\r\n', 1)[0] ?? ''
  }
})

test.each(['', 'utf-8', 'UTF-8', 'identity', 'unheard-of', 'gzip, gzip'])(
  'takes the encoding %j as none',
  async (encoding) => {
    await using reader = await openReader({ limitBytes: MIB })
    expect(String(await reader.read(Buffer.from('plain'), { 'content-encoding': encoding }))).toBe('plain')
  },
)

test.each(['x-gzip', 'GZIP', ' gzip '])('takes the encoding %j as gzip', async (encoding) => {
  await using reader = await openReader({ limitBytes: MIB })
  const body = gzipSync('plain')
  expect(String(await reader.read(body, { 'content-encoding': encoding }))).toBe('plain')
})

/** In uneven parts, so that they are sent as several chunks. */
function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0, size = 1; at < bytes.byteLength; at += size, size = size * 3 + 1)
    yield bytes.subarray(at, at + size)
}
