/** What a transaction must have to be kept. Unlike errors, an incomplete one is dropped. */
import { type EventTime, fieldOf } from './event-fields.ts'
import { parseEventId } from './ids.ts'
import { isObject, type JsonObject } from './json.ts'
import { drop, type Fate } from './outcome.ts'
import { parseTimestamp } from './timestamps.ts'

const invalidTransaction = drop('invalid', 'invalid_transaction')
const outOfTime = drop('invalid', 'timestamp')

/** The fate of a transaction that cannot be kept; undefined if it can. `time` is what was made of its end. */
export function transactionFault(payload: JsonObject, time: EventTime): Fate | undefined {
  if (!isInterval(payload) || !isTraced(traceContextOf(payload))) return invalidTransaction
  const { spans } = payload
  if (Array.isArray(spans) && !spans.every((span) => isObject(span) && isInterval(span) && isTraced(span))) {
    return invalidTransaction
  }
  const isOutOfTime = time.corrections.some((correction) => correction !== 'clock_drift')
  return isOutOfTime ? outOfTime : undefined
}

/** The `trace` context of any event; empty if it has none. */
export function traceContextOf(payload: JsonObject): JsonObject {
  const contexts = fieldOf(payload, 'contexts')
  return isObject(contexts) && isObject(contexts.trace) ? contexts.trace : {}
}

function isInterval({ start_timestamp, timestamp }: JsonObject): boolean {
  const start = parseTimestamp(start_timestamp)
  const end = parseTimestamp(timestamp)
  return start !== undefined && end !== undefined && start <= end
}

function isTraced({ trace_id, span_id }: JsonObject): boolean {
  return parseTraceId(trace_id) !== undefined && parseSpanId(span_id) !== undefined
}

/** 32 hex digits that are not all zero, lower-cased. Undefined if it is anything else. */
export function parseTraceId(value: unknown): string | undefined {
  const id = parseEventId(value)
  return id === undefined || /^0+$/.test(id) ? undefined : id
}

/** 16 hex digits that are not all zero, lower-cased. Undefined if it is anything else. */
export function parseSpanId(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^[0-9a-f]{16}$/i.test(value) || /^0+$/.test(value)) return undefined
  return value.toLowerCase()
}
