/** What of a quota is used up, in fixed windows, and which limits are in force because of it. */
import type { RawItem } from '../protocol/envelope.ts'
import { type ItemType, isEventBound, itemTypeOf, makesEvent, quantitiesOf } from '../protocol/items.ts'
import { drop, type Fate, type Quantity } from '../protocol/outcome.ts'
import { covers, limitOn, longestOf, type Quota, type RateLimit } from '../protocol/rate-limits.ts'
import type { RateLimitUse } from '../store/flush.ts'
import type { Clock } from '../time.ts'

/** The quotas that hold for a key. Windows of an organization are shifted, so that not all begin at once. */
export interface Limited {
  readonly organizationId: number
  readonly quotas: readonly Quota[]
}

export type Charge =
  | { readonly kind: 'charged'; readonly uses: readonly RateLimitUse[] }
  | { readonly kind: 'refused'; readonly limit: RateLimit }

export interface Limits {
  /** The limits that something was refused for and that have not ended. Counts nothing. */
  inForce(limited: Limited): readonly RateLimit[]
  /**
   * Counts a piece of data in every quota that covers it; or in none, when one of them has no room. From then on
   * that limit is in force until the window ends.
   */
  charge(limited: Limited, quantities: readonly Quantity[]): Charge
  /** Undoes charges whose data was not kept after all. */
  giveBack(uses: readonly RateLimitUse[]): void
  /** Windows remembered, for health and metrics. */
  windows(): number
}

/** How much of a quota one window has used. */
interface Counter {
  readonly endsAt: number
  used: number
  /** The quota's limit when something was last refused: a higher one is not in force. */
  refusedAt: number
}

/** How long a limit of 0 is said to last. It is in force as long as it is set. */
const ZERO_LIMIT_MS = 60_000
/** Windows that have ended are looked for when there are this many, and again when twice as many are left over. */
const SWEEP_FROM = 1000

const nothingInForce: readonly RateLimit[] = []
const nothingCharged: Charge = { kind: 'charged', uses: [] }

/** `uses` is what is known from before: the windows that have not ended. */
export function openLimits(clock: Pick<Clock, 'now'>, uses: readonly RateLimitUse[] = []): Limits {
  const counters = new Map<string, Counter>()
  let sweepAt = SWEEP_FROM
  for (const { quotaId, endsAt, quantity } of uses) counterOf(quotaId, endsAt).used += quantity

  function counterOf(quotaId: string, endsAt: number): Counter {
    const name = nameOf(quotaId, endsAt)
    const known = counters.get(name)
    if (known !== undefined) return known
    if (counters.size >= sweepAt) forgetEnded()
    const counter = { endsAt, used: 0, refusedAt: -1 }
    counters.set(name, counter)
    return counter
  }

  function forgetEnded(): void {
    const now = clock.now() / 1000
    for (const [name, { endsAt }] of counters) if (endsAt <= now) counters.delete(name)
    sweepAt = Math.max(SWEEP_FROM, counters.size * 2)
  }

  return {
    inForce({ organizationId, quotas }) {
      if (quotas.length === 0) return nothingInForce
      const now = clock.now()
      return quotas.flatMap((quota) => {
        if (quota.limit === 0) return limitOfQuota(quota, now + ZERO_LIMIT_MS)
        const endsAt = windowEnd(quota, organizationId, now)
        const counter = counters.get(nameOf(quota.id, endsAt))
        return counter !== undefined && hasRefused(counter, quota) ? limitOfQuota(quota, endsAt * 1000) : []
      })
    },

    charge({ organizationId, quotas }, quantities) {
      if (quotas.length === 0) return nothingCharged
      const now = clock.now()
      const refusals: RateLimit[] = []
      const charges: { readonly counter: Counter; readonly use: RateLimitUse }[] = []
      for (const quota of quotas) {
        const quantity = quantityIn(quota, quantities)
        if (quantity === 0) continue
        if (quota.limit === 0) {
          refusals.push(limitOfQuota(quota, now + ZERO_LIMIT_MS))
          continue
        }
        const endsAt = windowEnd(quota, organizationId, now)
        const counter = counterOf(quota.id, endsAt)
        if (quota.limit !== null && (hasRefused(counter, quota) || counter.used + quantity > quota.limit)) {
          counter.refusedAt = quota.limit
          refusals.push(limitOfQuota(quota, endsAt * 1000))
        } else charges.push({ counter, use: { quotaId: quota.id, endsAt, quantity } })
      }
      const limit = longestOf(refusals)
      if (limit !== undefined) return { kind: 'refused', limit }
      for (const { counter, use } of charges) counter.used += use.quantity
      return { kind: 'charged', uses: charges.map(({ use }) => use) }
    },

    giveBack(uses) {
      for (const { quotaId, endsAt, quantity } of uses) {
        const counter = counters.get(nameOf(quotaId, endsAt))
        if (counter === undefined) continue
        counter.used -= quantity
        counter.refusedAt = -1
      }
    },

    windows: () => counters.size,
  }
}

function nameOf(quotaId: string, endsAt: number): string {
  return `${quotaId} ${endsAt}`
}

function hasRefused({ refusedAt }: Counter, { limit }: Quota): boolean {
  return limit !== null && limit <= refusedAt
}

function quantityIn(quota: Quota, quantities: readonly Quantity[]): number {
  return quantities.reduce(
    (sum, { category, quantity }) => (covers(quota, category) ? sum + quantity : sum),
    0,
  )
}

function limitOfQuota({ categories, scope, reasonCode }: Quota, until: number): RateLimit {
  return { categories, scope, ...(reasonCode === undefined ? {} : { reason: reasonCode }), until }
}

/**
 * The end of the window that `now` lies in.
 *
 * Units: `now` is epoch milliseconds, the answer epoch seconds.
 */
export function windowEnd({ window }: Pick<Quota, 'window'>, organizationId: number, now: number): number {
  const shift = organizationId % window
  const slot = Math.floor((Math.floor(now / 1000) - shift) / window)
  return (slot + 1) * window + shift
}

/** What a limit leaves behind of the data it refuses. */
export function limitedFate({ reason }: RateLimit): Fate {
  return drop('rate_limited', reason)
}

/** An attachment that makes an event is read even if it may not be kept. Its loss alone is never answered 429. */
export function isLookedAt({ header }: RawItem, type: ItemType): boolean {
  return type === 'attachment' && makesEvent(type, header.attachment_type)
}

const nothingLimited: ReadonlyMap<RawItem, Fate> = new Map()

/**
 * What the limits in force take of an envelope before anything of it is parsed: the event with all that is bound
 * to it, for the event's reason; or else each item by what it counts as.
 */
export function limitedItems(
  limits: readonly RateLimit[],
  items: readonly RawItem[],
): ReadonlyMap<RawItem, Fate> {
  if (limits.length === 0) return nothingLimited
  const event = items.find(({ type }) => makesEvent(itemTypeOf(type) ?? 'client_report'))
  const eventLimit = event && limitOn(limits, quantitiesOf(event))
  const fates = new Map<RawItem, Fate>()
  for (const item of items) {
    const type = itemTypeOf(item.type)
    if (type === undefined) continue
    const own = isLookedAt(item, type) ? undefined : limitOn(limits, quantitiesOf(item))
    const limit = isEventBound(type) && eventLimit !== undefined ? eventLimit : own
    if (limit !== undefined) fates.set(item, limitedFate(limit))
  }
  return fates
}
