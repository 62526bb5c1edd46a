/** Usage of one client key: what is counted, and which intervals there are. */
import { afterAll, describe, expect, test } from 'vitest'
import { dataCategories, outcomes } from '../../src/protocol/outcome.ts'
import { insertKey } from '../../src/store/client-keys.ts'
import {
  count,
  type Founded,
  found,
  type Happening,
  type Installation,
  openInstallation,
  startAt,
  tokenOf,
} from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

interface Interval {
  readonly ts: number
  readonly total: number
  readonly dropped: number
  readonly accepted: number
  readonly filtered: number
}

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400
/** Half past nine, in epoch seconds. */
const now = startAt / 1000
const thisHour = now - 30 * MINUTE
const today = thisHour - 9 * HOUR

const at = ({ organization, key }: Founded, query = '') =>
  `/projects/${organization.slug}/web/keys/${key.publicKey}/stats/${query}`

async function statsOf(place: Founded, query = '', own: Installation = vedette): Promise<Interval[]> {
  const { status, body } = await own.get<Interval[]>(at(place, query), place.owner.caller)
  if (status !== 200) throw new Error(`${query}: ${status} ${JSON.stringify(body)}`)
  return body
}

const nothing = { total: 0, dropped: 0, accepted: 0, filtered: 0 }
const timesOf = (intervals: readonly Interval[]) => intervals.map(({ ts }) => ts)

/** Counts what became of data that came through the founded key. */
function countOf({ project, key }: Founded, ...happenings: readonly Omit<Happening, 'project'>[]): void {
  count(vedette, ...happenings.map((each) => ({ project, keyId: key.id, ...each })))
}

describe('what is counted', () => {
  test('is what was accepted, filtered and dropped, yesterday and today', async () => {
    const place = await found(vedette)
    countOf(
      place,
      { at: now, outcome: 'accepted', quantity: 4 },
      { at: today, outcome: 'accepted', quantity: 1 },
      { at: now, outcome: 'filtered', reason: 'localhost', quantity: 2 },
      { at: now, outcome: 'filtered', reason: 'web-crawlers', quantity: 3 },
      { at: now, outcome: 'rate_limited', reason: 'key_quota', quantity: 7 },
      { at: today - 1, outcome: 'accepted', quantity: 10 },
      { at: today - DAY - 1, outcome: 'accepted', quantity: 100 },
    )
    const { status, headers, body } = await vedette.get(at(place), place.owner.caller)
    expect({ status, body }).toEqual({
      status: 200,
      body: [
        { ts: today - DAY, ...nothing, total: 10, accepted: 10 },
        { ts: today, total: 17, dropped: 7, accepted: 5, filtered: 5 },
      ],
    })
    expect(headers.link).toBeUndefined()
  })

  test('is nothing for a key that was never used', async () => {
    expect(await statsOf(await found(vedette))).toEqual([
      { ts: today - DAY, ...nothing },
      { ts: today, ...nothing },
    ])
  })

  test.each(outcomes)('of the outcome %s goes where it belongs', async (outcome) => {
    const place = await found(vedette)
    countOf(place, { at: now, outcome, quantity: 3 })
    const expected: Readonly<Record<string, Partial<Interval>>> = {
      accepted: { total: 3, accepted: 3 },
      filtered: { total: 3, filtered: 3 },
      rate_limited: { total: 3, dropped: 3 },
    }
    expect((await statsOf(place)).at(-1)).toEqual({ ts: today, ...nothing, ...expected[outcome] })
  })

  test.each(dataCategories)('is of the error categories alone: %s', async (category) => {
    const place = await found(vedette)
    countOf(place, { at: now, outcome: 'accepted', category, quantity: 3 })
    const isError = ['default', 'error', 'security'].includes(category)
    expect((await statsOf(place)).at(-1)?.total).toBe(isError ? 3 : 0)
  })

  test('is of this key alone', async () => {
    const [place, elsewhere] = [await found(vedette), await found(vedette)]
    const input = { projectId: place.project.id, label: 'Other', loaderOptions: {}, now: startAt }
    const halves = { publicKey: 'e'.repeat(32), secretKey: 'f'.repeat(32) }
    const other = await vedette.write((tx) => insertKey(tx, { ...input, ...halves }))
    const happening = { at: now, outcome: 'accepted' } as const
    count(
      vedette,
      { project: place.project, keyId: place.key.id, ...happening, quantity: 1 },
      { project: place.project, keyId: other.id, ...happening, quantity: 10 },
      { project: place.project, keyId: 0, ...happening, quantity: 100 },
      { project: elsewhere.project, keyId: elsewhere.key.id, ...happening, quantity: 1000 },
    )
    const totals = [place, { ...place, key: other }, elsewhere].map(
      async (each) => (await statsOf(each)).at(-1)?.total,
    )
    expect(await Promise.all(totals)).toEqual([1, 10, 1000])
  })

  test('is there as soon as an event is answered', async () => {
    const place = await found(vedette)
    const path = `/api/${place.project.id}/store/?sentry_key=${place.key.publicKey}`
    for (let n = 0; n < 2; n++) {
      const answer = await vedette.send('POST', path, undefined, { body: { message: 'The lamp went out' } })
      expect(answer.status).toBe(200)
    }
    expect((await statsOf(place)).at(-1)).toEqual({ ts: today, ...nothing, total: 2, accepted: 2 })
  })
})

describe('the intervals', () => {
  const hours = (first: number, length: number) => Array.from({ length }, (_, n) => first + n * HOUR)

  test.each<[string, string, readonly number[]]>([
    ['are days of the last day', '', [today - DAY, today]],
    ['are days, however spelt', '?resolution=24h', [today - DAY, today]],
    ['may be hours', '?resolution=1h', hours(thisHour - 23 * HOUR - HOUR, 25)],
    ['may be hours, spelt in minutes', `?resolution=60m&since=${now - HOUR}`, hours(thisHour - HOUR, 2)],
    [
      'may be several hours, of the day',
      '?resolution=6h',
      [-18, -12, -6, 0, 6].map((hour) => today + hour * HOUR),
    ],
    ['may be minutes', `?resolution=5m&since=${now - 10 * MINUTE}`, [now - 10 * MINUTE, now - 5 * MINUTE]],
    [
      'begin before the start and end after the end',
      `?resolution=1h&since=${thisHour + 1}&until=${thisHour + HOUR + 1}`,
      hours(thisHour, 2),
    ],
    [
      'end with an end that is aligned',
      `?resolution=1h&since=${thisHour - 2 * HOUR}&until=${thisHour}`,
      hours(thisHour - 2 * HOUR, 2),
    ],
    ['are one when start and end are one', `?since=${now}&until=${now}`, [today]],
    ['are one when both are the start of one', `?since=${today}&until=${today}`, [today]],
    ['take fractions', `?resolution=1h&since=${thisHour + 0.5}&until=${thisHour + 1.5}`, [thisHour]],
    ['end a day after the start of the default', `?until=${now - DAY}`, [today - 2 * DAY, today - DAY]],
    ['may lie in the future', `?since=${now}&until=${now + 2 * DAY}`, [today, today + DAY, today + 2 * DAY]],
    ['ignore empty parameters', '?since=&until=&resolution=', [today - DAY, today]],
  ])('%s: %s', async (_, query, expected) => {
    expect(timesOf(await statsOf(await found(vedette), query))).toEqual(expected)
  })

  test.each(['1m', '5m', '10m', '30m', '1h', '2h', '6h', '12h', '1d'])(
    'of %s add up to the same',
    async (resolution) => {
      const place = await found(vedette)
      const times = [0, 1, 59, 600, 3599, 3600, 30_000, 30_600].map((second) => today + second)
      countOf(place, ...times.map((at) => ({ at, outcome: 'accepted' }) as const))
      const query = `?resolution=${resolution}&since=${thisHour - 9 * HOUR}&until=${thisHour + 30 * MINUTE}`
      const intervals = await statsOf(place, query)
      expect(intervals.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(times.length)
      const length = intervals[1] === undefined ? DAY : intervals[1].ts - today
      for (const { ts, accepted } of intervals) {
        expect(accepted).toBe(times.filter((time) => time >= ts && time < ts + length).length)
      }
    },
  )

  test('are a thousand at most', async () => {
    const place = await found(vedette)
    expect(await statsOf(place, `?until=${today}&since=${today - 1000 * DAY}`)).toHaveLength(1000)
    const { status } = await vedette.get(
      at(place, `?until=${today + 1}&since=${today - 1000 * DAY}`),
      place.owner.caller,
    )
    expect(status).toBe(400)
  })

  test('move on with time', async () => {
    await using own = await openInstallation()
    const place = await found(own)
    own.clock.set((today + DAY) * 1000)
    expect(timesOf(await statsOf(place, '', own))).toEqual([today])
    own.clock.advance(1)
    expect(timesOf(await statsOf(place, '', own))).toEqual([today, today + DAY])
  })
})

test.each([
  '?resolution=2d',
  '?resolution=1w',
  '?resolution=10s',
  '?resolution=90s',
  '?resolution=7m',
  '?resolution=25h',
  '?resolution=0m',
  '?resolution=0d',
  '?resolution=hour',
  '?resolution=1',
  '?resolution=-1h',
  '?since=yesterday',
  '?until=2026-01-05',
  '?since=NaN',
  '?until=Infinity',
  '?until=1e300',
  `?since=${now}&until=${now - 1}`,
  `?since=${now + 1}`,
  `?resolution=1m&since=${now - 2 * DAY}`,
  '?since=0',
  '?resolution=2d&since=yesterday',
])('a question that makes no sense is refused, whatever is wrong: %s', async (query) => {
  const place = await found(vedette)
  const { status, body } = await vedette.get(at(place, query), place.owner.caller)
  expect({ status, body }).toEqual({ status: 400, body: { detail: 'Invalid request data' } })
})

test('usage can be read with project:read', async () => {
  const place = await found(vedette)
  for (const [scope, status] of [
    ['project:read', 200],
    ['project:write', 200],
    ['project:admin', 200],
    ['org:read', 403],
  ] as const) {
    const caller = await tokenOf(vedette, place.owner, [scope])
    expect((await vedette.get(at(place), caller)).status).toBe(status)
  }
})
