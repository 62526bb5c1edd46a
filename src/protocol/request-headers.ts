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
  if (Array.isArray(headers)) {
    for (const entry of headers) {
      if (Array.isArray(entry) && isName(entry[0], name)) return valueIn(entry[1])
    }
  } else if (isObject(headers)) {
    for (const key of Object.keys(headers)) if (isName(key, name)) return valueIn(headers[key])
  }
  return undefined
}

function isName(spelt: unknown, name: string): boolean {
  return typeof spelt === 'string' && spelt.length === name.length && spelt.toLowerCase() === name
}

function valueIn(value: unknown): string | undefined {
  return lenientText(Array.isArray(value) ? value[0] : value)
}
