/** Usage: which intervals there are, what is not kept any more, and every parameter that is refused. */
import { afterAll, describe, expect, test } from 'vitest'
import { DAY as DAY_MS } from '../../src/time.ts'
import { type Founded, found, type Installation, openInstallation, startAt } from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

interface Usage {
  readonly start: string
  readonly end: string
  readonly interval: string
  readonly resolution: string
  readonly completeFrom: string | null
  readonly intervals: readonly string[]
  readonly previous: { readonly completeFrom: string | null } | null
}

const HOUR = 3600
const DAY = 86_400
/** Half past nine, in epoch seconds. */
const now = startAt / 1000

const pathOf = ({ organization }: Founded, query = '') => `/projects/${organization.slug}/web/usage/${query}`
const wholePathOf = ({ organization }: Founded, query = '') =>
  `/organizations/${organization.slug}/usage/${query}`

async function usageOf(place: Founded, query = '', own: Installation = vedette): Promise<Usage> {
  const { status, body } = await own.get<Usage>(pathOf(place, query), place.owner.caller)
  if (status !== 200) throw new Error(`${query}: ${status} ${JSON.stringify(body)}`)
  return body
}

describe('the interval', () => {
  test.each([
    ['statsPeriod=10m', '10s', '10s'],
    ['statsPeriod=1h', '30s', '10s'],
    ['statsPeriod=12h', '15m', '10s'],
    ['statsPeriod=24h', '15m', '10s'],
    ['statsPeriod=25h&compare=1', '1h', '1h'],
    ['statsPeriod=3d', '1h', '1h'],
    ['statsPeriod=7d', '2h', '1h'],
    ['statsPeriod=30d', '12h', '1h'],
    ['', '1d', '1d'],
    ['statsPeriod=52w', '4d', '1d'],
    // Long ago, nothing finer is kept.
    [`start=${now - 10 * DAY}&end=${now - 10 * DAY + HOUR}`, '1h', '1h'],
    [`start=${now - 500 * DAY}&end=${now - 500 * DAY + HOUR}`, '1d', '1d'],
    // What is said of themselves is counted by the hour.
    ['statsPeriod=1h&groupBy=release', '1h', '1h'],
  ])('of %j is chosen: %s, from counts of %s', async (range, interval, resolution) => {
    const place = await found(vedette)
    const usage = await usageOf(place, `?${range}`)
    expect([usage.interval, usage.resolution, usage.completeFrom]).toEqual([interval, resolution, null])
    expect(usage.intervals.length).toBeLessThanOrEqual(121)
  })

  test.each([
    ['10s', 'statsPeriod=1h', '10s', 360],
    ['20', 'statsPeriod=1h', '10s', 180],
    ['5m', 'statsPeriod=1h', '10s', 12],
    ['60m', 'statsPeriod=1d', '1h', 25],
    ['6h', 'statsPeriod=1d', '1h', 5],
    ['24h', 'statsPeriod=1d', '1d', 2],
    ['1w', 'statsPeriod=28d', '1d', 5],
    ['400d', 'statsPeriod=399d', '1d', 1],
  ])('of %s is taken as it is stated', async (interval, range, resolution, length) => {
    const usage = await usageOf(await found(vedette), `?${range}&interval=${interval}`)
    expect([usage.resolution, usage.intervals.length]).toEqual([resolution, length])
  })

  test('lies in whole steps around what is asked for', async () => {
    const usage = await usageOf(
      await found(vedette),
      '?start=2026-01-05T07:45:00&end=2026-01-05T09:05:00&interval=1h',
    )
    expect([usage.start, usage.end, usage.intervals]).toEqual([
      '2026-01-05T07:00:00Z',
      '2026-01-05T10:00:00Z',
      ['2026-01-05T07:00:00Z', '2026-01-05T08:00:00Z', '2026-01-05T09:00:00Z'],
    ])
  })

  test('of several days begins with the first of them', async () => {
    const usage = await usageOf(
      await found(vedette),
      '?start=2025-12-24T12:00:00&end=2026-01-05T12:00:00&interval=7d',
    )
    expect([usage.start, usage.end, usage.intervals]).toEqual([
      '2025-12-24T00:00:00Z',
      '2026-01-07T00:00:00Z',
      ['2025-12-24T00:00:00Z', '2025-12-31T00:00:00Z'],
    ])
  })
})

describe('what is not kept any more', () => {
  const tenDaysAgo = now - 10 * DAY

  test('is refused where longer intervals would have it', async () => {
    const place = await found(vedette)
    const { status, body } = await vedette.get(
      pathOf(place, `?start=${tenDaysAgo}&end=${tenDaysAgo + HOUR}&interval=1m`),
      place.owner.caller,
    )
    expect({ status, body }).toEqual({
      status: 400,
      body: {
        detail:
          'Counts in steps of 10s are kept since 2026-01-03T09:30:00Z. Use an interval of whole hours, or a later start.',
      },
    })
    const old = await vedette.get(
      pathOf(place, `?start=${now - 500 * DAY}&end=${now - 499 * DAY}&interval=1h`),
      place.owner.caller,
    )
    expect(old.body).toEqual({
      detail:
        'Counts in steps of 1h are kept since 2024-12-01T09:30:00Z. Use an interval of whole days, or a later start.',
    })
  })

  test('is said where there is nothing else', async () => {
    await using own = await openInstallation({ env: { VEDETTE_STATS_RETENTION_DAYS: '2,10,30' } })
    const place = await found(own)
    const read = (query: string) => usageOf(place, query, own)
    const usage = await read('?statsPeriod=60d&interval=1d')
    expect([usage.completeFrom, usage.intervals.length]).toEqual(['2025-12-07T00:00:00Z', 61])
    const recent = await read('?statsPeriod=20d&interval=1d&compare=1')
    expect([recent.completeFrom, recent.previous?.completeFrom]).toEqual([null, '2025-12-07T00:00:00Z'])
    expect((await read('?statsPeriod=5d&interval=1d&compare=1')).previous?.completeFrom).toBeNull()
  })

  test('is nothing when counts are kept for ever', async () => {
    await using own = await openInstallation({ env: { VEDETTE_STATS_RETENTION_DAYS: '0,0,0' } })
    const place = await found(own)
    const query = `?start=${now - 5000 * DAY}&end=${now - 5000 * DAY + HOUR}&interval=1m`
    expect((await usageOf(place, query, own)).completeFrom).toBeNull()
  })
})

const tooMany =
  'Your interval and date range would create too many results. Use a larger interval, or a smaller date range.'

/** What is not known of stored events by what they say of themselves. */
const ledgerOnly = [
  ...['groupBy=outcome', 'groupBy=key', 'groupBy=reason', 'outcome=accepted', 'reason=x'],
  `key_id=${'a'.repeat(32)}`,
].map((more): [string, string] => [
  `groupBy=sdk&${more}`,
  'sdk, release and environment are known of stored events only. They cannot be combined with keys, outcomes or reasons.',
])

test.each<[query: string, detail: string]>([
  ['statsPeriod=14x', "Invalid statsPeriod: '14x'"],
  [`start=${now}`, 'start and end are both required'],
  ['statsPeriodStart=1d', 'statsPeriodStart and statsPeriodEnd are both required'],
  [`start=${now}&end=${now - 1}`, 'start must be before end'],
  ['start=x&end=y', 'x is not a valid ISO8601 date query'],
  ['interval=5s', 'The interval has to be a multiple of the minimum interval of ten seconds.'],
  ['interval=15', 'The interval has to be a multiple of the minimum interval of ten seconds.'],
  ['interval=0h', 'The interval has to be a multiple of the minimum interval of ten seconds.'],
  ['interval=x', 'The interval has to be a multiple of the minimum interval of ten seconds.'],
  ['interval=7h', 'The interval should divide one day without a remainder.'],
  ['interval=36h', 'The interval has to be whole days if it is longer than one day.'],
  ['interval=1h', tooMany],
  ['interval=10s&statsPeriod=3h', tooMany],
  ['statsPeriod=999999d&interval=1d', tooMany],
  ['statsPeriod=9999d&interval=1d', tooMany],
  ['groupBy=team', 'Invalid groupBy: "team"'],
  ['groupBy=outcome&groupBy=Key', 'Invalid groupBy: "Key"'],
  ['category=bug', 'Invalid category: "bug"'],
  ['outcome=lost', 'Invalid outcome: "lost"'],
  ['key_id=nobody', 'Invalid key: "nobody"'],
  ['category=attachment&category=error', 'if filtering by attachment no other category may be present'],
  ['category=log_byte&category=error', 'if filtering by log_byte no other category may be present'],
  ['top=0', 'Invalid top: "0". It is from 1 to 1000.'],
  ['top=1001', 'Invalid top: "1001". It is from 1 to 1000.'],
  ['top=many', 'Invalid top: "many". It is from 1 to 1000.'],
  ['format=xml', 'Invalid format: "xml"'],
  [
    'groupBy=release&statsPeriod=1h&interval=10m',
    'The interval has to be whole hours for sdk, release and environment.',
  ],
  ...ledgerOnly,
])('%s is refused', async (query, detail) => {
  const place = await found(vedette)
  for (const path of [pathOf(place, `?${query}`), wholePathOf(place, `?${query}`)]) {
    const { status, body } = await vedette.get(path, place.owner.caller)
    expect({ status, body }).toEqual({ status: 400, body: { detail } })
  }
})

test('a project is no group of itself', async () => {
  const place = await found(vedette)
  const { status, body } = await vedette.get(pathOf(place, '?groupBy=project'), place.owner.caller)
  expect({ status, body }).toEqual({ status: 400, body: { detail: 'Invalid groupBy: "project"' } })
})

test('empty parameters are none', async () => {
  const place = await found(vedette)
  const empty = '?interval=&groupBy=&category=&outcome=&reason=&key_id=&top=&compare=&format=&statsPeriod='
  expect(await usageOf(place, empty)).toEqual(await usageOf(place))
})

test('usage is of whole days of UTC, whatever the clocks of people do', async () => {
  // Berlin goes to summer time on 29 March 2026, New York did on 8 March.
  await using own = await openInstallation()
  own.clock.set(startAt + 120 * DAY_MS)
  const place = await found(own)
  const usage = await usageOf(
    place,
    '?start=2026-03-28T00:00:00%2B01:00&end=2026-03-31T00:00:00%2B02:00&interval=1d',
    own,
  )
  expect(usage.intervals).toEqual([
    '2026-03-27T00:00:00Z',
    '2026-03-28T00:00:00Z',
    '2026-03-29T00:00:00Z',
    '2026-03-30T00:00:00Z',
  ])
})
