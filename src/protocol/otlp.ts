/**
 * OTLP traces and logs, as JSON or protocol buffers → the containers of spans and logs that SDKs send themselves.
 *
 * Source: https://opentelemetry.io/docs/specs/otlp/ and https://develop.sentry.dev/sdk/telemetry/
 */
import type { RawItem } from './envelope.ts'
import { asBuffer, defined, isObject, type JsonObject, parseJson, textOf } from './json.ts'
import { otlpDescriptor } from './otlp-schema.ts'
import { drop, type Fate } from './outcome.ts'
import { parseSpanId, parseTraceId } from './transaction.ts'

export type OtlpSignal = 'traces' | 'logs'
export type OtlpEncoding = 'json' | 'protobuf'

/**
 * Reads an export request.
 *
 * Shape: one container item with as many elements as the request has spans or log records; none if it has none.
 * Errors: a fate for what is not of that encoding, or is no such request.
 */
export async function readOtlp(
  body: Uint8Array,
  { signal, encoding }: { signal: OtlpSignal; encoding: OtlpEncoding },
): Promise<readonly RawItem[] | Fate> {
  const request = encoding === 'json' ? parseJson(body) : await decodeProtobuf(body, signal)
  if (!isObject(request)) return drop('invalid', encoding === 'json' ? 'invalid_json' : 'invalid_proto')
  const elements = signal === 'traces' ? spansOf(request) : logsOf(request)
  if (elements === undefined) return drop('invalid', signal === 'traces' ? 'invalid_span' : 'invalid_log')
  return elements.length === 0 ? [] : [containerOf(signal === 'traces' ? 'span' : 'log', elements)]
}

const contentTypes = {
  span: 'application/vnd.sentry.items.span.v2+json',
  log: 'application/vnd.sentry.items.log+json',
} as const

/** The item in which SDKs send spans or logs by the dozen. */
export function containerOf(type: 'span' | 'log', elements: readonly JsonObject[]): RawItem {
  return {
    type,
    header: { type, content_type: contentTypes[type], item_count: elements.length },
    payload: Buffer.from(JSON.stringify({ items: elements })),
  }
}

/** Undefined if the bytes are no such message. The library is loaded by the first request that needs it. */
async function decodeProtobuf(body: Uint8Array, signal: OtlpSignal): Promise<unknown> {
  const protobuf = (await import('protobufjs/light.js')).default
  const root = protobuf.Root.fromJSON(otlpDescriptor)
  const message = root.lookupType(signal === 'traces' ? 'TraceRequest' : 'LogsRequest')
  try {
    return message.toObject(message.decode(body), { longs: String, bytes: Array })
  } catch {
    return undefined
  }
}

/** Undefined if anything in it is no list of objects where there should be one, or a span lacks what makes it one. */
function spansOf(request: JsonObject): JsonObject[] | undefined {
  return elementsOf(request, ['resourceSpans', 'scopeSpans', 'spans'], spanOf)
}

function logsOf(request: JsonObject): JsonObject[] | undefined {
  return elementsOf(request, ['resourceLogs', 'scopeLogs', 'logRecords'], logOf)
}

/** Walks resources, scopes and elements; what resource and scope say goes into each element's attributes. */
function elementsOf(
  request: JsonObject,
  [resources, scopes, elements]: readonly [string, string, string],
  read: (element: JsonObject, shared: JsonObject) => JsonObject | undefined,
): JsonObject[] | undefined {
  const result: JsonObject[] = []
  for (const ofResource of objectsOf(request[resources])) {
    const resource = isObject(ofResource.resource)
      ? attributesOf(ofResource.resource.attributes, 'resource.')
      : {}
    for (const ofScope of objectsOf(ofResource[scopes])) {
      const shared = { ...resource, ...scopeAttributes(ofScope.scope) }
      for (const element of objectsOf(ofScope[elements])) {
        const made = read(element, shared)
        if (made === undefined) return undefined
        result.push(made)
      }
    }
  }
  return result
}

function objectsOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

function scopeAttributes(scope: unknown): JsonObject {
  if (!isObject(scope)) return {}
  return defined({
    'instrumentation.name': stringAttribute(scope.name),
    'instrumentation.version': stringAttribute(scope.version),
  })
}

function stringAttribute(value: unknown): JsonObject | undefined {
  const text = textOf(value)
  return text === undefined ? undefined : { type: 'string', value: text }
}

const spanKinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']
const STATUS_ERROR = 2
/** Bits 8 and 9 of a span's flags: whether it is known that the parent is remote, and whether it is. */
const REMOTE_KNOWN = 0x100
const REMOTE = 0x200

function spanOf(span: JsonObject, shared: JsonObject): JsonObject | undefined {
  const traceId = parseTraceId(hexOf(span.traceId))
  const spanId = parseSpanId(hexOf(span.spanId))
  const start = secondsOf(span.startTimeUnixNano)
  const end = secondsOf(span.endTimeUnixNano)
  if (traceId === undefined || spanId === undefined || start === undefined || end === undefined)
    return undefined
  const status = isObject(span.status) ? span.status : {}
  const message = stringAttribute(status.message)
  const parent = parseSpanId(hexOf(span.parentSpanId))
  const flags = Number(span.flags ?? 0)
  const isRemote = (flags & REMOTE_KNOWN) === 0 ? undefined : (flags & REMOTE) !== 0
  const links = objectsOf(span.links).map(linkOf)
  return {
    trace_id: traceId,
    span_id: spanId,
    ...defined({ parent_span_id: parent }),
    name: textOf(span.name) ?? '<unknown>',
    status: Number(status.code ?? 0) === STATUS_ERROR ? 'error' : 'ok',
    kind: spanKinds[Number(span.kind ?? 0)] ?? 'unspecified',
    is_segment: parent === undefined || isRemote === true,
    start_timestamp: start,
    end_timestamp: end,
    ...(links.length > 0 ? { links } : {}),
    attributes: {
      ...shared,
      ...attributesOf(span.attributes),
      ...defined({ 'sentry.status.message': message }),
      'sentry.origin': { type: 'string', value: 'auto.otlp.spans' },
    },
  }
}

function linkOf(link: JsonObject): JsonObject {
  return {
    ...defined({ trace_id: parseTraceId(hexOf(link.traceId)), span_id: parseSpanId(hexOf(link.spanId)) }),
    attributes: attributesOf(link.attributes),
  }
}

/** The range of severity numbers each of which means a level. */
function levelOf(severity: number): string {
  const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']
  return levels[Math.min(Math.max(Math.ceil(severity / 4) - 1, 0), levels.length - 1)] ?? 'info'
}

function logOf(record: JsonObject, shared: JsonObject): JsonObject | undefined {
  const at = secondsOf(record.timeUnixNano) ?? secondsOf(record.observedTimeUnixNano)
  if (at === undefined) return undefined
  const severity = Number(record.severityNumber ?? 0)
  const { body } = record
  const text = isObject(body) ? typedValue(body) : undefined
  return {
    timestamp: at,
    ...defined({
      trace_id: parseTraceId(hexOf(record.traceId)),
      span_id: parseSpanId(hexOf(record.spanId)),
      severity_number: severity > 0 ? severity : undefined,
    }),
    level: severity > 0 ? levelOf(severity) : 'info',
    body: text === undefined ? '' : typeof text.value === 'string' ? text.value : JSON.stringify(text.value),
    attributes: {
      ...shared,
      ...attributesOf(record.attributes),
      ...defined({ 'event.name': stringAttribute(record.eventName) }),
      'sentry.origin': { type: 'string', value: 'auto.otlp.logs' },
    },
  }
}

function attributesOf(list: unknown, prefix = ''): JsonObject {
  const attributes: JsonObject = {}
  for (const { key, value } of objectsOf(list)) {
    const read = isObject(value) ? typedValue(value) : undefined
    if (typeof key === 'string' && key !== '' && read !== undefined) attributes[prefix + key] = read
  }
  return attributes
}

/** A value with its type, as spans and logs state their attributes. Lists and maps become JSON text. */
function typedValue(value: JsonObject): { type: string; value: unknown } | undefined {
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue } = value
  if (typeof stringValue === 'string') return { type: 'string', value: stringValue }
  if (typeof boolValue === 'boolean') return { type: 'boolean', value: boolValue }
  if (typeof intValue === 'string' || typeof intValue === 'number') {
    const number = Number(intValue)
    // What JSON's numbers cannot hold exactly stays text.
    return Number.isSafeInteger(number)
      ? { type: 'integer', value: number }
      : { type: 'string', value: String(intValue) }
  }
  if (typeof doubleValue === 'number') return { type: 'double', value: doubleValue }
  if (isObject(arrayValue)) return { type: 'string', value: JSON.stringify(plain(value)) }
  if (isObject(kvlistValue)) return { type: 'string', value: JSON.stringify(plain(value)) }
  if (typeof bytesValue === 'string') return { type: 'string', value: bytesValue }
  return Array.isArray(bytesValue)
    ? { type: 'string', value: Buffer.from(bytesValue).toString('base64') }
    : undefined
}

/** How deep lists and maps may lie in each other. */
const MAX_DEPTH = 32

function plain(value: unknown, depth = 0): unknown {
  if (!isObject(value) || depth > MAX_DEPTH) return null
  if (isObject(value.arrayValue))
    return objectsOf(value.arrayValue.values).map((each) => plain(each, depth + 1))
  if (isObject(value.kvlistValue)) {
    return Object.fromEntries(
      objectsOf(value.kvlistValue.values).map((pair) => [String(pair.key), plain(pair.value, depth + 1)]),
    )
  }
  return typedValue(value)?.value ?? null
}

/** Ids are hex in JSON and bytes in protocol buffers. */
function hexOf(id: unknown): unknown {
  return Array.isArray(id) ? asBuffer(Uint8Array.from(id as number[])).toString('hex') : id
}

/** Nanoseconds since the epoch, as text or number → seconds with microseconds; undefined for none. */
function secondsOf(nanos: unknown): number | undefined {
  if (typeof nanos === 'number') return nanos > 0 ? Math.round(nanos / 1e3) / 1e6 : undefined
  if (typeof nanos !== 'string' || !/^\d{1,20}$/.test(nanos)) return undefined
  const micros = Number(BigInt(nanos) / 1000n)
  return micros > 0 ? micros / 1e6 : undefined
}
