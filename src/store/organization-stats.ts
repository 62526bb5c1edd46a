/** Counts of fates for questions to an organization: added up over all of its projects, or over some of them. */
import { sql } from 'kysely'
import { delay } from '../time.ts'
import type { Db } from './database.ts'
import { sumOf } from './dialect.ts'
import type { BucketRange, BucketSum } from './stats.ts'

/** What to add up. Without a filter, everything. */
export interface FateQuery {
  /** Stretches that do not overlap, each read at its own resolution. */
  readonly ranges: readonly BucketRange[]
  /** Seconds per sum: a multiple of the resolutions that are read. Without it, one sum for all of the time. */
  readonly step?: number
  /** Numbers of protocol/outcome.ts. */
  readonly categories?: readonly number[]
  readonly outcomes?: readonly number[]
  readonly reasons?: readonly string[]
  /** Whether sums tell reasons apart; categories and outcomes always are. */
  readonly byReason?: boolean
  /** Of each statement. Senders choose some of the reasons, so nobody knows how many there are. */
  readonly limit?: number
}

export interface FateSum {
  /** Epoch seconds of the step's start; 0 without steps. */
  readonly at: number
  readonly category: number
  readonly outcome: number
  /** Empty when there is none, or when reasons are not told apart. */
  readonly reason: string
  readonly sum: number
}

export interface ProjectFateSum extends FateSum {
  /** 0 when projects are not told apart. */
  readonly projectId: number
  /** 0 when keys are not told apart, and for data of no known key. */
  readonly keyId: number
}

/** Sums of an organization, those of projects that are gone included: sparse, in no order. */
export function sumFatesOfOrganization(
  db: Db,
  { organizationId, ...query }: FateQuery & { organizationId: number },
): Promise<readonly ProjectFateSum[]> {
  const source = { table: 'organization_outcome_count', owner: 'organization_id' } as const
  return sumFates(db, { ...source, ids: [organizationId] }, query)
}

/** Buckets that one statement may read: beyond it, other requests get their turn between two of them. */
const STATEMENT_BUCKETS = 20_000

/**
 * Sums of projects, or of some of their keys: sparse, in no order. Where projects are not told apart, the same sum
 * may come in several parts.
 */
export async function sumFatesOfProjects(
  db: Db,
  input: FateQuery & {
    projectIds: readonly number[]
    keyIds?: readonly number[]
    byProject?: boolean
    byKey?: boolean
  },
): Promise<readonly ProjectFateSum[]> {
  const { projectIds, keyIds, byProject, byKey, ...query } = input
  const source = { table: 'outcome_count', owner: 'project_id' } as const
  return inSlices(projectIds, query.ranges, (ids) =>
    sumFates(db, { ...source, ids, keyIds, byOwner: byProject, byKey }, query),
  )
}

/** What fates of these categories come to, per bucket of each project: sparse. */
export async function sumSeriesOfProjects(
  db: Db,
  input: {
    projectIds: readonly number[]
    range: BucketRange
    categories: readonly number[]
    outcomes: readonly number[]
  },
): Promise<ReadonlyMap<number, readonly BucketSum[]>> {
  const { projectIds, range, categories, outcomes } = input
  const rows = await inSlices(projectIds, [range], (ids) =>
    seriesIn(db, 'outcome_count', ids, range)
      .where('category', 'in', categories)
      .where('outcome', 'in', outcomes)
      .execute(),
  )
  return Map.groupBy(rows, (row) => row.project_id)
}

/** Stored error events per bucket of each project: sparse. */
export async function sumStoredEventsOfProjects(
  db: Db,
  { projectIds, range }: { projectIds: readonly number[]; range: BucketRange },
): Promise<ReadonlyMap<number, readonly BucketSum[]>> {
  const rows = await inSlices(projectIds, [range], (ids) =>
    // Their conditions are the same in both tables.
    seriesIn(db, 'event_count' as 'outcome_count', ids, range).execute(),
  )
  return Map.groupBy(rows, (row) => row.project_id)
}

/** Grouped as the key of the table is, so that nothing needs sorting. */
function seriesIn(db: Db, table: 'outcome_count', projectIds: readonly number[], range: BucketRange) {
  return db
    .selectFrom(table)
    .select(['project_id', 'bucket as at', sumOf('quantity').as('sum')])
    .where('project_id', 'in', projectIds)
    .where('resolution', '=', range.resolution)
    .where('bucket', '>=', range.from)
    .where('bucket', '<', range.to)
    .groupBy(['project_id', 'bucket'])
}

async function inSlices<T>(
  projectIds: readonly number[],
  ranges: readonly BucketRange[],
  ask: (projectIds: readonly number[]) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const buckets = ranges.reduce((sum, { from, to, resolution }) => sum + (to - from) / resolution, 0)
  const length = Math.max(1, Math.floor(STATEMENT_BUCKETS / buckets))
  const rows: (readonly T[])[] = []
  for (let start = 0; start < projectIds.length; start += length) {
    if (start > 0) await delay(0)
    rows.push(await ask(projectIds.slice(start, start + length)))
  }
  return rows.flat()
}

/** Whose counts, and where they stand. */
interface Source {
  readonly table: 'outcome_count' | 'organization_outcome_count'
  readonly owner: 'project_id' | 'organization_id'
  readonly ids: readonly number[]
  readonly keyIds?: readonly number[] | undefined
  readonly byOwner?: boolean | undefined
  readonly byKey?: boolean | undefined
}

/** One statement. Each range is a stretch of the table's key, so none reads what it does not add up. */
function sumFates(db: Db, source: Source, query: FateQuery): Promise<readonly ProjectFateSum[]> {
  const { ids, keyIds, byOwner = false, byKey = false } = source
  const { ranges, step, categories, outcomes, reasons, byReason = false, limit } = query
  // Both tables have the columns that are named below.
  const table = source.table as 'outcome_count'
  const owner = sql.ref<number>(source.owner)
  const at = step === undefined ? undefined : sql<number>`bucket - (bucket % ${sql.lit(step)})`

  const sumsOf = (range: BucketRange) =>
    db
      .selectFrom(table)
      .select([
        (at ?? sql.lit(0)).as('at'),
        (byOwner ? owner : sql.lit(0)).as('projectId'),
        (byKey ? sql.ref<number>('key_id') : sql.lit(0)).as('keyId'),
        'category',
        'outcome',
        (byReason ? sql.ref<string>('reason') : sql.lit('')).as('reason'),
        sumOf('quantity').as('sum'),
      ])
      .where(owner, 'in', ids)
      .where('resolution', '=', range.resolution)
      .where('bucket', '>=', range.from)
      .where('bucket', '<', range.to)
      .$if(keyIds !== undefined, (q) => q.where('key_id', 'in', keyIds ?? []))
      .$if(categories !== undefined, (q) => q.where('category', 'in', categories ?? []))
      .$if(outcomes !== undefined, (q) => q.where('outcome', 'in', outcomes ?? []))
      .$if(reasons !== undefined, (q) => q.where('reason', 'in', reasons ?? []))
      .groupBy(['category', 'outcome'])
      .$if(at !== undefined, (q) => q.groupBy(at ?? owner))
      .$if(byOwner, (q) => q.groupBy(owner))
      .$if(byKey, (q) => q.groupBy('key_id'))
      .$if(byReason, (q) => q.groupBy('reason'))

  const [first, ...rest] = ranges.map(sumsOf)
  if (first === undefined) return Promise.resolve([])
  const all = rest.reduce((some, next) => some.unionAll(next), first)
  return (limit === undefined ? all : all.limit(limit)).execute()
}
