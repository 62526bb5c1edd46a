/** Check-ins of monitors that come by HTTP instead of in an envelope. Source: ingest protocol 1.10. */
import type { RawItem } from './envelope.ts'
import { parseEventId } from './ids.ts'
import { defined, isObject, type JsonObject, jsonText, parseJson } from './json.ts'

/** Says which check-in is meant when none is named: the latest one, or a new one. */
const NIL_ID = '00000000000000000000000000000000'

const statuses: ReadonlySet<unknown> = new Set(['ok', 'error', 'in_progress', 'missed', 'timeout'])

/** What is wrong with a check-in, in a sentence. */
export interface CheckInFault {
  readonly fault: string
}

/**
 * Reads a check-in from a JSON body, or from query parameters when there is none.
 *
 * Shape: the item that an SDK would have sent in an envelope; `slug` is that of the path.
 * Errors: a fault for a missing status or a malformed id, number or body.
 */
export function readCheckIn(
  slug: string,
  input: { readonly json: Uint8Array } | { readonly query: Readonly<Record<string, unknown>> },
): RawItem | CheckInFault {
  const stated = 'json' in input ? parseJson(input.json) : input.query
  if (!isObject(stated)) return { fault: 'expected one JSON object' }
  const { status, duration, environment } = stated
  if (status === undefined || status === null || status === '') return { fault: 'status is missing' }
  const id = stated.check_in_id
  const checkInId = id === undefined || id === null || id === '' ? NIL_ID : parseEventId(id)
  if (checkInId === undefined) {
    return { fault: 'check_in_id must be 32 hex digits, with or without dashes' }
  }
  const seconds =
    duration === undefined || duration === null || duration === '' ? undefined : Number(duration)
  if (seconds !== undefined && !(seconds >= 0 && Number.isFinite(seconds))) {
    return { fault: 'duration must be a number of seconds' }
  }
  const checkIn: JsonObject = {
    ...('json' in input ? stated : {}),
    check_in_id: checkInId,
    monitor_slug: slug,
    status: statuses.has(status) ? status : 'unknown',
    ...defined({ duration: seconds, environment: typeof environment === 'string' ? environment : undefined }),
  }
  const payload = jsonText(checkIn)
  if (payload === undefined) return { fault: 'the body is nested too deeply' }
  return { type: 'check_in', header: { type: 'check_in' }, payload: Buffer.from(payload) }
}
