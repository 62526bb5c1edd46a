/**
 * A lean HTTP/1.1 load generator: keep-alive connections, one request at a time on each, requests made
 * beforehand. It spends some 20 µs of CPU on a request, autocannon 35 (same machine, same bodies), which counts
 * where the server and its load share two cores.
 */
import { connect, type Socket } from 'node:net'

/** One request as it goes over the wire. */
export interface Shot {
  readonly id: string
  readonly bytes: Uint8Array
}

export interface Load<S extends Shot> {
  readonly port: number
  readonly connections: number
  /** The next request; undefined ends the connection that asks. */
  next(): S | undefined
  /** A complete answer has arrived. `body` is its text. */
  answered(shot: S, status: number, ms: number, body: string): void
  /** The connection broke between the request and the end of its answer. */
  lost?(shot: S): void
}

/** Resolves when every connection has run out of requests or is broken; rejects with what a callback throws. */
export async function drive<S extends Shot>(load: Load<S>): Promise<void> {
  await Promise.all(Array.from({ length: load.connections }, () => driveOne(load)))
}

function driveOne<S extends Shot>(load: Load<S>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const socket: Socket = connect({ port: load.port, host: '127.0.0.1', noDelay: true })
  let shot: S | undefined
  let sentAt = 0
  let received = ''

  function fire(): void {
    shot = load.next()
    if (shot === undefined) {
      socket.end()
      return
    }
    sentAt = performance.now()
    socket.write(shot.bytes)
  }

  function read(chunk: string): void {
    received = received === '' ? chunk : received + chunk
    const answer = parseAnswer(received)
    if (answer === undefined || shot === undefined) return
    received = ''
    load.answered(shot, answer.status, performance.now() - sentAt, answer.body)
    fire()
  }

  const guarded =
    <T extends unknown[]>(callback: (...args: T) => void) =>
    (...args: T) => {
      try {
        callback(...args)
      } catch (error) {
        shot = undefined
        socket.destroy()
        reject(error)
      }
    }

  socket.setEncoding('latin1')
  socket.on('connect', guarded(fire))
  socket.on('data', guarded(read))
  // What follows an error is 'close', where a request under way is given up.
  socket.on('error', () => {})
  socket.on(
    'close',
    guarded(() => {
      if (shot !== undefined) load.lost?.(shot)
      resolve()
    }),
  )
  return promise
}

/** The answer, if all of it is there. Only answers that state their length are understood. */
function parseAnswer(text: string): { status: number; body: string } | undefined {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end))
  if (length === null) throw new Error(`An answer without Content-Length:\n${text.slice(0, end)}`)
  const body = text.slice(end + 4)
  if (body.length < Number(length[1])) return undefined
  return { status: Number(text.slice(9, 12)), body }
}

/** A POST of `body` to the envelope endpoint, with the headers that SDKs send. */
export function envelopeRequest(input: {
  port: number
  projectId: number
  publicKey: string
  body: Uint8Array
  encoding?: 'gzip'
}): Uint8Array {
  const { port, projectId, publicKey, body, encoding } = input
  const head = [
    `POST /api/${projectId}/envelope/ HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'User-Agent: sentry.python/2.20.0',
    `X-Sentry-Auth: Sentry sentry_key=${publicKey}, sentry_version=7, sentry_client=sentry.python/2.20.0`,
    'Content-Type: application/x-sentry-envelope',
    ...(encoding ? [`Content-Encoding: ${encoding}`] : []),
    `Content-Length: ${body.byteLength}`,
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body])
}

/** A GET with a bearer token. */
export function getRequest(input: { port: number; path: string; token: string }): Uint8Array {
  return Buffer.from(
    `GET ${input.path} HTTP/1.1\r\nHost: 127.0.0.1:${input.port}\r\nAuthorization: Bearer ${input.token}\r\n\r\n`,
  )
}

/** The value below which `share` of the sorted values lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}
