/**
 * How much data may come: quotas, the limits that used-up quotas put in force, and the header that tells of them.
 *
 * Source: https://develop.sentry.dev/sdk/foundations/transport/rate-limiting/
 */
import { type DataCategory, errorCategories, parseDataCategory, type Quantity } from './outcome.ts'

export const limitScopes = ['organization', 'project', 'key', 'global'] as const
export type LimitScope = (typeof limitScopes)[number]

/** How much data of some categories may come in each window of time. */
export interface Quota {
  /** Names what is counted. A quota that gets another window is another quota. */
  readonly id: string
  readonly scope: LimitScope
  readonly scopeId: number
  /** Counted together; empty means all. */
  readonly categories: readonly DataCategory[]
  /** 0 refuses everything; null refuses nothing and only counts. */
  readonly limit: number | null
  /** Seconds. */
  readonly window: number
  readonly reasonCode?: string
}

/** What is refused until a moment, and by whom. */
export interface RateLimit {
  /** Empty means all. */
  readonly categories: readonly DataCategory[]
  readonly scope: LimitScope
  readonly reason?: string
  /** Of metrics, when only some are limited. */
  readonly namespaces?: readonly string[]
  /** Epoch milliseconds. */
  readonly until: number
}

/** A quota as somebody states it. Undefined if it can never apply: it names no known category, or adds unlike units. */
export function quotaOf(
  stated: Omit<Quota, 'categories'> & { readonly categories: readonly string[] },
): Quota | undefined {
  const categories = knownCategories(stated.categories)
  if (categories === undefined) return undefined
  const units = new Set(categories.map(unitOf))
  const isCounted = stated.limit !== 0
  return isCounted && units.size !== 1 ? undefined : { ...stated, categories }
}

/** What holds for a key: its own limit, which counts errors and nothing else. */
export function quotasOfKey(key: {
  readonly keyId: number
  readonly rateLimit: { readonly count: number; readonly window: number } | null
}): readonly Quota[] {
  if (key.rateLimit === null) return []
  const { count, window } = key.rateLimit
  const quota = quotaOf({
    id: `key:${key.keyId}:${window}`,
    scope: 'key',
    scopeId: key.keyId,
    categories: errorCategories,
    limit: count,
    window,
    reasonCode: 'key_quota',
  })
  return quota === undefined ? [] : [quota]
}

/** Unknown names are left out; undefined when that leaves none, which must not read as all. */
function knownCategories(names: readonly string[]): readonly DataCategory[] | undefined {
  const known = names.flatMap((name) => parseDataCategory(name) ?? [])
  return known.length === 0 && names.length > 0 ? undefined : known
}

/** What a category is counted in. */
export function unitOf(category: DataCategory): 'bytes' | 'milliseconds' | 'number' {
  switch (category) {
    case 'attachment':
    case 'log_byte':
      return 'bytes'
    case 'profile_duration':
    case 'profile_duration_ui':
      return 'milliseconds'
    default:
      return 'number'
  }
}

/** Whether a quota or a limit speaks of the category. */
export function covers(
  { categories }: { readonly categories: readonly DataCategory[] },
  category: DataCategory,
): boolean {
  return categories.length === 0 || categories.includes(category)
}

/** Of the limits on any of these data the one that ends last; undefined when there is none. */
export function limitOn(
  limits: readonly RateLimit[],
  quantities: readonly Quantity[],
): RateLimit | undefined {
  return longestOf(limits.filter((limit) => quantities.some(({ category }) => covers(limit, category))))
}

export function longestOf(limits: readonly RateLimit[]): RateLimit | undefined {
  return limits.reduce<RateLimit | undefined>(
    (longest, limit) => (longest === undefined || limit.until > longest.until ? limit : longest),
    undefined,
  )
}

/**
 * The value of `X-Sentry-Rate-Limits`: `<seconds>:<categories>:<scope>[:<reason>[:<namespaces>]]`, separated by
 * commas. Of limits that differ in nothing but their end, the longest stands for all.
 *
 * Units: `now` is epoch milliseconds. Whole seconds, at least 1, so that nobody comes back too early.
 */
export function formatRateLimits(limits: readonly RateLimit[], now: number): string {
  const seconds = new Map<string, number>()
  for (const limit of limits) {
    const rest = formatWithoutSeconds(limit)
    seconds.set(rest, Math.max(seconds.get(rest) ?? 0, secondsUntil(limit, now)))
  }
  return [...seconds].map(([rest, left]) => `${left}:${rest}`).join(', ')
}

function formatWithoutSeconds({ categories, scope, reason, namespaces = [] }: RateLimit): string {
  const parts = [categories.join(';'), scope]
  if (reason !== undefined || namespaces.length > 0) parts.push(reason ?? '')
  if (namespaces.length > 0) parts.push(namespaces.join(';'))
  return parts.join(':')
}

/** The value of `Retry-After`: the longest of them, in seconds. */
export function retryAfter(limits: readonly RateLimit[], now: number): number {
  return Math.max(1, ...limits.map((limit) => secondsUntil(limit, now)))
}

function secondsUntil({ until }: RateLimit, now: number): number {
  return Math.max(1, Math.ceil((until - now) / 1000))
}

/** What a receiver takes for a number of seconds that it cannot read. */
const UNREADABLE_SECONDS = 60

/** Reads `X-Sentry-Rate-Limits` as an SDK does. Limits that list only unknown categories are left out. */
export function parseRateLimits(header: string, now: number): readonly RateLimit[] {
  return header.split(',').flatMap((text) => parseRateLimit(text.trim(), now) ?? [])
}

function parseRateLimit(text: string, now: number): RateLimit | undefined {
  const [seconds = '', names = '', scope = '', reason = '', namespaces = ''] = text.split(':')
  const categories = knownCategories(listOf(names))
  if (text === '' || categories === undefined) return undefined
  const stated = seconds.trim() === '' ? Number.NaN : Number(seconds)
  const duration = Number.isFinite(stated) && stated >= 0 ? stated : UNREADABLE_SECONDS
  return {
    categories,
    scope: limitScopes.find((known) => known === scope.trim()) ?? 'global',
    ...(reason === '' ? {} : { reason }),
    ...(namespaces === '' ? {} : { namespaces: listOf(namespaces) }),
    until: now + duration * 1000,
  }
}

function listOf(text: string): string[] {
  return text
    .split(';')
    .map((each) => each.trim())
    .filter((each) => each !== '')
}
