/**
 * What is shown of an event, read out of what the API answers. Any SDK may have sent it, so nothing is taken for
 * granted: what has another form than expected is left out, and is still in the raw JSON.
 */
import type { EventDetails } from '../../api/events.ts'

type Json = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

function objects(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** A value as people can read it; structures as JSON. */
export function shown(value: unknown): string {
  return text(value) ?? (value === undefined || value === '' ? '' : JSON.stringify(value, null, 2))
}

export interface Frame {
  readonly isInApp: boolean
  readonly function: string
  readonly place: string
  readonly line: number | undefined
  readonly column: number | undefined
  /** Number and text of each line around the place. */
  readonly context: readonly (readonly [number, string])[]
  readonly variables: readonly (readonly [string, string])[]
  /** Of native code. */
  readonly address: string | undefined
  readonly image: string | undefined
}

export interface Exception {
  readonly type: string
  readonly value: string | undefined
  readonly mechanism: string | undefined
  /** Undefined when the SDK does not say. */
  readonly isHandled: boolean | undefined
  /** The outermost call first, as SDKs send them. */
  readonly frames: readonly Frame[]
  /** Calls that the server has left out of a very long stack. */
  readonly omitted: number
}

type Entries = Pick<EventDetails, 'entries'>

function entry({ entries }: Entries, type: string): Json | undefined {
  const found = entries.find((each) => each.type === type)?.data
  return isObject(found) ? found : undefined
}

/** The last cause first, as people read: the exception that was caught, then what had caused it. */
export function exceptionsOf(event: Entries): readonly Exception[] {
  return objects(entry(event, 'exception')?.values)
    .map(({ type, value, mechanism, stacktrace, module }) => {
      const how = isObject(mechanism) ? mechanism : {}
      return {
        type: text(type) ?? text(module) ?? 'Error',
        value: text(value),
        mechanism: text(how.type),
        isHandled: typeof how.handled === 'boolean' ? how.handled : undefined,
        frames: framesOf(stacktrace),
        omitted: omittedOf(stacktrace),
      }
    })
    .reverse()
}

export function framesOf(stacktrace: unknown): readonly Frame[] {
  return objects(isObject(stacktrace) ? stacktrace.frames : undefined).map((frame) => ({
    isInApp: frame.inApp === true,
    function: text(frame.function) ?? text(frame.rawFunction) ?? text(frame.symbol) ?? '<unknown>',
    place: text(frame.filename) ?? text(frame.absPath) ?? text(frame.module) ?? text(frame.package) ?? '',
    line: number(frame.lineNo),
    column: number(frame.colNo),
    context: (Array.isArray(frame.context) ? frame.context : []).flatMap((line) =>
      Array.isArray(line) && typeof line[0] === 'number' ? [[line[0], text(line[1]) ?? ''] as const] : [],
    ),
    variables: isObject(frame.vars)
      ? Object.entries(frame.vars).map(([name, value]) => [name, shown(value)] as const)
      : [],
    address: text(frame.instructionAddr),
    image: text(frame.package)?.split(/[/\\]/).at(-1),
  }))
}

/** `framesOmitted` is the first of them, and the one after the last. */
export function omittedOf(stacktrace: unknown): number {
  const omitted = isObject(stacktrace) ? stacktrace.framesOmitted : undefined
  const [from, to] = Array.isArray(omitted) ? omitted.map(number) : []
  return from !== undefined && to !== undefined ? Math.max(0, to - from) : 0
}

/** Where the SDK was when it sent a message. */
export function stackOf(event: Entries): readonly Frame[] {
  return framesOf(entry(event, 'stacktrace'))
}

export interface Thread {
  readonly name: string
  readonly isCrashed: boolean
  readonly frames: readonly Frame[]
}

/** Those that say where they were; the crashed one is told by the exception. */
export function threadsOf(event: Entries): readonly Thread[] {
  return objects(entry(event, 'threads')?.values).map(({ id, name, crashed, stacktrace }) => ({
    name: text(name) ?? `Thread ${text(id) ?? '?'}`,
    isCrashed: crashed === true,
    frames: framesOf(stacktrace),
  }))
}

export interface Breadcrumb {
  readonly at: string | undefined
  readonly category: string
  readonly level: string
  readonly message: string
  readonly data: readonly (readonly [string, string])[]
}

/** The newest first. */
export function breadcrumbsOf(event: Entries): readonly Breadcrumb[] {
  return objects(entry(event, 'breadcrumbs')?.values)
    .map(({ timestamp, category, type, level, message, data }) => ({
      at: text(timestamp),
      category: text(category) ?? text(type) ?? '',
      level: text(level) ?? 'info',
      message: text(message) ?? '',
      data: pairs(data),
    }))
    .reverse()
}

export interface EventRequest {
  readonly method: string
  readonly url: string
  readonly query: readonly (readonly [string, string])[]
  readonly headers: readonly (readonly [string, string])[]
  readonly cookies: readonly (readonly [string, string])[]
  readonly env: readonly (readonly [string, string])[]
  /** As people read it. */
  readonly body: string
  /** As it is sent again. */
  readonly payload: string
}

export function requestOf(event: Entries): EventRequest | undefined {
  const request = entry(event, 'request')
  if (request === undefined) return undefined
  const { method, url, query, headers, cookies, env, data } = request
  return {
    method: text(method) ?? 'GET',
    url: text(url) ?? '',
    query: pairs(query),
    headers: pairs(headers),
    cookies: pairs(cookies),
    env: pairs(env),
    body: data === null || data === undefined ? '' : shown(data),
    payload: payloadOf(data, pairs(headers)),
  }
}

/** The server keeps forms as the fields that they have. */
function payloadOf(data: unknown, headers: readonly (readonly [string, string])[]): string {
  if (data === null || data === undefined) return ''
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
  if (isObject(data) && type.includes('urlencoded'))
    return new URLSearchParams(pairs(data).map(([name, value]) => [name, value])).toString()
  return text(data) ?? JSON.stringify(data)
}

/** The same request as a line for the shell, without what tells who sent it. */
export function curlOf({ method, url, query, headers, payload }: EventRequest): string {
  const search = new URLSearchParams(query.map(([name, value]) => [name, value])).toString()
  const address = search === '' || url.includes('?') ? url : `${url}?${search}`
  const quoted = (value: string) => `'${value.replaceAll("'", "'\\''")}'`
  const kept = headers.filter(([name]) => !/^(?:cookie|authorization|host|content-length)$/i.test(name))
  return [
    `curl -X ${method} ${quoted(address)}`,
    ...kept.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(payload === '' ? [] : [`--data ${quoted(payload)}`]),
  ].join(' \\\n  ')
}

/** A record, or a list of pairs, as SDKs send either. */
export function pairs(value: unknown): readonly (readonly [string, string])[] {
  if (isObject(value)) return Object.entries(value).map(([name, each]) => [name, shown(each)])
  if (!Array.isArray(value)) return []
  return value.flatMap((pair) =>
    Array.isArray(pair) && typeof pair[0] === 'string' ? [[pair[0], shown(pair[1])] as const] : [],
  )
}

/** The text of a message event; undefined where an exception says it already. */
export function messageOf(event: Entries): string | undefined {
  const message = entry(event, 'message')
  return message && (text(message.formatted) ?? text(message.message))
}

/** What a browser reported, of a policy or of the network. */
export function reportOf(event: Entries): readonly (readonly [string, string])[] {
  const report = event.entries.find(({ type }) =>
    ['csp', 'hpkp', 'expectct', 'expectstaple', 'nel'].includes(type),
  )
  return pairs(report?.data).filter(([, value]) => value !== '' && value !== 'null')
}

export interface Span {
  readonly id: string
  readonly op: string
  readonly description: string
  /** Milliseconds after the transaction began. */
  readonly start: number
  readonly duration: number
}

/** In the order in which they began; none for what is no transaction. */
export function spansOf(event: Entries & Pick<EventDetails, 'startTimestamp'>): readonly Span[] {
  const list = event.entries.find(({ type }) => type === 'spans')?.data
  const starts = objects(list).flatMap(
    (span) => number(span.start_timestamp) ?? number(span.startTimestamp) ?? [],
  )
  const began = event.startTimestamp ?? (starts.length === 0 ? 0 : Math.min(...starts))
  return objects(list)
    .flatMap((span, index) => {
      const from = number(span.start_timestamp) ?? number(span.startTimestamp)
      const to = number(span.timestamp) ?? number(span.endTimestamp)
      if (from === undefined || to === undefined) return []
      return [
        {
          id: text(span.span_id) ?? String(index),
          op: text(span.op) ?? 'default',
          description: text(span.description) ?? '',
          start: (from - began) * 1000,
          duration: (to - from) * 1000,
        },
      ]
    })
    .sort((a, b) => a.start - b.start)
}

export interface Image {
  readonly name: string
  readonly debugId: string
  readonly address: string
}

/** Libraries that were loaded, where addresses are told instead of lines. */
export function imagesOf(event: Entries): readonly Image[] {
  return objects(entry(event, 'debugmeta')?.images).map(
    ({ code_file, debug_file, debug_id, image_addr, type }) => ({
      name: (text(code_file) ?? text(debug_file) ?? text(type) ?? '').split(/[/\\]/).at(-1) ?? '',
      debugId: text(debug_id) ?? '',
      address: text(image_addr) ?? '',
    }),
  )
}

const contextNames: Readonly<Record<string, string>> = {
  app: 'App',
  browser: 'Browser',
  culture: 'Language and region',
  device: 'Device',
  gpu: 'Graphics',
  os: 'Operating system',
  response: 'Response',
  runtime: 'Runtime',
  trace: 'Trace',
  cloud_resource: 'Cloud',
  feedback: 'Feedback',
  minidump: 'Crash report',
}

/** `device_app_hash` → `Device app hash`. */
export function spoken(name: string): string {
  const words = name.replaceAll(/[_-]+/g, ' ').replaceAll(/([a-z])([A-Z])/g, '$1 $2')
  return words.charAt(0).toUpperCase() + words.slice(1).toLowerCase()
}

export interface Context {
  readonly name: string
  readonly rows: readonly (readonly [string, string])[]
}

/** By the name of each, without what is only for machines. */
export function contextsOf({ contexts }: Pick<EventDetails, 'contexts'>): readonly Context[] {
  return Object.entries(contexts)
    .map(([key, values]) => ({
      name: contextNames[key] ?? spoken(key),
      rows: pairs(values)
        .filter(([name, value]) => name !== 'type' && value !== '' && value !== 'null')
        .map(([name, value]) => [spoken(name), value] as const),
    }))
    .filter(({ rows }) => rows.length > 0)
}

export interface FrameGroup {
  /** Library frames in a row, or one of the app. */
  readonly isFolded: boolean
  readonly frames: readonly Frame[]
}

/** The newest call first unless `isOldestFirst`; calls of libraries between those of the app lie folded. */
export function groupFrames(frames: readonly Frame[], isOldestFirst: boolean): readonly FrameGroup[] {
  const ordered = isOldestFirst ? frames : frames.toReversed()
  const hasOwn = frames.some(({ isInApp }) => isInApp)
  const groups: { isFolded: boolean; frames: Frame[] }[] = []
  for (const frame of ordered) {
    const isFolded = hasOwn && !frame.isInApp
    const last = groups.at(-1)
    if (isFolded && last?.isFolded) last.frames.push(frame)
    else groups.push({ isFolded, frames: [frame] })
  }
  return groups
}
