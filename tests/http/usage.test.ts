/** Usage of projects and organizations: every number against a plain reference count, every parameter and its refusal. */
import { afterAll, describe, expect, test } from 'vitest'
import {
  type DataCategory,
  dataCategories,
  isErrorCategory,
  type OutcomeKind,
} from '../../src/protocol/outcome.ts'
import { type ClientKey, insertKey } from '../../src/store/client-keys.ts'
import type { Project } from '../../src/store/projects.ts'
import { envelope, item, newId, openFrontDoor, soundItem } from './front-door.ts'
import {
  type Answer,
  addPerson,
  addProject,
  addTeam,
  type Caller,
  count,
  type Founded,
  firstKeyOf,
  flush,
  found,
  type Happening,
  type Installation,
  openInstallation,
  startAt,
  tokenOf,
} from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

interface Group {
  readonly by: Readonly<Record<string, string | null>>
  readonly names: Readonly<Record<string, string>>
  readonly total: number
  readonly series: readonly number[]
  readonly previous: number | null
}

interface Usage {
  readonly start: string
  readonly end: string
  readonly interval: string
  readonly resolution: string
  readonly completeFrom: string | null
  readonly categories: readonly string[] | null
  readonly intervals: readonly string[]
  readonly total: number
  readonly series: readonly number[]
  readonly groups: readonly Group[]
  readonly other: { groups: number; total: number; series: readonly number[]; previous: number | null } | null
  readonly previous: { start: string; end: string; completeFrom: string | null; total: number } | null
}

const HOUR = 3600
const DAY = 86_400
/** Half past nine, in epoch seconds. */
const now = startAt / 1000
const thisHour = now - 1800
const today = thisHour - 9 * HOUR

const pathOf = ({ organization }: Founded, query = '', project = 'web') =>
  `/projects/${organization.slug}/${project}/usage/${query}`
const wholePathOf = ({ organization }: Founded, query = '') =>
  `/organizations/${organization.slug}/usage/${query}`

async function ask(path: string, caller: Caller, own: Installation = vedette): Promise<Usage> {
  const { status, body } = await own.get<Usage>(path, caller)
  if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`)
  return body
}

const usageOf = (place: Founded, query = '') => ask(pathOf(place, query), place.owner.caller)
const wholeUsageOf = (place: Founded, query = '') => ask(wholePathOf(place, query), place.owner.caller)

function addKey(project: Project, letter: string): Promise<ClientKey> {
  const halves = { publicKey: letter.repeat(32), secretKey: `${letter}0`.repeat(16) }
  const input = { projectId: project.id, label: `Key ${letter}`, loaderOptions: {}, now: startAt }
  return vedette.write((tx) => insertKey(tx, { ...input, ...halves }))
}

/** Numbers that look random and are the same in every run. */
function dice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * sides)
  }
}

describe('every number is that of a plain reference count', async () => {
  const place = await found(vedette)
  const { organization, project, key } = place
  const other = await addProject(vedette, organization, { slug: 'app' })
  const keys = [
    { id: key.id, publicKey: key.publicKey },
    await addKey(project, 'a'),
    { id: 0, publicKey: null },
    { id: 999_999, publicKey: 'key:999999' },
  ]
  const otherKey = await firstKeyOf(vedette, other)
  const outcomes: readonly OutcomeKind[] = [
    'accepted',
    'filtered',
    'rate_limited',
    'invalid',
    'client_discard',
  ]
  const reasons = ['', 'web-crawlers', 'key_quota', 'before_send', 'a, "b"\nc']
  const categories: readonly DataCategory[] = [
    'default',
    'error',
    'security',
    'transaction',
    'attachment',
    'session',
  ]

  const roll = dice(7)
  const happenings: Happening[] = Array.from({ length: 1500 }, () => {
    const isOther = roll(4) === 0
    const outcome = outcomes[roll(outcomes.length)] ?? 'accepted'
    return {
      project: isOther ? other : project,
      keyId: isOther ? otherKey.id : (keys[roll(keys.length)]?.id ?? 0),
      // Dense in the last hours, sparse before; some are not in the ranges that are asked for.
      at: now - 10 * roll(roll(2) === 0 ? 700 : 60_000) + (roll(20) === 0 ? HOUR : 0),
      outcome,
      reason: outcome === 'accepted' ? '' : (reasons[roll(reasons.length)] ?? ''),
      category: categories[roll(categories.length)] ?? 'error',
      quantity: 1 + roll(9),
    }
  })
  count(vedette, ...happenings)

  const publicKeyOf = (keyId = 0) =>
    [...keys, { id: otherKey.id, publicKey: otherKey.publicKey }].find(({ id }) => id === keyId)?.publicKey ??
    null
  const values: Readonly<Record<string, (happening: Happening) => string | null>> = {
    project: (happening) => String(happening.project.id),
    key: ({ keyId }) => publicKeyOf(keyId),
    category: ({ category = 'error' }) => (isErrorCategory(category) ? 'error' : category),
    outcome: ({ outcome }) => outcome,
    reason: ({ reason }) => reason || 'none',
  }

  /** What the answer should hold: group by group, each interval. */
  function expected(
    counted: readonly Happening[],
    groupBy: readonly string[],
    { from, to, interval }: { from: number; to: number; interval: number },
  ): Map<string, number[]> {
    const groups = new Map<string, number[]>()
    for (const happening of counted) {
      const { at, quantity = 1 } = happening
      if (at < from || at >= to) continue
      const name = JSON.stringify(groupBy.map((grouping) => values[grouping]?.(happening) ?? null))
      const series = groups.get(name) ?? Array.from({ length: (to - from) / interval }, () => 0)
      const index = Math.floor((at - from) / interval)
      series[index] = (series[index] ?? 0) + quantity
      groups.set(name, series)
    }
    return groups
  }

  function shown({ groups }: Usage, groupBy: readonly string[]): Map<string, readonly number[]> {
    return new Map(
      groups.map(({ by, series }) => [JSON.stringify(groupBy.map((each) => by[each] ?? null)), series]),
    )
  }

  const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, number) => total + number, 0)
  const sorted = <T>(map: ReadonlyMap<string, T>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1))

  /** Every choice of some of them. */
  function choices(names: readonly string[]): readonly (readonly string[])[] {
    return Array.from({ length: 2 ** names.length }, (_, bits) =>
      names.filter((_, index) => bits & (1 << index)),
    )
  }

  const stretches = [
    { interval: '10s', from: now - 1000, to: now, seconds: 10 },
    { interval: '15m', from: thisHour - 3 * HOUR, to: thisHour + HOUR, seconds: 900 },
    { interval: '1h', from: today, to: today + 10 * HOUR, seconds: HOUR },
    { interval: '1d', from: today - 7 * DAY, to: today + DAY, seconds: DAY },
    { interval: '3d', from: today - 5 * DAY, to: today + DAY, seconds: 3 * DAY },
  ] as const

  function check(
    usage: Usage,
    counted: readonly Happening[],
    groupBy: readonly string[],
    stretch: (typeof stretches)[number],
  ) {
    const { from, to, seconds } = stretch
    const reference = expected(counted, groupBy, { from, to, interval: seconds })
    if (groupBy.length === 0 && reference.size === 0) throw new Error('Nothing was counted')
    expect(sorted(shown(usage, groupBy))).toEqual(sorted(reference))
    expect(usage.other).toBeNull()
    for (const { total, series } of [...usage.groups, usage]) expect(total).toBe(sum(series))
    expect(usage.total).toBe(sum([...reference.values()].flat()))
    expect(usage.intervals).toHaveLength((to - from) / seconds)
  }

  const isError = ({ category = 'error' }: Happening) => isErrorCategory(category)

  describe.each(stretches)('in intervals of $interval', (stretch) => {
    const range = `start=${stretch.from}&end=${stretch.to}&interval=${stretch.interval}`
    const queryOf = (groupBy: readonly string[]) =>
      `?${range}${groupBy.map((name) => `&groupBy=${name}`).join('')}`

    test.each(
      choices(['key', 'category', 'outcome', 'reason']).map(
        (groupBy) => [groupBy.join(', ') || 'nothing', groupBy] as const,
      ),
    )('of a project by %s', async (_, groupBy) => {
      const counted = happenings.filter((each) => each.project === project)
      const wanted = groupBy.includes('category') ? counted : counted.filter(isError)
      check(await usageOf(place, queryOf(groupBy)), wanted, groupBy, stretch)
    })

    test.each(
      choices(['project', 'key', 'category', 'outcome', 'reason']).map(
        (groupBy) => [groupBy.join(', ') || 'nothing', groupBy] as const,
      ),
    )('of an organization by %s', async (_, groupBy) => {
      const wanted = groupBy.includes('category') ? happenings : happenings.filter(isError)
      check(await wholeUsageOf(place, queryOf(groupBy)), wanted, groupBy, stretch)
    })
  })

  test.each([
    ['category=transaction', ({ category }: Happening) => category === 'transaction'],
    ['category=attachment', ({ category }: Happening) => category === 'attachment'],
    [
      'category=session&category=transaction',
      ({ category }: Happening) => category === 'session' || category === 'transaction',
    ],
    ['outcome=filtered', (each: Happening) => isError(each) && each.outcome === 'filtered'],
    [
      'outcome=filtered&outcome=invalid',
      (each: Happening) => isError(each) && ['filtered', 'invalid'].includes(each.outcome),
    ],
    ['reason=web-crawlers', (each: Happening) => isError(each) && each.reason === 'web-crawlers'],
    [
      'reason=none&outcome=invalid',
      (each: Happening) => isError(each) && each.reason === '' && each.outcome === 'invalid',
    ],
    [`key_id=${'a'.repeat(32)}`, (each: Happening) => isError(each) && each.keyId === keys[1]?.id],
    [
      `key_id=${keys[1]?.id}&key_id=${key.id}`,
      (each: Happening) => isError(each) && (each.keyId === keys[1]?.id || each.keyId === key.id),
    ],
    [`key_id=${'f'.repeat(32)}`, () => false],
  ])('of what passes %s', async (filter, passes) => {
    const stretch = stretches[3]
    const query = `?start=${stretch.from}&end=${stretch.to}&interval=1d&groupBy=outcome&${filter}`
    const wanted = happenings.filter(passes)
    check(
      await usageOf(place, query),
      wanted.filter((each) => each.project === project),
      ['outcome'],
      stretch,
    )
    check(await wholeUsageOf(place, query), wanted, ['outcome'], stretch)
  })

  test('a key of another project counts nothing', async () => {
    const query = `?start=${today - DAY}&end=${today + DAY}&interval=1d&key_id=${otherKey.publicKey}`
    expect((await usageOf(place, query)).total).toBe(0)
    expect((await wholeUsageOf(place, query)).total).toBeGreaterThan(0)
    expect((await wholeUsageOf(place, `${query}&project=web`)).total).toBe(0)
  })

  test('those of some projects are added up', async () => {
    const stretch = stretches[3]
    const query = `?start=${stretch.from}&end=${stretch.to}&interval=1d`
    check(
      await wholeUsageOf(place, `${query}&project=app`),
      happenings.filter((each) => isError(each) && each.project === other),
      [],
      stretch,
    )
    check(
      await wholeUsageOf(place, `${query}&project=app&project=${project.id}&groupBy=project`),
      happenings.filter(isError),
      ['project'],
      stretch,
    )
  })

  test.each([
    ['received', 'outcome=accepted&outcome=filtered&outcome=rate_limited'],
    ['rejected', 'outcome=rate_limited'],
    ['blacklisted', 'outcome=filtered'],
    ['web-crawlers', 'outcome=filtered&reason=web-crawlers'],
  ])('the statistic %s says the same', async (stat, filter) => {
    for (const [resolution, from, to, length] of [
      ['10s', now - 1000, now, 10],
      ['1h', today, thisHour + HOUR, HOUR],
      ['1d', today - 6 * DAY, today + DAY, DAY],
    ] as const) {
      const path = `/projects/${organization.slug}/web/stats/?stat=${stat}&resolution=${resolution}&since=${from}&until=${to - length}`
      const { body } = await vedette.get<[number, number][]>(path, place.owner.caller)
      const usage = await usageOf(place, `?start=${from}&end=${to}&interval=${resolution}&${filter}`)
      expect(usage.series).toEqual(body.map(([, amount]) => amount))
      expect(usage.intervals.map((text) => Date.parse(text) / 1000)).toEqual(body.map(([at]) => at))
    }
  })

  test('the period before is told in total and by group', async () => {
    const [from, to] = [thisHour - 2 * HOUR - 600, thisHour - 600]
    const usage = await usageOf(
      place,
      `?start=${from}&end=${to}&interval=10m&groupBy=outcome&groupBy=reason&compare=1`,
    )
    const counted = happenings.filter((each) => each.project === project && isError(each))
    const before = expected(counted, ['outcome', 'reason'], {
      from: from - 2 * HOUR,
      to: from,
      interval: 2 * HOUR,
    })
    const names = (group: Group) => JSON.stringify([group.by.outcome, group.by.reason])
    expect(
      sorted(
        new Map(
          usage.groups
            .filter(({ previous }) => previous !== 0)
            .map((group) => [names(group), [group.previous]]),
        ),
      ),
    ).toEqual(sorted(before))
    expect(usage.previous).toEqual({
      start: '2026-01-05T04:50:00Z',
      end: '2026-01-05T06:50:00Z',
      completeFrom: null,
      total: sum([...before.values()].flat()),
    })
    const within = expected(counted, ['outcome', 'reason'], { from, to, interval: 600 })
    expect(new Set(usage.groups.map(names))).toEqual(new Set([...before.keys(), ...within.keys()]))
  })

  test('the largest groups come first, and what is left is added up', async () => {
    const query = `?start=${today - DAY}&end=${today + DAY}&interval=1d&groupBy=reason&groupBy=outcome&compare=1`
    const all = await usageOf(place, query)
    const some = await usageOf(place, `${query}&top=3`)
    const rest = all.groups.slice(3)
    expect(all.groups.map(({ total }) => total)).toEqual(
      all.groups.map(({ total }) => total).toSorted((a, b) => b - a),
    )
    expect(some).toEqual({
      ...all,
      groups: all.groups.slice(0, 3),
      other: {
        groups: rest.length,
        total: sum(rest.map(({ total }) => total)),
        series: all.series.map((_, index) => sum(rest.map(({ series }) => series[index] ?? 0))),
        previous: sum(rest.map(({ previous }) => previous ?? 0)),
      },
    })
    expect(rest.length).toBeGreaterThan(3)
  })

  test('reasons are told in a sentence beside the outcome that they are of', async () => {
    const place = await found(vedette)
    const { project } = place
    count(
      vedette,
      { project, at: now - 10, outcome: 'accepted', quantity: 6 },
      { project, at: now - 10, outcome: 'filtered', reason: 'web-crawlers', quantity: 5 },
      { project, at: now - 10, outcome: 'invalid', reason: 'cors', quantity: 4 },
      { project, at: now - 10, outcome: 'rate_limited', reason: 'smart_rate_limit', quantity: 3 },
      { project, at: now - 10, outcome: 'client_discard', quantity: 2 },
      { project, at: now - 10, outcome: 'invalid', reason: 'unheard-of', quantity: 1 },
    )
    const words = async (query: string) =>
      (await usageOf(place, `?statsPeriod=1h&${query}`)).groups.map(({ by, names }) => [
        by.reason,
        names.reason,
      ])
    expect(await words('groupBy=outcome&groupBy=reason')).toEqual([
      ['none', undefined],
      ['web-crawlers', 'Filtered: came from a web crawler'],
      ['cors', "Refused: the page it came from is not on the project's list of allowed domains"],
      [
        'spike_protection',
        'Rate limited: the project sent many times more than it usually does (spike protection)',
      ],
      ['none', 'Discarded by the client: it does not say why'],
      ['unheard-of', 'Invalid: unheard-of'],
    ])
    // A reason alone may be of several outcomes.
    expect((await words('groupBy=reason')).map(([, name]) => name)).toEqual(Array(5).fill(undefined))
  })

  test('keys and projects are told by the names that people know', async () => {
    const { groups } = await wholeUsageOf(
      place,
      `?start=${today - 7 * DAY}&end=${today + DAY}&interval=1d&groupBy=project&groupBy=key`,
    )
    const names = new Map(groups.map(({ by, names }) => [`${by.project} ${by.key}`, names]))
    expect([
      names.get(`${project.id} ${key.publicKey}`),
      names.get(`${project.id} ${'a'.repeat(32)}`),
      names.get(`${project.id} null`),
      names.get(`${project.id} key:999999`),
      names.get(`${other.id} ${otherKey.publicKey}`),
    ]).toEqual([
      { project: 'web', key: 'Default' },
      { project: 'web', key: 'Key a' },
      { project: 'web', key: 'no known key' },
      { project: 'web', key: 'a deleted key' },
      { project: 'app', key: 'Default' },
    ])
  })

  describe('in a file', () => {
    const query = `?start=${today - DAY}&end=${today + DAY}&interval=1d&groupBy=outcome&groupBy=reason&groupBy=key`
    const file = (more: string) => vedette.get<string>(pathOf(place, `${query}${more}`), place.owner.caller)

    /** A reader of RFC 4180. */
    function readCsv(text: string): readonly (readonly string[])[] {
      const rows: string[][] = [[]]
      for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
        rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain)
        if (end === '\r\n') rows.push([])
      }
      return rows.slice(0, -1)
    }

    /** The lines that the answer as JSON amounts to. */
    function linesOf(usage: Usage) {
      const ends = [...usage.intervals.slice(1), usage.end]
      return usage.intervals.flatMap((start, index) =>
        usage.groups.map(({ by, names, series }) => ({
          start,
          end: ends[index],
          by,
          names,
          quantity: series[index],
        })),
      )
    }

    test('of CSV stands what the answer as JSON says', async () => {
      const usage = await usageOf(place, query)
      const { headers, text } = await file('&format=csv')
      expect(headers).toMatchObject({
        'content-type': 'text/csv; charset=utf-8; header=present',
        'content-disposition': 'attachment; filename="usage-web-2026-01-04-2026-01-06.csv"',
      })
      const [head, ...rows] = readCsv(text)
      expect(head).toEqual(['start', 'end', 'outcome', 'reason', 'key', 'key_name', 'quantity'])
      expect(rows).toEqual(
        linesOf(usage).map(({ start, end, by, names, quantity }) => [
          start,
          end,
          by.outcome,
          by.reason,
          by.key ?? '',
          names.key,
          String(quantity),
        ]),
      )
      expect(rows.some(([, , , reason]) => reason === 'a, "b"\nc')).toBe(true)
    })

    test('of NDJSON as well', async () => {
      const usage = await usageOf(place, query)
      const { headers, text } = await file('&format=ndjson')
      expect(headers).toMatchObject({
        'content-type': 'application/x-ndjson; charset=utf-8',
        'content-disposition': 'attachment; filename="usage-web-2026-01-04-2026-01-06.ndjson"',
      })
      expect(text.endsWith('\n')).toBe(true)
      expect(
        text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line)),
      ).toEqual(linesOf(usage))
    })

    test('the rest of the groups and the period before are lines of their own', async () => {
      const path = `?start=${today}&end=${today + DAY}&interval=1d&groupBy=outcome&top=1&compare=1`
      const usage = await usageOf(place, path)
      const [first] = usage.groups
      const { text } = await vedette.get<string>(pathOf(place, `${path}&format=csv`), place.owner.caller)
      const days = ['2026-01-04T00:00:00Z', '2026-01-05T00:00:00Z', '2026-01-06T00:00:00Z']
      expect(readCsv(text)).toEqual([
        ['period', 'start', 'end', 'outcome', 'quantity'],
        ['current', days[1], days[2], first?.by.outcome, String(first?.total)],
        ['current', days[1], days[2], '(other)', String(usage.other?.total)],
        ['previous', days[0], days[1], first?.by.outcome, String(first?.previous)],
        ['previous', days[0], days[1], '(other)', String(usage.other?.previous)],
      ])
      const { text: json } = await vedette.get<string>(
        pathOf(place, `${path}&format=ndjson`),
        place.owner.caller,
      )
      expect(
        json
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line))[1],
      ).toEqual({
        period: 'current',
        start: days[1],
        end: days[2],
        by: {},
        names: {},
        isOther: true,
        quantity: usage.other?.total,
      })
    })

    test('of an organization is called by its name', async () => {
      const { headers, text } = await vedette.get<string>(
        wholePathOf(place, `?start=${today}&end=${today + DAY}&interval=1d&groupBy=project&format=csv`),
        place.owner.caller,
      )
      expect(headers['content-disposition']).toBe(
        `attachment; filename="usage-${organization.slug}-2026-01-05-2026-01-06.csv"`,
      )
      expect(
        readCsv(text)
          .map(([, , id, slug]) => [id, slug])
          .slice(0, 1),
      ).toEqual([['project', 'project_slug']])
      expect(
        new Set(
          readCsv(text)
            .slice(1)
            .map(([, , id, slug]) => `${id} ${slug}`),
        ),
      ).toEqual(new Set([`${project.id} web`, `${other.id} app`]))
    })
  })
})

test('a cell that a spreadsheet would run as a formula begins with an apostrophe', async () => {
  const place = await found(vedette)
  const reasons = ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', 'plain=1']
  count(
    vedette,
    ...reasons.map((reason) => ({
      project: place.project,
      at: today,
      outcome: 'client_discard' as const,
      reason,
    })),
  )
  const query = `?start=${today}&end=${today + DAY}&interval=1d&groupBy=reason&format=csv`
  const { text } = await vedette.get<string>(pathOf(place, query), place.owner.caller)
  const cells = text
    .split('\r\n')
    .slice(1, -1)
    .map((line) => line.split(',')[2])
  expect(cells.toSorted()).toEqual(["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\tx", 'plain=1'].toSorted())
})

test('a large file is sent whole', async () => {
  const place = await found(vedette)
  const reasons = Array.from({ length: 200 }, (_, index) => `reason ${index}`)
  count(
    vedette,
    ...reasons.map((reason) => ({
      project: place.project,
      at: now - 10,
      outcome: 'client_discard' as const,
      reason,
    })),
  )
  const query = `?start=${now - 5000}&end=${now}&interval=10s&groupBy=reason&format=ndjson`
  const { text } = await vedette.get<string>(pathOf(place, query), place.owner.caller)
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { quantity: number })
  expect([lines.length, lines.reduce((sum, { quantity }) => sum + quantity, 0)]).toEqual([100_000, 200])
})

describe('stored events', async () => {
  const door = await openFrontDoor(vedette)
  const path = (query: string) => pathOf(door, query)
  const usage = (query: string) => ask(path(query), door.owner.caller)
  const send = (
    event: Readonly<Record<string, unknown>>,
    ...more: Parameters<typeof envelope> extends [unknown, ...infer I] ? I : never
  ) => door.deliver(envelope({ event_id: newId() }, item('event', { message: 'x', ...event }), ...more))
  const sdk = (name: string) => ({ sdk: { name, version: '1.0' } })
  for (const [release, times] of [
    ['a', 5],
    ['b', 3],
    ['c', 2],
    ['d', 1],
  ] as const) {
    for (let turn = 0; turn < times; turn++)
      await send({ release, ...sdk(turn === 0 ? 'sentry.go' : 'sentry.php') })
  }
  await send({ release: 'a', environment: 'staging' })
  await send({})
  // An error that feedback hangs on is an error; feedback alone is feedback.
  await send({ release: 'a' }, soundItem('user_report'))
  await door.deliver(envelope({ event_id: newId() }, soundItem('feedback')))
  await door.deliver(envelope({ event_id: newId() }, soundItem('transaction')))
  await door.deliver(envelope({ event_id: newId() }, soundItem('security')))
  // Repeated, and not kept.
  const eventId = newId()
  for (let turn = 0; turn < 2; turn++)
    await door.deliver(envelope({ event_id: eventId }, item('event', { release: 'a' })))

  const range = `start=${thisHour}&end=${thisHour + HOUR}`
  const groups = ({ groups }: Usage, facet: string) => groups.map(({ by, total }) => [by[facet], total])

  test('are told apart by release, environment and SDK; what does not say it is together', async () => {
    expect(groups(await usage(`?${range}&groupBy=release`), 'release')).toEqual([
      ['a', 8],
      ['b', 3],
      [null, 2],
      ['c', 2],
      ['d', 1],
    ])
    expect(groups(await usage(`?${range}&groupBy=environment`), 'environment')).toEqual([
      [null, 15],
      ['staging', 1],
    ])
    expect(groups(await usage(`?${range}&groupBy=sdk`), 'sdk')).toEqual([
      ['sentry.php', 7],
      [null, 5],
      ['sentry.go', 4],
    ])
  })

  test('are told apart by several of them together', async () => {
    const { groups } = await usage(`?${range}&groupBy=release&groupBy=environment&top=2`)
    expect(groups.map(({ by, total }) => [by, total])).toEqual([
      [{ release: 'a', environment: null }, 7],
      [{ release: 'b', environment: null }, 3],
    ])
  })

  test('are ten at first, then added up', async () => {
    const place = await found(vedette)
    flush(vedette, (tx) => {
      for (let release = 1; release <= 14; release++) {
        const quantity = release * 10
        tx.addEventFacets({
          projectId: place.project.id,
          category: 1,
          environment: '',
          sdk: '',
          release: `r${release}`,
          bucket: thisHour,
          quantity,
        })
      }
    })
    const { groups, other } = await usageOf(place, `?${range}&groupBy=release`)
    expect(groups.map(({ by }) => by.release)).toEqual([
      'r14',
      'r13',
      'r12',
      'r11',
      'r10',
      'r9',
      'r8',
      'r7',
      'r6',
      'r5',
    ])
    expect(other).toEqual({ groups: 4, total: 100, series: [100], previous: null })
  })

  test.each([
    ['error', 16],
    ['transaction', 1],
    ['feedback', 1],
    ['session', 0],
  ])('of the category %s are as many as were accepted', async (category, amount) => {
    const accepted = await usage(`?${range}&interval=1h&category=${category}&outcome=accepted`)
    const byRelease = await usage(`?${range}&interval=1h&category=${category}&groupBy=release`)
    // Reports of users count as feedback, and make no events.
    const reports = category === 'feedback' ? 1 : 0
    expect([accepted.total - reports, byRelease.total]).toEqual([amount, amount])
    expect(byRelease.series).toEqual([amount])
  })

  test('are told apart by category', async () => {
    const { categories, groups } = await usage(`?${range}&groupBy=category&groupBy=environment`)
    expect(categories).toBeNull()
    expect(groups.map(({ by, total }) => [by.category, by.environment, total])).toEqual([
      ['error', null, 15],
      ['error', 'staging', 1],
      ['feedback', null, 1],
      ['transaction', null, 1],
    ])
  })

  test('of an organization are those of its projects', async () => {
    const other = await addProject(vedette, door.organization, { slug: 'app' })
    flush(vedette, (tx) =>
      tx.addEventFacets({
        projectId: other.id,
        category: 1,
        environment: '',
        sdk: '',
        release: 'a',
        bucket: thisHour,
        quantity: 100,
      }),
    )
    const whole = await ask(wholePathOf(door, `?${range}&groupBy=release&top=1`), door.owner.caller)
    expect(groups(whole, 'release')).toEqual([['a', 108]])
    const apart = await ask(
      wholePathOf(door, `?${range}&groupBy=project&groupBy=release&top=2`),
      door.owner.caller,
    )
    expect(apart.groups.map(({ names, by, total }) => [names.project, by.release, total])).toEqual([
      ['app', 'a', 100],
      ['web', 'a', 8],
    ])
  })

  test('are compared with the period before', async () => {
    const later = await usage(
      `?start=${thisHour + HOUR}&end=${thisHour + 2 * HOUR}&interval=1h&groupBy=release&compare=1`,
    )
    expect(later.previous).toMatchObject({ total: 16 })
    expect(later.groups.map(({ by, total, previous }) => [by.release, total, previous]).slice(0, 2)).toEqual([
      ['a', 0, 8],
      ['b', 0, 3],
    ])
  })
})

const tooMany =
  'Your interval and date range would create too many results. Use a larger interval, or a smaller date range.'

describe('what tells projects apart is for those who can reach them', async () => {
  const place = await found(vedette, { options: { openMembership: false } })
  const { organization, project } = place
  const team = await addTeam(vedette, organization, 'other')
  const mine = await addProject(vedette, organization, { slug: 'mine', teams: [team] })
  const member = await addPerson(vedette, { organization, teams: { [team.id]: 'contributor' } })
  const stranger = await addPerson(vedette, { organization })
  for (const [each, quantity] of [
    [project, 1],
    [mine, 10],
  ] as const) {
    count(vedette, { project: each, at: now - 10, outcome: 'accepted', quantity })
  }
  const as = ({ caller }: { caller: Caller }, query: string): Promise<Answer<Usage>> =>
    vedette.get<Usage>(wholePathOf(place, `?statsPeriod=1d&${query}`), caller)

  test.each([
    ['', 11],
    ['groupBy=outcome', 11],
    ['groupBy=project', 10],
    ['groupBy=key', 10],
    ['project=-1', 10],
    ['project=mine', 10],
  ])('%j tells a member of one team %i', async (query, total) => {
    expect((await as(member, query)).body.total).toBe(total)
  })

  test('one who is named and out of reach is refused', async () => {
    expect((await as(member, 'project=web')).status).toBe(403)
    expect((await as(place.owner, 'project=web')).body.total).toBe(1)
  })

  test('who has none hears the total, and that there is none', async () => {
    expect((await as(stranger, '')).body.total).toBe(11)
    const { status, body } = await as(stranger, 'groupBy=project')
    expect({ status, body }).toEqual({ status: 400, body: { detail: 'No projects available' } })
  })

  test('a token needs the scope of the family', async () => {
    const [ofProjects, ofOrganization] = [
      await tokenOf(vedette, place.owner, ['project:read']),
      await tokenOf(vedette, place.owner, ['org:read']),
    ]
    const statuses = async (caller: Caller) =>
      Promise.all(
        [pathOf(place), wholePathOf(place)].map(async (path) => (await vedette.get(path, caller)).status),
      )
    expect([await statuses(ofProjects), await statuses(ofOrganization)]).toEqual([
      [200, 403],
      [403, 200],
    ])
  })
})

test('many projects over much time are refused where one is not', async () => {
  const place = await found(vedette)
  for (let turn = 0; turn < 130; turn++) {
    await addProject(vedette, place.organization, { slug: `p${turn}` })
  }
  const query = '?statsPeriod=1d&interval=10m'
  expect((await vedette.get(wholePathOf(place, query), place.owner.caller)).status).toBe(200)
  const { status, body } = await vedette.get(
    wholePathOf(place, `${query}&groupBy=project`),
    place.owner.caller,
  )
  expect({ status, body }).toEqual({ status: 400, body: { detail: tooMany } })
  // Without a stated interval, one is chosen that is served.
  const chosen = await wholeUsageOf(place, '?statsPeriod=1d&groupBy=project')
  expect([chosen.interval, chosen.resolution]).toEqual(['1h', '1h'])
})

test('more groups than anybody can read are refused', async () => {
  const place = await found(vedette)
  flush(vedette, (tx) => {
    for (let release = 0; release < 50_001; release++) {
      tx.addEventFacets({
        projectId: place.project.id,
        category: 1,
        environment: '',
        sdk: '',
        release: `r${release}`,
        bucket: thisHour,
        quantity: 1,
      })
    }
  })
  const range = `start=${thisHour}&end=${thisHour + HOUR}&interval=1h`
  const { status, body } = await vedette.get(pathOf(place, `?${range}&groupBy=release`), place.owner.caller)
  expect({ status, body }).toEqual({ status: 400, body: { detail: tooMany } })
  expect((await usageOf(place, `?${range}&groupBy=sdk`)).total).toBe(50_001)
})

test('every category is told, and those of events as one', async () => {
  const place = await found(vedette)
  count(
    vedette,
    ...dataCategories.map((category) => ({
      project: place.project,
      at: today,
      outcome: 'accepted' as const,
      category,
    })),
  )
  const { groups } = await usageOf(place, `?start=${today}&end=${today + DAY}&interval=1d&groupBy=category`)
  const expected = dataCategories.filter((category) => !['default', 'security'].includes(category))
  expect(groups.map(({ by }) => by.category).toSorted()).toEqual(expected.toSorted())
  expect(groups.find(({ by }) => by.category === 'error')?.total).toBe(3)
})
