import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RawItem } from '../protocol/envelope.ts'
import type { DataCategory } from '../protocol/outcome.ts'
import type { Quota, RateLimit } from '../protocol/rate-limits.ts'
import { heldClock, SECOND } from '../time.ts'
import { type Charge, type Limited, limitedItems, openLimits, windowEnd } from './limits.ts'

/** Monday, half past nine: where a window of an organization without a shift begins. */
const startAt = Date.UTC(2026, 0, 5, 9, 30)
const startSecond = startAt / 1000

function quota(limit: number | null, rest: Partial<Quota> = {}): Quota {
  return { id: 'q', scope: 'project', scopeId: 1, categories: ['error'], limit, window: 60, ...rest }
}

/** Organization 60 has windows of a minute that begin with the minute. */
function limited(...quotas: readonly Quota[]): Limited {
  return { organizationId: 60, quotas }
}

const one = (category: DataCategory, quantity = 1) => [{ category, quantity }]
const anError = one('error')
const usesOf = (charge: Charge) => (charge.kind === 'charged' ? charge.uses : charge.limit)
/** How many of `tries` errors pass. */
const passing = (limits: ReturnType<typeof openLimits>, key: Limited, tries: number) =>
  Array.from({ length: tries }, () => limits.charge(key, anError)).filter(({ kind }) => kind === 'charged')
    .length

describe('windows', () => {
  test.for([
    // The window ends where the next begins.
    { window: 60, organizationId: 0, now: startAt, end: startSecond + 60 },
    { window: 60, organizationId: 0, now: startAt - 1, end: startSecond },
    { window: 60, organizationId: 0, now: startAt + 59_999, end: startSecond + 60 },
    { window: 60, organizationId: 0, now: startAt + 60_000, end: startSecond + 120 },
    // Shifted by the organization's id modulo the window.
    { window: 60, organizationId: 7, now: startAt, end: startSecond + 7 },
    { window: 60, organizationId: 67, now: startAt + 6999, end: startSecond + 7 },
    { window: 60, organizationId: 7, now: startAt + 7000, end: startSecond + 67 },
    { window: 60, organizationId: 60, now: startAt, end: startSecond + 60 },
    { window: 1, organizationId: 5, now: startAt + 999, end: startSecond + 1 },
    { window: 86_400, organizationId: 86_399, now: startAt, end: startSecond - 9.5 * 3600 + 86_399 },
  ])('of $window s of organization $organizationId at $now ms end at $end', (row) => {
    expect(windowEnd(row, row.organizationId, row.now)).toBe(row.end)
  })

  test('follow each other without gap or overlap, all as long as the quota says', () => {
    const anywhere = fc.record({
      window: fc.integer({ min: 1, max: 86_400 }),
      organizationId: fc.nat(),
      now: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    })
    fc.assert(
      fc.property(anywhere, ({ window, organizationId, now }) => {
        const end = windowEnd({ window }, organizationId, now)
        expect(end * 1000).toBeGreaterThan(now)
        expect(end * 1000 - now).toBeLessThanOrEqual(window * 1000)
        expect((end - (organizationId % window)) % window).toBe(0)
        expect(windowEnd({ window }, organizationId, end * 1000)).toBe(end + window)
      }),
    )
  })

  test('let through what the limit says in each of them, from its first millisecond to its last', () => {
    const clock = heldClock(startAt)
    const limits = openLimits(clock)
    const key = limited(quota(3))
    const passed = [0, 59_999, 60_000, 119_999, 120_000, 600_000].map((ms) => {
      clock.set(startAt + ms)
      return passing(limits, key, 2)
    })
    expect(passed).toEqual([2, 1, 2, 1, 2, 2])
  })

  test('that have ended are forgotten', () => {
    const clock = heldClock(startAt)
    const limits = openLimits(clock)
    for (let key = 0; key < 50_000; key++) {
      limits.charge(limited(quota(5, { id: String(key), window: 1 })), anError)
      if (key % 100 === 0) clock.advance(SECOND)
    }
    expect(limits.windows()).toBeLessThan(2000)
  })

  test('survive a clock that is put back a little', () => {
    const clock = heldClock(startAt)
    const limits = openLimits(clock)
    const key = limited(quota(3))
    const passed = [0, 60_000, 59_000, 60_000].map((ms) => {
      clock.set(startAt + ms)
      return passing(limits, key, 5)
    })
    expect(passed).toEqual([3, 3, 0, 0])
  })
})

describe('a charge', () => {
  test('names what it used, by quota and end of the window', () => {
    const limits = openLimits(heldClock(startAt))
    const key = limited(quota(10), quota(null, { id: 'day', window: 86_400, categories: ['log_byte'] }))
    expect(usesOf(limits.charge(key, anError))).toEqual([
      { quotaId: 'q', endsAt: startSecond + 60, quantity: 1 },
    ])
    expect(usesOf(limits.charge(key, one('log_byte', 500)))).toEqual([
      { quotaId: 'day', endsAt: windowEnd({ window: 86_400 }, 60, startAt), quantity: 500 },
    ])
    expect(usesOf(limits.charge(key, one('transaction')))).toEqual([])
    expect(usesOf(limits.charge(limited(), anError))).toEqual([])
  })

  test('that is refused counts nowhere, also not in the quotas that had room', () => {
    const limits = openLimits(heldClock(startAt))
    const wide = quota(5, { id: 'wide' })
    const narrow = quota(2, { id: 'narrow' })
    expect(passing(limits, limited(wide, narrow), 4)).toBe(2)
    expect(passing(limits, limited(wide), 9)).toBe(3)
  })

  test('counts several categories of a quota together', () => {
    const limits = openLimits(heldClock(startAt))
    const key = limited(quota(3, { categories: ['default', 'error', 'security'] }))
    const kinds = (['error', 'security', 'transaction', 'default', 'error'] as const).map(
      (category) => limits.charge(key, one(category)).kind,
    )
    expect(kinds).toEqual(['charged', 'charged', 'charged', 'charged', 'refused'])
  })

  test('is for the limit that ends last when several have no room', () => {
    const limits = openLimits(heldClock(startAt))
    const short = quota(1, { id: 'short', reasonCode: 'short_quota' })
    const long = quota(1, { id: 'long', window: 3600, reasonCode: 'long_quota' })
    limits.charge(limited(short, long), anError)
    expect(usesOf(limits.charge(limited(short, long), anError))).toEqual({
      categories: ['error'],
      scope: 'project',
      reason: 'long_quota',
      until: windowEnd(long, 60, startAt) * 1000,
    })
  })

  test('larger than what is left is refused, and from then on everything is, as the sender was told', () => {
    const clock = heldClock(startAt)
    const limits = openLimits(clock)
    const key = limited(quota(100, { categories: ['attachment'] }))
    const kinds = [60, 60, 1].map((bytes) => limits.charge(key, one('attachment', bytes)).kind)
    expect(kinds).toEqual(['charged', 'refused', 'refused'])
    clock.advance(60 * SECOND)
    expect(limits.charge(key, one('attachment', 100)).kind).toBe('charged')
  })

  test('against a limit of 0 is always refused, for a minute at a time; one that only counts never', () => {
    const clock = heldClock(startAt)
    const limits = openLimits(clock)
    const closed = limited(quota(0, { categories: [] }))
    for (const at of [startAt, startAt + 59_000, startAt + 61_000]) {
      clock.set(at)
      const limit = { categories: [], scope: 'project', until: at + 60_000 }
      expect(usesOf(limits.charge(closed, anError))).toEqual(limit)
      expect(limits.inForce(closed)).toEqual([limit])
    }
    expect(limits.windows()).toBe(0)
    expect(passing(limits, limited(quota(null)), 500)).toBe(500)
    expect(limits.inForce(limited(quota(null)))).toEqual([])
  })

  test('given back makes room, and the limit is in force no longer', () => {
    const limits = openLimits(heldClock(startAt))
    const key = limited(quota(2))
    const [first] = [limits.charge(key, anError), limits.charge(key, anError), limits.charge(key, anError)]
    expect(limits.inForce(key)).toHaveLength(1)
    if (first?.kind === 'charged') limits.giveBack(first.uses)
    expect(limits.inForce(key)).toEqual([])
    expect(passing(limits, key, 5)).toBe(1)
  })

  test('given back after the window ended changes nothing', () => {
    const clock = heldClock(startAt)
    const limits = openLimits(clock)
    const key = limited(quota(2))
    const charge = limits.charge(key, anError)
    clock.advance(60 * SECOND)
    if (charge.kind === 'charged') limits.giveBack(charge.uses)
    expect(passing(limits, key, 5)).toBe(2)
  })
})

describe('a limit in force', () => {
  test('is one that something was refused for, until the window ends', () => {
    const clock = heldClock(startAt + 10_000)
    const limits = openLimits(clock)
    const key = limited(quota(2, { reasonCode: 'project_quota' }))
    const inForce = () => limits.inForce(key).map(({ reason, until }) => [reason, (until - startAt) / 1000])
    expect(inForce()).toEqual([])
    expect([passing(limits, key, 2), inForce()]).toEqual([2, []])
    expect([passing(limits, key, 1), inForce()]).toEqual([0, [['project_quota', 60]]])
    clock.set(startAt + 59_999)
    expect(inForce()).toEqual([['project_quota', 60]])
    clock.set(startAt + 60_000)
    expect(inForce()).toEqual([])
  })

  test('ends when the quota is raised or removed, and what was used stays used', () => {
    const limits = openLimits(heldClock(startAt))
    expect(passing(limits, limited(quota(3)), 5)).toBe(3)
    expect(limits.inForce(limited(quota(5)))).toEqual([])
    expect(limits.inForce(limited())).toEqual([])
    expect(passing(limits, limited(quota(5)), 5)).toBe(2)
    expect(limits.inForce(limited(quota(4)))).toHaveLength(1)
    expect(passing(limits, limited(quota(4)), 5)).toBe(0)
  })

  test('is known again after a restart as soon as something is refused, at the same number', () => {
    const clock = heldClock(startAt)
    const key = limited(quota(5))
    const endsAt = startSecond + 60
    const limits = openLimits(clock, [
      { quotaId: 'q', endsAt, quantity: 3 },
      { quotaId: 'another', endsAt, quantity: 5 },
    ])
    expect(passing(limits, key, 9)).toBe(2)
    clock.advance(60 * SECOND)
    expect(passing(limits, key, 9)).toBe(5)
  })
})

describe('of an envelope', () => {
  const raw = (type: string, header = {}): RawItem => ({
    type,
    header: { type, ...header },
    payload: new Uint8Array(9),
  })
  const dump = () => raw('attachment', { attachment_type: 'event.minidump' })

  /** Which of the items a limit on these categories takes, and for which of the reasons. */
  function taken(items: readonly RawItem[], ...categories: readonly DataCategory[]): string[] {
    const limits: RateLimit[] = categories.map((category) => ({
      categories: [category],
      scope: 'key',
      reason: category,
      until: startAt,
    }))
    const fates = limitedItems(limits, items)
    return items.map((item) => {
      const fate = fates.get(item)
      return fate === undefined ? '' : `${fate.outcome} ${fate.reason}`
    })
  }

  test('the event’s limit takes everything bound to the event, for its reason', () => {
    const items = [
      'event',
      'attachment',
      'user_report',
      'form_data',
      'session',
      'client_report',
      'unheard-of',
    ]
    expect(
      taken(
        items.map((type) => raw(type)),
        'error',
        'attachment',
      ),
    ).toEqual([...Array(4).fill('rate_limited error'), ...['', '', '']])
    expect(taken([raw('profile'), raw('transaction')], 'transaction')).toEqual([
      'rate_limited transaction',
      'rate_limited transaction',
    ])
    expect(taken([raw('raw_security'), raw('attachment')], 'security')).toEqual([
      'rate_limited security',
      'rate_limited security',
    ])
    expect(taken([raw('event'), dump()], 'error')).toEqual(['rate_limited error', 'rate_limited error'])
  })

  test('attachments are limited by their bytes or by their number', () => {
    const items = [raw('event'), raw('attachment')]
    expect(taken(items, 'attachment')).toEqual(['', 'rate_limited attachment'])
    expect(taken(items, 'attachment_item')).toEqual(['', 'rate_limited attachment_item'])
    expect(taken([raw('attachment')], 'attachment', 'error')).toEqual(['rate_limited attachment'])
  })

  test('an attachment that makes an event is read before it is dropped', () => {
    expect(taken([raw('event'), dump()], 'attachment', 'attachment_item')).toEqual(['', ''])
  })

  test.for<[string, DataCategory]>([
    ['session', 'session'],
    ['sessions', 'session'],
    ['replay_event', 'replay'],
    ['replay_recording', 'replay'],
    ['replay_video', 'replay'],
    ['check_in', 'monitor'],
    ['log', 'log_item'],
    ['log', 'log_byte'],
    ['span', 'span'],
    ['profile', 'profile'],
    ['profile_chunk_ui', 'profile_chunk_ui'],
    ['trace_metric', 'trace_metric'],
    ['user_report', 'feedback'],
    ['feedback', 'feedback'],
  ])('%s is taken by a limit on %s and by no other', ([type, category]) => {
    expect(taken([raw('transaction'), raw(type)], category)).toEqual(['', `rate_limited ${category}`])
    expect(taken([raw(type)], 'error', 'transaction', 'attachment')).toEqual([''])
  })

  test('what is counted as nothing is not even taken by a limit on everything', () => {
    const everything: RateLimit = { categories: [], scope: 'organization', until: startAt }
    const items = ['client_report', 'form_data', 'statsd', 'unheard-of', 'session'].map((type) => raw(type))
    expect([...limitedItems([everything], items).keys()].map(({ type }) => type)).toEqual(['session'])
  })
})
