/** What went wrong with an event on its way, and what was changed or cut in it. */
import type { Entry } from './event-entries.ts'
import type { EventFacts, TimeCorrection } from './event-facts.ts'
import { freeData, freeObject, isoTime } from './event-values.ts'
import { isObject, type JsonObject, textOf } from './json.ts'
import { parseTimestamp } from './timestamps.ts'

export interface EventErrorJson {
  readonly type: string
  readonly message: string
  readonly data: JsonObject
}

const messages: Readonly<Record<string, string>> = {
  invalid_data: 'Discarded invalid value',
  invalid_attribute: 'Discarded unknown attribute',
  missing_attribute: 'Missing value for required attribute',
  value_too_long: 'Discarded value due to exceeding maximum length',
  future_timestamp: 'Invalid timestamp (in future)',
  past_timestamp: 'Invalid timestamp (too old)',
  clock_drift: 'Clock drift detected in SDK',
  invalid_environment: 'Environment cannot contain "/" or newlines',
}

/** What the SDK noted, and what the server found wrong with the clock. */
export function errorsOf(
  payload: JsonObject,
  facts: EventFacts,
  time: TimeCorrection,
): readonly EventErrorJson[] {
  const sent = Array.isArray(payload.errors) ? payload.errors.filter(isObject) : []
  return [...sent.filter(isShown), ...timeErrors(payload, facts, time)].flatMap(({ type, ...data }) => {
    const name = textOf(type)
    if (name === undefined) return []
    const message = Object.hasOwn(messages, name) ? messages[name] : undefined
    return [{ type: name, message: message ?? 'Unknown error', data: freeObject(data) ?? {} }]
  })
}

/** Notes on single breadcrumbs, extras and frames are too many to be of use. */
function isShown({ name }: JsonObject): boolean {
  return typeof name !== 'string' || !/^(breadcrumbs|extra)\.|\.frames\./.test(name)
}

function timeErrors(payload: JsonObject, facts: EventFacts, time: TimeCorrection): readonly JsonObject[] {
  const serverTime = isoTime(facts.receivedAt)
  const stated = parseTimestamp(payload.timestamp)
  const drift = {
    type: 'clock_drift',
    sdk_time: isoTime(facts.sentAt ?? facts.receivedAt),
    server_time: serverTime,
  }
  const outlier = {
    type: time.outlier,
    name: 'timestamp',
    sdk_time: stated === undefined ? null : isoTime(stated),
    server_time: serverTime,
  }
  return [...(time.hasDrift ? [drift] : []), ...(time.outlier === undefined ? [] : [outlier])]
}

export interface MetaJson {
  readonly entries: Readonly<Record<string, unknown>>
  readonly message: unknown
  readonly user: unknown
  readonly contexts: unknown
  readonly sdk: unknown
  readonly context: unknown
  readonly packages: unknown
  readonly tags: unknown
}

/** What the SDK noted on values that it cut or removed, at the places where the API shows them. */
export function metaOf(payload: JsonObject, entries: readonly Entry[]): MetaJson {
  const meta = isObject(payload._meta) ? payload._meta : {}
  const { logentry } = meta
  const ofEntries = entries.map(({ type }, index) => {
    const note = freeObject(meta[fieldOfEntry[type] ?? type])
    return note === null ? [] : [[index, { data: respelt(note) }] as const]
  })
  return {
    entries: Object.fromEntries(ofEntries.flat()),
    message: freeData(isObject(logentry) ? (logentry.formatted ?? logentry.message) : meta.message),
    user: freeObject(meta.user),
    contexts: freeObject(meta.contexts),
    sdk: freeObject(meta.sdk),
    context: freeObject(meta.extra),
    packages: freeObject(meta.modules),
    tags: freeObject(meta.tags),
  }
}

const fieldOfEntry: Readonly<Record<string, string>> = { message: 'logentry', debugmeta: 'debug_meta' }

/** Names that the API spells differently; below the free ones nothing is a name of ours. */
const spellings: Readonly<Record<string, string>> = {
  abs_path: 'absPath',
  lineno: 'lineNo',
  colno: 'colNo',
  in_app: 'inApp',
  instruction_addr: 'instructionAddr',
  symbol_addr: 'symbolAddr',
  raw_function: 'rawFunction',
  thread_id: 'threadId',
  raw_stacktrace: 'rawStacktrace',
  held_locks: 'heldLocks',
  query_string: 'query',
}
const freeNames: ReadonlySet<string> = new Set(['vars', 'data', 'env', 'headers', 'cookies', 'query_string'])

function respelt(meta: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(meta).map(([name, inner]) => [
      Object.hasOwn(spellings, name) ? spellings[name] : name,
      isObject(inner) && !freeNames.has(name) ? respelt(inner) : inner,
    ]),
  )
}
