/** Single fields of an event payload that index and canonical form read alike. Wrong types read as absent. */
import { isObject, type JsonObject } from './json.ts'
import { clockDrift, isTooFarAhead, isTooOld, parseTimestamp } from './timestamps.ts'

export type EventType =
  | 'error'
  | 'default'
  | 'transaction'
  | 'csp'
  | 'hpkp'
  | 'expectct'
  | 'expectstaple'
  | 'feedback'
  | 'nel'

export type Level = 'fatal' | 'error' | 'warning' | 'info' | 'debug'

const aliases = {
  logentry: ['logentry', 'sentry.interfaces.Message', 'message'],
  exception: ['exception', 'sentry.interfaces.Exception'],
  stacktrace: ['stacktrace', 'sentry.interfaces.Stacktrace'],
  threads: ['threads', 'sentry.interfaces.Threads'],
  template: ['template', 'sentry.interfaces.Template'],
  request: ['request', 'sentry.interfaces.Http'],
  user: ['user', 'sentry.interfaces.User'],
  contexts: ['contexts', 'sentry.interfaces.Contexts'],
  breadcrumbs: ['breadcrumbs', 'sentry.interfaces.Breadcrumbs'],
  debug_meta: ['debug_meta', 'sentry.interfaces.DebugMeta'],
  csp: ['csp', 'sentry.interfaces.Csp'],
  hpkp: ['hpkp', 'sentry.interfaces.Hpkp'],
  expectct: ['expectct', 'sentry.interfaces.ExpectCT'],
  expectstaple: ['expectstaple', 'sentry.interfaces.ExpectStaple'],
} as const satisfies Record<string, readonly string[]>

/** The field under its name or an old one. */
export function fieldOf(payload: JsonObject, name: keyof typeof aliases): unknown {
  for (const alias of aliases[name]) {
    const value = payload[alias]
    if (value !== undefined && value !== null) return value
  }
  return undefined
}

/** The elements of `{values: [...]}`, of a list, or the one object that stands for a list of it. */
export function valuesOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  if (!isObject(value)) return []
  const { values } = value
  if (Array.isArray(values)) return values
  return values === undefined ? [value] : []
}

/** The exceptions that say anything, oldest cause first, the raised one last. */
export function exceptionsOf(payload: JsonObject): JsonObject[] {
  return valuesOf(fieldOf(payload, 'exception')).filter(isException)
}

/** An exception needs a type or a value. */
export function isException(value: unknown): value is JsonObject {
  return isObject(value) && (isPresent(value.type) || isPresent(value.value))
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}

const securityTypes = ['csp', 'hpkp', 'expectct', 'expectstaple'] as const

/** Only transactions and feedback are believed what they say they are. */
export function eventTypeOf(payload: JsonObject, itemType?: string): EventType {
  for (const believed of ['transaction', 'feedback'] as const) {
    if (itemType === believed || payload.type === believed) return believed
  }
  if (itemType === 'nel') return 'nel'
  const security = securityTypes.find((name) => isObject(fieldOf(payload, name)))
  if (security !== undefined) return security
  return exceptionsOf(payload).length > 0 ? 'error' : 'default'
}

const levels = new Map<unknown, Level>([
  ['fatal', 'fatal'],
  ['critical', 'fatal'],
  ['error', 'error'],
  ['warning', 'warning'],
  ['info', 'info'],
  ['log', 'info'],
  ['debug', 'debug'],
  [50, 'fatal'],
  [40, 'error'],
  [30, 'warning'],
  [20, 'info'],
  [10, 'debug'],
])

/** Undefined if it is no level. Python and Ruby send numbers. */
export function parseLevel(value: unknown): Level | undefined {
  return levels.get(typeof value === 'string' ? value.toLowerCase() : value)
}

const platforms: ReadonlySet<unknown> = new Set([
  'as3',
  'c',
  'cfml',
  'cocoa',
  'csharp',
  'elixir',
  'haskell',
  'go',
  'groovy',
  'java',
  'javascript',
  'native',
  'node',
  'objc',
  'other',
  'perl',
  'php',
  'python',
  'ruby',
])

/** The runtime that an event comes from; `other` if it is not known. */
export function platformOf(value: unknown): string {
  return platforms.has(value) ? String(value) : 'other'
}

/** Text, or a number or truth value as text; trimmed. Undefined if nothing is left or it is anything else. */
export function lenientText(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() || undefined
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** Cut to a number of characters, with an ellipsis for what is missing. */
export function cutTo(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  // A character may take two places of a string, so this holds one more than allowed, if there is one.
  const characters = [...text.slice(0, 2 * maxLength + 1)]
  return characters.length <= maxLength ? text : `${characters.slice(0, maxLength - 3).join('')}...`
}

/** Characters, except where a name below says otherwise. */
export const maxLength = {
  culprit: 200,
  dist: 64,
  environmentBytes: 64,
  logger: 64,
  message: 8192,
  releaseBytes: 200,
  serverName: 256,
  tag: 200,
  title: 256,
  transaction: 200,
} as const

const forbiddenInNames = /[/\r\n\t\f]/

/** Undefined for a release that may not be called so. */
export function parseRelease(value: unknown): string | undefined {
  const text = lenientText(value)
  if (text === undefined || isLonger(text, maxLength.releaseBytes)) return undefined
  return forbiddenInNames.test(text) || text.includes('\\') || /^(\.|\.\.|latest)$/i.test(text)
    ? undefined
    : text
}

/** Undefined for a distribution that may not be called so. */
export function parseDist(value: unknown): string | undefined {
  const text = lenientText(value)
  return text !== undefined && text.length <= maxLength.dist && /^[\w.-]+$/.test(text) ? text : undefined
}

/** Undefined for an environment that may not be called so. */
export function parseEnvironment(value: unknown): string | undefined {
  const text = lenientText(value)
  if (text === undefined || isLonger(text, maxLength.environmentBytes)) return undefined
  return forbiddenInNames.test(text) || /^(\.|\.\.|none)$/i.test(text) ? undefined : text
}

function isLonger(text: string, maxBytes: number): boolean {
  return text.length > maxBytes || Buffer.byteLength(text) > maxBytes
}

/** Key and value of every tag as sent, whether an object or a list of pairs. */
export function tagEntries(tags: unknown): [key: unknown, value: unknown][] {
  if (isObject(tags)) return Object.entries(tags)
  if (!Array.isArray(tags)) return []
  return tags.map((tag) => (Array.isArray(tag) ? [tag[0], tag[1]] : [undefined, tag]))
}

/** The environment, or the tag of that name when the field is empty. */
export function environmentOf(payload: JsonObject): string | undefined {
  const { environment, tags } = payload
  if (lenientText(environment) !== undefined) return parseEnvironment(environment)
  const tag = tagEntries(tags).find(([key]) => key === 'environment')
  return tag && parseEnvironment(tag[1])
}

/** What was done about an event's clock. */
export interface EventTime {
  /** When it happened. Epoch milliseconds, with microseconds as the fraction. */
  readonly at: number
  /** To be added to every other time of the event, in milliseconds. */
  readonly shiftMs: number
  readonly corrections: readonly ('clock_drift' | 'future_timestamp' | 'past_timestamp')[]
}

export interface ReceivedContext {
  /** Epoch milliseconds. */
  readonly receivedAt: number
  readonly sentAt?: number | undefined
  readonly retentionDays: number
}

/** Corrects the time of an event: the sender's clock first, then what lies outside of what is kept. */
export function eventTime(timestamp: unknown, context: ReceivedContext): EventTime {
  const { receivedAt, sentAt, retentionDays } = context
  const driftMs = clockDrift(receivedAt, sentAt)
  const drifted = driftMs === 0 ? [] : (['clock_drift'] as const)
  const stated = parseTimestamp(timestamp)
  if (stated === undefined) return { at: receivedAt, shiftMs: driftMs, corrections: drifted }
  const at = stated + driftMs
  const shifted = { at: receivedAt, shiftMs: receivedAt - stated }
  if (isTooFarAhead(at, receivedAt)) return { ...shifted, corrections: [...drifted, 'future_timestamp'] }
  if (isTooOld(at, receivedAt, retentionDays))
    return { ...shifted, corrections: [...drifted, 'past_timestamp'] }
  return { at, shiftMs: driftMs, corrections: drifted }
}
