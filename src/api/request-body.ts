/** Reads an ingest body and undoes its encoding, within limits that hold while it is being read. */
import type { IncomingMessage } from 'node:http'
import type { Transform } from 'node:stream'
import {
  brotliDecompressSync,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
  gunzipSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib'
import { gunzipSmall, type Inflate, inflateSmall } from './inflate.ts'

export type BodyFault =
  /** Over the limit; `itemType` when it is known which envelope item is too large. */
  | { readonly fault: 'too_large'; readonly itemType?: string }
  /** The compressed stream is broken. */
  | { readonly fault: 'bad_encoding' }
  /** The sender went away before the body was complete. */
  | { readonly fault: 'aborted' }
  /** Too many bytes of other bodies are being held. */
  | { readonly fault: 'overloaded' }

export interface BodyRules {
  /** Bytes after decompression, and on the wire. */
  readonly limitBytes: number
  /** Sees a large body as it is decompressed; names the item that is too large as soon as it is seen. */
  readonly scanner?: () => { push(chunk: Uint8Array): { readonly type: string } | undefined }
  /** Takes the body piece by piece instead of it being gathered; the answer is an empty body then. */
  readonly sink?: (chunk: Buffer) => void
}

interface Coding {
  readonly whole: (body: Uint8Array, options: { maxOutputLength: number; chunkSize: number }) => Buffer
  readonly stream: () => Transform
  /** The quickest way, for what is small inside too. */
  readonly small?: Inflate | undefined
}

const codings: ReadonlyMap<string, Coding> = new Map([
  ['gzip', { whole: gunzipSync, stream: createGunzip, small: gunzipSmall }],
  ['x-gzip', { whole: gunzipSync, stream: createGunzip, small: gunzipSmall }],
  ['deflate', { whole: inflateSync, stream: createInflate, small: inflateSmall }],
  ['br', { whole: brotliDecompressSync, stream: createBrotliDecompress }],
  ['zstd', { whole: zstdDecompressSync, stream: createZstdDecompress }],
])

/** Compressed bodies up to this size are undone at once, if they stay within SMALL_OUTPUT_BYTES. */
const SMALL_INPUT_BYTES = 128 * 1024
const SMALL_OUTPUT_BYTES = 1024 * 1024
/** A decoder holds on to its last piece of output until a full collection: pieces are kept small. */
const PIECE_BYTES = 4096

/** All bodies that are being read share this much memory. A single one may always have what its limit allows. */
const SHARED_BYTES = 256 * 1024 * 1024
let sharedBytes = 0

/** An envelope that must be refused is read on up to this size: each of its items has to be counted. */
const PATIENCE_BYTES = 8 * 1024 * 1024

/** How much of a refused body is read, so that its sender sees the answer instead of a broken connection. */
const DRAIN_BYTES = 256 * 1024 * 1024

/**
 * The decoded body, or why there is none. Unknown encodings are taken as none, like the reference does.
 *
 * Source: ingest protocol 1.4 and 1.5; limits apply to the decompressed size.
 */
export async function readRequestBody(
  request: IncomingMessage,
  rules: BodyRules,
): Promise<Buffer | BodyFault> {
  const declared = Number(request.headers['content-length'] ?? 0)
  const encoding = request.headers['content-encoding']
  const coding = encoding === undefined ? undefined : codings.get(encoding.trim().toLowerCase())
  if (declared > rules.limitBytes) return drain(request, { fault: 'too_large' })
  if (rules.sink !== undefined) return collect(request, coding?.stream() ?? request, rules)
  if (coding === undefined && declared > 0 && declared <= SMALL_OUTPUT_BYTES) {
    return collect(request, request, { limitBytes: rules.limitBytes })
  }
  if (coding === undefined) return collect(request, request, rules)
  if (declared === 0 || declared > SMALL_INPUT_BYTES) {
    return collect(request, coding.stream(), rules)
  }
  const body = await collect(request, request, { limitBytes: rules.limitBytes })
  return 'fault' in body ? body : decodeSmall(body, coding, rules)
}

async function decodeSmall(body: Buffer, coding: Coding, rules: BodyRules): Promise<Buffer | BodyFault> {
  try {
    const small = coding.small?.(body)
    if (small !== undefined && small.byteLength <= rules.limitBytes) return small
    return coding.whole(body, {
      maxOutputLength: Math.min(rules.limitBytes, SMALL_OUTPUT_BYTES),
      chunkSize: PIECE_BYTES,
    })
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_BUFFER_TOO_LARGE') return { fault: 'bad_encoding' }
  }
  if (rules.limitBytes <= SMALL_OUTPUT_BYTES) return { fault: 'too_large' }
  // Small on the wire and large inside: a well-compressed attachment, or a bomb. Watched from here on.
  const decoder = coding.stream()
  decoder.end(body)
  return collect(undefined, decoder, rules)
}

/**
 * Gathers what `source` yields: the request itself, or the decoder behind it. `request` is undefined when the
 * wire has been read already.
 */
function collect(
  request: IncomingMessage | undefined,
  source: IncomingMessage | Transform,
  rules: BodyRules,
): Promise<Buffer | BodyFault> {
  return new Promise((resolve) => {
    const scanner = rules.scanner?.()
    const chunks: Buffer[] = []
    let size = 0
    let held = 0
    let isSettled = false

    const settle = (result: Buffer | BodyFault) => {
      if (isSettled) return
      isSettled = true
      sharedBytes -= held
      if ('fault' in result) {
        chunks.length = 0
        if (source !== request) source.destroy()
        if (request !== undefined) drain(request, result)
      }
      resolve(result)
    }
    const hold = (bytes: number) => {
      held += bytes
      sharedBytes += bytes
    }
    const isCrowded = () => sharedBytes > SHARED_BYTES && sharedBytes > held

    source.on('data', (chunk: Buffer) => {
      if (isSettled) return
      size += chunk.byteLength
      hold(chunk.byteLength)
      const excess = scanner?.push(chunk)
      if (size > rules.limitBytes) settle({ fault: 'too_large' })
      else if (excess !== undefined && (size > PATIENCE_BYTES || isCrowded()))
        settle({ fault: 'too_large', itemType: excess.type })
      else if (isCrowded()) settle({ fault: 'overloaded' })
      else if (rules.sink !== undefined) rules.sink(chunk)
      else chunks.push(chunk)
    })
    source.on('end', () => settle(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
    source.on('error', () => settle({ fault: source === request ? 'aborted' : 'bad_encoding' }))
    if (request !== undefined && source !== request) feed(request, source as Transform)
    request?.on('close', () => {
      if (!request.complete) settle({ fault: 'aborted' })
    })
    // A body that ended before anybody listened, on a connection that is closed already.
    if (request?.destroyed && !request.complete) settle({ fault: 'aborted' })

    /**
     * Hands the wire to the decoder as fast as it comes: a request that is made to wait loses what it holds when
     * its sender hangs up. The limit holds here too, for streams that decode to little.
     */
    function feed(wire: IncomingMessage, decoder: Transform): void {
      let wireBytes = 0
      wire.on('data', (chunk: Buffer) => {
        wireBytes += chunk.byteLength
        hold(chunk.byteLength)
        if (wireBytes > rules.limitBytes) settle({ fault: 'too_large' })
        else if (isCrowded()) settle({ fault: 'overloaded' })
        else decoder.write(chunk, () => isSettled || hold(-chunk.byteLength))
      })
      wire.on('end', () => decoder.end())
    }
  })
}

/** Lets a refused body run into the void for a while; a sender that goes on is cut off. */
function drain(request: IncomingMessage, fault: BodyFault): BodyFault {
  let drained = 0
  request.removeAllListeners('data')
  request.on('data', (chunk: Buffer) => {
    drained += chunk.byteLength
    if (drained > DRAIN_BYTES) request.destroy()
  })
  request.resume()
  return fault
}
