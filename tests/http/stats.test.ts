/** Project statistics: what each counts, and which buckets a series shows. */
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { type DataCategory, dataCategories, type OutcomeKind, outcomes } from '../../src/protocol/outcome.ts'
import {
  addPerson,
  addProject,
  apiKeyOf,
  type Caller,
  count,
  type Founded,
  flush,
  found,
  openInstallation,
  startAt,
} from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

type Series = [number, number][]

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400
/** Half past nine, in epoch seconds. */
const now = startAt / 1000
const thisHour = now - 30 * MINUTE

const at = ({ organization }: Founded, query: string) => `/projects/${organization.slug}/web/stats/${query}`

async function seriesOf(place: Founded, query = '', caller: Caller = place.owner.caller): Promise<Series> {
  const { status, body } = await vedette.get<Series>(at(place, query), caller)
  if (status !== 200) throw new Error(`${query}: ${status} ${JSON.stringify(body)}`)
  return body
}

const timesOf = (series: Series) => series.map(([time]) => time)
const sumOf = (series: Series) => series.reduce((sum, [, n]) => sum + n, 0)
/** Buckets with something in them. */
const filled = (series: Series) => series.filter(([, n]) => n > 0)

describe('without parameters', () => {
  test('the last 24 hours of what was received, by the hour', async () => {
    const place = await found(vedette)
    const other = await addProject(vedette, place.organization, { slug: 'other' })
    count(
      vedette,
      { project: place.project, at: now, outcome: 'accepted', quantity: 3 },
      { project: other, at: now, outcome: 'accepted', quantity: 100 },
    )
    const expected = Array.from({ length: 24 }, (_, hour) => [
      thisHour - (23 - hour) * HOUR,
      hour === 23 ? 3 : 0,
    ])
    const { status, headers, body } = await vedette.get(at(place, ''), place.owner.caller)
    expect({ status, body }).toEqual({ status: 200, body: expected })
    expect(headers.link).toBeUndefined()
  })

  test('24 zeros for a project that has received nothing', async () => {
    const series = await seriesOf(await found(vedette))
    expect({ points: series.length, sum: sumOf(series) }).toEqual({ points: 24, sum: 0 })
  })

  test('moves on with time', async () => {
    await using own = await openInstallation()
    const place = await found(own)
    count(own, { project: place.project, at: now, outcome: 'accepted', quantity: 3 })
    const read = async () => (await own.get<Series>(at(place, ''), place.owner.caller)).body
    expect((await read()).at(-1)).toEqual([thisHour, 3])
    own.clock.set((thisHour + HOUR) * 1000)
    expect((await read()).slice(-2)).toEqual([
      [thisHour, 3],
      [thisHour + HOUR, 0],
    ])
    own.clock.set((thisHour + 24 * HOUR) * 1000 - 1)
    expect((await read())[0]).toEqual([thisHour, 3])
    own.clock.set((thisHour + 24 * HOUR) * 1000)
    expect(sumOf(await read())).toBe(0)
  })

  test('of events that came in at the front door just now', async () => {
    const place = await found(vedette)
    const path = `/api/${place.project.id}/store/?sentry_key=${place.key.publicKey}`
    for (let n = 0; n < 2; n++) {
      const answer = await vedette.send('POST', path, undefined, { body: { message: 'The lamp went out' } })
      expect(answer.status).toBe(200)
    }
    for (const stat of ['received', 'generated']) {
      expect((await seriesOf(place, `?stat=${stat}`)).at(-1)).toEqual([thisHour, 2])
    }
  })
})

describe('a statistic', () => {
  const reasons = [
    'ip-address',
    'release-version',
    'error-message',
    'browser-extensions',
    'legacy-browsers',
    'localhost',
    'web-crawlers',
    'invalid-csp',
    'cors',
    'discarded-hash',
    'filtered-transaction',
  ]

  /** The quantity of each statistic after the given counts. */
  async function sums(place: Founded, stats: readonly string[]): Promise<Record<string, number>> {
    const entries = stats.map(async (stat) => [stat, sumOf(await seriesOf(place, `?stat=${stat}`))])
    return Object.fromEntries(await Promise.all(entries))
  }

  test.each<[OutcomeKind, string, Record<string, number>]>([
    ['accepted', '', { received: 5 }],
    ['filtered', 'localhost', { received: 5, blacklisted: 5 }],
    ['rate_limited', 'key_quota', { received: 5, rejected: 5 }],
    ['invalid', 'too_large', {}],
    ['abuse', '', {}],
    ['client_discard', 'queue_overflow', {}],
    ['cardinality_limited', '', {}],
  ])('counts what was %s', async (outcome, reason, expected) => {
    const place = await found(vedette)
    count(vedette, { project: place.project, at: now, outcome, reason, quantity: 5 })
    const none = { received: 0, rejected: 0, blacklisted: 0, generated: 0 }
    expect(await sums(place, Object.keys(none))).toEqual({ ...none, ...expected })
  })

  test('adds up every fate and reason', async () => {
    const place = await found(vedette)
    const { project } = place
    count(
      vedette,
      ...outcomes.map((outcome, n) => ({ project, at: now, outcome, quantity: 10 ** n })),
      { project, at: now - HOUR, outcome: 'rate_limited', reason: 'other', quantity: 200 },
      { project, at: now, outcome: 'filtered', reason: 'localhost', quantity: 30, keyId: 7 },
    )
    expect(await sums(place, ['received', 'rejected', 'blacklisted'])).toEqual({
      received: 1 + 10 + 100 + 200 + 30,
      rejected: 100 + 200,
      blacklisted: 10 + 30,
    })
  })

  test('of a filter counts what that filter held back', async () => {
    const place = await found(vedette)
    const { project } = place
    count(
      vedette,
      ...reasons.map((reason, n) => ({
        project,
        at: now,
        outcome: 'filtered' as const,
        reason,
        quantity: n + 1,
      })),
      { project, at: now, outcome: 'filtered', reason: 'react-hydration-errors', quantity: 1000 },
      { project, at: now, outcome: 'invalid', reason: 'cors', quantity: 1000 },
    )
    expect(await sums(place, reasons)).toEqual(
      Object.fromEntries(reasons.map((reason, n) => [reason, n + 1])),
    )
    for (const stat of reasons) expect((await seriesOf(place, `?stat=${stat}`)).length).toBe(24)
  })

  test('counts errors only: messages, exceptions, and security reports', async () => {
    const place = await found(vedette)
    const { project } = place
    const counted: readonly DataCategory[] = ['default', 'error', 'security']
    count(
      vedette,
      ...dataCategories.map((category) => ({
        project,
        at: now,
        outcome: 'accepted' as const,
        category,
        quantity: counted.includes(category) ? 1 : 1000,
      })),
    )
    expect(await sums(place, ['received'])).toEqual({ received: 3 })
  })

  test('`generated` counts stored events, in one environment or in all', async () => {
    const place = await found(vedette)
    const { id } = place.project
    flush(vedette, (tx) => {
      for (const [environment, quantity] of [
        ['production', 3],
        ['staging', 20],
        ['', 100],
      ] as const) {
        if (environment !== '') tx.noteEnvironment(id, environment, startAt)
        tx.addStoredEvents({ projectId: id, environment, bucket: now, quantity })
      }
      tx.noteEnvironment(id, 'idle', startAt)
    })
    count(vedette, { project: place.project, at: now, outcome: 'accepted', quantity: 1000 })
    const generated = async (query: string) => (await seriesOf(place, `?stat=generated${query}`)).at(-1)
    expect(await generated('')).toEqual([thisHour, 123])
    expect(await generated('&environment=production')).toEqual([thisHour, 3])
    expect(await generated('&environment=staging')).toEqual([thisHour, 20])
    expect(await generated('&environment=idle')).toEqual([thisHour, 0])
    for (const resolution of ['10s', '1h', '1d']) {
      expect(
        sumOf(await seriesOf(place, `?stat=generated&environment=staging&resolution=${resolution}`)),
      ).toBe(20)
    }
    const unknown = await vedette.get(at(place, '?stat=generated&environment=no-such'), place.owner.caller)
    expect(unknown).toMatchObject({
      status: 404,
      body: { detail: 'The requested resource does not exist' },
    })
  })

  test('other than `generated` ignores the environment', async () => {
    const place = await found(vedette)
    count(vedette, { project: place.project, at: now, outcome: 'accepted', quantity: 3 })
    expect(sumOf(await seriesOf(place, '?stat=received&environment=no-such'))).toBe(3)
  })

  test.each([
    'foo',
    '',
    'Received',
    'react-hydration-errors',
    'chunk-load-error',
    'crash-report-limit',
    'toString',
  ])('that does not exist is refused with a bare list: %j', async (stat) => {
    const place = await found(vedette)
    const { status, body } = await vedette.get(at(place, `?stat=${stat}`), place.owner.caller)
    expect({ status, body }).toEqual({ status: 400, body: [`Invalid stat: ${stat}`] })
  })
})

describe('the resolution', () => {
  test.each([
    ['10s', 10],
    ['3600s', HOUR],
    ['60m', HOUR],
    ['1h', HOUR],
    ['86400s', DAY],
    ['1440m', DAY],
    ['24h', DAY],
    ['1d', DAY],
  ])('may be spelt %s', async (resolution, seconds) => {
    const place = await found(vedette)
    count(vedette, { project: place.project, at: now, outcome: 'accepted', quantity: 3 })
    const series = await seriesOf(place, `?resolution=${resolution}&since=${now - 2 * DAY}`)
    const times = timesOf(series)
    expect(new Set(times.slice(1).map((time, n) => time - (times[n] ?? 0)))).toEqual(new Set([seconds]))
    expect(series.at(-1)).toEqual([now - (now % seconds), 3])
    expect(series.length).toBe(Math.floor((2 * DAY) / seconds) + 1)
  })

  test.each([
    '10',
    's',
    '1',
    '20s',
    '2h',
    '2d',
    '1w',
    '1y',
    '1.5h',
    '-1h',
    '0s',
    '1H',
    'hour',
    ' 1h',
    '10s ',
  ])('is refused when it is none that is kept: %j', async (resolution) => {
    const place = await found(vedette)
    const path = at(place, `?resolution=${encodeURIComponent(resolution)}`)
    const { status, body } = await vedette.get(path, place.owner.caller)
    expect({ status, body }).toEqual({ status: 400, body: { detail: 'Invalid resolution' } })
  })

  test.each([
    [0, 10, 1],
    [60, 10, 7],
    [3600, 10, 361],
    [3601, HOUR, 2],
    [7200, HOUR, 3],
    [86_399, HOUR, 24],
    [86_400, HOUR, 25],
    [604_800, HOUR, 169],
    [604_801, DAY, 8],
    [30 * DAY, DAY, 31],
    [90 * DAY, DAY, 91],
    [400 * DAY, DAY, 401],
  ])('of a span of %i seconds is %i by default: %i points', async (span, seconds, points) => {
    const place = await found(vedette)
    // However long ago the span lies.
    for (const until of [now, now - 1000 * DAY + 123]) {
      const times = timesOf(await seriesOf(place, `?since=${until - span}&until=${until}`))
      expect(times.length).toBe(points)
      expect(times.at(-1)).toBe(until - (until % seconds))
      expect(times[0]).toBe(until - (until % seconds) - (points - 1) * seconds)
    }
  })

  test('when stated holds for any span', async () => {
    const place = await found(vedette)
    expect((await seriesOf(place, `?resolution=1d&since=${now - 60}`)).length).toBe(1)
    expect((await seriesOf(place, `?resolution=10s&since=${now - 2 * DAY}`)).length).toBe(17_281)
    expect((await seriesOf(place, `?resolution=1h&since=${now - 30 * DAY}`)).length).toBe(721)
  })

  test('changes nothing in the sums', async () => {
    const place = await found(vedette)
    const { project } = place
    const times = [now, now - 10, now - 3 * HOUR, now - 26 * HOUR]
    count(vedette, ...times.map((time) => ({ project, at: time, outcome: 'accepted' as const, quantity: 7 })))
    for (const resolution of ['10s', '1h', '1d']) {
      expect(sumOf(await seriesOf(place, `?resolution=${resolution}&since=${now - 3 * DAY}`))).toBe(28)
    }
  })
})

describe('the buckets of a series', () => {
  const clock = (hours: number, minutes: number, seconds = 0) =>
    now - (now % DAY) + hours * HOUR + minutes * MINUTE + seconds
  const hours = (...values: number[]) => values.map((hour) => clock(hour, 0))

  test.each([
    ['since later in its hour than until in its own', clock(10, 59), clock(12, 1), hours(11, 12)],
    ['both on the hour', clock(10, 0), clock(12, 0), hours(10, 11, 12)],
    ['since earlier in its hour', clock(10, 1), clock(12, 59), hours(10, 11, 12)],
    ['at the same moment', clock(10, 17), clock(10, 17), hours(10)],
    ['one second short of an hour', clock(10, 0, 1), clock(11, 0), hours(11)],
  ])('with %s', async (_, since, until, expected) => {
    const place = await found(vedette)
    expect(timesOf(await seriesOf(place, `?since=${since}&until=${until}&resolution=1h`))).toEqual(expected)
  })

  test('of a span of 19 seconds at 10 seconds are two', async () => {
    const place = await found(vedette)
    const until = clock(9, 0, 15)
    expect(timesOf(await seriesOf(place, `?since=${until - 19}&until=${until}&resolution=10s`))).toEqual([
      clock(9, 0, 0),
      clock(9, 0, 10),
    ])
  })

  test('are those of the worked examples', async () => {
    const place = await found(vedette)
    const until = 1_700_003_661
    const day = timesOf(await seriesOf(place, `?until=${until}`))
    expect([day.length, day[0], day[1], day.at(-1)]).toEqual([
      24, 1_699_920_000, 1_699_923_600, 1_700_002_800,
    ])
    expect(timesOf(await seriesOf(place, `?until=${until}&since=1700000000`))).toEqual([
      1_699_999_200, 1_700_002_800,
    ])
    const hour = timesOf(await seriesOf(place, `?until=${until}&since=1700000061`))
    expect([hour.length, hour[0], hour.at(-1)]).toEqual([361, 1_700_000_060, 1_700_003_660])
  })

  test('are counted whole, those of both ends included', async () => {
    const place = await found(vedette)
    const { project } = place
    const [since, until] = [clock(6, 20), clock(8, 40)]
    count(
      vedette,
      { project, at: clock(5, 59, 50), outcome: 'accepted', quantity: 1 },
      { project, at: clock(6, 0), outcome: 'accepted', quantity: 20 },
      { project, at: clock(7, 59, 50), outcome: 'accepted', quantity: 300 },
      { project, at: clock(8, 59, 50), outcome: 'accepted', quantity: 4000 },
      { project, at: clock(9, 0), outcome: 'accepted', quantity: 50_000 },
    )
    expect(await seriesOf(place, `?since=${since}&until=${until}&resolution=1h`)).toEqual([
      [clock(6, 0), 20],
      [clock(7, 0), 300],
      [clock(8, 0), 4000],
    ])
  })

  test('begin at whole seconds when since and until do not', async () => {
    const place = await found(vedette)
    const { project } = place
    count(vedette, { project, at: now, outcome: 'accepted', quantity: 3 })
    const series = await seriesOf(place, `?since=${now - HOUR + 0.25}&until=${now + 0.75}`)
    expect(filled(series)).toEqual([[now, 3]])
    expect(timesOf(series).every(Number.isInteger)).toBe(true)
    // Scientific notation, blanks and signs are how some scripts write a number.
    for (const until of [`${now / 1e9}e9`, `%20${now}`, `%2B${now}`, `${now}.`]) {
      expect(await seriesOf(place, `?until=${until}`)).toEqual(await seriesOf(place, `?until=${now}`))
    }
  })

  test('are those of the documented algorithm, whatever the span', async () => {
    const place = await found(vedette)
    const moment = fc
      .double({ min: now - 40 * DAY, max: now, noNaN: true })
      .map((time) => Math.round(time * 8) / 8)
    await fc.assert(
      fc.asyncProperty(moment, moment, fc.constantFrom(HOUR, DAY), async (one, other, seconds) => {
        const [since, until] = [Math.min(one, other), Math.max(one, other)]
        const expected: number[] = []
        for (let time = until; time >= since; time -= seconds) {
          const whole = Math.floor(time)
          expected.unshift(whole - (whole % seconds))
        }
        const series = await seriesOf(place, `?since=${since}&until=${until}&resolution=${seconds}s`)
        expect(timesOf(series)).toEqual(expected)
      }),
      { numRuns: 60 },
    )
  })
})

describe('bad parameters', () => {
  const invalidResolution = { detail: 'Invalid resolution' }
  const invalidUntil = { detail: 'until must be a numeric timestamp.' }
  const invalidSince = { detail: 'since must be a numeric timestamp' }
  const reversed = { detail: 'start must be before or equal to end' }

  test.each<[string, unknown]>([
    ['?until=yesterday', invalidUntil],
    ['?until=2026-01-05', invalidUntil],
    ['?until=1e', invalidUntil],
    ['?until=0x10', invalidUntil],
    ['?since=yesterday', invalidSince],
    ['?since=NaN', invalidSince],
    [`?since=${now + 1}`, reversed],
    [`?since=${now}&until=${now - 1}`, reversed],
    // What is wrong first is said first.
    ['?stat=foo&resolution=2h&until=x&since=x', ['Invalid stat: foo']],
    ['?since=x&until=x&resolution=2h', invalidResolution],
    ['?since=x&until=x&resolution=1h', invalidUntil],
    ['?since=x&until=1', invalidSince],
    ['?stat=generated&environment=no-such&since=x', invalidSince],
  ])('%s', async (query, expected) => {
    const place = await found(vedette)
    const { status, body } = await vedette.get(at(place, query), place.owner.caller)
    expect({ status, body }).toEqual({ status: 400, body: expected })
  })

  test('do not let one request ask for millions of points', async () => {
    const place = await found(vedette)
    const { status, body } = await vedette.get(at(place, '?since=0&resolution=10s'), place.owner.caller)
    expect({ status, body }).toEqual({ status: 400, body: { detail: expect.any(String) } })
  })

  test('are not looked at for a project that does not exist', async () => {
    const { organization, owner } = await found(vedette)
    const path = `/projects/${organization.slug}/no-such/stats/?stat=foo`
    expect(await vedette.get(path, owner.caller)).toMatchObject({
      status: 404,
      body: { detail: 'Project does not exist' },
    })
  })
})

test('may be read by whoever may read the project', async () => {
  const place = await found(vedette)
  count(vedette, { project: place.project, at: now, outcome: 'accepted', quantity: 3 })
  const ada = await addPerson(vedette, { organization: place.organization })
  const key = await apiKeyOf(vedette, place.organization, ['project:read'])
  for (const caller of [ada.caller, key]) expect(sumOf(await seriesOf(place, '', caller))).toBe(3)
})

test('agree with each other: received is accepted, filtered and rejected together', async () => {
  const place = await found(vedette)
  const { project } = place
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          outcome: fc.constantFrom<OutcomeKind>('accepted', 'filtered', 'rate_limited', 'invalid'),
          hoursAgo: fc.integer({ min: 0, max: 23 }),
          quantity: fc.integer({ min: 1, max: 50 }),
        }),
        { maxLength: 8 },
      ),
      async (happenings) => {
        const [received, rejected, blacklisted] = await Promise.all(
          ['received', 'rejected', 'blacklisted'].map((stat) => seriesOf(place, `?stat=${stat}`)),
        )
        const before = { received, rejected, blacklisted }
        count(
          vedette,
          ...happenings.map(({ outcome, hoursAgo, quantity }) => ({
            project,
            at: now - hoursAgo * HOUR,
            outcome,
            quantity,
          })),
        )
        const expected = (wanted: readonly OutcomeKind[], series: Series = []) =>
          series.map(([time, n]) => {
            const added = happenings.filter(
              ({ outcome, hoursAgo }) => wanted.includes(outcome) && thisHour - hoursAgo * HOUR === time,
            )
            return [time, n + added.reduce((sum, { quantity }) => sum + quantity, 0)]
          })
        expect(await seriesOf(place, '?stat=received')).toEqual(
          expected(['accepted', 'filtered', 'rate_limited'], before.received),
        )
        expect(await seriesOf(place, '?stat=rejected')).toEqual(expected(['rate_limited'], before.rejected))
        expect(await seriesOf(place, '?stat=blacklisted')).toEqual(expected(['filtered'], before.blacklisted))
      },
    ),
    { numRuns: 20 },
  )
})
