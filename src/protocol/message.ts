/** The message of an event: template, parameters and the text made of them. */
import { cutTo, lenientText, maxLength } from './event-fields.ts'
import { isObject, type JsonObject, jsonText } from './json.ts'

export interface Message {
  /** What people read. */
  readonly formatted: string
  /** The template, if it differs. */
  readonly message?: string
  readonly params?: readonly unknown[] | JsonObject
}

/**
 * Reads a log entry: text, or an object with template, parameters and perhaps the final text.
 *
 * Errors: undefined if it holds no text.
 */
export function formatMessage(logentry: unknown): Message | undefined {
  if (!isObject(logentry)) {
    const text = lenientText(logentry)
    return text === undefined ? undefined : { formatted: cutTo(text, maxLength.message) }
  }
  const template = lenientText(logentry.message)
  const params = Array.isArray(logentry.params) || isObject(logentry.params) ? logentry.params : undefined
  const stated = lenientText(logentry.formatted)
  const formatted = stated ?? (template && params ? (substitute(template, params) ?? template) : template)
  if (formatted === undefined) return undefined
  return {
    formatted: cutTo(formatted, maxLength.message),
    ...(template === undefined || template === formatted
      ? {}
      : { message: cutTo(template, maxLength.message) }),
    ...(params === undefined ? {} : { params }),
  }
}

const percentPlaceholder = /%(?:\(([^()]*)\))?[-+ #0]*\d*(?:\.\d+)?([sdifxXorgeuc%])/g
const bracePlaceholder = /\{\{|\}\}|\{([^{}]*)\}/g

/** Undefined if template and parameters do not fit each other. */
function substitute(template: string, params: readonly unknown[] | JsonObject): string | undefined {
  return substitutePercent(template, params) ?? substituteBraces(template, params)
}

function substitutePercent(template: string, params: readonly unknown[] | JsonObject): string | undefined {
  const arrange = argumentsOf(params)
  const text = template.replace(percentPlaceholder, (_, name: string | undefined, kind: string) =>
    kind === '%' ? '%' : arrange.take(name),
  )
  return arrange.fit() ? text : undefined
}

function substituteBraces(template: string, params: readonly unknown[] | JsonObject): string | undefined {
  const arrange = argumentsOf(params)
  const text = template.replace(bracePlaceholder, (match, name: string | undefined) => {
    if (name === undefined) return match.slice(1)
    return arrange.take(name.split(/[:!]/, 1)[0] || undefined)
  })
  return arrange.fit() ? text : undefined
}

/** Hands out parameters by name, or one after the other, and notices when one is missing or left over. */
function argumentsOf(params: readonly unknown[] | JsonObject) {
  const values: JsonObject = Array.isArray(params)
    ? Object.fromEntries(params.entries())
    : (params as JsonObject)
  const names = Object.keys(values)
  let position = 0
  let taken = 0
  let isComplete = true
  return {
    take(name: string | undefined): string {
      const key = name ?? names[position++]
      if (key === undefined || !Object.hasOwn(values, key)) {
        isComplete = false
        return ''
      }
      taken++
      const value = values[key]
      return typeof value === 'string' ? value : (jsonText(value) ?? '')
    },
    fit: () =>
      isComplete && taken > 0 && position <= names.length && (position === 0 || position === names.length),
  }
}
