/** Answers a question about usage: reads the counts in small pieces and adds them up, group by group. */
import {
  categoryNumber,
  dataCategories,
  outcomeNumber,
  outcomes,
  statedCategory,
} from '../protocol/outcome.ts'
import { keysOfOrganization } from '../store/client-keys.ts'
import type { Db } from '../store/database.ts'
import { eventFacets, type FacetSum, sumEventFacets } from '../store/event-facets.ts'
import {
  type ProjectFateSum,
  sumFatesOfOrganization,
  sumFatesOfProjects,
} from '../store/organization-stats.ts'
import type { BucketRange } from '../store/stats.ts'
import { delay } from '../time.ts'
import { type Scope, shownReason } from './stats-question.ts'
import { type Grouping, rangesOf, tooManyResults, type UsageQuestion } from './usage-question.ts'

/** A line of the answer. Position in `values` is that of the grouping in the question. */
export interface UsageGroup {
  /** As they are stored: ids of projects and keys, names of categories and outcomes, and what senders say. */
  readonly values: readonly string[]
  readonly total: number
  /** One sum per interval. */
  readonly series: readonly number[]
  /** Total of the period before, when the two are compared. */
  readonly previous: number
}

export interface Usage {
  /** The largest first. */
  readonly groups: readonly UsageGroup[]
  /** What is left of them, added up. Its `values` are empty. */
  readonly rest: UsageGroup
  /** How many groups are in the rest. */
  readonly restCount: number
  readonly whole: UsageGroup
}

/** Buckets that one statement may read: beyond it, other requests get their turn between two of them. */
const STATEMENT_BUCKETS = 5000
/** Sums that one statement may answer, and groups that there may be. Senders choose some of the values. */
const MAX_SUMS = 50_000
const DAY = 86_400

/** Errors: ApiError 400 when there are more groups than anybody can read. */
export async function usageOf(db: Db, scope: Scope, question: UsageQuestion): Promise<Usage> {
  const { from, to, interval, resolution, previous } = question
  const source = await sourceOf(db, scope, question)
  const sums = makeSums(question)
  // What is counted over several days is added up here: such intervals begin on any day.
  const step = Math.min(interval, DAY)
  for await (const some of pieces(db, source, question, [{ from, to, resolution }], step)) sums.add(some)
  if (previous !== undefined) {
    for await (const some of pieces(db, source, question, rangesOf(previous, question), undefined)) {
      sums.addPrevious(some)
    }
  }
  return sums.result()
}

/** Where the counts stand. */
interface Source {
  readonly organizationId: number
  /** Undefined for the counts of the organization as a whole. */
  readonly projectIds: readonly number[] | undefined
  readonly keyIds: readonly number[] | undefined
}

/** Keys are looked up first: each belongs to one project, and those that are not in the scope count nothing. */
async function sourceOf(
  db: Db,
  { organizationId, projectIds }: Scope,
  { filter }: UsageQuestion,
): Promise<Source> {
  if (filter.keys === undefined) return { organizationId, projectIds, keyIds: undefined }
  const keys = (await keysOfOrganization(db, { organizationId, names: filter.keys })).filter(
    ({ projectId }) => projectIds === undefined || projectIds.includes(projectId),
  )
  return {
    organizationId,
    projectIds: [...new Set(keys.map(({ projectId }) => projectId))],
    keyIds: keys.map(({ id }) => id),
  }
}

/** A sum of either table. What it does not tell apart is absent. */
type Sum = Pick<ProjectFateSum, 'at' | 'projectId' | 'category' | 'sum'> & Partial<ProjectFateSum & FacetSum>

/** Errors: ApiError 400 when a piece has more sums than it may have. */
async function* pieces(
  db: Db,
  { organizationId, projectIds, keyIds }: Source,
  question: UsageQuestion,
  ranges: readonly BucketRange[],
  step: number | undefined,
): AsyncGenerator<readonly Sum[]> {
  const { filter, groupBy, isOfEvents } = question
  const categories = filter.categories?.map(categoryNumber)
  const shared = {
    ...(step === undefined ? {} : { step }),
    ...(categories && { categories }),
    limit: MAX_SUMS + 1,
  }
  const ofLedger = {
    ...shared,
    ...(filter.outcomes && { outcomes: filter.outcomes.map(outcomeNumber) }),
    ...(filter.reasons && { reasons: filter.reasons }),
    ...(keyIds && { keyIds }),
    byReason: groupBy.includes('reason'),
  }
  const byProject = groupBy.includes('project')
  const byKey = groupBy.includes('key')
  const facets = eventFacets.filter((facet) => groupBy.includes(facet))

  let isFirst = true
  for (const { ids, range } of slicesOf(projectIds, ranges, step)) {
    if (!isFirst) await delay(0)
    isFirst = false
    const where = { ranges: [range] }
    const sums = isOfEvents
      ? await sumEventFacets(db, { ...shared, ...where, projectIds: ids ?? [], facets, byProject })
      : ids === undefined
        ? await sumFatesOfOrganization(db, { ...ofLedger, ...where, organizationId })
        : await sumFatesOfProjects(db, { ...ofLedger, ...where, projectIds: ids, byProject, byKey })
    if (sums.length > MAX_SUMS) throw tooManyResults()
    yield sums
  }
}

interface Slice {
  readonly ids: readonly number[] | undefined
  readonly range: BucketRange
}

/** Some projects for all of a range, or one project for a part of it. */
function* slicesOf(
  projectIds: readonly number[] | undefined,
  ranges: readonly BucketRange[],
  step = DAY,
): Generator<Slice> {
  for (const range of ranges) {
    const buckets = (range.to - range.from) / range.resolution
    const length = Math.max(1, Math.floor(STATEMENT_BUCKETS / buckets))
    const lists =
      projectIds === undefined
        ? [undefined]
        : Array.from({ length: Math.ceil(projectIds.length / length) }, (_, index) =>
            projectIds.slice(index * length, (index + 1) * length),
          )
    for (const ids of lists) for (const part of partsOf(range, step)) yield { ids, range: part }
  }
}

/** Parts end where a step does, so that none is added up in two of them. */
function* partsOf(range: BucketRange, step: number): Generator<BucketRange> {
  const { from, to, resolution } = range
  const most = Math.max(step, Math.floor((STATEMENT_BUCKETS * resolution) / step) * step)
  for (let start = from; start < to; start += most) {
    yield { from: start, to: Math.min(start + most, to), resolution }
  }
}

interface Adding {
  readonly values: readonly string[]
  total: number
  previous: number
  /** Position of the interval → sum. Most groups have few. */
  readonly points: Map<number, number>
}

function makeSums({ from, to, interval, groupBy, top }: UsageQuestion) {
  const groups = new Map<string, Adding>()
  const length = (to - from) / interval

  function groupOf(sum: Sum): Adding {
    const values = groupBy.map((grouping) => groupValue(grouping, sum))
    const name = JSON.stringify(values)
    const known = groups.get(name)
    if (known !== undefined) return known
    if (groups.size >= MAX_SUMS) throw tooManyResults()
    const group = emptyGroup(values)
    groups.set(name, group)
    return group
  }

  return {
    add(sums: readonly Sum[]): void {
      for (const sum of sums) addPoint(groupOf(sum), Math.floor((sum.at - from) / interval), sum.sum)
    },
    addPrevious(sums: readonly Sum[]): void {
      for (const sum of sums) groupOf(sum).previous += sum.sum
    },
    result(): Usage {
      const all = [...groups.values()].sort(
        (a, b) => b.total - a.total || b.previous - a.previous || compare(a.values, b.values),
      )
      // Without groups there is one, whether there is anything in it or not.
      const shown = groupBy.length === 0 ? [addUp(all)] : all.slice(0, top)
      const left = groupBy.length === 0 ? [] : all.slice(top)
      const finish = (group: Adding) => finished(group, length)
      return {
        groups: shown.map(finish),
        rest: finish(addUp(left)),
        restCount: left.length,
        whole: finish(addUp(all)),
      }
    },
  }
}

function emptyGroup(values: readonly string[] = []): Adding {
  return { values, total: 0, previous: 0, points: new Map() }
}

function addPoint(group: Adding, index: number, amount: number): void {
  group.total += amount
  group.points.set(index, (group.points.get(index) ?? 0) + amount)
}

function addUp(groups: readonly Adding[]): Adding {
  const whole = emptyGroup()
  for (const { previous, points } of groups) {
    whole.previous += previous
    for (const [index, amount] of points) addPoint(whole, index, amount)
  }
  return whole
}

function finished({ values, total, previous, points }: Adding, length: number): UsageGroup {
  return { values, total, previous, series: Array.from({ length }, (_, index) => points.get(index) ?? 0) }
}

function compare(a: readonly string[], b: readonly string[]): number {
  const [one, other] = [a.join('\n'), b.join('\n')]
  return one < other ? -1 : one > other ? 1 : 0
}

function groupValue(grouping: Grouping, sum: Sum): string {
  switch (grouping) {
    case 'project':
      return String(sum.projectId)
    case 'key':
      return String(sum.keyId ?? 0)
    case 'category': {
      const category = dataCategories[sum.category]
      return category === undefined ? '' : statedCategory(category)
    }
    case 'outcome':
      return outcomes[sum.outcome ?? 0] ?? ''
    case 'reason':
      return shownReason(sum.reason ?? '')
    default:
      return sum[grouping] ?? ''
  }
}
