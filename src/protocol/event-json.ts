/**
 * A stored payload → what the API shows of it: old names resolved, lists and objects in one form, and the API's
 * spelling. Payloads are kept as they came, so anything may be in them; what has a wrong type is left out.
 */
import { contextsOf, packagesOf, sdkJson, userJson } from './event-context.ts'
import { entriesOf, epochSeconds, shifted } from './event-entries.ts'
import { type EventFacts, timeCorrection } from './event-facts.ts'
import { lenientText } from './event-fields.ts'
import { locationOf, metadataOf } from './event-metadata.ts'
import { errorsOf, metaOf } from './event-notes.ts'
import { type RequestJson, requestJson } from './event-request.ts'
import { tagsOf } from './event-tags.ts'
import { messageOf } from './event-title.ts'
import { freeObject, maxDepth } from './event-values.ts'
import { isObject, type JsonObject } from './json.ts'

/** What a list shows of an event. */
export function eventOutline(payload: JsonObject, facts: EventFacts) {
  return outlineOf(payload, facts, requestJson(payload, facts.clientIp))
}

function outlineOf(payload: JsonObject, facts: EventFacts, request: RequestJson | null) {
  const user = userJson(payload, facts.clientIp)
  const metadata = metadataOf(payload, facts)
  return {
    /** Empty when there is none beside the exception. */
    message: messageOf(payload) ?? '',
    location: locationOf(facts, metadata),
    user,
    tags: tagsOf(payload, facts, { user, request }),
    metadata,
  }
}

/** All that is shown of an event, whatever its type. */
export function eventBody(payload: JsonObject, facts: EventFacts) {
  const request = requestJson(payload, facts.clientIp)
  const time = timeCorrection(payload.timestamp, facts)
  const entries = entriesOf(payload, facts, { request, time })
  return {
    ...outlineOf(payload, facts, request),
    entries,
    contexts: contextsOf(payload),
    sdk: sdkJson(payload),
    context: freeObject(payload.extra, maxDepth.extra) ?? {},
    packages: packagesOf(payload),
    errors: errorsOf(payload, facts, time),
    fingerprints: fingerprintsOf(payload),
    _meta: metaOf(payload, entries),
  }
}

/** What only transactions have. Times are epoch seconds. */
export function transactionBody(payload: JsonObject, facts: EventFacts) {
  const time = timeCorrection(payload.timestamp, facts)
  return {
    startTimestamp: shifted(payload.start_timestamp, time, epochSeconds),
    endTimestamp: shifted(payload.timestamp, time, epochSeconds),
    measurements: measurementsOf(payload.measurements),
    breakdowns: breakdownsOf(payload.breakdowns),
  }
}

function fingerprintsOf({ fingerprint }: JsonObject): readonly string[] {
  return Array.isArray(fingerprint) ? fingerprint.flatMap((part) => lenientText(part) ?? []) : []
}

export interface Measurement {
  readonly value: number
  readonly unit: string | null
}
type Measurements = Readonly<Record<string, Measurement>>

function measurementsOf(value: unknown): Measurements | null {
  if (!isObject(value)) return null
  const entries = Object.entries(value).flatMap(([name, measurement]) =>
    isObject(measurement) && typeof measurement.value === 'number'
      ? [[name, { value: measurement.value, unit: lenientText(measurement.unit) ?? null }] as const]
      : [],
  )
  return entries.length === 0 ? null : Object.fromEntries(entries)
}

function breakdownsOf(value: unknown): Readonly<Record<string, Measurements>> | null {
  if (!isObject(value)) return null
  const entries = Object.entries(value).map(
    ([name, breakdown]) => [name, measurementsOf(breakdown) ?? {}] as const,
  )
  return entries.length === 0 ? null : Object.fromEntries(entries)
}
