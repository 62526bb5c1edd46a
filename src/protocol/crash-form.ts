/** The fields of a crash reporter's form: an event in several spellings, and whatever else was noted. */
import { isObject, type JsonObject, parseJson } from './json.ts'
import { MAX_MERGE_DEPTH, mergeInto, setPath } from './json-merge.ts'
import { drop, type Fate } from './outcome.ts'

export interface FormField {
  readonly name: string
  readonly value: string
}

/**
 * The event that the fields of a form make together; the first to state a value is right.
 *
 * Shape: wrapped, because an event may itself have a field called `outcome`. `sentry` and `sentry___anything` hold JSON, `sentry__1`, `sentry__2` … parts of one, `sentry[a][b]` the
 * text at a path. Every other field is `extra`. What is no JSON is left out.
 * Errors: a fate for a path that leads absurdly deep.
 * Source: ingest protocol 9.1.
 */
export function eventOfForm(fields: readonly FormField[]): { readonly event: JsonObject } | Fate {
  const event: JsonObject = {}
  const parts: { readonly position: number; readonly text: string }[] = []
  for (const { name, value } of fields) {
    const position = partNumber(name)
    const path = pathOf(name)
    if (isWhole(name)) mergeJson(event, value)
    else if (position !== undefined) parts.push({ position, text: value })
    else if (path === undefined) setPath(event, ['extra', name], value)
    else if (path.length <= MAX_MERGE_DEPTH) setPath(event, path, value)
    else return drop('invalid', 'invalid_json')
  }
  parts.sort((a, b) => a.position - b.position)
  mergeJson(event, parts.map(({ text }) => text).join(''))
  return { event }
}

/** The id that the form states, as far as it can be told without putting parts together. */
export function eventIdOfForm(fields: readonly FormField[]): unknown {
  for (const { name, value } of fields) {
    const event = name === 'sentry' ? parseJson(value) : undefined
    if (isObject(event) && event.event_id !== undefined && event.event_id !== null) return event.event_id
  }
  return fields.find(({ name }) => name === 'sentry[event_id]')?.value
}

function isWhole(name: string): boolean {
  return name === 'sentry' || name.startsWith('sentry___')
}

function partNumber(name: string): number | undefined {
  const number = /^sentry__(\d{1,9})$/.exec(name)?.[1]
  return number === undefined ? undefined : Number(number)
}

const PATH_START = 'sentry['

function pathOf(name: string): string[] | undefined {
  if (!name.startsWith(PATH_START) || !name.endsWith(']')) return undefined
  return name.slice(PATH_START.length, -1).split('][')
}

function mergeJson(event: JsonObject, text: string): void {
  const value = text === '' ? undefined : parseJson(text)
  if (isObject(value)) mergeInto(event, value)
}
