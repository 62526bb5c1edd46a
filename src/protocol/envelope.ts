/** Envelopes: bytes → header and items, and back again. */
import { isUtf8 } from 'node:buffer'
import { parseDsn } from './dsn.ts'
import { type EventId, type PublicKey, parseEventId } from './ids.ts'
import { asBuffer, isObject, type JsonObject } from './json.ts'
import { parseRfc3339 } from './timestamps.ts'

export interface EnvelopeHeader {
  readonly eventId?: EventId
  readonly dsn?: string
  /** Epoch milliseconds. */
  readonly sentAt?: number
  readonly sdk?: unknown
  readonly trace?: unknown
}

export interface RawItem {
  readonly type: string
  readonly header: JsonObject
  /** A view into the body. */
  readonly payload: Uint8Array
}

export interface Envelope {
  readonly header: EnvelopeHeader
  readonly items: readonly RawItem[]
}

/** Why a body cannot be read. `fault` is also the reason of its outcome; `detail` and `cause` are answered. */
export interface ParseFault {
  readonly fault: 'empty_body' | 'invalid_envelope' | 'invalid_event_id'
  readonly detail: string
  readonly cause?: string
  /** Of the bytes after decompression, the first is 1. */
  readonly line?: number
}

/** An allowed envelope has fewer; this bounds what a small compressed body can unfold to. */
const MAX_ITEMS = 10_000
const MAX_UINT32 = 0xffff_ffff

const LF = 0x0a
const CLOSING_BRACE = 0x7d

const detail = 'invalid event envelope'
const faults = {
  emptyBody: { fault: 'empty_body', detail: 'empty request body' },
  missingHeader: { fault: 'invalid_envelope', detail, cause: 'missing envelope header' },
  invalidHeader: { fault: 'invalid_envelope', detail, cause: 'invalid envelope header' },
  invalidEventId: { fault: 'invalid_event_id', detail, cause: 'invalid envelope header' },
  invalidItemHeader: { fault: 'invalid_envelope', detail, cause: 'invalid item header' },
  missingNewline: { fault: 'invalid_envelope', detail, cause: 'missing newline after header or payload' },
  unexpectedEnd: { fault: 'invalid_envelope', detail, cause: 'unexpected end of file' },
  tooManyItems: { fault: 'invalid_envelope', detail, cause: `more than ${MAX_ITEMS} items` },
} as const satisfies Record<string, ParseFault>

/**
 * Splits an envelope into its header and items without decoding payloads.
 *
 * Shape: `body` is the request after decompression. A header is one JSON object on one line, directly followed
 * by LF or the end; blanks before it are tolerated.
 * Errors: a `ParseFault`; never throws.
 * Source: https://develop.sentry.dev/sdk/foundations/transport/envelopes/
 */
export function parseEnvelope(body: Uint8Array): Envelope | ParseFault {
  const bytes = asBuffer(body)
  if (bytes.length === 0) return faults.emptyBody
  const headerEnd = lineEnd(bytes, 0)
  const line = parseHeaderLine(bytes.subarray(0, headerEnd))
  if (line === 'blank') return isBlank(bytes) ? faults.missingHeader : faults.invalidHeader
  if (line === 'malformed') return faults.invalidHeader
  if (line === 'unterminated') return faults.missingNewline
  const header = readEnvelopeHeader(line)
  if ('fault' in header) return header
  const items = parseItems(bytes, headerEnd + 1)
  return 'fault' in items ? items : { header, items }
}

function parseItems(bytes: Buffer, start: number): RawItem[] | ParseFault {
  const items: RawItem[] = []
  let offset = start
  const here = (fault: ParseFault) => atLine(fault, bytes, offset)
  while (offset < bytes.length) {
    if (items.length === MAX_ITEMS) return faults.tooManyItems
    const headerEnd = lineEnd(bytes, offset)
    const header = parseHeaderLine(bytes.subarray(offset, headerEnd))
    if (header === 'blank')
      return here(isBlank(bytes.subarray(offset)) ? faults.unexpectedEnd : faults.invalidItemHeader)
    if (header === 'malformed') return here(faults.invalidItemHeader)
    if (header === 'unterminated') return here(faults.missingNewline)
    const head = readItemHead(header)
    if (head === undefined) return here(faults.invalidItemHeader)
    const payloadStart = Math.min(headerEnd + 1, bytes.length)
    const payloadEnd = head.length === undefined ? lineEnd(bytes, payloadStart) : payloadStart + head.length
    if (payloadEnd > bytes.length) return here(faults.unexpectedEnd)
    if (payloadEnd < bytes.length && bytes[payloadEnd] !== LF) return here(faults.missingNewline)
    items.push({ type: head.type, header, payload: bytes.subarray(payloadStart, payloadEnd) })
    offset = payloadEnd + 1
  }
  return items
}

/** Nobody looks for a line further down, and counting to it would take long. */
const LAST_NAMED_LINE = 10_000

function atLine(fault: ParseFault, bytes: Buffer, offset: number): ParseFault {
  let line = 1
  for (let at = bytes.indexOf(LF); at >= 0 && at < offset; at = bytes.indexOf(LF, at + 1)) {
    line++
    if (line > LAST_NAMED_LINE) return fault
  }
  return { ...fault, line }
}

/** Where the line that begins at `start` ends: at its LF or at the end of input. */
function lineEnd(bytes: Buffer, start: number): number {
  const at = bytes.indexOf(LF, start)
  return at < 0 ? bytes.length : at
}

/** Blank as in JSON: space, tab, CR, LF. */
function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === LF)
}

/** `unterminated` is an object with something blank, a CR for example, where its LF should be. */
function parseHeaderLine(line: Buffer): JsonObject | 'blank' | 'malformed' | 'unterminated' {
  let value: unknown
  try {
    const text = line.toString('utf8')
    if (text.includes('\ufffd') && !isUtf8(line)) return 'malformed'
    value = JSON.parse(text)
  } catch {
    return isBlank(line) ? 'blank' : 'malformed'
  }
  if (!isObject(value)) return 'malformed'
  return line[line.length - 1] === CLOSING_BRACE ? value : 'unterminated'
}

/** Keys that only relays may set, such as `remote_addr`, are left out: a client could forge its address. */
function readEnvelopeHeader(line: JsonObject): EnvelopeHeader | ParseFault {
  const { event_id, dsn, sent_at, sdk, trace } = line
  const header: { -readonly [key in keyof EnvelopeHeader]: EnvelopeHeader[key] } = {}
  if (isStated(event_id)) {
    const eventId = parseEventId(event_id)
    if (eventId === undefined) return faults.invalidEventId
    header.eventId = eventId
  }
  if (isStated(dsn)) {
    if (typeof dsn !== 'string') return faults.invalidHeader
    header.dsn = dsn
  }
  if (isStated(sent_at)) {
    const sentAt = typeof sent_at === 'string' ? parseRfc3339(sent_at) : undefined
    if (sentAt === undefined) return faults.invalidHeader
    header.sentAt = Math.floor(sentAt)
  }
  if (isStated(sdk)) header.sdk = sdk
  if (isStated(trace)) header.trace = trace
  return header
}

interface ItemHead {
  readonly type: string
  /** Bytes; undefined means up to the next LF. */
  readonly length: number | undefined
}

function readItemHead({ type, length }: JsonObject): ItemHead | undefined {
  if (typeof type !== 'string') return undefined
  if (!isStated(length)) return { type, length: undefined }
  const isLength =
    typeof length === 'number' && Number.isInteger(length) && length >= 0 && length <= MAX_UINT32
  return isLength ? { type, length } : undefined
}

function isStated(value: unknown): boolean {
  return value !== undefined && value !== null
}

/**
 * Compares the `dsn` of an envelope with the credentials that its request carried; both must say the same.
 *
 * Errors: a `ParseFault` when they differ, or the DSN is malformed.
 */
export function compareDsn(
  header: EnvelopeHeader,
  request: { publicKey: PublicKey; projectId?: number | undefined },
): ParseFault | undefined {
  if (header.dsn === undefined) return undefined
  const dsn = parseDsn(header.dsn)
  if (dsn === undefined) return faults.invalidHeader
  if (request.projectId !== undefined && dsn.projectId !== request.projectId) return mismatch('project id')
  return dsn.publicKey === request.publicKey ? undefined : mismatch('public key')
}

function mismatch(what: string): ParseFault {
  return { fault: 'invalid_envelope', detail, cause: `${what} header mismatch between envelope and request` }
}

/** The bytes of an envelope. Every item states its length, whatever its header said. */
export function serializeEnvelope({ header, items }: Envelope): Buffer {
  const { eventId, dsn, sentAt, sdk, trace } = header
  const sent_at = sentAt === undefined ? undefined : new Date(sentAt).toISOString()
  const chunks: Uint8Array[] = [jsonLine({ event_id: eventId, dsn, sent_at, sdk, trace })]
  for (const item of items) {
    chunks.push(jsonLine({ ...item.header, type: item.type, length: item.payload.byteLength }))
    chunks.push(item.payload, newline)
  }
  return Buffer.concat(chunks)
}

const newline = Buffer.from('\n')

function jsonLine(value: JsonObject): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`)
}

export interface ScanBudget {
  /** Bytes that one item of a type may have. */
  itemLimit(type: string): number
  /** Bytes of a header line that are kept; the scanner gives up at a longer one. */
  readonly headerLimit?: number
}

export interface EnvelopeScanner {
  /** Takes the next bytes of the body. Says which type of item is certainly too large, once one is. */
  push(chunk: Uint8Array): { readonly type: string } | undefined
}

const DEFAULT_HEADER_LIMIT = 1024 * 1024

type ScanState =
  | { readonly at: 'envelope-header' | 'item-header'; line: Uint8Array[]; size: number }
  | { readonly at: 'sized-payload'; remaining: number }
  | { readonly at: 'line-payload'; readonly type: string; allowance: number }
  | { readonly at: 'payload-end' }
  /** Malformed, or beyond what it keeps: whoever parses the whole will tell. */
  | { readonly at: 'lost' }

/**
 * Watches a body while it is unpacked, so that unpacking can stop at an item that is over its limit. It keeps
 * one header line and no payload. It never reports an envelope that `parseEnvelope` and the limits accept.
 */
export function envelopeScanner(budget: ScanBudget): EnvelopeScanner {
  const headerLimit = budget.headerLimit ?? DEFAULT_HEADER_LIMIT
  let state: ScanState = { at: 'envelope-header', line: [], size: 0 }
  let excess: { readonly type: string } | undefined

  /** Handles the bytes from `offset` up to where the state changes; returns where that is. */
  function step(bytes: Buffer, offset: number): number {
    switch (state.at) {
      case 'envelope-header':
      case 'item-header': {
        const end = lineEnd(bytes, offset)
        state.size += end - offset
        if (state.size > headerLimit) {
          state = { at: 'lost' }
          return bytes.length
        }
        // Copied, because the caller may fill the chunk's memory anew.
        state.line.push(Buffer.from(bytes.subarray(offset, end)))
        if (end < bytes.length) finishHeader(Buffer.concat(state.line), state.at)
        return end + 1
      }
      case 'sized-payload': {
        const taken = Math.min(state.remaining, bytes.length - offset)
        state.remaining -= taken
        if (state.remaining === 0) state = { at: 'payload-end' }
        return offset + taken
      }
      case 'line-payload': {
        const end = lineEnd(bytes, offset)
        state.allowance -= end - offset
        if (state.allowance < 0) excess = { type: state.type }
        else if (end < bytes.length) state = { at: 'item-header', line: [], size: 0 }
        return end + 1
      }
      case 'payload-end':
        state = bytes[offset] === LF ? { at: 'item-header', line: [], size: 0 } : { at: 'lost' }
        return offset + 1
      case 'lost':
        return bytes.length
      default:
        return state satisfies never
    }
  }

  function finishHeader(line: Buffer, at: 'envelope-header' | 'item-header'): void {
    const header = parseHeaderLine(line)
    if (typeof header === 'string') {
      state = { at: 'lost' }
      return
    }
    if (at === 'envelope-header') {
      state = { at: 'item-header', line: [], size: 0 }
      return
    }
    const head = readItemHead(header)
    if (head === undefined) {
      state = { at: 'lost' }
      return
    }
    const limit = budget.itemLimit(head.type)
    if (head.length === undefined) state = { at: 'line-payload', type: head.type, allowance: limit }
    else if (head.length > limit) excess = { type: head.type }
    else state = head.length === 0 ? { at: 'payload-end' } : { at: 'sized-payload', remaining: head.length }
  }

  return {
    push(chunk) {
      const bytes = asBuffer(chunk)
      let offset = 0
      while (offset < bytes.length && excess === undefined) offset = step(bytes, offset)
      return excess
    },
  }
}
