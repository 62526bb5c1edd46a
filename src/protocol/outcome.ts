/**
 * The fates of data and the units they are counted in.
 *
 * Source: https://develop.sentry.dev/sdk/foundations/transport/client-reports/ and Relay's outcome table.
 */

/** Position is the outcome's number on the wire. Never reorder. */
export const outcomes = [
  'accepted',
  'filtered',
  'rate_limited',
  'invalid',
  'abuse',
  'client_discard',
  'cardinality_limited',
] as const
export type OutcomeKind = (typeof outcomes)[number]

/** Position is the category's number on the wire. Never reorder. */
export const dataCategories = [
  'default',
  'error',
  'transaction',
  'security',
  'attachment',
  'session',
  'profile',
  'replay',
  'transaction_processed',
  'transaction_indexed',
  'monitor',
  'profile_indexed',
  'span',
  'monitor_seat',
  'feedback',
  'metric_bucket',
  'span_indexed',
  'profile_duration',
  'profile_chunk',
  'metric_second',
  'replay_video',
  'uptime',
  'attachment_item',
  'log_item',
  'log_byte',
  'profile_duration_ui',
  'profile_chunk_ui',
  'seer_autofix',
  'seer_scanner',
  'prevent_user',
  'prevent_review',
  'size_analysis',
  'installable_build',
  'trace_metric',
  'seer_user',
] as const
export type DataCategory = (typeof dataCategories)[number]

const categoryNumbers = new Map<string, number>(dataCategories.map((name, index) => [name, index]))
const outcomeNumbers = new Map<string, number>(outcomes.map((name, index) => [name, index]))

/** What "events" means in usage numbers: messages, exceptions and security reports. */
export const errorCategories: readonly DataCategory[] = ['default', 'error', 'security']

export function isErrorCategory(category: DataCategory): boolean {
  return errorCategories.includes(category)
}

/** The category that statistics speak of: `error` stands for all that are events. */
export function statedCategory(category: DataCategory): DataCategory {
  return isErrorCategory(category) ? 'error' : category
}

/** The number that stands for a category in the database. */
export function categoryNumber(category: DataCategory): number {
  return categoryNumbers.get(category) as number
}

/** The number that stands for an outcome in the database. */
export function outcomeNumber(outcome: OutcomeKind): number {
  return outcomeNumbers.get(outcome) as number
}

/** The category of that name, as client reports spell it; undefined if nobody knows it. */
export function parseDataCategory(name: unknown): DataCategory | undefined {
  return typeof name === 'string' && categoryNumbers.has(name) ? (name as DataCategory) : undefined
}

/** An amount of one data category: events by number, attachments by bytes. */
export interface Quantity {
  readonly category: DataCategory
  readonly quantity: number
}

/** How one piece of data ended. `reason` is absent for accepted data. */
export interface Fate {
  readonly outcome: OutcomeKind
  readonly reason?: string
  /** What in particular it was, in a few words for people. It is not counted, so it may be anything. */
  readonly detail?: string
}

export const accepted: Fate = { outcome: 'accepted' }

/** Tells a fate from what was made instead of it. */
export function isFate(value: object): value is Fate {
  return 'outcome' in value
}

/** The same fate with a word on what it was in particular. */
export function withDetail(fate: Fate, detail: string | undefined): Fate {
  if (detail === undefined || detail === '') return fate
  return { ...fate, detail: detail.slice(0, MAX_DETAIL_LENGTH).toWellFormed() }
}

/** Characters: senders write some of it. */
const MAX_DETAIL_LENGTH = 200

/** A fate that drops what it is given to. */
export function drop(outcome: Exclude<OutcomeKind, 'accepted'>, reason?: string): Fate {
  return reason === undefined ? { outcome } : { outcome, reason }
}
