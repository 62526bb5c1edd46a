/** Headers of the HTTP request that an event speaks of. */
import { fieldOf, lenientText } from './event-fields.ts'
import { isObject, type JsonObject } from './json.ts'

/**
 * The value of a header, the first if it came several times; undefined if it is missing or empty.
 *
 * Shape: `name` is in lower case; the event may spell it as it likes.
 */
export function requestHeader(payload: JsonObject, name: string): string | undefined {
  const request = fieldOf(payload, 'request')
  const headers = isObject(request) ? request.headers : undefined
  const entries: readonly unknown[] = Array.isArray(headers)
    ? headers
    : isObject(headers)
      ? Object.entries(headers)
      : []
  for (const entry of entries) {
    if (!Array.isArray(entry) || typeof entry[0] !== 'string' || entry[0].toLowerCase() !== name) continue
    return lenientText(Array.isArray(entry[1]) ? entry[1][0] : entry[1])
  }
  return undefined
}
