/** The story that `vedette demo` tells: its numbers agree, it stays in the past, and it can be told again. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openLedger } from '../e2e/ledger.ts'
import { type Demo, seedDemo } from '../src/demo/seed.ts'
import { allScopes } from '../src/protocol/scopes.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../src/time.ts'
import { type Caller, type Installation, openInstallation, startAt, tokenOf } from './http/installation.ts'
import { differencesIn, spansIn } from './ledger-balance.ts'

function seed(vedette: Installation, days: number): Promise<Demo> {
  const { db, config, baseUrl } = vedette.app
  return seedDemo({ db, config, baseUrl, slug: 'demo', name: 'Acme', now: startAt, days })
}

interface Usage {
  readonly total: number
  readonly series: readonly number[]
  readonly groups: readonly { readonly by: Record<string, string | null>; readonly total: number }[]
}

const seconds = (at: number) => Math.floor(at / SECOND)
/** The held clock stands half an hour after this. */
const lastHour = startAt - (startAt % HOUR)

describe('a demo of twelve days', () => {
  let vedette: Installation
  let demo: Demo
  let ada: Caller

  beforeAll(async () => {
    vedette = await openInstallation()
    demo = await seed(vedette, 12)
    const [founder] = demo.people
    if (founder?.userId === undefined) throw new Error('Nobody has founded it')
    const { userId, email } = founder
    ada = await tokenOf(vedette, { userId, email, memberId: undefined, caller: { headers: {} } }, allScopes)
  }, 60_000)
  afterAll(() => vedette?.close())

  const dataDir = () => vedette.app.config.dataDir
  const sum = (series: readonly (readonly [number, number])[]) =>
    series.reduce((total, [, count]) => total + count, 0)

  async function answer<T>(path: string): Promise<T> {
    const { status, body } = await vedette.get<T>(path, ada)
    expect([path, status]).toEqual([path, 200])
    return body
  }

  test('is counted alike at every resolution, in its organization and by what its events say', () => {
    const fineSince = seconds(startAt - 2 * DAY + HOUR - ((startAt - 2 * DAY) % HOUR))
    expect(differencesIn(dataDir(), { fineSince })).toEqual([])
  })

  test('keeps ten seconds as long as they are kept, and hours from the first to the last', () => {
    const spans = spansIn(dataDir())
    expect(spans['outcome_count at 10 s']?.[0]).toBe(seconds(startAt - 2 * DAY))
    expect(spans['outcome_count at 1 h']).toEqual([seconds(lastHour - 12 * DAY), seconds(lastHour)])
  })

  test('has nothing that is yet to happen', () => {
    const late = Object.entries(spansIn(dataDir())).filter(([, [, last]]) => last > startAt / SECOND)
    expect(late).toEqual([])
  })

  test('answers the same from every statistic', async () => {
    const from = lastHour - DAY
    const range = `start=${seconds(from)}&end=${seconds(lastHour)}`
    const within = `since=${seconds(from)}&until=${seconds(lastHour) - 1}`
    for (const { id, project } of demo.projects) {
      const path = `/projects/demo/${project.slug}`
      const stats = (resolution: string) =>
        answer<[number, number][]>(`${path}/stats/?stat=received&resolution=${resolution}&${within}`)
      const usage = (interval: string) =>
        answer<Usage>(
          `${path}/usage/?${range}&interval=${interval}&outcome=accepted&outcome=filtered&outcome=rate_limited`,
        )
      const statsV2 = await answer<{ groups: { totals: Record<string, number> }[] }>(
        `/organizations/demo/stats_v2/?${range}&interval=1h&project=${id}&category=error&field=sum(quantity)&outcome=accepted&outcome=filtered&outcome=rate_limited`,
      )
      const received = sum(await stats('1h'))
      expect([
        project.slug,
        sum(await stats('10s')),
        (await usage('1h')).total,
        (await usage('5m')).total,
        statsV2.groups.reduce((total, group) => total + (group.totals['sum(quantity)'] ?? 0), 0),
      ]).toEqual([project.slug, received, received, received, received])
    }
  })

  test('adds up what came through the keys of a project', async () => {
    const within = `since=${seconds(lastHour - DAY)}&until=${seconds(lastHour) - 1}`
    for (const { project, keys } of demo.projects) {
      const path = `/projects/demo/${project.slug}`
      let ofKeys = 0
      for (const { publicKey } of keys.values()) {
        const rows = await answer<{ total: number }[]>(
          `${path}/keys/${publicKey}/stats/?resolution=1h&${within}`,
        )
        ofKeys += rows.reduce((all, { total }) => all + total, 0)
      }
      expect(ofKeys).toBe(sum(await answer(`${path}/stats/?stat=received&resolution=1h&${within}`)))
    }
  })

  test('has large and small projects, and something in the last minutes of each', async () => {
    const perHour: Record<string, number> = {}
    for (const { project } of demo.projects) {
      const path = `/projects/demo/${project.slug}/usage/`
      const { total } = await answer<Usage>(`${path}?statsPeriod=7d&interval=1d&outcome=accepted`)
      perHour[project.slug] = total / 7 / 24
      const recent = `?start=${seconds(startAt - 10 * MINUTE)}&end=${seconds(startAt)}&interval=10s&groupBy=category`
      expect((await answer<Usage>(path + recent)).total).toBeGreaterThan(0)
    }
    expect(perHour.storefront).toBeGreaterThan(1500)
    expect(perHour['checkout-api']).toBeGreaterThan(250)
    expect(perHour['search-go']).toBeLessThan(50)
  })

  test('lost data for many reasons, and each is said in words', async () => {
    const reasons: Record<string, string[]> = {}
    for (const { project } of demo.projects) {
      const groups = await answer<Usage>(
        `/projects/demo/${project.slug}/usage/?statsPeriod=12d&interval=1d&groupBy=outcome&groupBy=reason&groupBy=category`,
      )
      reasons[project.slug] = [...new Set(groups.groups.map(({ by }) => by.outcome ?? ''))].sort()
      const dropped = await answer<{ message: string; outcome: string }[]>(
        `/projects/demo/${project.slug}/usage/dropped/`,
      )
      expect(dropped.length).toBe(100)
      expect(dropped.map(({ message }) => message)).not.toContain('')
    }
    expect(reasons).toMatchObject({
      storefront: ['accepted', 'client_discard', 'filtered', 'invalid'],
      'checkout-api': ['accepted', 'client_discard', 'filtered', 'invalid', 'rate_limited'],
      'search-go': ['accepted', 'client_discard', 'filtered', 'invalid'],
    })
    const words = async (project: string, query: string) => {
      const path = `/projects/demo/${project}/usage/dropped/?${query}&per_page=1`
      return (await answer<{ message: string }[]>(path))[0]?.message
    }
    expect(await words('checkout-api', 'outcome=rate_limited')).toBe(
      'Rate limited: key “Default” allows 60 per minute',
    )
    expect(await words('checkout-api', 'reason=project_id')).toBe('Refused: key “Load tests” is switched off')
    expect(await words('storefront', 'reason=web-crawlers')).toMatch(
      /^Filtered: came from a web crawler \(\w+\)$/,
    )
  })

  test('has a key with a limit, one that is off, and one whose successor has taken over', async () => {
    interface Key {
      public: string
      name: string
      isActive: boolean
      rateLimit: unknown
      rotatedFrom: string | null
      rotatedTo: string | null
    }
    const keys = (slug: string) => answer<Key[]>(`/projects/demo/${slug}/keys/`)
    expect(
      (await keys('checkout-api')).map(({ name, isActive, rateLimit }) => [name, isActive, rateLimit]),
    ).toEqual([
      ['Load tests', false, null],
      ['Default', true, { count: 60, window: 60 }],
    ])
    const [successor, old] = await keys('billing')
    expect([successor?.rotatedFrom, old?.rotatedTo]).toEqual([old?.public, successor?.public])
    const totals = await Promise.all(
      [old, successor].map(async (key) => {
        const since = seconds(lastHour - 20 * HOUR)
        const path = `/projects/demo/billing/keys/${key?.public}/stats/?resolution=1h&since=${since}`
        return (await answer<{ total: number }[]>(path)).reduce((all, { total }) => all + total, 0)
      }),
    )
    expect(totals[0]).toBe(0)
    expect(totals[1]).toBeGreaterThan(100)
  })

  test('keeps every event that it tells of, whole and readable', async () => {
    using ledger = openLedger(dataDir())
    let stored = 0
    for (const { id, project } of demo.projects) {
      const types = Object.groupBy(ledger.events(id), ({ type }) => type)
      const errors = (types.error?.length ?? 0) + (types.default?.length ?? 0)
      expect([project.slug, errors]).toEqual([
        project.slug,
        expect.toSatisfy((n) => n >= project.stored.errors),
      ])
      expect(types.transaction?.length).toBe(project.stored.transactions)
      stored += ledger.countEvents(id)
      // Each of them is checked against the schema of an event.
      const events = await answer<{ tags: unknown[] }[]>(`/projects/demo/${project.slug}/events/?full=1`)
      expect(events.length).toBe(Math.min(100, errors))
    }
    expect(stored).toBe(demo.events)
    expect(stored).toBeGreaterThan(1000)
  })

  test('shows source around the lines of its stacks, files beside crashes, and what browsers report', async () => {
    interface Frame {
      context: [number, string][]
      inApp: boolean
    }
    interface Event {
      id: string
      entries: { type: string; data: { values?: { stacktrace: { frames: Frame[] } | null }[] } }[]
    }
    for (const { project } of demo.projects) {
      const events = await answer<Event[]>(`/projects/demo/${project.slug}/events/?full=1`)
      const frames = events.flatMap(({ entries }) =>
        entries.flatMap(({ type, data }) =>
          type === 'exception'
            ? (data.values ?? []).flatMap(({ stacktrace }) => stacktrace?.frames ?? [])
            : [],
        ),
      )
      expect(frames.some(({ inApp, context }) => inApp && context.length > 2)).toBe(true)
    }
    using ledger = openLedger(dataDir())
    const idOf = (slug: string) => demo.projects.find(({ project }) => project.slug === slug)?.id ?? 0
    const names = ledger.attachments(idOf('mobile-android')).map(({ name }) => name)
    expect([...new Set(names)].sort()).toEqual(['screenshot.png', 'view-hierarchy.json'])
    expect(ledger.events(idOf('storefront')).filter(({ type }) => type === 'csp')).toHaveLength(12)
    expect(ledger.events(idOf('mobile-android')).map(({ title }) => title)).toContain('SIGSEGV: Segfault')
    expect(new Set(ledger.itemTypes(idOf('billing')))).toEqual(new Set(['check_in', 'log']))
  })

  test('tells in the audit log who did what, in order', async () => {
    const { rows } = await answer<{ rows: { event: string; dateCreated: string }[] }>(
      '/organizations/demo/audit-logs/?per_page=100',
    )
    const times = rows.map(({ dateCreated }) => Date.parse(dateCreated))
    expect(times).toEqual(times.toSorted((a, b) => b - a))
    expect(rows.at(-1)?.event).toBe('org.create')
    expect(rows.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['projectkey.rotate', 'projectkey.disable', 'project.enable', 'member.invite']),
    )
  })
})

test('the same seed and time tell the same story', async () => {
  const told = async () => {
    await using vedette = await openInstallation()
    const demo = await seed(vedette, 1)
    using ledger = openLedger(vedette.app.config.dataDir)
    return demo.projects.map(({ id }) => [ledger.counts(id), ledger.eventIds(id), ledger.events(id)])
  }
  expect(await told()).toEqual(await told())
}, 60_000)
