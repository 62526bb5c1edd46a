/**
 * Which stretch of time a question is about: `statsPeriod`, or `statsPeriodStart` with `statsPeriodEnd`, or `start`
 * with `end`, looked at in this order.
 *
 * Source: web API conventions, relative and absolute ranges.
 */
import { parseTimestamp } from '../protocol/timestamps.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../time.ts'
import type { Parameter } from './endpoint.ts'
import { ApiError } from './errors.ts'
import { type Query, queryText } from './query.ts'

/** Epoch milliseconds, microseconds as their fraction. */
export interface TimeRange {
  readonly start: number
  readonly end: number
}

/** What a question that names no range is about: this long until now. */
export const DEFAULT_RANGE_MS = 90 * DAY

export const rangeParameters: Readonly<Record<string, Parameter>> = {
  statsPeriod: {
    description: 'Until now: a number with `s`, `m`, `h`, `d` or `w`; seconds without. Wins over the others',
  },
  statsPeriodStart: { description: 'How long before now it starts; with `statsPeriodEnd`' },
  statsPeriodEnd: { description: 'How long before now it ends; with `statsPeriodStart`' },
  start: { description: 'ISO 8601, in UTC if it names no zone, or epoch seconds; with `end`' },
  end: { description: 'As `start`' },
}

/**
 * Undefined when no range is named.
 *
 * Errors: ApiError 400 in Sentry's words.
 */
export function readRange(query: Query, now: number): TimeRange | undefined {
  const period = queryText(query, 'statsPeriod')
  if (period) return { start: before(now, period, 'statsPeriod'), end: now }
  const range = readPeriods(query, now) ?? readInstants(query)
  if (range !== undefined && range.start > range.end) throw new ApiError(400, 'start must be before end')
  return range
}

function readPeriods(query: Query, now: number): TimeRange | undefined {
  const start = queryText(query, 'statsPeriodStart')
  const end = queryText(query, 'statsPeriodEnd')
  if (!start && !end) return undefined
  if (!start || !end) throw new ApiError(400, 'statsPeriodStart and statsPeriodEnd are both required')
  return { start: before(now, start, 'statsPeriodStart'), end: before(now, end, 'statsPeriodEnd') }
}

function readInstants(query: Query): TimeRange | undefined {
  const start = queryText(query, 'start')
  const end = queryText(query, 'end')
  if (!start && !end) return undefined
  if (!start || !end) throw new ApiError(400, 'start and end are both required')
  return { start: instant(start), end: instant(end) }
}

const units: Readonly<Record<string, number>> = {
  s: SECOND,
  m: MINUTE,
  h: HOUR,
  d: DAY,
  w: 7 * DAY,
}

function before(now: number, period: string, name: string): number {
  const [, count, unit = 's'] = /^(\d+)([smhdw])?$/.exec(period) ?? []
  const at = now - Number(count) * (units[unit] ?? SECOND)
  // NaN for what is no period, and out of range for one that reaches back beyond all dates.
  if (Number.isNaN(new Date(at).getTime())) throw new ApiError(400, `Invalid ${name}: '${period}'`)
  return at
}

function instant(text: string): number {
  const isEpoch = /^\d+(\.\d+)?$/.test(text)
  const at = isEpoch ? parseTimestamp(Number(text)) : parseTimestamp(withTime(text))
  if (at === undefined) throw new ApiError(400, `${text} is not a valid ISO8601 date query`)
  return at
}

/** A day alone means its first instant. An offset's `+` arrives as a space when it was not escaped. */
function withTime(text: string): string {
  return /^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00` : text.replace(/ (?=\d\d:?\d\d$)/, '+')
}
