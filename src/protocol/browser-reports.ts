/** What browsers report by themselves, without an SDK: how such reports arrive, and the event that one becomes. */
import type { ParsedEvent } from './event.ts'
import type { EventType, Level } from './event-fields.ts'
import type { Pair } from './event-values.ts'
import { asBuffer, defined, type JsonObject, jsonText, parseJson, textOf } from './json.ts'
import { requestOrigin } from './origins.ts'

/** Names are in lower case. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** What is known of a report beside what it says. */
export interface ReportContext {
  /** Epoch milliseconds. */
  readonly receivedAt: number
  readonly clientIp?: string | undefined
  /** Of the request that brought the report: the browser's own. */
  readonly headers: RequestHeaders
  /** Of the item that the report came in; the address that a browser reports to states release and environment. */
  readonly item: JsonObject
}

/** What a report says of itself. */
export interface Reported {
  readonly type: EventType
  readonly message: string
  readonly culprit?: string | undefined
  readonly level?: Level | undefined
  readonly tags: readonly Pair[]
  /** The page, or the host, that the report is about. */
  readonly request: {
    readonly url?: string | undefined
    readonly method?: string | undefined
    readonly referrer?: string | undefined
    readonly userAgent?: string | undefined
  }
  /** Fields that no other type of report has. */
  readonly own: JsonObject
}

/** Kept with the event: they tell the browser, of which the report itself says nothing. */
const browserHeaders: readonly (readonly [name: string, header: string])[] = [
  ['sec-ch-ua', 'Sec-CH-UA'],
  ['sec-ch-ua-platform', 'Sec-CH-UA-Platform'],
  ['sec-ch-ua-platform-version', 'Sec-CH-UA-Platform-Version'],
  ['sec-ch-ua-model', 'Sec-CH-UA-Model'],
]

export function eventOfReport(reported: Reported, context: ReportContext): ParsedEvent {
  const { type, message, culprit, level, tags, request, own } = reported
  const { clientIp, headers, item } = context
  const sent = (name: string) => textOf([headers[name]].flat()[0])
  const pairs: readonly (readonly [name: string, value: string | undefined])[] = [
    ['Referer', request.referrer],
    ['Origin', requestOrigin({ origin: sent('origin') })],
    ['User-Agent', sent('user-agent') ?? request.userAgent],
    ...browserHeaders.map(([name, header]) => [header, sent(name)] as const),
  ]
  const payload: JsonObject = defined({
    type,
    logger: type,
    level,
    logentry: { formatted: message },
    culprit: textOf(culprit),
    tags,
    request: defined({
      url: request.url,
      method: request.method,
      headers: pairs.filter(([, value]) => textOf(value) !== undefined),
    }),
    user: clientIp === undefined ? undefined : { ip_address: clientIp },
    release: textOf(item.sentry_release),
    environment: textOf(item.sentry_environment),
    ...own,
  })
  return { payload, bytes: Buffer.from(JSON.stringify(payload)) }
}

/**
 * The reports of a batch; undefined when the body is no list.
 *
 * Source: https://www.w3.org/TR/reporting-1/#media-type
 */
export function reportsOfBatch(body: Uint8Array): readonly unknown[] | undefined {
  const batch = startsList(asBuffer(body)) ? parseJson(body) : undefined
  return Array.isArray(batch) ? batch : undefined
}

/** A report of a batch as JSON. One that is nested deeper than can be written is empty, which is no JSON. */
export function reportBytes(report: unknown): Uint8Array {
  return Buffer.from(jsonText(report) ?? '')
}

const OPENING_BRACKET = 0x5b
const blanks: ReadonlySet<number | undefined> = new Set([0x20, 0x09, 0x0a, 0x0d])

function startsList(body: Buffer): boolean {
  let at = 0
  while (blanks.has(body[at])) at++
  return body[at] === OPENING_BRACKET
}
