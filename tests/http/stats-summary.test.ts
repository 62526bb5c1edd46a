/** Usage of each project of an organization, as JSON and as CSV. */
import { afterAll, describe, expect, test } from 'vitest'
import { outcomes } from '../../src/protocol/outcome.ts'
import {
  addPerson,
  addProject,
  apiKeyOf,
  type Caller,
  count,
  type Founded,
  found,
  openInstallation,
  setOrganizationOptions,
  startAt,
  tokenOf,
} from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

interface Summary {
  readonly start: string
  readonly end: string
  readonly projects: readonly { id: string; slug: string; stats: readonly unknown[] }[]
}

const DAY = 86_400
/** Half past nine, in epoch seconds. */
const now = startAt / 1000

const quantity = '?field=sum(quantity)'
const none = Object.fromEntries(outcomes.map((outcome) => [outcome, 0]))

const at = ({ organization }: Founded, query: string) =>
  `/organizations/${organization.slug}/stats-summary/${query}`

async function summaryOf(
  place: Founded,
  query: string,
  caller: Caller = place.owner.caller,
): Promise<Summary> {
  const { status, body } = await vedette.get<Summary>(at(place, query), caller)
  if (status !== 200) throw new Error(`${query}: ${status} ${JSON.stringify(body)}`)
  return body
}

/** Projects `web` and `api` of the owner's team, and `lone` of none. */
async function furnish() {
  const place = await found(vedette)
  const { project: web, key } = place
  const api = await addProject(vedette, place.organization, { slug: 'api', teams: [place.team] })
  const lone = await addProject(vedette, place.organization, { slug: 'lone' })
  count(
    vedette,
    { project: web, keyId: key.id, at: now, outcome: 'accepted', quantity: 1 },
    { project: web, at: now, outcome: 'accepted', category: 'default', quantity: 2 },
    { project: web, at: now, outcome: 'filtered', reason: 'localhost', quantity: 10 },
    { project: web, at: now, outcome: 'filtered', reason: 'web-crawlers', quantity: 20 },
    { project: web, at: now, outcome: 'accepted', category: 'attachment', quantity: 5000 },
    { project: web, at: now, outcome: 'accepted', category: 'attachment_item', quantity: 3 },
    { project: api, at: now, outcome: 'rate_limited', reason: 'smart_rate_limit', quantity: 100 },
    { project: api, at: now, outcome: 'invalid', reason: 'cors', quantity: 200 },
    { project: api, at: now, outcome: 'cardinality_limited', quantity: 400 },
    { project: api, at: now, outcome: 'abuse', category: 'transaction', quantity: 8 },
    { project: lone, at: now, outcome: 'accepted', category: 'replay', quantity: 7 },
  )
  return { ...place, web, api, lone }
}

describe('a summary', () => {
  test('has each of the caller’s projects that sent something, by id, and its categories, by name', async () => {
    const place = await furnish()
    await addProject(vedette, place.organization, { slug: 'idle', teams: [place.team] })
    const { status, headers, body } = await vedette.get(
      at(place, `${quantity}&statsPeriod=1d`),
      place.owner.caller,
    )
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        start: '2026-01-04T09:00:00Z',
        end: '2026-01-05T10:00:00Z',
        projects: [
          {
            id: String(place.web.id),
            slug: 'web',
            stats: [
              {
                category: 'attachment',
                outcomes: { ...none, accepted: 5000 },
                totals: { dropped: 0, 'sum(quantity)': 5000 },
              },
              {
                category: 'attachment_item',
                outcomes: { ...none, accepted: 3 },
                totals: { dropped: 0, 'sum(quantity)': 3 },
              },
              {
                category: 'error',
                outcomes: { ...none, accepted: 3, filtered: 30 },
                totals: { dropped: 0, 'sum(quantity)': 33 },
              },
            ],
          },
          {
            id: String(place.api.id),
            slug: 'api',
            stats: [
              {
                category: 'error',
                outcomes: { ...none, rate_limited: 100, invalid: 200, cardinality_limited: 400 },
                totals: { dropped: 700, 'sum(quantity)': 700 },
              },
              {
                category: 'transaction',
                outcomes: { ...none, abuse: 8 },
                totals: { dropped: 0, 'sum(quantity)': 8 },
              },
            ],
          },
        ],
      },
    })
    expect(headers.link).toBeUndefined()
  })

  test('has outcomes as asked for, and what was dropped only with an outcome that drops', async () => {
    const place = await furnish()
    const statsOf = async (query: string) =>
      (await summaryOf(place, `${quantity}&statsPeriod=1d&category=error&project=api${query}`)).projects[0]
        ?.stats
    expect(await statsOf('&outcome=abuse')).toBeUndefined()
    expect(await statsOf('&outcome=invalid&outcome=accepted')).toEqual([
      {
        category: 'error',
        outcomes: { invalid: 200, accepted: 0 },
        totals: { dropped: 200, 'sum(quantity)': 200 },
      },
    ])
    const { projects } = await summaryOf(place, `${quantity}&statsPeriod=1d&category=error&outcome=accepted`)
    expect(projects).toEqual([
      {
        id: String(place.web.id),
        slug: 'web',
        stats: [{ category: 'error', outcomes: { accepted: 3 }, totals: { 'sum(quantity)': 3 } }],
      },
    ])
  })

  test('tells reasons apart when they are asked for', async () => {
    const place = await furnish()
    const query = `${quantity}&statsPeriod=1d&outcome=filtered&outcome=rate_limited`
    const { projects } = await summaryOf(
      place,
      `${query}&reason=localhost&reason=web-crawlers&reason=spike_protection`,
    )
    const entry = (reason: string, outcomes: Record<string, number>, dropped: number, sum: number) => ({
      category: 'error',
      reason,
      outcomes,
      totals: { dropped, 'sum(quantity)': sum },
    })
    expect(projects.map(({ stats }) => stats)).toEqual([
      [
        entry('localhost', { filtered: 10, rate_limited: 0 }, 0, 10),
        entry('web-crawlers', { filtered: 20, rate_limited: 0 }, 0, 20),
      ],
      [entry('spike_protection', { filtered: 0, rate_limited: 100 }, 100, 100)],
    ])
  })

  test('may count attachments beside their bytes', async () => {
    const place = await furnish()
    const both = `${quantity}&field=sum(times_seen)`
    const { projects } = await summaryOf(place, `${both}&statsPeriod=1d&category=attachment`)
    expect(projects[0]?.stats).toEqual([
      {
        category: 'attachment',
        outcomes: { ...none, accepted: 5000 },
        totals: { dropped: 0, 'sum(quantity)': 5000, 'sum(times_seen)': 3 },
      },
    ])
    const seen = await summaryOf(place, '?field=sum(times_seen)&statsPeriod=1d&category=attachment')
    expect(seen.projects[0]?.stats).toEqual([
      {
        category: 'attachment',
        outcomes: { ...none, accepted: 3 },
        totals: { dropped: 0, 'sum(times_seen)': 3 },
      },
    ])
  })

  test('covers ninety days by default, in hours', async () => {
    const place = await found(vedette)
    const times = [
      now - 90 * DAY - 3600,
      now - 90 * DAY - 1800,
      now - 90 * DAY,
      now - 89 * DAY,
      now - 3600,
      now,
    ]
    count(
      vedette,
      ...times.map(
        (time, n) => ({ project: place.project, at: time, outcome: 'accepted', quantity: 10 ** n }) as const,
      ),
    )
    expect(await summaryOf(place, quantity)).toMatchObject({
      start: '2025-10-07T09:00:00Z',
      end: '2026-01-05T10:00:00Z',
      projects: [{ stats: [{ totals: { 'sum(quantity)': 111_110 } }] }],
    })
  })

  test('is of whole intervals', async () => {
    const place = await found(vedette)
    count(
      vedette,
      { project: place.project, at: now - 70, outcome: 'accepted', quantity: 1 },
      { project: place.project, at: now - 60, outcome: 'accepted', quantity: 20 },
      { project: place.project, at: now, outcome: 'accepted', quantity: 300 },
    )
    const sumOf = async (query: string) =>
      (await summaryOf(place, `${quantity}&${query}`)).projects[0]?.stats as {
        totals: Record<string, number>
      }[]
    const [minute] = await sumOf(`interval=1m&start=${now - 60}&end=${now}`)
    expect(minute?.totals['sum(quantity)']).toBe(20)
    const [day] = await sumOf(`interval=1d&start=${now - 60}&end=${now}`)
    expect(day?.totals['sum(quantity)']).toBe(321)
  })
})

describe('its projects', () => {
  const slugsOf = ({ projects }: Summary) => projects.map(({ slug }) => slug)

  test('are those that are named, or all within reach', async () => {
    const place = await furnish()
    const day = `${quantity}&statsPeriod=1d`
    const key = await apiKeyOf(vedette, place.organization, ['org:read'])
    for (const [query, caller, expected] of [
      ['', place.owner.caller, ['web', 'api']],
      ['', key, ['web', 'api', 'lone']],
      ['&project=-1', place.owner.caller, ['web', 'api', 'lone']],
      [`&project=${place.api.id}`, place.owner.caller, ['api']],
      ['&project=api&project=lone', place.owner.caller, ['api', 'lone']],
      [`&key_id=${place.key.publicKey}`, place.owner.caller, ['web']],
      ['&category=replay', place.owner.caller, []],
    ] as const) {
      expect(slugsOf(await summaryOf(place, day + query, caller)), query).toEqual(expected)
    }
  })

  test('out of reach are refused', async () => {
    const place = await furnish()
    await setOrganizationOptions(vedette, place.organization, { openMembership: false })
    const loner = await addPerson(vedette, { organization: place.organization })
    for (const [query, status, detail] of [
      ['?project=web', 403, 'You do not have permission to perform this action.'],
      ['?project=999999', 403, 'You do not have permission to perform this action.'],
      ['?project=no-such', 400, 'Invalid project parameter. Values must be numbers.'],
      ['', 400, 'No projects available'],
      ['?project=-1', 400, 'No projects available'],
    ] as const) {
      const answer = await vedette.get(at(place, query), loner.caller)
      expect({ status: answer.status, body: answer.body }, query).toEqual({ status, body: { detail } })
    }
    const caller = await tokenOf(vedette, place.owner, ['project:admin'])
    expect((await vedette.get(at(place, quantity), caller)).status).toBe(403)
  })
})

test.each<[string, string]>([
  ['', 'At least one "field" is required.'],
  ['?field=sum(qty)', 'Invalid field: "sum(qty)"'],
  [`${quantity}&category=scoobydoo`, 'Invalid category: "scoobydoo"'],
  [`${quantity}&outcome=scoobydoo`, 'Invalid outcome: "scoobydoo"'],
  [`${quantity}&key_id=scoobydoo`, 'Invalid key: "scoobydoo"'],
  [
    `${quantity}&category=error&category=attachment`,
    'if filtering by attachment no other category may be present',
  ],
  [`${quantity}&interval=10s`, 'The interval has to be a multiple of the minimum interval of one minute.'],
  [`${quantity}&interval=2d`, 'The interval has to be less than one day.'],
  [`${quantity}&interval=7m`, 'The interval should divide one day without a remainder.'],
  [`${quantity}&statsPeriod=14x`, "Invalid statsPeriod: '14x'"],
  [`${quantity}&start=2026-01-05`, 'start and end are both required'],
  [`${quantity}&statsPeriodEnd=1d`, 'statsPeriodStart and statsPeriodEnd are both required'],
  [`${quantity}&start=2026-01-05&end=2026-01-04`, 'start must be before end'],
])('%s is refused', async (query, detail) => {
  const place = await found(vedette)
  const { status, body } = await vedette.get(at(place, query), place.owner.caller)
  expect({ status, body }).toEqual({ status: 400, body: { detail } })
})

describe('a download', () => {
  test('is a CSV file with a line for each project and columns for all categories', async () => {
    const place = await furnish()
    const query = `${quantity}&statsPeriod=1d&outcome=accepted&outcome=rate_limited&download=1`
    const { status, headers, text } = await vedette.get(at(place, query), place.owner.caller)
    expect({ status, type: headers['content-type'], disposition: headers['content-disposition'] }).toEqual({
      status: 200,
      type: 'text/csv',
      disposition: 'attachment; filename="stats_summary.csv"',
    })
    const measures = ['accepted', 'rate_limited', 'dropped', 'sum(quantity)']
    const columns = ['attachment', 'attachment_item', 'error'].flatMap((category) =>
      measures.map((measure) => `${measure}_${category}s`),
    )
    expect(text.split('\r\n')).toEqual([
      ['project_id', 'project_slug', ...columns].join(','),
      `${place.web.id},web,5000,0,0,5000,3,0,0,3,3,0,0,3`,
      `${place.api.id},api,0,0,0,0,0,0,0,0,0,100,100,100`,
      '',
    ])
  })

  test('adds up the reasons of a category', async () => {
    const place = await furnish()
    const query = `${quantity}&statsPeriod=1d&outcome=filtered&reason=localhost&reason=web-crawlers&download=true`
    expect((await vedette.get(at(place, query), place.owner.caller)).text).toBe(
      `project_id,project_slug,filtered_errors,sum(quantity)_errors\r\n${place.web.id},web,30,30\r\n`,
    )
  })

  test('of nothing is the heading', async () => {
    const place = await found(vedette)
    const { text } = await vedette.get(at(place, `${quantity}&download=1`), place.owner.caller)
    expect(text).toBe('project_id,project_slug\r\n')
  })

  test('is refused as the summary is', async () => {
    const place = await found(vedette)
    const { status, body } = await vedette.get(at(place, '?download=1'), place.owner.caller)
    expect({ status, body }).toEqual({ status: 400, body: { detail: 'At least one "field" is required.' } })
  })

  test.each(['', 'false', '0'])('is not meant by download=%s', async (value) => {
    const place = await found(vedette)
    expect((await summaryOf(place, `${quantity}&download=${value}`)).projects).toEqual([])
  })
})
