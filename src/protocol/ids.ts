/** Identifiers as branded values, each with the only parser that makes one. */
import { randomBytes, randomUUID } from 'node:crypto'

declare const eventId: unique symbol
/** 32 lower-case hex digits. */
export type EventId = string & { readonly [eventId]: true }

declare const publicKey: unique symbol
/** 32 lower-case hex digits: the user part of a DSN. */
export type PublicKey = string & { readonly [publicKey]: true }

/** 32 hex digits, dashes allowed and dropped, lower-cased. Undefined if it is anything else. */
export function parseEventId(value: unknown): EventId | undefined {
  if (typeof value !== 'string' || value.length > 36) return undefined
  const hex = value.replaceAll('-', '').toLowerCase()
  return /^[0-9a-f]{32}$/.test(hex) ? (hex as EventId) : undefined
}

/** A random version 4 id. */
export function newEventId(): EventId {
  return randomUUID().replaceAll('-', '') as EventId
}

/** The form with dashes that minidump and Unreal senders are answered with. */
export function dashed(id: EventId): string {
  return `${id.slice(0, 8)}-${id.slice(8, 12)}-${id.slice(12, 16)}-${id.slice(16, 20)}-${id.slice(20)}`
}

/** The part before the first dot (a key may carry flags after it), 32 hex digits, lower-cased. */
export function parsePublicKey(value: string): PublicKey | undefined {
  const hex = (value.split('.', 1)[0] ?? '').toLowerCase()
  return /^[0-9a-f]{32}$/.test(hex) ? (hex as PublicKey) : undefined
}

/** 32 random hex digits: a public or a secret key. */
export function newKey(): PublicKey {
  return randomBytes(16).toString('hex') as PublicKey
}

/** A path segment or a parameter: digits only mean an id, anything else a slug. */
export function isNumericId(idOrSlug: string): boolean {
  return /^\d+$/.test(idOrSlug)
}

/** An unsigned whole number that a JavaScript number holds exactly; undefined if it is anything else. */
export function parseNumericId(value: string): number | undefined {
  if (!/^\d{1,20}$/.test(value)) return undefined
  const id = Number(value)
  return Number.isSafeInteger(id) ? id : undefined
}
