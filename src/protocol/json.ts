/** JSON that nobody has checked yet. */

export type JsonObject = Record<string, unknown>

/** A JSON object; arrays and null are not. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Undefined when it is not a string, or an empty one. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/**
 * Reads UTF-8 JSON; bytes that are not UTF-8 become replacement characters.
 *
 * Errors: undefined when it is not JSON. (JSON itself has no undefined.)
 */
export function parseJson(payload: Uint8Array | string): unknown {
  try {
    return JSON.parse(typeof payload === 'string' ? payload : asBuffer(payload).toString('utf8'))
  } catch {
    // A syntax error, or more text than a string can hold.
    return undefined
  }
}

/** Writes what was read as JSON. Undefined when it is nested deeper than can be written: reading has no such limit. */
export function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** Whether lists and objects lie more than so many levels inside each other. */
export function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(levels - 1, inner))
}

/** The same bytes, not copied, with the methods of a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** The object without keys whose value is undefined. */
export function defined<T extends object>(object: T): { [key in keyof T]?: Exclude<T[key], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
    [key in keyof T]?: Exclude<T[key], undefined>
  }
}
