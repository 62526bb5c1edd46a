import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dataCategories } from './outcome.ts'
import {
  covers,
  formatRateLimits,
  limitOn,
  limitScopes,
  parseRateLimits,
  type Quota,
  quotaOf,
  quotasOfKey,
  type RateLimit,
  retryAfter,
} from './rate-limits.ts'

/** Monday, half past nine. */
const now = Date.UTC(2026, 0, 5, 9, 30)

function limit(seconds: number, rest: Partial<RateLimit> = {}): RateLimit {
  return { categories: [], scope: 'organization', until: now + seconds * 1000, ...rest }
}

const ofKey = limit(60, {
  categories: ['error', 'default', 'security'],
  scope: 'key',
  reason: 'key_quota',
})

describe('the header', () => {
  test.for<[string, readonly RateLimit[]]>([
    ['60:error;default;security:key:key_quota', [ofKey]],
    ['2700::organization', [limit(2700)]],
    [
      '2700:metric_bucket:organization:quota_exceeded:custom',
      [limit(2700, { categories: ['metric_bucket'], reason: 'quota_exceeded', namespaces: ['custom'] })],
    ],
    [
      '9:metric_bucket:project::custom;spans',
      [limit(9, { categories: ['metric_bucket'], scope: 'project', namespaces: ['custom', 'spans'] })],
    ],
    ['60:error;default;security:key:key_quota, 2700::organization', [ofKey, limit(2700)]],
    ['', []],
  ])('says %s, and is read as that again', ([text, limits]) => {
    expect(formatRateLimits(limits, now)).toBe(text)
    expect(parseRateLimits(text, now)).toEqual(limits)
  })

  test('is read as what it was made of, whatever that is', () => {
    const word = fc.stringMatching(/^[a-z_]{1,12}$/)
    const limits = fc.uniqueArray(
      fc
        .record({
          categories: fc.uniqueArray(fc.constantFrom(...dataCategories), { maxLength: 4 }),
          scope: fc.constantFrom(...limitScopes),
          reason: fc.option(word, { nil: undefined }),
          namespaces: fc.option(fc.uniqueArray(word, { minLength: 1, maxLength: 3 }), { nil: undefined }),
          seconds: fc.integer({ min: 1, max: 10 * 86_400 }),
        })
        .map(({ reason, namespaces, seconds, ...rest }) =>
          limit(seconds, {
            ...rest,
            ...(reason === undefined ? {} : { reason }),
            ...(namespaces === undefined ? {} : { namespaces }),
          }),
        ),
      { maxLength: 5, selector: ({ until: _, ...rest }) => JSON.stringify(rest) },
    )
    fc.assert(
      fc.property(limits, (stated) => {
        expect(parseRateLimits(formatRateLimits(stated, now), now)).toEqual(stated)
      }),
    )
  })

  test('has one entry for limits that differ in nothing but their end: the longest', () => {
    const limits = [limit(10), ofKey, limit(30), limit(20)]
    expect(formatRateLimits(limits, now)).toBe('30::organization, 60:error;default;security:key:key_quota')
  })

  test('speaks of whole seconds, so many that nobody comes back before the end', () => {
    const ends = [-5000, 0, 1, 1000, 1001, 59_999]
    const texts = ends.map((ms) => formatRateLimits([limit(ms / 1000)], now))
    expect(texts.map((text) => Number.parseInt(text, 10))).toEqual([1, 1, 1, 1, 2, 60])
  })

  test('of senders is read with patience', () => {
    const read = (text: string) =>
      parseRateLimits(text, now).map(({ categories, scope, until }) => [
        categories.join(';'),
        scope,
        (until - now) / 1000,
      ])
    expect(read('2.5:error:key')).toEqual([['error', 'key', 2.5]])
    // Unreadable seconds are a minute.
    for (const seconds of ['soon', '', '-1', 'Infinity'])
      expect(read(`${seconds}:error:key`)).toEqual([['error', 'key', 60]])
    // Unknown categories are no reason to limit everything.
    expect(read('60:error;dreams:key')).toEqual([['error', 'key', 60]])
    expect(read('60:dreams:key, 60::project')).toEqual([['', 'project', 60]])
    expect(read('60:dreams:key')).toEqual([])
    expect(read('60:error:galaxy,60')).toEqual([
      ['error', 'global', 60],
      ['', 'global', 60],
    ])
    expect(read(' 60 : error ; default : key ,,')).toEqual([['error;default', 'key', 60]])
  })

  test('is never a reason to throw', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const { until } of parseRateLimits(text, now)) expect(until).toBeGreaterThanOrEqual(now)
      }),
    )
  })
})

test('Retry-After is the longest of them in seconds, and at least one', () => {
  expect(retryAfter([limit(10), limit(30.2), limit(20)], now)).toBe(31)
  expect(retryAfter([limit(-1)], now)).toBe(1)
})

describe('what a limit is on', () => {
  test('are its categories, or all when it names none', () => {
    const covered = (categories: RateLimit['categories']) =>
      dataCategories.filter((category) => covers({ categories }, category))
    expect(covered(['error', 'log_byte'])).toEqual(['error', 'log_byte'])
    expect(covered([])).toEqual(dataCategories)
  })

  test('is any one of the ways in which the data is counted; the limit that ends last is the one to name', () => {
    const attachment = [
      { category: 'attachment', quantity: 100 },
      { category: 'attachment_item', quantity: 1 },
    ] as const
    const bytes = limit(10, { categories: ['attachment'] })
    const items = limit(20, { categories: ['attachment_item'] })
    const others = limit(30, { categories: ['error'] })
    expect(limitOn([bytes, others], attachment)).toBe(bytes)
    expect(limitOn([items, bytes, others], attachment)).toBe(items)
    expect(limitOn([others], attachment)).toBeUndefined()
    // What is counted as nothing is not limited, not even by a limit on everything.
    expect(limitOn([limit(60)], [])).toBeUndefined()
  })
})

describe('a quota', () => {
  const stated: Quota = {
    id: 'q',
    scope: 'organization',
    scopeId: 1,
    categories: ['error'],
    limit: 10,
    window: 60,
  }
  const categoriesOf = (categories: readonly string[], limit: number | null = 10) =>
    quotaOf({ ...stated, categories, limit })?.categories

  test('ignores unknown categories, and never applies when it knows none of its own', () => {
    expect(categoriesOf(['error', 'dreams'])).toEqual(['error'])
    expect(categoriesOf(['dreams'])).toBeUndefined()
    expect(categoriesOf(['dreams'], 0)).toBeUndefined()
  })

  test('counts what has one unit; refusing everything takes no counting', () => {
    expect(categoriesOf(['error', 'attachment_item', 'log_item'])).toBeDefined()
    expect(categoriesOf(['attachment', 'log_byte'])).toBeDefined()
    for (const unlike of [['attachment', 'attachment_item'], ['profile_duration', 'profile'], []]) {
      expect(categoriesOf(unlike), unlike.join()).toBeUndefined()
      expect(categoriesOf(unlike, null), unlike.join()).toBeUndefined()
      expect(categoriesOf(unlike, 0), unlike.join()).toEqual(unlike)
    }
  })

  test('of a key counts default, error and security together, for the reason key_quota', () => {
    expect(quotasOfKey({ keyId: 7, rateLimit: { count: 5, window: 3600 } })).toEqual([
      {
        id: 'key:7:3600',
        scope: 'key',
        scopeId: 7,
        categories: ['default', 'error', 'security'],
        limit: 5,
        window: 3600,
        reasonCode: 'key_quota',
      },
    ])
    expect(quotasOfKey({ keyId: 7, rateLimit: null })).toEqual([])
  })
})
