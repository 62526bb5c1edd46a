/** The parts of an event that are shown one below the other, each with its type. */
import { exceptionJson, threadsJson } from './event-exceptions.ts'
import type { EventFacts, TimeCorrection } from './event-facts.ts'
import { fieldOf, lenientText, parseLevel, valuesOf } from './event-fields.ts'
import { contextLines, stacktraceJson } from './event-frames.ts'
import type { RequestJson } from './event-request.ts'
import { freeData, freeObject, isoTime, textOrNull, wholeNumber } from './event-values.ts'
import { isObject, type JsonObject } from './json.ts'
import { formatMessage } from './message.ts'
import { parseTimestamp } from './timestamps.ts'

export interface Entry {
  readonly type: string
  readonly data: unknown
}

/** In the order in which Sentry shows them. */
export function entriesOf(
  payload: JsonObject,
  facts: EventFacts,
  { request, time }: { request: RequestJson | null; time: TimeCorrection },
): readonly Entry[] {
  const entries: readonly Entry[] = [
    { type: 'message', data: messageJson(payload) },
    { type: 'exception', data: exceptionJson(payload) },
    { type: 'stacktrace', data: stacktraceJson(fieldOf(payload, 'stacktrace')) },
    { type: 'threads', data: threadsJson(payload) },
    ...securityTypes.map((type) => ({ type, data: freeObject(fieldOf(payload, type)) })),
    { type: 'breadcrumbs', data: breadcrumbsJson(payload, time) },
    { type: 'template', data: templateJson(payload) },
    { type: 'request', data: request },
    { type: 'debugmeta', data: debugMetaJson(payload) },
    { type: 'spans', data: facts.type === 'transaction' ? spansOf(payload, time) : null },
  ]
  return entries.filter(({ data }) => data !== null)
}

const securityTypes = ['csp', 'hpkp', 'expectct', 'expectstaple'] as const

function messageJson(payload: JsonObject): JsonObject | null {
  const message = formatMessage(fieldOf(payload, 'logentry'))
  if (message === undefined) return null
  return message.params === undefined ? { ...message } : { ...message, params: freeData(message.params) }
}

function breadcrumbsJson(payload: JsonObject, time: TimeCorrection): JsonObject | null {
  const crumbs = valuesOf(fieldOf(payload, 'breadcrumbs')).filter(isObject)
  if (crumbs.length === 0) return null
  return {
    values: crumbs.map((crumb) => ({
      type: lenientText(crumb.type) ?? 'default',
      timestamp: shifted(crumb.timestamp, time, isoTime),
      level: parseLevel(crumb.level) ?? 'info',
      message: textOrNull(crumb.message),
      category: textOrNull(crumb.category),
      data: freeObject(crumb.data),
      event_id: textOrNull(crumb.event_id),
    })),
  }
}

function templateJson(payload: JsonObject): JsonObject | null {
  const template = fieldOf(payload, 'template')
  if (!isObject(template)) return null
  const lineNo = wholeNumber(template.lineno)
  return {
    filename: textOrNull(template.filename),
    absPath: textOrNull(template.abs_path),
    lineNo,
    context: contextLines(template, lineNo),
  }
}

function debugMetaJson(payload: JsonObject): JsonObject | null {
  const field = fieldOf(payload, 'debug_meta')
  if (!isObject(field)) return null
  const images = valuesOf(field.images ?? []).filter(isObject)
  const sdkInfo = freeObject(field.sdk_info)
  if (images.length === 0 && sdkInfo === null) return null
  return {
    images: images.map((image) => freeData(image)),
    ...(sdkInfo === null ? {} : { sdk_info: sdkInfo }),
  }
}

/** A transaction without spans has an empty list of them. Times are epoch seconds. */
function spansOf({ spans }: JsonObject, time: TimeCorrection): readonly JsonObject[] {
  return valuesOf(spans)
    .filter(isObject)
    .map((span) => ({
      ...freeObject(span),
      start_timestamp: shifted(span.start_timestamp, time, epochSeconds),
      timestamp: shifted(span.timestamp, time, epochSeconds),
    }))
}

/** A time of the payload after the correction of its clock; null if it is none. */
export function shifted<T>(value: unknown, { shiftMs }: TimeCorrection, write: (at: number) => T): T | null {
  const at = parseTimestamp(value)
  return at === undefined ? null : write(at + shiftMs)
}

export function epochSeconds(at: number): number {
  return Math.round(at * 1e3) / 1e6
}
