/**
 * What the statistics of an organization are asked for: fields, stretch of time and filters, which each of their
 * endpoints reads from the query in the same way and refuses in the same words.
 *
 * Source: web API, sections 6.3 and 6.4.
 */
import {
  categoryNumber,
  type DataCategory,
  dataCategories,
  errorCategories,
  isErrorCategory,
  type OutcomeKind,
  outcomeNumber,
  outcomes,
  parseDataCategory,
} from '../protocol/outcome.ts'
import { keysOfOrganization } from '../store/client-keys.ts'
import type { Db } from '../store/database.ts'
import {
  type FateQuery,
  type ProjectFateSum,
  sumFatesOfOrganization,
  sumFatesOfProjects,
} from '../store/organization-stats.ts'
import { DAY, MINUTE, SECOND } from '../time.ts'
import type { Parameter } from './endpoint.ts'
import { ApiError } from './errors.ts'
import { type Query, queryList, queryText } from './query.ts'
import { DEFAULT_RANGE_MS, rangeParameters, readRange } from './ranges.ts'
import { parseInterval, wholeIntervals } from './series.ts'
import { tooManyResults } from './stats.ts'

const fields = ['sum(quantity)', 'sum(times_seen)'] as const
export type Field = (typeof fields)[number]

export const questionParameters: Readonly<Record<string, Parameter>> = {
  field: {
    description:
      'At least one. `sum(quantity)` adds up events, bytes of attachments, and so on; `sum(times_seen)` counts the attachments instead of their bytes. Repeatable',
    schema: { type: 'string', enum: fields },
  },
  ...rangeParameters,
  interval: { description: 'Whole minutes that divide a day, as `5m`, `6h` or `1d`; `1h` by default' },
  project: { description: 'Id or slug of a project; `-1` for all within reach. Repeatable' },
  projectSlug: { description: 'Slug of a project; `$all` for all within reach. Repeatable' },
  category: { description: 'Only this category; `error` includes `default` and `security`. Repeatable' },
  outcome: { description: 'Only this outcome. Repeatable', schema: { type: 'string', enum: outcomes } },
  reason: { description: 'Only this reason; `none` for data that has none. Repeatable' },
  key_id: { description: 'Only what came through this client key. Repeatable' },
}

/** Values of a parameter that may be repeated; empty ones do not count. */
export function queryValues(query: Query, name: string): readonly string[] {
  return [...new Set(queryList(query, name))].filter(Boolean)
}

/** Errors: ApiError 400. */
export function requireField(query: Query): void {
  if (queryValues(query, 'field').length === 0) throw new ApiError(400, 'At least one "field" is required.')
}

/** Errors: ApiError 400 for one that there is not. */
export function readFields(query: Query): readonly Field[] {
  return queryValues(query, 'field').map((name) => {
    const field = fields.find((each) => each === name)
    if (field === undefined) throw new ApiError(400, `Invalid field: "${name}"`)
    return field
  })
}

/** Whole intervals; epoch seconds, end exclusive. */
export interface Stretch {
  readonly from: number
  readonly to: number
  readonly interval: number
}

/** Years with more digits are written another way. */
const LAST_DAY = Date.UTC(9999, 11, 31)

/** Errors: ApiError 400, for the interval first. `now` is epoch milliseconds. */
export function readStretch(query: Query, now: number): Stretch {
  const interval = readInterval(queryText(query, 'interval') || '1h')
  const { start, end } = readRange(query, now) ?? { start: now - DEFAULT_RANGE_MS, end: now }
  if (end > LAST_DAY) throw new ApiError(400, 'end must be before the end of the year 9999')
  return { ...wholeIntervals(start / SECOND, end / SECOND, interval), interval }
}

function readInterval(text: string): number {
  const interval = parseInterval(/^\d+$/.test(text) ? `${text}s` : text) ?? 0
  if (interval === 0 || (interval * SECOND) % MINUTE !== 0) {
    throw new ApiError(400, 'The interval has to be a multiple of the minimum interval of one minute.')
  }
  if (interval * SECOND > DAY) throw new ApiError(400, 'The interval has to be less than one day.')
  if (DAY % (interval * SECOND) !== 0) {
    throw new ApiError(400, 'The interval should divide one day without a remainder.')
  }
  return interval
}

/** In whole seconds. */
export function dateOf(epochSeconds: number): string {
  return new Date(epochSeconds * SECOND).toISOString().replace(/\.\d+Z$/, 'Z')
}

/** Which counts are asked for. Undefined stands for all of them. */
export interface Filter {
  readonly outcomes: readonly OutcomeKind[] | undefined
  readonly categories: readonly DataCategory[] | undefined
  readonly reasons: readonly string[] | undefined
  /** Ids or public keys. */
  readonly keys: readonly string[] | undefined
}

/** Errors: ApiError 400, for outcomes, categories, keys in this order. */
export function readFilter(query: Query): Filter {
  return {
    outcomes: someOf(queryValues(query, 'outcome').map(readOutcome)),
    categories: someOf(readCategories(queryValues(query, 'category'))),
    reasons: someOf(queryValues(query, 'reason').map(storedReason)),
    keys: someOf(queryValues(query, 'key_id').map(readKeyId)),
  }
}

function someOf<T>(values: readonly T[]): readonly T[] | undefined {
  return values.length === 0 ? undefined : values
}

function readOutcome(name: string): OutcomeKind {
  const outcome = outcomes.find((each) => each === name)
  if (outcome === undefined) throw new ApiError(400, `Invalid outcome: "${name}"`)
  return outcome
}

/** By these, the public document calls two of them. */
const otherNames: ReadonlyMap<string, DataCategory> = new Map([
  ['replays', 'replay'],
  ['profiles', 'profile'],
])

function readCategories(names: readonly string[]): readonly DataCategory[] {
  const categories = new Set<DataCategory>()
  for (const name of names) {
    const category = parseDataCategory(name) ?? otherNames.get(name)
    if (category === undefined) throw new ApiError(400, `Invalid category: "${name}"`)
    for (const each of category === 'error' ? errorCategories : [category]) categories.add(each)
  }
  // Bytes and events do not add up to anything.
  if (categories.has('attachment') && categories.size > 1) {
    throw new ApiError(400, 'if filtering by attachment no other category may be present')
  }
  return [...categories]
}

function readKeyId(text: string): string {
  if (!/^(\d{1,15}|[0-9a-f]{32})$/.test(text)) throw new ApiError(400, `Invalid key: "${text}"`)
  return text
}

const reasonNames: readonly { readonly shown: string; readonly stored: string }[] = [
  { shown: 'none', stored: '' },
  { shown: 'spike_protection', stored: 'smart_rate_limit' },
]

export function storedReason(reason: string): string {
  return reasonNames.find(({ shown }) => shown === reason)?.stored ?? reason
}

export function shownReason(reason: string): string {
  return reasonNames.find(({ stored }) => stored === reason)?.shown ?? reason
}

/** A field of a category, as answers show it. */
export interface Share {
  readonly field: Field
  readonly category: DataCategory
}

/** What is measured in bytes → where the same things are counted. */
const counters: Readonly<Partial<Record<DataCategory, DataCategory>>> = {
  attachment: 'attachment_item',
  log_byte: 'log_item',
}

/** Numbers of stored categories → what each is a share of. Those of events are shown as one, `error`. */
export function sharesOf(
  fields: readonly Field[],
  categories: readonly DataCategory[] = dataCategories,
): ReadonlyMap<number, readonly Share[]> {
  const shares = new Map<number, Share[]>()
  for (const stored of categories) {
    const category = isErrorCategory(stored) ? 'error' : stored
    for (const field of fields) {
      const source = (field === 'sum(times_seen)' ? counters[stored] : undefined) ?? stored
      const number = categoryNumber(source)
      shares.set(number, [...(shares.get(number) ?? []), { field, category }])
    }
  }
  return shares
}

/** Whose counts are asked for. */
export interface Scope {
  readonly organizationId: number
  /** Undefined for the whole organization. */
  readonly projectIds: readonly number[] | undefined
}

/** Sums that one answer may be made of. Senders choose some of the reasons, so nobody knows how many there are. */
const MAX_SUMS = 200_000

/**
 * What passes the filter, in one statement per few hundred projects.
 *
 * Errors: ApiError 400 when there is more than can be answered.
 */
export async function fateSums(
  db: Db,
  scope: Scope,
  { outcomes, categories, reasons, keys }: Filter,
  {
    shares,
    byProject,
    ...query
  }: Pick<FateQuery, 'ranges' | 'step' | 'byReason'> & {
    byProject: boolean
    shares: ReadonlyMap<number, readonly Share[]>
  },
): Promise<readonly ProjectFateSum[]> {
  const asked: FateQuery = {
    ...query,
    limit: MAX_SUMS + 1,
    ...(outcomes && { outcomes: outcomes.map(outcomeNumber) }),
    ...(categories && { categories: [...shares.keys()] }),
    ...(reasons && { reasons }),
  }
  const { organizationId } = scope
  const source = await sourceOf(db, scope, keys)
  const sums =
    source === undefined
      ? await sumFatesOfOrganization(db, { ...asked, organizationId })
      : await sumFatesOfProjects(db, { ...asked, ...source, byProject })
  if (sums.length > MAX_SUMS) throw tooManyResults()
  return sums
}

/**
 * The projects, and the keys, whose counts are read; undefined for the whole organization. A key belongs to one
 * project, and those that are not in the scope count nothing.
 */
async function sourceOf(
  db: Db,
  { organizationId, projectIds }: Scope,
  keys: Filter['keys'],
): Promise<{ projectIds: readonly number[]; keyIds?: readonly number[] } | undefined> {
  if (keys === undefined) return projectIds && { projectIds }
  const found = (await keysOfOrganization(db, { organizationId, names: keys })).filter(
    ({ projectId }) => projectIds === undefined || projectIds.includes(projectId),
  )
  return {
    projectIds: [...new Set(found.map(({ projectId }) => projectId))],
    keyIds: found.map(({ id }) => id),
  }
}
