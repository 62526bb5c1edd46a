/** The projects of an organization side by side: what came, what was lost, when something came last. */
import { afterAll, describe, expect, test } from 'vitest'
import { SECOND } from '../../src/time.ts'
import { disableKey, envelope, eventEnvelope, item, newId, openFrontDoor, soundItem } from './front-door.ts'
import {
  addPerson,
  addProject,
  addTeam,
  type Caller,
  count,
  type Founded,
  found,
  type Installation,
  nobody,
  openInstallation,
  startAt,
  tokenOf,
} from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

const HOUR = 3600
const DAY = 24 * HOUR
/** Half past nine, in epoch seconds. */
const now = startAt / 1000

interface Amount {
  readonly total: number
  readonly series: readonly number[]
  readonly previous: number | null
}

interface ProjectUsage {
  readonly start: string
  readonly end: string
  readonly interval: string
  readonly intervals: readonly string[]
  readonly categories: readonly string[]
  readonly projects: readonly {
    readonly id: string
    readonly slug: string
    readonly accepted: Amount
    readonly dropped: Amount & { readonly outcomes: Readonly<Record<string, number>> }
    readonly lastAccepted: string | null
  }[]
}

const pathOf = ({ organization }: Founded, query = '') =>
  `/organizations/${organization.slug}/project-usage/${query}`

async function ask(
  place: Founded,
  query = '',
  { caller = place.owner.caller, own = vedette }: { caller?: Caller; own?: Installation } = {},
): Promise<ProjectUsage> {
  const { status, body, text } = await own.get<ProjectUsage>(pathOf(place, query), caller)
  if (status !== 200) throw new Error(`${query}: ${status} ${text}`)
  return body
}

const slugsIn = ({ projects }: ProjectUsage) => projects.map(({ slug }) => slug)

describe('the last 24 hours', () => {
  test('of every project come by the hour: what was accepted, what was dropped and how', async () => {
    const place = await found(vedette)
    const { organization, project } = place
    const quiet = await addProject(vedette, organization, { slug: 'api' })
    const other = await found(vedette)
    await vedette.put(`/projects/${organization.slug}/web/`, place.owner.caller, { isBookmarked: true })
    count(
      vedette,
      { project, at: now, outcome: 'accepted', quantity: 5 },
      { project, at: now - 10, outcome: 'accepted', category: 'default', quantity: 1 },
      { project, at: now - DAY, outcome: 'accepted', quantity: 7 },
      { project, at: now - DAY - HOUR, outcome: 'accepted', quantity: 100 },
      { project, at: now - HOUR, outcome: 'filtered', reason: 'localhost', quantity: 2 },
      { project, at: now - HOUR, outcome: 'filtered', reason: 'web-crawlers', quantity: 1 },
      { project, at: now, outcome: 'rate_limited', reason: 'key_quota', quantity: 4 },
      { project, at: now, outcome: 'accepted', category: 'transaction', quantity: 50 },
      { project: other.project, at: now, outcome: 'accepted', quantity: 1000 },
    )
    const hours = (...counts: readonly (readonly [number, number])[]) =>
      Array.from({ length: 25 }, (_, index) => counts.find(([at]) => at === index)?.[1] ?? 0)
    const usage = await ask(place)
    expect(usage).toEqual({
      start: '2026-01-04T09:00:00Z',
      end: '2026-01-05T10:00:00Z',
      interval: '1h',
      intervals: expect.any(Array),
      categories: ['default', 'error', 'security'],
      projects: [
        {
          id: String(quiet.id),
          slug: 'api',
          name: 'api',
          platform: null,
          teams: [],
          isMember: false,
          isBookmarked: false,
          accepted: { total: 0, series: hours(), previous: null },
          dropped: { total: 0, series: hours(), previous: null, outcomes: {} },
          lastAccepted: null,
        },
        {
          id: String(project.id),
          slug: 'web',
          name: 'Web',
          platform: null,
          teams: [{ id: String(place.team.id), slug: 'crew', name: 'Crew' }],
          isMember: true,
          isBookmarked: true,
          accepted: { total: 13, series: hours([0, 7], [24, 6]), previous: null },
          dropped: {
            total: 7,
            series: hours([23, 3], [24, 4]),
            previous: null,
            outcomes: { filtered: 3, rate_limited: 4 },
          },
          lastAccepted: null,
        },
      ],
    })
    expect([usage.intervals[0], usage.intervals[24], usage.intervals.length]).toEqual([
      usage.start,
      '2026-01-05T09:00:00Z',
      25,
    ])
  })

  test('are compared with the day before', async () => {
    const place = await found(vedette)
    const { project } = place
    count(
      vedette,
      { project, at: now, outcome: 'accepted', quantity: 5 },
      { project, at: now - 26 * HOUR, outcome: 'accepted', quantity: 3 },
      { project, at: now - 26 * HOUR, outcome: 'invalid', reason: 'cors', quantity: 2 },
    )
    const [usage] = (await ask(place, '?compare=1')).projects
    expect(usage).toMatchObject({
      accepted: { total: 5, previous: 3 },
      dropped: { total: 0, previous: 2, outcomes: {} },
    })
  })
})

test('another time, other intervals and other data can be asked for', async () => {
  const place = await found(vedette)
  const { project } = place
  count(
    vedette,
    { project, at: now, outcome: 'accepted', category: 'transaction', quantity: 5 },
    { project, at: now - 6 * DAY, outcome: 'accepted', category: 'transaction', quantity: 7 },
    { project, at: now, outcome: 'accepted', category: 'log_item', quantity: 11 },
  )
  const query = '?statsPeriod=7d&interval=1d&category=transaction&category=log_item'
  const usage = await ask(place, query)
  expect([usage.interval, usage.categories, usage.projects[0]?.accepted]).toEqual([
    '1d',
    ['transaction', 'log_item'],
    { total: 23, series: [0, 7, 0, 0, 0, 0, 0, 16], previous: null },
  ])
  expect((await ask(place, '?interval=6h&category=log_item')).projects[0]?.accepted.series).toEqual([
    0, 0, 0, 0, 11,
  ])
})

test.each([
  ['?interval=7m', 'The interval should divide one day without a remainder.'],
  ['?category=lamps', 'Invalid category: "lamps"'],
  ['?statsPeriod=soon', "Invalid statsPeriod: 'soon'"],
  ['?category=error&category=log_byte', 'if filtering by log_byte no other category may be present'],
  ['?statsPeriod=90d&interval=10s', 'Your interval and date range would create too many results.'],
])('%s is refused', async (query, words) => {
  const place = await found(vedette)
  const { status, text } = await vedette.get(pathOf(place, query), place.owner.caller)
  expect(status).toBe(400)
  expect(JSON.parse(text).detail).toContain(words)
})

describe('projects', () => {
  test('are named one by one, by id or slug', async () => {
    const place = await found(vedette)
    await addProject(vedette, place.organization, { slug: 'api' })
    await addProject(vedette, place.organization, { slug: 'cli' })
    expect(slugsIn(await ask(place))).toEqual(['api', 'cli', 'web'])
    expect(slugsIn(await ask(place, '?projectSlug=api'))).toEqual(['api'])
    expect(slugsIn(await ask(place, `?project=${place.project.id}&project=cli`)).sort()).toEqual([
      'cli',
      'web',
    ])
  })

  test('out of reach are left out, and refused when they are named', async () => {
    const place = await found(vedette, { options: { openMembership: false } })
    const { organization } = place
    const team = await addTeam(vedette, organization, 'other')
    await addProject(vedette, organization, { slug: 'api', teams: [team] })
    const { caller } = await addPerson(vedette, { organization, teams: { [team.id]: 'contributor' } })
    expect(slugsIn(await ask(place, '', { caller }))).toEqual(['api'])
    expect((await vedette.get(pathOf(place, '?project=web'), caller)).status).toBe(403)
    const stranger = await addPerson(vedette, { organization })
    expect(slugsIn(await ask(place, '', stranger))).toEqual([])
  })

  test('are for holders of org:read', async () => {
    const place = await found(vedette)
    const status = async (caller: Caller) => (await vedette.get(pathOf(place), caller)).status
    expect([
      await status(await tokenOf(vedette, place.owner, ['org:read'])),
      await status(await tokenOf(vedette, place.owner, ['project:read'])),
      await status((await addPerson(vedette)).caller),
      await status(nobody),
    ]).toEqual([200, 403, 403, 401])
  })

  test('may be hundreds, and none is left over', async () => {
    const place = await found(vedette)
    const projects = []
    for (let turn = 0; turn < 300; turn++) {
      projects.push(await addProject(vedette, place.organization, { slug: `p${1000 + turn}` }))
    }
    const outcomes = ['accepted', 'filtered', 'rate_limited', 'invalid', 'client_discard'] as const
    count(
      vedette,
      ...projects.flatMap((project, turn) =>
        outcomes.map((outcome) => ({ project, at: now, outcome, quantity: turn + 1 })),
      ),
    )
    const usage = await ask(place)
    expect(usage.projects.map(({ accepted, dropped }) => [accepted.total, dropped.total])).toEqual([
      ...projects.map((_, turn) => [turn + 1, 4 * (turn + 1)]),
      [0, 0],
    ])
  })
})

describe('when something was accepted last', () => {
  test('is told of data of any kind, and not of what was dropped', async () => {
    await using own = await openInstallation()
    const door = await openFrontDoor(own)
    const last = async () => (await ask(door, '', { own })).projects[0]?.lastAccepted
    expect(await last()).toBeNull()
    await door.deliver(eventEnvelope())
    expect(await last()).toBe('2026-01-05T09:30:00Z')

    own.clock.advance(5 * SECOND)
    await door.deliver(envelope({}, soundItem('log')))
    expect(await last()).toBe('2026-01-05T09:30:05Z')

    own.clock.advance(5 * SECOND)
    await door.deliver(envelope({ event_id: newId() }, item('event', 'no JSON')))
    await disableKey(own, door.key)
    expect((await door.deliver(eventEnvelope())).status).toBe(403)
    expect(await last()).toBe('2026-01-05T09:30:05Z')
  })

  test('is not told by an event that came a second time', async () => {
    await using own = await openInstallation()
    const door = await openFrontDoor(own)
    const again = eventEnvelope()
    await door.deliver(again)
    own.clock.advance(5 * SECOND)
    await door.deliver(again)
    expect((await ask(door, '', { own })).projects[0]?.lastAccepted).toBe('2026-01-05T09:30:00Z')
  })
})
