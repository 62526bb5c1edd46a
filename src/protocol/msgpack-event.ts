/** Events and breadcrumbs as the native SDKs write them beside a dump: MessagePack, one value after the other. */
import { isObject, type JsonObject, parseJson } from './json.ts'
import { parseTimestamp } from './timestamps.ts'

/** An event; empty bytes are an empty one. Errors: undefined for what is no MessagePack, or no map. */
export async function readMsgpackEvent(bytes: Uint8Array): Promise<JsonObject | undefined> {
  const values = await readValues(bytes)
  const [event = {}] = values ?? []
  return values !== undefined && isObject(event) ? event : undefined
}

/** Any number of breadcrumbs, also none. Errors: undefined for what is no MessagePack. */
export async function readMsgpackBreadcrumbs(bytes: Uint8Array): Promise<JsonObject[] | undefined> {
  const values = await readValues(bytes)
  return values?.filter(isObject)
}

async function readValues(bytes: Uint8Array): Promise<unknown[] | undefined> {
  const { decodeMulti } = await import('@msgpack/msgpack')
  try {
    const lengths = { maxArrayLength: bytes.byteLength, maxMapLength: bytes.byteLength }
    const values = [...decodeMulti(bytes, lengths)]
    const json = parseJson(JSON.stringify(values, asJson))
    return Array.isArray(json) ? json : undefined
  } catch {
    // Malformed, cut off, or nested deeper than can be written: the package has an error for each.
    return undefined
  }
}

/** MessagePack has values that JSON has not. */
function asJson(_name: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8')
  return typeof value === 'bigint' ? Number(value) : value
}

/**
 * Two logs that were written in turns, as one: by time, the latest, as many as the longer log has. A breadcrumb
 * without a time belongs to the one before it.
 */
export function mergeBreadcrumbs(one: readonly JsonObject[], other: readonly JsonObject[]): JsonObject[] {
  const timed = (log: readonly JsonObject[]) => {
    let at = Number.NEGATIVE_INFINITY
    return log.map((breadcrumb) => {
      at = parseTimestamp(breadcrumb.timestamp) ?? at
      return { at, breadcrumb }
    })
  }
  const merged = [...timed(one), ...timed(other)].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  return merged.slice(-Math.max(1, one.length, other.length)).map(({ breadcrumb }) => breadcrumb)
}
