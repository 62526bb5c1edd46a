/**
 * Every statistic against a plain list of what happened: thousands of random quantities over several projects and
 * keys, written as ingestion writes them, over hours and days.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  categoryNumber,
  type DataCategory,
  isErrorCategory,
  type OutcomeKind,
  outcomeNumber,
  outcomes,
} from '../../src/protocol/outcome.ts'
import { insertKey } from '../../src/store/client-keys.ts'
import { openFlush } from '../../src/store/flush.ts'
import {
  addProject,
  type Founded,
  firstKeyOf,
  found,
  type Installation,
  openInstallation,
} from './installation.ts'

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400

/** What the list keeps. `at` is the start of ten seconds, in epoch seconds. */
interface Entry {
  readonly projectId: number
  readonly keyId: number
  readonly category: DataCategory
  readonly outcome: OutcomeKind
  readonly reason: string
  readonly at: number
  readonly quantity: number
}

const categories = [
  'default',
  'error',
  'error',
  'error',
  'security',
  'transaction',
  'attachment',
  'attachment_item',
  'replay',
] as const satisfies readonly DataCategory[]

/** Each of them is followed by silence, in seconds. */
const pauses = [0, 0, 0, 1, 9, 10, 61, 600, HOUR, 5 * HOUR + 13, DAY - 1, DAY]

const reasonsOf: Readonly<Record<OutcomeKind, readonly string[]>> = {
  accepted: ['', '', ''],
  filtered: ['localhost', 'web-crawlers'],
  rate_limited: ['', 'key_quota', 'smart_rate_limit'],
  invalid: ['cors', 'too_large:event', 'duplicate'],
  abuse: [''],
  client_discard: ['before_send', 'sample_rate'],
  cardinality_limited: [''],
}
const fates = outcomes.flatMap((outcome) => reasonsOf[outcome].map((reason) => [outcome, reason] as const))

const happening = fc.record({
  place: fc.nat({ max: 9 }),
  category: fc.constantFrom(...categories),
  fate: fc.constantFrom(...fates),
  /** Client reports speak of the past. */
  secondsAgo: fc.oneof({ arbitrary: fc.constant(0), weight: 3 }, fc.integer({ min: 0, max: DAY })),
  quantity: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 5000 })),
})

const batch = fc.record({
  happenings: fc.array(happening, { minLength: 10, maxLength: 40 }),
  pause: fc.constantFrom(...pauses),
  /** The transaction fails in the end. */
  isLost: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
})

interface World extends Founded {
  readonly vedette: Installation
  readonly projects: readonly { readonly id: number; readonly slug: string }[]
  readonly keys: readonly { readonly id: number; readonly publicKey: string; readonly projectId: number }[]
  /** A project of somebody else: none of what happens to it may show. */
  readonly foreignId: number
}

/** Three projects with two keys each. */
async function openWorld(vedette: Installation): Promise<World> {
  const place = await found(vedette)
  const projects = [place.project]
  for (const slug of ['api', 'ops']) {
    projects.push(await addProject(vedette, place.organization, { slug, teams: [place.team] }))
  }
  const keys = []
  for (const [index, project] of projects.entries()) {
    const second = { publicKey: `${index}`.repeat(32), secretKey: `f${index}`.repeat(16) }
    keys.push(
      await firstKeyOf(vedette, project),
      await vedette.write((tx) =>
        insertKey(tx, { projectId: project.id, label: 'Second', loaderOptions: {}, now: 0, ...second }),
      ),
    )
  }
  const foreignId = (await found(vedette)).project.id
  return { ...place, vedette, projects, keys, foreignId }
}

const tenSeconds = (at: number) => at - (at % 10)

/** Writes the batches; answers what was committed. */
function write(
  world: World,
  batches: readonly (typeof batch extends fc.Arbitrary<infer T> ? T : never)[],
): Entry[] {
  const { vedette, projects, keys, foreignId } = world
  const committed: Entry[] = []
  using handle = openFlush(vedette.file)
  for (const { happenings, pause, isLost } of batches) {
    const now = Math.floor(vedette.clock.now() / 1000)
    const entries = happenings.map(
      ({ place, category, fate: [outcome, reason], secondsAgo, quantity }): Entry => {
        // Six keys, three projects whose key is not known, and somebody else's.
        const projectId = keys[place]?.projectId ?? projects[place - keys.length]?.id ?? foreignId
        const keyId = keys[place]?.id ?? 0
        return { projectId, keyId, category, outcome, reason, at: tenSeconds(now - secondsAgo), quantity }
      },
    )
    const commit = () =>
      handle.transaction((tx) => {
        for (const { category, outcome, at, ...entry } of entries) {
          const numbers = { category: categoryNumber(category), outcome: outcomeNumber(outcome) }
          tx.addOutcomes({ ...entry, ...numbers, bucket: at })
          if (outcome === 'accepted' && isErrorCategory(category)) {
            tx.addStoredEvents({ ...entry, environment: entry.keyId === 0 ? '' : 'production', bucket: at })
          }
        }
        if (isLost) throw new Error('The disk is full')
      })
    if (isLost) expect(commit).toThrow('The disk is full')
    else {
      commit()
      committed.push(...entries.filter(({ projectId }) => projectId !== foreignId))
    }
    vedette.clock.advance(pause * 1000)
  }
  return committed
}

/** The sum for each name and start of an interval. */
function sumBy(
  entries: readonly Entry[],
  interval: number,
  nameOf: (entry: Entry) => string,
): Map<string, Map<number, number>> {
  const sums = new Map<string, Map<number, number>>()
  for (const entry of entries) {
    const name = nameOf(entry)
    const at = entry.at - (entry.at % interval)
    const series = sums.get(name) ?? new Map<number, number>()
    sums.set(name, series.set(at, (series.get(at) ?? 0) + entry.quantity))
  }
  return sums
}

const total = (series: ReadonlyMap<number, number> | undefined) =>
  [...(series?.values() ?? [])].reduce((sum, n) => sum + n, 0)

const received: readonly OutcomeKind[] = ['accepted', 'filtered', 'rate_limited']
const outcomesOfStat: Readonly<Record<string, readonly OutcomeKind[]>> = {
  received,
  rejected: ['rate_limited'],
  blacklisted: ['filtered'],
  generated: ['accepted'],
  localhost: ['filtered'],
}

/** What a named statistic counts of the entries. */
function ofStat(stat: string, entries: readonly Entry[]): Entry[] {
  return entries.filter(
    ({ category, outcome, reason }) =>
      isErrorCategory(category) &&
      outcomesOfStat[stat]?.includes(outcome) &&
      (stat !== 'localhost' || reason === 'localhost'),
  )
}

async function read<T>({ vedette, organization, owner }: World, path: string): Promise<T> {
  const { status, body } = await vedette.get<T>(path.replace('ORG', organization.slug), owner.caller)
  if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`)
  return body
}

/** The last whole steps until the newest entry, so many that one answer may hold them. */
function windowOf(until: number, resolution: number): { since: number; until: number } {
  const points = resolution === 10 ? 2160 : 1000
  const end = until - (until % resolution)
  return { since: end - (points - 1) * resolution, until: end }
}

type Pairs = readonly (readonly [number, number])[]

const filled = (pairs: Pairs | undefined) => (pairs ?? []).filter(([, n]) => n !== 0)

/** The pairs that a series of these entries must show besides zeros. */
function expectedPairs(
  entries: readonly Entry[],
  resolution: number,
  { since, until }: ReturnType<typeof windowOf>,
) {
  const series = sumBy(entries, resolution, () => '').get('') ?? new Map<number, number>()
  return [...series].filter(([at]) => at >= since && at <= until).sort(([a], [b]) => a - b)
}

async function checkProjectsAndOrganization(world: World, entries: readonly Entry[], until: number) {
  for (const resolution of [10, HOUR, DAY]) {
    const window = windowOf(until, resolution)
    const range = `since=${window.since}&until=${window.until}&resolution=${resolution}s`
    for (const stat of Object.keys(outcomesOfStat)) {
      const counted = ofStat(stat, entries)
      const byProject = Object.fromEntries(
        world.projects.map(({ id }) => [
          id,
          expectedPairs(
            counted.filter(({ projectId }) => projectId === id),
            resolution,
            window,
          ),
        ]),
      )
      for (const { id, slug } of world.projects) {
        const series = await read<Pairs>(world, `/projects/ORG/${slug}/stats/?stat=${stat}&${range}`)
        expect(filled(series), `${stat} of ${slug} by ${resolution}`).toEqual(byProject[id])
      }
      if (stat === 'localhost') continue
      const grouped = await read<Record<string, Pairs>>(
        world,
        `/organizations/ORG/stats/?group=project&stat=${stat}&${range}`,
      )
      expect(Object.fromEntries(Object.entries(grouped).map(([id, series]) => [id, filled(series)]))).toEqual(
        byProject,
      )
      if (stat === 'generated') continue
      const whole = await read<Pairs>(world, `/organizations/ORG/stats/?stat=${stat}&${range}`)
      expect(filled(whole)).toEqual(expectedPairs(counted, resolution, window))
    }
  }
}

async function checkKeys(world: World, entries: readonly Entry[], until: number) {
  for (const { id, publicKey, projectId } of world.keys) {
    const project = world.projects.find((each) => each.id === projectId)
    const counted = entries.filter(({ keyId, category }) => keyId === id && isErrorCategory(category))
    for (const interval of [MINUTE, HOUR, DAY]) {
      const window = windowOf(until, interval)
      const range = `since=${window.since}&until=${window.until + 1}&resolution=${interval}s`
      const series = await read<
        { ts: number; total: number; dropped: number; accepted: number; filtered: number }[]
      >(world, `/projects/ORG/${project?.slug}/keys/${publicKey}/stats/?${range}`)
      const sums = sumBy(counted, interval, ({ outcome }) => outcome)
      const expected = series.map(({ ts }) => {
        const of = (outcome: OutcomeKind) => sums.get(outcome)?.get(ts) ?? 0
        const [accepted, filtered, dropped] = [of('accepted'), of('filtered'), of('rate_limited')]
        return { ts, total: accepted + filtered + dropped, dropped, accepted, filtered }
      })
      expect(series).toHaveLength(1000)
      expect(series).toEqual(expected)
    }
  }
}

const groupings = ['project', 'category', 'outcome', 'reason'] as const
type Grouping = (typeof groupings)[number]

/** Every choice of groupings, none included. */
const subsets = Array.from({ length: 2 ** groupings.length }, (_, bits) =>
  groupings.filter((_, position) => bits & (1 << position)),
)

const shownCategory = (category: DataCategory) => (isErrorCategory(category) ? 'error' : category)
const reasonNames: Readonly<Record<string, string>> = { '': 'none', smart_rate_limit: 'spike_protection' }

const shown: Readonly<Record<Grouping, (entry: Entry) => string>> = {
  project: ({ projectId }) => String(projectId),
  category: ({ category }) => shownCategory(category),
  outcome: ({ outcome }) => outcome,
  reason: ({ reason }) => reasonNames[reason] ?? reason,
}

interface Group {
  readonly by: Readonly<Record<string, string | number>>
  readonly totals: Readonly<Record<string, number>>
  readonly series: Readonly<Record<string, readonly number[]>>
}

async function checkGroups(world: World, entries: readonly Entry[], until: number) {
  for (const interval of [MINUTE, HOUR, DAY]) {
    const { since, until: last } = windowOf(until, interval)
    const inside = entries.filter(({ at }) => at >= since && at < last + interval)
    const range = `start=${since}&end=${last + 1}&interval=${interval}s`
    for (const groupBy of subsets) {
      const isFiltered = !groupBy.includes('category')
      const counted = inside.filter(({ category }) => !isFiltered || isErrorCategory(category))
      const scopes = [
        { query: '', entries: counted },
        {
          query: `&project=${world.projects[0]?.id}&project=ops`,
          entries: counted.filter(({ projectId }) => projectId !== world.projects[1]?.id),
        },
        {
          query: `&key_id=${world.keys[3]?.publicKey}&outcome=accepted&outcome=filtered`,
          entries: counted.filter(
            ({ keyId, outcome }) => keyId === world.keys[3]?.id && ['accepted', 'filtered'].includes(outcome),
          ),
        },
      ]
      for (const scope of scopes) {
        const grouped = groupBy.map((each) => `&groupBy=${each}`).join('')
        const path = `/organizations/ORG/stats_v2/?field=sum(quantity)&${range}${grouped}${scope.query}${isFiltered ? '&category=error' : ''}`
        const { intervals, groups } = await read<{ intervals: string[]; groups: Group[] }>(world, path)
        const starts = intervals.map((text) => Date.parse(text) / 1000)
        const sums = sumBy(scope.entries, interval, (entry) =>
          groupBy.map((each) => shown[each](entry)).join(' '),
        )
        if (groupBy.length === 0 && !sums.has('')) sums.set('', new Map())
        const expected = [...sums].map(([name, series]) => ({
          name,
          sum: total(series),
          series: groupBy.includes('project') ? undefined : starts.map((start) => series.get(start) ?? 0),
        }))
        const answered = groups.map(({ by, totals, series }) => ({
          name: Object.values(by).join(' '),
          sum: totals['sum(quantity)'],
          series: series['sum(quantity)'],
        }))
        const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1)
        expect(answered.sort(byName), path).toEqual(expected.sort(byName))
      }
    }
  }
}

async function checkSummary(world: World, entries: readonly Entry[], until: number) {
  for (const [interval, span] of [
    [MINUTE, DAY],
    [HOUR, 90 * DAY],
    [DAY, 90 * DAY],
  ] as const) {
    const end = until - (until % interval) + interval
    const start = end - span
    const path = `/organizations/ORG/stats-summary/?field=sum(quantity)&field=sum(times_seen)&interval=${interval}s&start=${start}&end=${end}`
    const { projects } = await read<{ projects: { id: string; stats: unknown[] }[] }>(world, path)
    const inside = entries.filter(({ at }) => at >= start && at < end)
    const expected = world.projects.flatMap(({ id, slug }) => {
      const own = inside.filter(({ projectId }) => projectId === id)
      const names = new Set(own.map(({ category }) => shownCategory(category)))
      if (names.has('attachment_item')) names.add('attachment')
      const stats = [...names].sort().map((category) => {
        const counted = own.filter((entry) => shownCategory(entry.category) === category)
        const sumOf = (wanted: readonly Entry[]) => wanted.reduce((sum, { quantity }) => sum + quantity, 0)
        const byOutcome = Object.fromEntries(
          outcomes.map((outcome) => [outcome, sumOf(counted.filter((entry) => entry.outcome === outcome))]),
        )
        const { invalid = 0, rate_limited = 0, cardinality_limited = 0 } = byOutcome
        const pieces =
          category === 'attachment' ? own.filter((entry) => entry.category === 'attachment_item') : counted
        return {
          category,
          outcomes: byOutcome,
          totals: {
            dropped: invalid + rate_limited + cardinality_limited,
            'sum(quantity)': sumOf(counted),
            'sum(times_seen)': sumOf(pieces),
          },
        }
      })
      return stats.length === 0 ? [] : [{ id: String(id), slug, stats }]
    })
    expect(projects, path).toEqual(expected)
  }
}

test('every statistic equals a plain count of thousands of happenings, at every resolution', async () => {
  const property = fc.asyncProperty(fc.array(batch, { minLength: 160, maxLength: 160 }), async (batches) => {
    await using vedette = await openInstallation()
    const world = await openWorld(vedette)
    const entries = write(world, batches)
    expect(entries.length).toBeGreaterThan(2000)
    const newest = Math.max(...entries.map(({ at }) => at))
    await checkProjectsAndOrganization(world, entries, newest)
    await checkKeys(world, entries, newest)
    await checkGroups(world, entries, newest)
    await checkSummary(world, entries, newest)
  })
  // Shrinking thousands of happenings would take hours; the seed tells all.
  await fc.assert(property, { numRuns: 1, endOnFailure: true })
})
