/** The body of the store endpoint: JSON, plain or as old SDKs packed it. */
import { inflateSync } from 'node:zlib'
import { asBuffer } from './json.ts'

/** Why a body cannot be read. `fault` is also the reason of its outcome, except that `too_large` names the item. */
export interface StoreBodyFault {
  readonly fault: 'empty_body' | 'invalid_body' | 'too_large'
  readonly detail: string
}

const OPENING_BRACE = 0x7b

const emptyBody: StoreBodyFault = { fault: 'empty_body', detail: 'empty request body' }
const invalidBody: StoreBodyFault = { fault: 'invalid_body', detail: 'invalid request body' }

/**
 * Undoes what the store endpoint allows besides plain JSON: base64 of JSON, or base64 of a zlib stream of it.
 *
 * Shape: also for `sentry_data` of the GET form. The result is not parsed.
 * Units: `maxBytes` limits the result.
 * Errors: a `StoreBodyFault`; never throws.
 */
export function decodeStoreBody(body: Uint8Array, maxBytes: number): Uint8Array | StoreBodyFault {
  if (body.byteLength === 0) return emptyBody
  if (body[0] === OPENING_BRACE) return within(body, maxBytes)
  const decoded = fromBase64(asBuffer(body).toString('latin1'))
  if (decoded === undefined) return invalidBody
  if (decoded[0] === OPENING_BRACE) return within(decoded, maxBytes)
  try {
    return inflateSync(decoded, { maxOutputLength: maxBytes })
  } catch (error) {
    const isTooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE'
    return isTooLarge ? tooLarge(maxBytes) : invalidBody
  }
}

/** Buffer skips what is not base64; here that is a fault. */
function fromBase64(text: string): Buffer | undefined {
  const trimmed = text.trim()
  const isBase64 = trimmed.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(trimmed)
  return isBase64 ? Buffer.from(trimmed, 'base64') : undefined
}

function within(json: Uint8Array, maxBytes: number): Uint8Array | StoreBodyFault {
  return json.byteLength > maxBytes ? tooLarge(maxBytes) : json
}

function tooLarge(maxBytes: number): StoreBodyFault {
  return {
    fault: 'too_large',
    detail: `envelope exceeded size limits for type 'event' (${maxBytes} bytes)`,
  }
}
