/** Leaves of an event payload, read leniently: what has the wrong type is absent, and absent is null in JSON. */
import { lenientText } from './event-fields.ts'
import { isObject, type JsonObject, jsonText } from './json.ts'

/** Levels of objects and lists that are kept of free data; answers must not nest deeper than can be written. */
export const maxDepth = { data: 16, extra: 7 } as const

/** Free data as it came, except that what lies deeper than `depth` levels is only named: `[Array]`, `[Object]`. */
export function freeData(value: unknown, depth: number = maxDepth.data): unknown {
  if (typeof value !== 'object' || value === null) return value ?? null
  if (depth <= 0) return Array.isArray(value) ? '[Array]' : '[Object]'
  if (Array.isArray(value)) return value.map((inner) => freeData(inner, depth - 1))
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, freeData(inner, depth - 1)]))
}

/** Free data that must be an object; null if it is anything else, or empty. */
export function freeObject(value: unknown, depth?: number): JsonObject | null {
  if (!isObject(value) || Object.keys(value).length === 0) return null
  return freeData(value, depth) as JsonObject
}

/** Trimmed text, also of numbers and truth values. */
export function textOrNull(value: unknown): string | null {
  return lenientText(value) ?? null
}

export function wholeNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? Math.trunc(value) : null
}

export function truth(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null
}

/** Two whole numbers, like the range of frames that an SDK left out. */
export function numberPair(value: unknown): readonly [number, number] | null {
  if (!Array.isArray(value) || value.length !== 2) return null
  const [first, second] = value.map(wholeNumber)
  return first == null || second == null ? null : [first, second]
}

export type Pair = readonly [name: string, value: string]

/** An object, or a list of pairs, as pairs; a list as value gives one pair for each of its elements. */
export function pairsOf(value: unknown): readonly Pair[] {
  const entries: readonly unknown[] = isObject(value)
    ? Object.entries(value)
    : Array.isArray(value)
      ? value
      : []
  return entries.flatMap((entry) => {
    if (!Array.isArray(entry)) return []
    const name = lenientText(entry[0])
    if (name === undefined) return []
    const values: readonly unknown[] = Array.isArray(entry[1]) ? entry[1] : [entry[1]]
    return values.map((one): Pair => [name, pairValue(one)])
  })
}

function pairValue(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : (jsonText(value) ?? '')
}

/** In the order of names; pairs of the same name keep theirs. */
export function sortedPairs(pairs: readonly Pair[]): readonly Pair[] {
  return [...pairs].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

/** The last instant that a Date can hold, in epoch milliseconds. */
const LAST_INSTANT_MS = 8.64e15

/** ISO 8601 with microseconds where there are any: `at` is epoch milliseconds with a fraction. Null out of range. */
export function isoTime(at: number): string | null {
  const micros = Math.round(at * 1e3)
  if (Math.abs(micros) > LAST_INSTANT_MS * 1e3) return null
  const fraction = ((micros % 1e6) + 1e6) % 1e6
  const iso = new Date((micros - fraction) / 1e3).toISOString().slice(0, -5)
  return fraction === 0 ? `${iso}Z` : `${iso}.${String(fraction).padStart(6, '0')}Z`
}
