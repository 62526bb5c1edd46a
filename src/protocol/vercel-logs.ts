/**
 * Vercel's log drains: JSON lists or lines of JSON → a container of logs.
 *
 * Source: https://vercel.com/docs/drains/reference/logs
 */
import type { RawItem } from './envelope.ts'
import { asBuffer, isObject, type JsonObject, jsonText, parseJson, textOf } from './json.ts'
import { containerOf } from './otlp.ts'
import { drop, type Fate } from './outcome.ts'

const levels: Readonly<Record<string, string>> = { warning: 'warn', error: 'error', fatal: 'fatal' }

/** Errors: a fate for what is neither, or has entries that are no objects. */
export function readVercelLogs(body: Uint8Array, format: 'json' | 'ndjson'): readonly RawItem[] | Fate {
  const entries = format === 'json' ? parseJson(body) : linesOf(body)
  const list = Array.isArray(entries) ? entries : [entries]
  if (!list.every(isObject)) return drop('invalid', 'invalid_json')
  return list.length === 0 ? [] : [containerOf('log', list.map(logOf))]
}

function linesOf(body: Uint8Array): unknown[] {
  const lines = asBuffer(body).toString('utf8').split('\n')
  return lines.filter((line) => line.trim() !== '').map((line) => parseJson(line))
}

/** What an entry has beside its message becomes attributes, those of its `proxy` included. */
function logOf(entry: JsonObject): JsonObject {
  const { message, timestamp, level, type, traceId, 'trace.id': dottedTraceId, proxy, ...rest } = entry
  const at = Number(timestamp)
  const spoken = textOf(level) ?? (type === 'stderr' ? 'error' : 'info')
  return {
    timestamp: Number.isFinite(at) && at > 0 ? at / 1000 : 0,
    trace_id: textOf(traceId) ?? textOf(dottedTraceId) ?? null,
    level: levels[spoken] ?? 'info',
    body: textOf(message) ?? '',
    attributes: {
      ...attributesOf(rest, 'vercel.'),
      ...(textOf(type) === undefined ? {} : attributesOf({ log_type: type }, 'vercel.')),
      ...(isObject(proxy) ? attributesOf(proxy, 'vercel.proxy.') : {}),
      'sentry.origin': { type: 'string', value: 'auto.log_drain.vercel' },
    },
  }
}

function attributesOf(values: JsonObject, prefix: string): JsonObject {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => [prefix + name, attributeOf(value)]),
  )
}

function attributeOf(value: unknown): JsonObject {
  if (typeof value === 'string') return { type: 'string', value }
  if (typeof value === 'boolean') return { type: 'boolean', value }
  if (typeof value === 'number') return { type: Number.isInteger(value) ? 'integer' : 'double', value }
  return { type: 'string', value: jsonText(value) ?? '' }
}
