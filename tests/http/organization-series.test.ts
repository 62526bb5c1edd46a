/** The older statistics of an organization: one series, or one for each project. */
import { afterAll, describe, expect, test } from 'vitest'
import { dataCategories, outcomes } from '../../src/protocol/outcome.ts'
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
  setOrganizationOptions,
  startAt,
  tokenOf,
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
const today = thisHour - 9 * HOUR

const at = ({ organization }: Founded, query: string) => `/organizations/${organization.slug}/stats/${query}`

async function read<T = Series>(place: Founded, query = '', caller: Caller = place.owner.caller): Promise<T> {
  const { status, body } = await vedette.get<T>(at(place, query), caller)
  if (status !== 200) throw new Error(`${query}: ${status} ${JSON.stringify(body)}`)
  return body
}

const sumOf = (series: Series) => series.reduce((sum, [, n]) => sum + n, 0)
const sumsOf = (byProject: Record<string, Series>) =>
  Object.fromEntries(Object.entries(byProject).map(([id, series]) => [id, sumOf(series)]))

describe('of the organization', () => {
  test('is one series of 24 hours by default', async () => {
    const [place, elsewhere] = [await found(vedette), await found(vedette)]
    const lone = await addProject(vedette, place.organization, { slug: 'lone' })
    count(
      vedette,
      { project: place.project, at: now, outcome: 'accepted', quantity: 1 },
      { project: place.project, at: now, outcome: 'rate_limited', reason: 'key_quota', quantity: 20 },
      {
        project: lone,
        at: now,
        outcome: 'filtered',
        reason: 'localhost',
        category: 'security',
        quantity: 300,
      },
      { project: elsewhere.project, at: now, outcome: 'accepted', quantity: 4000 },
    )
    const expected = Array.from({ length: 24 }, (_, hour) => [
      thisHour - (23 - hour) * HOUR,
      hour === 23 ? 321 : 0,
    ])
    for (const query of ['', '?group=organization', '?group=', '?stat=received']) {
      expect(await read(place, query)).toEqual(expected)
    }
    expect(sumOf(await read(place, '?stat=rejected'))).toBe(20)
    expect(sumOf(await read(place, '?stat=blacklisted'))).toBe(300)
  })

  test.each(outcomes)('counts the outcome %s where it belongs', async (outcome) => {
    const place = await found(vedette)
    count(vedette, { project: place.project, at: now, outcome, quantity: 3 })
    const stats = ['received', 'rejected', 'blacklisted']
    const sums = await Promise.all(stats.map(async (stat) => sumOf(await read(place, `?stat=${stat}`))))
    const expected: Readonly<Record<string, number[]>> = {
      accepted: [3, 0, 0],
      rate_limited: [3, 3, 0],
      filtered: [3, 0, 3],
    }
    expect(sums).toEqual(expected[outcome] ?? [0, 0, 0])
  })

  test('is of the error categories alone', async () => {
    const place = await found(vedette)
    count(
      vedette,
      ...dataCategories.map(
        (category) => ({ project: place.project, at: now, outcome: 'accepted', category }) as const,
      ),
    )
    expect(sumOf(await read(place))).toBe(3)
  })

  test('has the buckets of a project’s series', async () => {
    const place = await found(vedette)
    count(vedette, { project: place.project, at: now, outcome: 'accepted', quantity: 3 })
    for (const query of [
      `?since=${now - 600}&until=${now}`,
      `?since=${now - 7 * DAY}`,
      `?since=${now - 30 * DAY}`,
      `?since=${now - HOUR}&until=${now}&resolution=10s`,
      `?resolution=1d&since=${now - DAY + 1}`,
      `?resolution=60m&since=${thisHour - 1}&until=${thisHour + 61}`,
    ]) {
      const { body } = await vedette.get(
        `/projects/${place.organization.slug}/web/stats/${query}`,
        place.owner.caller,
      )
      expect(await read(place, query)).toEqual(body)
      expect(sumOf(await read(place, query)), query).toBe(3)
    }
  })

  test('is nothing when only other organizations are asked for', async () => {
    const place = await found(vedette)
    expect(await read(place, `?id=${place.organization.id}`)).toHaveLength(24)
    expect(await read(place, `?id=${place.organization.id}&id=999999`)).toHaveLength(24)
    expect(await read(place, '?id=999999')).toEqual([])
  })
})

describe('of projects', async () => {
  const place = await found(vedette)
  const { project: web } = place
  const api = await addProject(vedette, place.organization, { slug: 'api', teams: [place.team] })
  const lone = await addProject(vedette, place.organization, { slug: 'lone' })
  count(
    vedette,
    { project: web, at: now, outcome: 'accepted', quantity: 1 },
    { project: web, at: now - HOUR, outcome: 'filtered', reason: 'localhost', quantity: 20 },
    { project: lone, at: now, outcome: 'accepted', quantity: 300 },
  )
  flush(vedette, (tx) => {
    for (const [environment, bucket] of [
      ['staging', now],
      ['production', now],
      ['', now - HOUR],
    ] as const) {
      tx.addStoredEvents({ projectId: web.id, environment, bucket, quantity: 5 })
    }
  })

  test('are one series for each of the caller’s projects', async () => {
    expect(await read(place, `?group=project&since=${now - HOUR}&resolution=1h`)).toEqual({
      [web.id]: [
        [thisHour - HOUR, 20],
        [thisHour, 1],
      ],
      [api.id]: [
        [thisHour - HOUR, 0],
        [thisHour, 0],
      ],
    })
    expect(sumsOf(await read(place, '?group=project&stat=blacklisted'))).toEqual({
      [web.id]: 20,
      [api.id]: 0,
    })
  })

  test('may be of stored events', async () => {
    expect(await read(place, `?group=project&stat=generated&since=${now - HOUR}&resolution=1h`)).toEqual({
      [web.id]: [
        [thisHour - HOUR, 5],
        [thisHour, 10],
      ],
      [api.id]: [
        [thisHour - HOUR, 0],
        [thisHour, 0],
      ],
    })
  })

  test.each<[string, readonly number[]]>([
    [`&projectID=${web.id}`, [web.id]],
    ['&projectID=api', [api.id]],
    [`&projectID=${web.id}&projectID=${api.id}`, [web.id, api.id]],
    [`&projectID=${web.id}&projectID=${lone.id}`, [web.id]],
    [`&id=${api.id}`, [api.id]],
    [`&projectID=${web.id}&projectID=${api.id}&id=${api.id}&id=${lone.id}`, [api.id]],
    ['&projectID=&id=', [web.id, api.id]],
  ])('are restricted by %s', async (query, expected) => {
    const series = await read<Record<string, Series>>(place, `?group=project${query}`)
    expect(Object.keys(series).sort()).toEqual(expected.map(String).sort())
  })

  test.each([
    `&projectID=${lone.id}`,
    '&projectID=no-such',
    '&id=999999',
    `&projectID=${web.id}&id=${api.id}`,
  ])('are nothing when nothing is left: %s', async (query) => {
    expect(await read(place, `?group=project${query}`)).toEqual([])
  })

  test('are all of them for an API key, and none for a member without teams', async () => {
    const key = await apiKeyOf(vedette, place.organization, ['org:read'])
    expect(sumsOf(await read(place, '?group=project', key))).toEqual({
      [web.id]: 21,
      [api.id]: 0,
      [lone.id]: 300,
    })
    const loner = await addPerson(vedette, { organization: place.organization })
    expect(await read(place, '?group=project', loner.caller)).toEqual([])
    expect(sumOf(await read(place, '', loner.caller))).toBe(321)
  })

  test('may not be more than the server can answer', async () => {
    const series = await read<Record<string, Series>>(
      place,
      `?group=project&resolution=1d&since=${today - 100 * DAY}`,
    )
    expect(series[web.id]).toHaveLength(101)
    const own = await found(vedette)
    for (let n = 0; n < 6; n++)
      await addProject(vedette, own.organization, { slug: `shop-${n}`, teams: [own.team] })
    const query = `?group=project&resolution=10s&since=${now - 99_000 * 10}`
    expect((await vedette.get(at(own, query), own.owner.caller)).status).toBe(400)
    expect(await read(own, `${query}&projectID=web`)).toHaveProperty(String(own.project.id))
  })
})

test.each<[string, unknown]>([
  ['?stat=foo', ['Invalid stat: foo']],
  ['?stat=', ['Invalid stat: ']],
  ['?stat=generated', ['Invalid stat: generated']],
  ['?stat=localhost&group=project', ['Invalid stat: localhost']],
  ['?group=team', { detail: 'Invalid group: team' }],
  ['?resolution=2h', { detail: 'Invalid resolution' }],
  ['?until=yesterday', { detail: 'until must be a numeric timestamp.' }],
  ['?since=yesterday', { detail: 'since must be a numeric timestamp' }],
  [`?since=${now + 1}`, { detail: 'start must be before or equal to end' }],
])('%s is refused', async (query, expected) => {
  const place = await found(vedette)
  const { status, body } = await vedette.get(at(place, query), place.owner.caller)
  expect({ status, body }).toEqual({ status: 400, body: expected })
})

test('can be read with org:read, also in a closed organization', async () => {
  const place = await found(vedette, { options: { openMembership: false } })
  for (const [scope, status] of [
    ['org:read', 200],
    ['org:admin', 200],
    ['project:read', 403],
  ] as const) {
    const caller = await tokenOf(vedette, place.owner, [scope])
    expect((await vedette.get(at(place, ''), caller)).status).toBe(status)
  }
  await setOrganizationOptions(vedette, place.organization, { openMembership: false })
  const loner = await addPerson(vedette, { organization: place.organization })
  expect(sumOf(await read(place, '', loner.caller))).toBe(0)
  expect((await vedette.get(at(place, ''), (await addPerson(vedette)).caller)).status).toBe(403)
})
