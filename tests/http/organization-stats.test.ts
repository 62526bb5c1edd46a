/** Usage of an organization by stats_v2: whose data, which of it, over which time, in which groups. */
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, test } from 'vitest'
import { removeProject } from '../../src/store/removed-projects.ts'
import { statements } from '../../src/store/sqlite-dialect.ts'
import {
  addPerson,
  addProject,
  addTeam,
  apiKeyOf,
  type Caller,
  count,
  type Founded,
  firstKeyOf,
  found,
  openInstallation,
  organizationTokenOf,
  setOrganizationOptions,
  startAt,
  tokenOf,
} from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

interface Stats {
  readonly start: string
  readonly end: string
  readonly intervals: readonly string[]
  readonly groups: readonly Group[]
}

interface Group {
  readonly by: Readonly<Record<string, string | number>>
  readonly totals: Readonly<Record<string, number>>
  readonly series: Readonly<Record<string, readonly number[]>>
}

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400
/** Half past nine, in epoch seconds. */
const now = startAt / 1000
const thisHour = now - 30 * MINUTE
const today = thisHour - 9 * HOUR

const at = ({ organization }: Founded, query: string) =>
  `/organizations/${organization.slug}/stats_v2/${query}`

const quantity = 'field=sum(quantity)'
const errors = `?${quantity}&category=error`

async function statsOf(place: Founded, query: string, caller: Caller = place.owner.caller): Promise<Stats> {
  const { status, body } = await vedette.get<Stats>(at(place, query), caller)
  if (status !== 200) throw new Error(`${query}: ${status} ${JSON.stringify(body)}`)
  return body
}

/** The quantities of a question without groups. */
async function seriesOf(place: Founded, query: string): Promise<readonly number[]> {
  const { groups } = await statsOf(place, `${errors}&${query}`)
  expect(groups.map(({ by }) => by)).toEqual([{}])
  return groups[0]?.series['sum(quantity)'] ?? []
}

/** What each group adds up to, named by its values in order. */
async function totalsOf(
  place: Founded,
  query: string,
  caller?: Caller,
  field = 'sum(quantity)',
): Promise<Record<string, number>> {
  const { groups } = await statsOf(place, query, caller)
  return Object.fromEntries(
    groups.map(({ by, totals }) => [Object.values(by).join(' '), totals[field] ?? Number.NaN]),
  )
}

/** Some of everything at half past nine in the projects `web` and `api`. */
async function furnish() {
  const place = await found(vedette)
  const { project: web, key } = place
  const api = await addProject(vedette, place.organization, { slug: 'api', teams: [place.team] })
  const lone = await addProject(vedette, place.organization, { slug: 'lone' })
  count(
    vedette,
    { project: web, keyId: key.id, at: now, outcome: 'accepted', quantity: 1 },
    { project: web, keyId: key.id, at: now, outcome: 'accepted', category: 'default', quantity: 2 },
    { project: web, at: now, outcome: 'accepted', category: 'security', quantity: 4 },
    { project: web, at: now, outcome: 'filtered', reason: 'localhost', quantity: 10 },
    { project: api, at: now, outcome: 'filtered', reason: 'web-crawlers', quantity: 20 },
    { project: api, at: now, outcome: 'rate_limited', reason: 'smart_rate_limit', quantity: 100 },
    { project: api, at: now, outcome: 'accepted', category: 'transaction', quantity: 1000 },
    {
      project: lone,
      at: now,
      outcome: 'client_discard',
      reason: 'before_send',
      category: 'replay',
      quantity: 7,
    },
  )
  return { ...place, web, api, lone }
}

describe('without groups', () => {
  test('there is one, also when there is nothing', async () => {
    const place = await found(vedette)
    const { status, headers, body } = await vedette.get(
      at(place, `${errors}&interval=6h&statsPeriod=1d`),
      place.owner.caller,
    )
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        start: '2026-01-04T06:00:00Z',
        end: '2026-01-05T12:00:00Z',
        intervals: [
          '2026-01-04T06:00:00Z',
          '2026-01-04T12:00:00Z',
          '2026-01-04T18:00:00Z',
          '2026-01-05T00:00:00Z',
          '2026-01-05T06:00:00Z',
        ],
        groups: [{ by: {}, totals: { 'sum(quantity)': 0 }, series: { 'sum(quantity)': [0, 0, 0, 0, 0] } }],
      },
    })
    expect(headers.link).toBeUndefined()
  })

  test('it holds the sums of the whole organization', async () => {
    const [place, elsewhere] = [await found(vedette), await found(vedette)]
    const other = await addProject(vedette, place.organization, { slug: 'other' })
    count(
      vedette,
      { project: place.project, at: now, outcome: 'accepted', quantity: 1 },
      { project: other, at: now, outcome: 'filtered', reason: 'localhost', quantity: 20 },
      { project: other, at: now - DAY, outcome: 'invalid', reason: 'cors', quantity: 300 },
      { project: elsewhere.project, at: now, outcome: 'accepted', quantity: 4000 },
    )
    expect(await statsOf(place, `${errors}&interval=1d&statsPeriod=30d`)).toMatchObject({
      start: '2025-12-06T00:00:00Z',
      end: '2026-01-06T00:00:00Z',
      groups: [
        {
          by: {},
          totals: { 'sum(quantity)': 321 },
          series: { 'sum(quantity)': [...Array.from({ length: 29 }, () => 0), 300, 21] },
        },
      ],
    })
  })

  test('what a project sent stays in the sums of its organization when the project is gone', async () => {
    const place = await furnish()
    await vedette.write((tx) => removeProject(tx, { projectId: place.api.id, now: startAt }))
    const query = `${errors}&interval=1d&statsPeriod=1d`
    expect(await totalsOf(place, query)).toEqual({ '': 137 })
    expect(await totalsOf(place, `${query}&groupBy=project`)).toEqual({ [place.web.id]: 17 })
  })

  test('an event is in it as soon as it is answered', async () => {
    const place = await found(vedette)
    const path = `/api/${place.project.id}/store/?sentry_key=${place.key.publicKey}`
    const answer = await vedette.send('POST', path, undefined, { body: { message: 'The lamp went out' } })
    expect(answer.status).toBe(200)
    expect(await seriesOf(place, 'interval=1h&statsPeriod=1h')).toEqual([0, 1])
  })
})

describe('groups', async () => {
  const place = await furnish()
  const day = `?${quantity}&interval=1d&statsPeriod=1d`
  const { web, api, lone } = place

  test.each<[string, Record<string, number>]>([
    ['&groupBy=category', { error: 137, transaction: 1000, replay: 7 }],
    ['&category=error&groupBy=outcome', { accepted: 7, filtered: 30, rate_limited: 100 }],
    ['&category=error&groupBy=reason', { none: 7, localhost: 10, 'web-crawlers': 20, spike_protection: 100 }],
    ['&category=error&groupBy=project', { [web.id]: 17, [api.id]: 120 }],
    [
      '&groupBy=outcome&groupBy=category',
      {
        'accepted error': 7,
        'filtered error': 30,
        'rate_limited error': 100,
        'accepted transaction': 1000,
        'client_discard replay': 7,
      },
    ],
    [
      '&groupBy=category&groupBy=project&groupBy=outcome&groupBy=reason&project=-1',
      {
        [`error ${web.id} accepted none`]: 7,
        [`error ${web.id} filtered localhost`]: 10,
        [`error ${api.id} filtered web-crawlers`]: 20,
        [`error ${api.id} rate_limited spike_protection`]: 100,
        [`transaction ${api.id} accepted none`]: 1000,
        [`replay ${lone.id} client_discard before_send`]: 7,
      },
    ],
    ['&groupBy=category&groupBy=category', { error: 137, transaction: 1000, replay: 7 }],
    ['&groupBy=category&groupBy=', { error: 137, transaction: 1000, replay: 7 }],
    ['&groupBy=category&outcome=abuse', {}],
  ])('%s', async (query, expected) => {
    expect(await totalsOf(place, day + query)).toEqual(expected)
  })

  test('have series beside the intervals', async () => {
    const { intervals, groups } = await statsOf(
      place,
      `?${quantity}&interval=1d&statsPeriod=2d&groupBy=category`,
    )
    expect(intervals).toEqual(['2026-01-03T00:00:00Z', '2026-01-04T00:00:00Z', '2026-01-05T00:00:00Z'])
    expect(groups).toContainEqual({
      by: { category: 'error' },
      totals: { 'sum(quantity)': 137 },
      series: { 'sum(quantity)': [0, 0, 137] },
    })
  })

  test('of projects have totals only, and projects are numbers', async () => {
    const body = await statsOf(place, `${day}&groupBy=project&category=replay&project=-1`)
    expect(body).toEqual({
      start: '2026-01-04T00:00:00Z',
      end: '2026-01-06T00:00:00Z',
      intervals: [],
      groups: [{ by: { project: lone.id }, totals: { 'sum(quantity)': 7 }, series: {} }],
    })
  })

  test('of projects add up the same over days, hours and seconds', async () => {
    const own = await found(vedette)
    const times = [
      now - 9 * DAY,
      now - 8 * DAY - 10,
      now - 5 * DAY,
      today - 1,
      today,
      thisHour - 1,
      now - 60,
      now,
    ]
    count(
      vedette,
      ...times.map(
        (time) => ({ project: own.project, at: time - (time % 10), outcome: 'accepted' }) as const,
      ),
    )
    const grouped = async (start: number, end: number, interval: string) => {
      const query = `${errors}&groupBy=project&interval=${interval}&start=${start}&end=${end}`
      return (await totalsOf(own, query))[own.project.id]
    }
    expect(await grouped(now - 9 * DAY, now + 60, '1h')).toBe(8)
    expect(await grouped(now - 9 * DAY + 1800, now, '1h')).toBe(7)
    expect(await grouped(now - 8 * DAY, now, '1d')).toBe(7)
    expect(await grouped(now - HOUR, now + 60, '1m')).toBe(3)
    expect(await grouped(now - HOUR, now, '1m')).toBe(2)
    expect(await grouped(now - 10 * HOUR, now, '1m')).toBe(4)
  })
})

describe('filters', async () => {
  const place = await furnish()
  const { web, api, key } = place
  const foreign = await furnish()

  test.each<[string, number]>([
    ['category=error', 137],
    ['category=default', 2],
    ['category=error&category=transaction', 1137],
    ['category=transaction', 1000],
    ['category=replays', 7],
    ['category=monitor', 0],
    ['category=error&outcome=accepted', 7],
    ['category=error&outcome=accepted&outcome=filtered', 37],
    ['category=error&outcome=', 137],
    ['category=error&reason=localhost', 10],
    ['category=error&reason=localhost&reason=web-crawlers', 30],
    ['category=error&reason=spike_protection', 100],
    ['category=error&reason=smart_rate_limit', 100],
    ['category=error&reason=none', 7],
    ['category=error&reason=no-such', 0],
    [`category=error&key_id=${key.publicKey}`, 3],
    [`category=error&key_id=${key.id}`, 3],
    [`category=error&key_id=${key.id}&outcome=filtered`, 0],
    [`category=error&key_id=${key.id}&project=api`, 0],
    [`category=error&key_id=${foreign.key.publicKey}`, 0],
    ['category=error&key_id=999999', 0],
    [`category=error&project=${web.id}`, 17],
    [`category=error&project=${web.id}&project=${api.id}`, 137],
    ['category=error&project=web', 17],
    [`category=error&project=web&project=${web.id}`, 17],
    ['category=error&projectSlug=api', 120],
    ['category=error&project=-1', 137],
    ['category=error&projectSlug=$all', 137],
    ['category=error&project=', 137],
  ])('%s', async (query, expected) => {
    expect(await totalsOf(place, `?${quantity}&interval=1h&statsPeriod=1h&${query}`)).toEqual({
      '': expected,
    })
  })

  test('by key tell the groups of that key', async () => {
    const query = `${errors}&interval=1d&statsPeriod=1d&key_id=${key.publicKey}&groupBy=project&groupBy=outcome`
    expect(await totalsOf(place, query)).toEqual({ [`${web.id} accepted`]: 3 })
  })
})

describe('fields', async () => {
  const place = await found(vedette)
  const { project } = place
  count(
    vedette,
    { project, at: now, outcome: 'accepted', category: 'attachment', quantity: 5000 },
    { project, at: now, outcome: 'accepted', category: 'attachment_item', quantity: 3 },
    { project, at: now, outcome: 'rate_limited', category: 'attachment', quantity: 700 },
    { project, at: now, outcome: 'rate_limited', category: 'attachment_item', quantity: 1 },
    { project, at: now, outcome: 'accepted', category: 'log_byte', quantity: 900 },
    { project, at: now, outcome: 'accepted', category: 'log_item', quantity: 8 },
    { project, at: now, outcome: 'accepted', quantity: 2 },
  )
  const both = '?field=sum(quantity)&field=sum(times_seen)&interval=1d&statsPeriod=1d'

  test('are bytes, or how often there was something', async () => {
    const { groups } = await statsOf(place, `${both}&category=attachment`)
    expect(groups).toEqual([
      {
        by: {},
        totals: { 'sum(quantity)': 5700, 'sum(times_seen)': 4 },
        series: { 'sum(quantity)': [0, 5700], 'sum(times_seen)': [0, 4] },
      },
    ])
  })

  test('can be asked for alone', async () => {
    const query = '?field=sum(times_seen)&interval=1d&statsPeriod=1d&category=attachment&groupBy=outcome'
    expect(await totalsOf(place, query, undefined, 'sum(times_seen)')).toEqual({
      accepted: 3,
      rate_limited: 1,
    })
  })

  test('stand side by side in every category', async () => {
    const { groups } = await statsOf(place, `${both}&groupBy=category`)
    const found = groups.map(({ by, totals }) => [by.category, ...Object.values(totals)])
    expect(found.sort()).toEqual([
      ['attachment', 5700, 4],
      ['attachment_item', 4, 4],
      ['error', 2, 2],
      ['log_byte', 900, 8],
      ['log_item', 8, 8],
    ])
  })
})

describe('the range', () => {
  const whole = { start: '2026-01-04T09:00:00Z', end: '2026-01-05T10:00:00Z' }

  test.each<[string, { start: string; end: string }]>([
    ['statsPeriod=1d', whole],
    ['statsPeriod=24h', whole],
    ['statsPeriod=86400', whole],
    ['statsPeriod=1d&start=2020-01-01&end=2020-01-02', whole],
    ['statsPeriodStart=1d&statsPeriodEnd=0h', whole],
    ['start=2026-01-04T09:30:00Z&end=2026-01-05T09:30:00Z', whole],
    ['start=2026-01-04T09:30:00&end=2026-01-05T09:30:00', whole],
    ['start=2026-01-04T10:30:00%2B01:00&end=2026-01-05T10:30:00%2B01:00', whole],
    [`start=${now - DAY}&end=${now}`, whole],
    [`start=${now - DAY}.5&end=${now}.5`, whole],
    ['statsPeriod=2d&statsPeriod=1d', whole],
    ['start=2026-01-04T09:00:00Z&end=2026-01-05T10:00:00Z', whole],
    ['start=2026-01-04T09:59:59Z&end=2026-01-05T09:00:01Z', whole],
    ['start=2026-01-04&end=2026-01-05', { start: '2026-01-04T00:00:00Z', end: '2026-01-05T00:00:00Z' }],
    ['interval=1d', { start: '2025-10-07T00:00:00Z', end: '2026-01-06T00:00:00Z' }],
    ['interval=1d&statsPeriod=', { start: '2025-10-07T00:00:00Z', end: '2026-01-06T00:00:00Z' }],
    ['interval=1d&statsPeriod=1w', { start: '2025-12-29T00:00:00Z', end: '2026-01-06T00:00:00Z' }],
    [`start=${thisHour}&end=${thisHour}`, { start: '2026-01-05T09:00:00Z', end: '2026-01-05T10:00:00Z' }],
    ['start=2030-01-01&end=2030-01-02', { start: '2030-01-01T00:00:00Z', end: '2030-01-02T00:00:00Z' }],
  ])('%s', async (query, expected) => {
    const { start, end } = await statsOf(await found(vedette), `${errors}&${query}`)
    expect({ start, end }).toEqual(expected)
  })

  test('moves on with time', async () => {
    await using own = await openInstallation()
    const place = await found(own)
    count(own, { project: place.project, at: now, outcome: 'accepted', quantity: 3 })
    const read = async () => {
      const query = `${errors}&statsPeriod=1h&interval=1h`
      const { body } = await own.get<Stats>(at(place, query), place.owner.caller)
      return body.groups[0]?.series['sum(quantity)']
    }
    expect(await read()).toEqual([0, 3])
    own.clock.set((thisHour + HOUR) * 1000)
    expect(await read()).toEqual([3])
    own.clock.advance(1)
    expect(await read()).toEqual([3, 0])
  })

  test('knows no daylight-saving time', async () => {
    const zone = process.env.TZ
    process.env.TZ = 'Europe/Berlin'
    try {
      const place = await found(vedette)
      const night = Date.UTC(2026, 2, 29) / 1000
      count(
        vedette,
        { project: place.project, at: night - 10, outcome: 'accepted', quantity: 1 },
        { project: place.project, at: night, outcome: 'accepted', quantity: 20 },
        { project: place.project, at: night + DAY - 10, outcome: 'accepted', quantity: 300 },
        { project: place.project, at: night + DAY, outcome: 'accepted', quantity: 4000 },
      )
      const { intervals, groups } = await statsOf(
        place,
        `${errors}&interval=1d&start=2026-03-28&end=2026-03-31`,
      )
      expect(intervals).toEqual(['2026-03-28T00:00:00Z', '2026-03-29T00:00:00Z', '2026-03-30T00:00:00Z'])
      expect(groups[0]?.series['sum(quantity)']).toEqual([1, 320, 4000])
    } finally {
      if (zone === undefined) delete process.env.TZ
      else process.env.TZ = zone
    }
  })
})

describe('the interval', () => {
  test.each<[string, number]>([
    ['1m', 1],
    ['60', 1],
    ['60s', 1],
    ['5m', 5],
    ['30m', 30],
    ['1h', 60],
    ['60m', 60],
    ['3600', 60],
    ['2h', 120],
    ['6h', 360],
    ['12h', 720],
    ['24h', 1440],
    ['1d', 1440],
    ['', 60],
  ])('%s is %i minutes, and whole ones add up', async (interval, minutes) => {
    const place = await found(vedette)
    const [from, to] = [now - 40 * MINUTE, now + 1]
    const times = [from, from + 50, from + 60, from + 1790, thisHour - 10, thisHour, now - 10, now]
    count(
      vedette,
      ...times.map((time) => ({ project: place.project, at: time, outcome: 'accepted' }) as const),
    )
    const { intervals, groups } = await statsOf(
      place,
      `${errors}&interval=${interval}&start=${from}&end=${to}`,
    )
    const starts = intervals.map((text) => Date.parse(text) / 1000)
    const length = minutes * MINUTE
    const first = from - (from % length)
    expect(starts).toEqual(
      Array.from({ length: Math.ceil((to - first) / length) }, (_, n) => first + n * length),
    )
    const expected = starts.map(
      (start) => times.filter((time) => time >= start && time < start + length).length,
    )
    expect(groups[0]?.series['sum(quantity)']).toEqual(expected)
    expect(groups[0]?.totals['sum(quantity)']).toBe(times.length)
  })

  test('there are a thousand of at most', async () => {
    const place = await found(vedette)
    const query = `${errors}&interval=1m&start=${now - 1000 * MINUTE}`
    expect((await statsOf(place, `${query}&end=${now}`)).intervals).toHaveLength(1000)
    expect(await vedette.get(at(place, `${query}&end=${now + 1}`), place.owner.caller)).toMatchObject({
      status: 400,
      body: {
        detail:
          'Your interval and date range would create too many results. Use a larger interval, or a smaller date range.',
      },
    })
  })
})

test('reasons that senders make up do not let one request ask for millions of points', async () => {
  const place = await found(vedette)
  const reasons = Array.from({ length: 1001 }, (_, n) => `reason ${n}`)
  count(
    vedette,
    ...reasons.map(
      (reason) => ({ project: place.project, at: now, outcome: 'client_discard', reason }) as const,
    ),
  )
  const query = `${errors}&groupBy=reason`
  const hours = `${query}&interval=1h&start=${thisHour - 999 * HOUR}&end=${now}`
  expect((await vedette.get(at(place, hours), place.owner.caller)).status).toBe(400)
  expect((await statsOf(place, `${query}&interval=1d&statsPeriod=30d`)).groups).toHaveLength(1001)
  expect((await statsOf(place, `${hours}&reason=reason 7&reason=reason 8`)).groups).toHaveLength(2)
})

describe('bad parameters', () => {
  const tooMany =
    'Your interval and date range would create too many results. Use a larger interval, or a smaller date range.'
  const notMinutes = 'The interval has to be a multiple of the minimum interval of one minute.'

  test.each<[string, string]>([
    ['', 'At least one "field" is required.'],
    ['?field=', 'At least one "field" is required.'],
    ['?field=sum(qty)&category=error&statsPeriod=1d', 'Invalid field: "sum(qty)"'],
    [`${errors}&statsPeriod=1d&field=quantity`, 'Invalid field: "quantity"'],
    [`${errors}&statsPeriod=1d&groupBy=release`, 'Invalid groupBy: "release"'],
    [`${errors}&statsPeriod=1d&groupBy=outcome&groupBy=key_id`, 'Invalid groupBy: "key_id"'],
    [`?${quantity}&statsPeriod=1d&category=scoobydoo`, 'Invalid category: "scoobydoo"'],
    [`${errors}&statsPeriod=1d&category=toString`, 'Invalid category: "toString"'],
    [`${errors}&statsPeriod=1d&outcome=lost`, 'Invalid outcome: "lost"'],
    [`${errors}&statsPeriod=1d&outcome=0`, 'Invalid outcome: "0"'],
    [`${errors}&statsPeriod=1d&key_id=abc`, 'Invalid key: "abc"'],
    [`?${quantity}&statsPeriod=1d`, 'Query must have category as groupby or filter'],
    [
      `?${quantity}&statsPeriod=1d&groupBy=outcome&category=`,
      'Query must have category as groupby or filter',
    ],
    [
      `${errors}&statsPeriod=1d&category=attachment`,
      'if filtering by attachment no other category may be present',
    ],
    [`${errors}&interval=90s`, notMinutes],
    [`${errors}&interval=10s`, notMinutes],
    [`${errors}&interval=30`, notMinutes],
    [`${errors}&interval=0m`, notMinutes],
    [`${errors}&interval=hour`, notMinutes],
    [`${errors}&interval=-1h`, notMinutes],
    [`${errors}&interval=25h`, 'The interval has to be less than one day.'],
    [`${errors}&interval=2d`, 'The interval has to be less than one day.'],
    [`${errors}&interval=1w`, 'The interval has to be less than one day.'],
    [`${errors}&interval=7m`, 'The interval should divide one day without a remainder.'],
    [`${errors}&interval=5h`, 'The interval should divide one day without a remainder.'],
    [errors, tooMany],
    [`${errors}&interval=2h`, tooMany],
    [`${errors}&statsPeriod=14x`, "Invalid statsPeriod: '14x'"],
    [`${errors}&start=2026-01-04`, 'start and end are both required'],
    [`${errors}&end=2026-01-04`, 'start and end are both required'],
    [`${errors}&statsPeriodStart=2d`, 'statsPeriodStart and statsPeriodEnd are both required'],
    [`${errors}&statsPeriodEnd=2d`, 'statsPeriodStart and statsPeriodEnd are both required'],
    [`${errors}&start=2026-01-05&end=2026-01-04`, 'start must be before end'],
    [`${errors}&start=8640000000000&end=8640000000000`, 'end must be before the end of the year 9999'],
    [`${errors}&statsPeriod=1d&project=1.5`, 'Invalid project parameter. Values must be numbers.'],
    [`${errors}&statsPeriod=1d&project=no-such`, 'Invalid project parameter. Values must be numbers.'],
    // What is wrong first is said first.
    ['?interval=7m&project=no-such', 'Invalid project parameter. Values must be numbers.'],
    ['?field=sum(qty)&interval=7m', 'The interval should divide one day without a remainder.'],
    ['?field=sum(qty)&start=1', 'start and end are both required'],
    ['?field=sum(qty)&groupBy=x&statsPeriod=1d', 'Invalid field: "sum(qty)"'],
    [`?${quantity}&statsPeriod=1d&groupBy=x&outcome=x`, 'Invalid groupBy: "x"'],
    [`?${quantity}&statsPeriod=1d&outcome=x`, 'Query must have category as groupby or filter'],
  ])('%s', async (query, detail) => {
    const place = await found(vedette)
    const { status, body } = await vedette.get(at(place, query), place.owner.caller)
    expect({ status, body }).toEqual({ status: 400, body: { detail } })
  })
})

describe('who may ask', async () => {
  const forbidden = { detail: 'You do not have permission to perform this action.' }
  const day = `${errors}&interval=1d&statsPeriod=1d`

  /** Closed: the member is in the team `other`, which has `docs`. */
  async function furnishClosed() {
    const place = await furnish()
    await setOrganizationOptions(vedette, place.organization, { openMembership: false })
    const other = await addTeam(vedette, place.organization, 'other')
    const docs = await addProject(vedette, place.organization, { slug: 'docs', teams: [other] })
    const key = await firstKeyOf(vedette, docs)
    count(vedette, { project: docs, keyId: key.id, at: now, outcome: 'accepted', quantity: 5 })
    const member = await addPerson(vedette, {
      organization: place.organization,
      teams: { [other.id]: 'contributor' },
    })
    const loner = await addPerson(vedette, { organization: place.organization })
    return { ...place, docs, docsKey: key, member, loner }
  }

  test.each([
    ['org:read', 200],
    ['org:write', 200],
    ['org:admin', 200],
    ['project:read', 403],
    ['event:read', 403],
  ] as const)('a token with %s: %i', async (scope, status) => {
    const place = await found(vedette)
    const caller = await tokenOf(vedette, place.owner, [scope])
    expect((await vedette.get(at(place, day), caller)).status).toBe(status)
  })

  test('holders of API keys, but not of organization tokens, strangers or nobody', async () => {
    const place = await furnish()
    expect(await totalsOf(place, day, await apiKeyOf(vedette, place.organization, ['org:read']))).toEqual({
      '': 137,
    })
    const stranger = (await addPerson(vedette)).caller
    for (const caller of [await organizationTokenOf(vedette, place.organization), stranger]) {
      expect((await vedette.get(at(place, day), caller)).status).toBe(403)
    }
    expect((await vedette.get(at(place, day))).status).toBe(401)
  })

  test('every member, for the whole organization', async () => {
    const place = await furnishClosed()
    for (const { caller } of [place.member, place.loner]) {
      expect(await totalsOf(place, day, caller)).toEqual({ '': 142 })
    }
  })

  test('only those within reach, for a project', async () => {
    const place = await furnishClosed()
    const { member, loner, docs, web } = place
    expect(await totalsOf(place, `${day}&project=docs`, member.caller)).toEqual({ '': 5 })
    expect(await totalsOf(place, `${day}&project=-1`, member.caller)).toEqual({ '': 5 })
    expect(await totalsOf(place, `${day}&groupBy=project`, member.caller)).toEqual({ [docs.id]: 5 })
    for (const query of [`project=${web.id}`, 'project=web', 'project=docs&project=web', 'project=999999']) {
      const { status, body } = await vedette.get(at(place, `${day}&${query}`), member.caller)
      expect({ status, body }).toEqual({ status: 403, body: forbidden })
    }
    // A project out of reach is refused before anything else is looked at.
    expect((await vedette.get(at(place, `?project=${web.id}`), member.caller)).status).toBe(403)
    for (const query of ['project=-1', 'groupBy=project', 'groupBy=project&project=-1']) {
      const { status, body } = await vedette.get(at(place, `${day}&${query}`), loner.caller)
      expect({ status, body }).toEqual({ status: 400, body: { detail: 'No projects available' } })
    }
  })

  test('only those within reach of its project, for a client key', async () => {
    const place = await furnishClosed()
    const ask = (key: string) => totalsOf(place, `${day}&key_id=${key}`, place.member.caller)
    expect(await ask(place.docsKey.publicKey)).toEqual({ '': 5 })
    expect(await ask(place.key.publicKey)).toEqual({ '': 0 })
  })

  test('groups of projects are those of the caller’s teams, or all for an API key', async () => {
    const place = await furnish()
    const query = `?${quantity}&interval=1d&statsPeriod=1d&groupBy=project&groupBy=category`
    const own = {
      [`${place.web.id} error`]: 17,
      [`${place.api.id} error`]: 120,
      [`${place.api.id} transaction`]: 1000,
    }
    expect(await totalsOf(place, query)).toEqual(own)
    const everything = { ...own, [`${place.lone.id} replay`]: 7 }
    expect(await totalsOf(place, query, await apiKeyOf(vedette, place.organization, ['org:read']))).toEqual(
      everything,
    )
    expect(await totalsOf(place, `${query}&project=-1`)).toEqual(everything)
  })

  test('nobody, for an organization that does not exist', async () => {
    const { owner } = await found(vedette)
    expect(await vedette.get(`/organizations/no-such/stats_v2/${day}`, owner.caller)).toMatchObject({
      status: 404,
      body: { detail: 'The requested resource does not exist' },
    })
  })
})

describe('the database', () => {
  /** The statements about counts that a question causes. */
  async function asked(place: Founded, path: string): Promise<string[]> {
    const seen: string[] = []
    const note = (message: unknown) => {
      const { sql } = message as { sql: string }
      if (sql.includes('_count"')) seen.push(sql)
    }
    statements.subscribe(note)
    try {
      const answer = await vedette.get(`/organizations/${place.organization.slug}${path}`, place.owner.caller)
      expect(answer.status, answer.text).toBe(200)
    } finally {
      statements.unsubscribe(note)
    }
    return seen
  }

  const hours = `?${quantity}&interval=1h&statsPeriod=30d&groupBy=category`

  test.each([
    `/stats_v2/${hours}&groupBy=outcome&groupBy=reason`,
    `/stats_v2/?${quantity}&interval=1m&statsPeriod=1h&groupBy=category`,
    `/stats_v2/${hours}&project=web`,
    `/stats_v2/${hours}&project=web&outcome=accepted&reason=none`,
    `/stats_v2/${hours}&groupBy=project`,
    `/stats-summary/?${quantity}&statsPeriod=90d`,
    '/stats/',
    '/stats/?group=project',
    '/stats/?group=project&stat=generated',
  ])('is asked once for %s, along the key of the counts', async (path) => {
    const place = await furnish()
    const seen = await asked(place, path)
    expect(seen).toHaveLength(1)
    using database = new DatabaseSync(vedette.file, { readOnly: true })
    const plan = database.prepare(`explain query plan ${seen[0]}`).all() as { detail: string }[]
    const reads = plan.map(({ detail }) => detail).filter((detail) => /^(SCAN|SEARCH) /.test(detail))
    expect(reads.length).toBeGreaterThan(0)
    for (const read of reads) {
      expect(read).toMatch(/USING PRIMARY KEY \(\w+_id=\? AND resolution=\? AND bucket>\? AND bucket<\?\)$/)
    }
  })

  test('is asked in slices about many projects and buckets, and nothing is lost between them', async () => {
    const place = await found(vedette)
    const projects = [place.project]
    for (let n = 0; n < 24; n++)
      projects.push(await addProject(vedette, place.organization, { slug: `shop-${n}` }))
    count(
      vedette,
      ...projects.map((project, n) => ({ project, at: now, outcome: 'accepted', quantity: n + 1 }) as const),
    )
    const query = `${errors}&interval=1h&statsPeriod=990h&${projects.map(({ id }) => `project=${id}`).join('&')}`
    expect(await asked(place, `/stats_v2/${query}`)).toHaveLength(2)
    expect(await totalsOf(place, query)).toEqual({ '': 325 })
    expect((await statsOf(place, query)).groups[0]?.series['sum(quantity)']?.at(-1)).toBe(325)
  })
})
