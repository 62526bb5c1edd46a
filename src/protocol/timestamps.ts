/** Times as SDKs write them, and what is done about clocks that are wrong. Units: epoch milliseconds. */

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const DAY_MS = 24 * 60 * MINUTE_MS

/** A clock that is off by less is taken as right. */
const TOLERATED_DRIFT_MS = 55 * MINUTE_MS
/** How far ahead of the time received an event may lie. */
const TOLERATED_FUTURE_MS = 60 * SECOND_MS
/** The last instant that a Date can hold. */
const LAST_INSTANT_MS = 8.64e15

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:([Zz])|([+-])(\d\d):?(\d\d))?$/

/**
 * Reads an RFC 3339 date and time with its zone.
 *
 * Units: epoch milliseconds, with microseconds as the fraction.
 * Errors: undefined if it is malformed, or no such day or time exists.
 */
export function parseRfc3339(text: string): number | undefined {
  const match = rfc3339.exec(text)
  return match === null || (match[8] === undefined && match[9] === undefined) ? undefined : instantOf(match)
}

/**
 * Reads the timestamp of an event: RFC 3339 text, in UTC if it has no zone, or a number of seconds.
 *
 * Units: epoch milliseconds, with microseconds as the fraction.
 * Errors: undefined if it is anything else.
 */
export function parseTimestamp(value: unknown): number | undefined {
  if (typeof value === 'number') {
    const at = Math.round(value * 1e6) / 1e3
    return Math.abs(at) <= LAST_INSTANT_MS ? at : undefined
  }
  if (typeof value !== 'string') return undefined
  const match = rfc3339.exec(value)
  return match === null ? undefined : instantOf(match)
}

function instantOf(match: RegExpExecArray): number | undefined {
  const part = (index: number) => Number(match[index] ?? 0)
  const [year, month, day] = [part(1), part(2), part(3)]
  const [hour, minute, second] = [part(4), part(5), part(6)]
  // Second 60 is a leap second.
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 60) return undefined
  if (day > 28 && day > daysInMonth(year, month)) return undefined
  const micros = Math.trunc(Number(`0.${match[7] ?? '0'}`) * 1e6 + 1e-4)
  const offsetMinutes = part(10) * 60 + part(11)
  if (part(10) > 23 || part(11) > 59) return undefined
  const at = utc(year, month, day) + ((hour * 60 + minute) * 60 + second) * SECOND_MS + micros / 1e3
  return at - (match[9] === '-' ? -offsetMinutes : offsetMinutes) * MINUTE_MS
}

function daysInMonth(year: number, month: number): number {
  return new Date(utc(year, month + 1, 0)).getUTCDate()
}

/** Date.UTC takes the years 0 to 99 for 1900 to 1999; 400 years later the calendar is the same. */
function utc(year: number, month: number, day: number): number {
  const FOUR_CENTURIES_MS = 146_097 * DAY_MS
  return Date.UTC(year + 400, month - 1, day) - FOUR_CENTURIES_MS
}

/**
 * What must be added to every time of an envelope whose sender's clock is wrong.
 *
 * Units: milliseconds; 0 below 55 minutes, or when nobody said when it was sent.
 */
export function clockDrift(receivedAt: number, sentAt: number | undefined): number {
  if (sentAt === undefined) return 0
  const driftMs = receivedAt - sentAt
  return Math.abs(driftMs) >= TOLERATED_DRIFT_MS ? driftMs : 0
}

/** More than a minute ahead of the time received. */
export function isTooFarAhead(at: number, receivedAt: number): boolean {
  return at > receivedAt + TOLERATED_FUTURE_MS
}

/** Older than what the project keeps. */
export function isTooOld(at: number, receivedAt: number, retentionDays: number): boolean {
  return at < receivedAt - retentionDays * DAY_MS
}
