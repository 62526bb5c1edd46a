/**
 * Readers for request bodies. One declaration gives the value's type, its check with the texts that Sentry's
 * clients know, and its JSON Schema for the API document.
 */
import { ApiError, type FieldErrors } from './errors.ts'

export interface JsonSchema {
  readonly [keyword: string]: unknown
}

type Verdict<T> = { readonly value: T } | { readonly errors: FieldErrors[string] }

export interface Field<T> {
  readonly schema: JsonSchema
  readonly isRequired: boolean
  readonly isNullable: boolean
  /** `isForm`: the value came from a form, where everything is text. */
  read(value: unknown, isForm: boolean): Verdict<T>
}

export type ValueOf<F> = F extends Field<infer T> ? T : never
type Fields = Readonly<Record<string, Field<unknown>>>
type RequiredNames<F extends Fields> = {
  [K in keyof F]: F[K] extends { isRequired: true } ? K : never
}[keyof F]
/** Absent fields stay absent, so that a partial update can leave them alone. */
export type ObjectOf<F extends Fields> = { readonly [K in RequiredNames<F>]: ValueOf<F[K]> } & {
  readonly [K in Exclude<keyof F, RequiredNames<F>>]?: ValueOf<F[K]>
}

const ok = <T>(value: T): Verdict<T> => ({ value })
const wrong = (...messages: string[]): Verdict<never> => ({ errors: messages })

function field<T>(schema: JsonSchema, read: Field<T>['read']): Field<T> & { isRequired: false } {
  return {
    schema,
    isRequired: false,
    isNullable: false,
    read: (value, isForm) => (value === null ? wrong('This field may not be null.') : read(value, isForm)),
  }
}

export function required<T>(inner: Field<T>): Field<T> & { readonly isRequired: true } {
  return { ...inner, isRequired: true }
}

export function nullable<T>(inner: Field<T>): Field<T | null> & { readonly isRequired: false } {
  return {
    schema: withNull(inner.schema),
    isRequired: false,
    isNullable: true,
    read: (value, isForm) => (value === null ? ok(null) : inner.read(value, isForm)),
  }
}

/** The same schema with null among its values, as OpenAPI 3.1 says it. */
function withNull(schema: JsonSchema): JsonSchema {
  const { type, enum: choices } = schema
  if (typeof type !== 'string') return { anyOf: [schema, { type: 'null' }] }
  return { ...schema, type: [type, 'null'], ...(Array.isArray(choices) ? { enum: [...choices, null] } : {}) }
}

/** A further rule on a value that is of the right type; answers the message when it is broken. */
export function check<T>(
  inner: Field<T>,
  rule: (value: T) => string | undefined,
): Field<T> & { isRequired: false } {
  return {
    schema: inner.schema,
    isRequired: false,
    isNullable: inner.isNullable,
    read(value, isForm) {
      const verdict = inner.read(value, isForm)
      if ('errors' in verdict || verdict.value === null) return verdict
      const message = rule(verdict.value)
      return message === undefined ? verdict : wrong(message)
    },
  }
}

export interface TextRule {
  readonly max?: number
  readonly blank?: boolean
  readonly trim?: boolean
  readonly pattern?: RegExp
  readonly patternMessage?: string
}

/** Text; numbers are taken as their text, as Sentry's framework does. */
export function text(rule: TextRule = {}): Field<string> & { isRequired: false } {
  const { max, blank = false, trim = true, pattern, patternMessage } = rule
  const schema = {
    type: 'string',
    ...(max === undefined ? {} : { maxLength: max }),
    ...(pattern === undefined ? {} : { pattern: pattern.source }),
    ...(blank ? {} : { minLength: 1 }),
  }
  return field(schema, (value) => {
    if (typeof value !== 'string' && typeof value !== 'number') return wrong('Not a valid string.')
    const read = trim ? String(value).trim() : String(value)
    if (read === '') return blank ? ok('') : wrong('This field may not be blank.')
    const messages: string[] = []
    if (read.includes('\0')) messages.push('Null characters are not allowed.')
    if (!read.isWellFormed()) messages.push('Surrogate characters are not allowed.')
    if (max !== undefined && [...read].length > max) {
      messages.push(`Ensure this field has no more than ${max} characters.`)
    }
    if (pattern !== undefined && !pattern.test(read)) {
      messages.push(patternMessage ?? 'This value does not match the required pattern.')
    }
    return messages.length > 0 ? wrong(...messages) : ok(read)
  })
}

const truths = new Set(['t', 'true', 'on', 'y', 'yes', '1'])
const lies = new Set(['f', 'false', 'off', 'n', 'no', '0'])

export function bool(): Field<boolean> & { isRequired: false } {
  return field({ type: 'boolean' }, (value) => {
    if (typeof value === 'boolean') return ok(value)
    const word = typeof value === 'string' || typeof value === 'number' ? String(value).toLowerCase() : ''
    if (truths.has(word)) return ok(true)
    if (lies.has(word)) return ok(false)
    return wrong('Must be a valid boolean.')
  })
}

export function integer(rule: { min?: number; max?: number } = {}): Field<number> & { isRequired: false } {
  const { min, max } = rule
  const schema = {
    type: 'integer',
    ...(min === undefined ? {} : { minimum: min }),
    ...(max === undefined ? {} : { maximum: max }),
  }
  return field(schema, (value) => {
    const isText = typeof value === 'string' && /^\s*[+-]?\d{1,16}(\.0*)?\s*$/.test(value)
    const read = typeof value === 'number' || isText ? Number(value) : Number.NaN
    if (!Number.isSafeInteger(read)) return wrong('A valid integer is required.')
    return inBounds(read, min, max)
  })
}

export function number(rule: { min?: number; max?: number } = {}): Field<number> & { isRequired: false } {
  const { min, max } = rule
  return field({ type: 'number' }, (value) => {
    const isText = typeof value === 'string' && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value)
    const read = typeof value === 'number' || isText ? Number(value) : Number.NaN
    if (!Number.isFinite(read)) return wrong('A valid number is required.')
    return inBounds(read, min, max)
  })
}

function inBounds(value: number, min: number | undefined, max: number | undefined): Verdict<number> {
  if (min !== undefined && value < min) return wrong(`Ensure this value is greater than or equal to ${min}.`)
  if (max !== undefined && value > max) return wrong(`Ensure this value is less than or equal to ${max}.`)
  return ok(value)
}

/** An integer for which `""` means null. */
export function emptyInteger(
  rule: { min?: number; max?: number } = {},
): Field<number | null> & { isRequired: false } {
  const inner = nullable(integer(rule))
  return { ...inner, read: (value, isForm) => (value === '' ? ok(null) : inner.read(value, isForm)) }
}

export function choice<const T extends string>(choices: readonly T[]): Field<T> & { isRequired: false } {
  return field({ type: 'string', enum: choices }, (value) => {
    const found = choices.find((candidate) => candidate === value)
    return found === undefined ? wrong(`"${displayed(value)}" is not a valid choice.`) : ok(found)
  })
}

/** A list; messages of bad items are collected flat, except that objects are answered one by one. */
export function list<T>(
  item: Field<T>,
  { emptyText = false, max }: { emptyText?: boolean; max?: number } = {},
): Field<T[]> & { isRequired: false } {
  const schema = { type: 'array', items: item.schema, ...(max === undefined ? {} : { maxItems: max }) }
  return field(schema, (value, isForm) => {
    if (emptyText && value === '') return ok([])
    const values = isForm && typeof value === 'string' ? [value] : value
    if (!Array.isArray(values)) return wrong(`Expected a list of items but got type "${pythonType(value)}".`)
    if (max !== undefined && values.length > max) {
      return wrong(`Ensure this field has no more than ${max} elements.`)
    }
    const verdicts = values.map((entry) => item.read(entry, isForm))
    const messages = verdicts.flatMap((verdict) => ('errors' in verdict ? [verdict.errors].flat() : []))
    if (messages.length > 0) {
      const isOfObjects = item.schema.type === 'object'
      return { errors: isOfObjects ? verdicts.map(errorsOfItem) : ([...new Set(messages)] as string[]) }
    }
    return ok(verdicts.map((verdict) => (verdict as { value: T }).value))
  })
}

/** Empty when nothing is wrong with it. */
function errorsOfItem(verdict: Verdict<unknown>): FieldErrors {
  if (!('errors' in verdict)) return {}
  return isObject(verdict.errors)
    ? (verdict.errors as FieldErrors)
    : { non_field_errors: verdict.errors as readonly string[] }
}

/** Any JSON object, as it came. */
export function dictionary(): Field<Record<string, unknown>> & { isRequired: false } {
  return field({ type: 'object', additionalProperties: true }, (value) =>
    isObject(value)
      ? ok(value)
      : wrong(`Expected a dictionary of items but got type "${pythonType(value)}".`),
  )
}

/** An object of known fields. Unknown ones are ignored. */
export function object<F extends Fields>(fields: F): Field<ObjectOf<F>> & { isRequired: false } {
  return field(objectSchema(fields), (value, isForm) => {
    if (!isObject(value)) {
      return {
        errors: { non_field_errors: [`Invalid data. Expected a dictionary, but got ${pythonType(value)}.`] },
      }
    }
    return readFields(fields, value, isForm)
  })
}

export function objectSchema(fields: Fields): JsonSchema {
  const names = Object.keys(fields).filter((name) => fields[name]?.isRequired)
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(fields).map(([name, { schema }]) => [name, schema])),
    ...(names.length > 0 ? { required: names } : {}),
  }
}

function readFields<F extends Fields>(
  fields: F,
  input: Record<string, unknown>,
  isForm: boolean,
): Verdict<ObjectOf<F>> {
  const value: Record<string, unknown> = {}
  const errors: Record<string, FieldErrors[string]> = {}
  const nested = isForm ? nestedValues(input) : undefined
  for (const [name, target] of Object.entries(fields)) {
    const given = input[name] === undefined ? nested?.get(name) : input[name]
    if (given === undefined) {
      if (target.isRequired) errors[name] = ['This field is required.']
      continue
    }
    const verdict = target.read(given, isForm)
    if ('errors' in verdict) errors[name] = verdict.errors
    else value[name] = verdict.value
  }
  return Object.keys(errors).length > 0 ? { errors } : ok(value as ObjectOf<F>)
}

/** Forms write nested fields as `rateLimit.count`. */
function nestedValues(input: Record<string, unknown>): ReadonlyMap<string, Record<string, unknown>> {
  const dotted = Object.entries(input).filter(([key]) => key.includes('.'))
  const groups = Map.groupBy(dotted, ([key]) => key.slice(0, key.indexOf('.')))
  return new Map(
    [...groups].map(([name, entries]) => [
      name,
      Object.fromEntries(entries.map(([key, value]) => [key.slice(name.length + 1), value])),
    ]),
  )
}

/** What the framework made of a body: an object, and whether it came from a form. */
export interface RequestBody {
  readonly value: unknown
  readonly isForm: boolean
}

/**
 * Reads a body by its fields.
 *
 * Errors: ApiError 400 whose body maps each bad field to its messages; nothing has been changed by then.
 */
export function readBody<F extends Fields>(fields: F, { value, isForm }: RequestBody): ObjectOf<F> {
  if (!isObject(value)) {
    throw new ApiError(400, {
      non_field_errors: [`Invalid data. Expected a dictionary, but got ${pythonType(value)}.`],
    })
  }
  const verdict = readFields(fields, value, isForm)
  if ('errors' in verdict) throw new ApiError(400, verdict.errors)
  return verdict.value
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function displayed(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** The name by which Sentry's framework calls a JSON type in its messages. */
function pythonType(value: unknown): string {
  if (value === null) return 'NoneType'
  if (Array.isArray(value)) return 'list'
  switch (typeof value) {
    case 'string':
      return 'str'
    case 'boolean':
      return 'bool'
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float'
    default:
      return 'dict'
  }
}
