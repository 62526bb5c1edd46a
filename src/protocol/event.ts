/** Events: unknown JSON → what the server needs to know of it, and its canonical form. */
import {
  cutTo,
  type EventType,
  environmentOf,
  eventTime,
  eventTypeOf,
  fieldOf,
  type Level,
  lenientText,
  maxLength,
  parseDist,
  parseLevel,
  parseRelease,
  platformOf,
  type ReceivedContext,
} from './event-fields.ts'
import { culpritOf, titleOf } from './event-title.ts'
import type { EventId } from './ids.ts'
import { asBuffer, defined, isObject, type JsonObject, parseJson, textOf } from './json.ts'
import { drop, type Fate } from './outcome.ts'
import { parseTraceId, traceContextOf, transactionFault } from './transaction.ts'

/** The payload is wrapped, because an event may itself have a field called `outcome`. */
export interface ParsedEvent {
  readonly payload: JsonObject
  /** As JSON: what came, or what was made of it. */
  readonly bytes: Uint8Array
}

/**
 * Reads the JSON of an event. What Python's SDKs write for numbers that JSON has not is forgiven them.
 *
 * Shape: `client` is the SDK's name and version as the credentials state it.
 * Errors: a fate for what is no JSON, or no object.
 */
export function parseEventPayload(bytes: Uint8Array, client?: string): ParsedEvent | Fate {
  const value = parseJson(bytes)
  if (isObject(value)) return { payload: value, bytes }
  if (value !== undefined) return drop('invalid', 'no_event_payload')
  const forgiven = isPython(client)
    ? Buffer.from(replaceNonFinite(asBuffer(bytes).toString('utf8')))
    : undefined
  const second = forgiven && parseJson(forgiven)
  return forgiven && isObject(second) ? { payload: second, bytes: forgiven } : drop('invalid', 'invalid_json')
}

function isPython(client: string | undefined): boolean {
  return client !== undefined && /^(raven|sentry)[-.]python\//.test(client)
}

const nonFinite = ['NaN', 'Infinity', '-Infinity'] as const

/** Replaces what Python's JSON writes for numbers that JSON has not: `NaN`, `Infinity`, `-Infinity` become null. */
export function replaceNonFinite(text: string): string {
  if (!/NaN|Infinity/.test(text)) return text
  let result = ''
  let copied = 0
  let at = 0
  while (at < text.length) {
    if (text[at] === '"') {
      at = endOfString(text, at)
      continue
    }
    const token = nonFinite.find((word) => text.startsWith(word, at))
    if (token === undefined) at++
    else {
      result += `${text.slice(copied, at)}null`
      at += token.length
      copied = at
    }
  }
  return result + text.slice(copied)
}

/** The position after the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

/** What the server needs to know of an event in order to list and find it. */
export interface EventSummary {
  readonly eventId: EventId
  readonly type: EventType
  /** Epoch milliseconds, after the sender's clock was corrected. */
  readonly timestamp: number
  readonly level: Level
  readonly platform: string
  readonly title: string
  readonly culprit?: string
  readonly release?: string
  readonly dist?: string
  readonly environment?: string
  readonly transaction?: string
  readonly logger?: string
  readonly sdk?: { readonly name: string; readonly version?: string }
  readonly userId?: string
  readonly userEmail?: string
  readonly userName?: string
  /** As sent; `{{auto}}` stands for the client's address. */
  readonly userIp?: string
  readonly traceId?: string
}

export interface SummaryContext extends ReceivedContext {
  readonly eventId: EventId
  /** The type of the item that the payload came in. */
  readonly itemType: string
}

/**
 * Reads what the server needs to know of an event, and leaves the payload as it is. Fields of a wrong type are
 * ignored.
 *
 * Errors: a fate for a transaction that is incomplete or out of time; errors are never too old or too new.
 */
export function summarizeEvent(payload: JsonObject, context: SummaryContext): EventSummary | Fate {
  const type = eventTypeOf(payload, context.itemType)
  const time = eventTime(payload.timestamp, context)
  if (type === 'transaction') {
    const fault = transactionFault(payload, time)
    if (fault !== undefined) return fault
  }
  return {
    eventId: context.eventId,
    type,
    timestamp: Math.floor(time.at),
    level: parseLevel(payload.level) ?? 'error',
    platform: platformOf(payload.platform),
    title: titleOf(payload),
    ...defined({
      culprit: culpritOf(payload),
      release: parseRelease(payload.release),
      dist: parseDist(payload.dist),
      environment: environmentOf(payload),
      transaction: cutText(payload.transaction, maxLength.transaction),
      logger: cutText(lenientText(payload.logger)?.replaceAll(/[\r\n]/g, ''), maxLength.logger),
      sdk: sdkOf(payload),
      ...userOf(payload),
      traceId: parseTraceId(traceContextOf(payload).trace_id),
    }),
  }
}

function cutText(value: unknown, length: number): string | undefined {
  const text = lenientText(value)
  return text === undefined ? undefined : cutTo(text, length)
}

function sdkOf({ sdk }: JsonObject): EventSummary['sdk'] {
  if (!isObject(sdk)) return undefined
  const name = textOf(sdk.name)
  const version = textOf(sdk.version)
  if (name === undefined) return undefined
  return version === undefined ? { name } : { name, version }
}

function userOf(payload: JsonObject) {
  const user = fieldOf(payload, 'user')
  if (!isObject(user)) return {}
  return {
    userId: lenientText(user.id),
    userEmail: lenientText(user.email),
    userName: lenientText(user.username),
    userIp: lenientText(user.ip_address),
  }
}
