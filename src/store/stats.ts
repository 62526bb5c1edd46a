/** Counts of fates, read at three resolutions. They are written by flush.ts, in the transaction of what they count. */
import { sql } from 'kysely'
import type { Db, Tx } from './database.ts'
import { sumOf } from './dialect.ts'

export interface BucketSum {
  /** Epoch seconds of the bucket's start. */
  readonly at: number
  readonly sum: number
}

/** Epoch seconds, end exclusive, and the resolution to read: 10, 3600 or 86400. */
export interface BucketRange {
  readonly from: number
  readonly to: number
  readonly resolution: number
}

export interface OutcomeQuery {
  readonly projectId: number
  readonly range: BucketRange
  /** Numbers of protocol/outcome.ts. */
  readonly categories: readonly number[]
  readonly outcomes: readonly number[]
  readonly reason?: string
}

/** Sums of quantities per bucket: sparse, oldest first. */
export function sumOutcomes(db: Db, query: OutcomeQuery): Promise<readonly BucketSum[]> {
  const { projectId, range, categories, outcomes, reason } = query
  return db
    .selectFrom('outcome_count')
    .select(['bucket as at', sumOf('quantity').as('sum')])
    .where('project_id', '=', projectId)
    .where('resolution', '=', range.resolution)
    .where('bucket', '>=', range.from)
    .where('bucket', '<', range.to)
    .where('category', 'in', categories)
    .where('outcome', 'in', outcomes)
    .$if(reason !== undefined, (q) => q.where('reason', '=', reason ?? ''))
    .groupBy('bucket')
    .orderBy('bucket')
    .execute()
}

export interface KeyOutcomeSum extends BucketSum {
  /** Number of protocol/outcome.ts. */
  readonly outcome: number
}

/** What became of the data of one key, per step and outcome: sparse, oldest first. */
export function sumOutcomesOfKey(
  db: Db,
  query: {
    projectId: number
    keyId: number
    range: BucketRange
    /** Seconds per sum: a multiple of the resolution that is read. */
    step: number
    categories: readonly number[]
    outcomes: readonly number[]
  },
): Promise<readonly KeyOutcomeSum[]> {
  const { projectId, keyId, range, step, categories, outcomes } = query
  const at = sql<number>`bucket - (bucket % ${step})`
  return db
    .selectFrom('outcome_count')
    .select([at.as('at'), 'outcome', sumOf('quantity').as('sum')])
    .where('project_id', '=', projectId)
    .where('key_id', '=', keyId)
    .where('resolution', '=', range.resolution)
    .where('bucket', '>=', range.from)
    .where('bucket', '<', range.to)
    .where('category', 'in', categories)
    .where('outcome', 'in', outcomes)
    .groupBy(['at', 'outcome'])
    .orderBy('at')
    .execute()
}

/** Stored error events per bucket, of one environment or of all: sparse, oldest first. */
export function sumStoredEvents(
  db: Db,
  query: { projectId: number; range: BucketRange; environment?: string },
): Promise<readonly BucketSum[]> {
  const { projectId, range, environment } = query
  return db
    .selectFrom('event_count')
    .select(['bucket as at', sumOf('quantity').as('sum')])
    .where('project_id', '=', projectId)
    .where('resolution', '=', range.resolution)
    .where('bucket', '>=', range.from)
    .where('bucket', '<', range.to)
    .$if(environment !== undefined, (q) => q.where('environment', '=', environment ?? ''))
    .groupBy('bucket')
    .orderBy('bucket')
    .execute()
}

export async function environmentExists(
  db: Db,
  input: { projectId: number; name: string },
): Promise<boolean> {
  const row = await db
    .selectFrom('environment')
    .select('id')
    .where('project_id', '=', input.projectId)
    .where('name', '=', input.name)
    .executeTakeFirst()
  return row !== undefined
}

/** Counts of one resolution older than `before` (epoch seconds), at most `limit` rows of them at a time. */
export interface OldCounts {
  readonly resolution: number
  readonly before: number
  readonly limit: number
}

/** Deletes old counts of one project, a few at a time so that no lock is held long. Answers how many rows went. */
export async function pruneCounts(
  tx: Tx,
  { projectId, ...old }: OldCounts & { projectId: number },
): Promise<number> {
  let deleted = 0
  for (const table of ['outcome_count', 'event_count', 'event_facet_count'] as const) {
    deleted += await pruneTable(tx, { table, column: 'project_id', id: projectId }, old)
  }
  return deleted
}

/** The same for the counts of one organization. */
export function pruneOrganizationCounts(
  tx: Tx,
  { organizationId, ...old }: OldCounts & { organizationId: number },
): Promise<number> {
  const table = 'organization_outcome_count'
  return pruneTable(tx, { table, column: 'organization_id', id: organizationId }, old)
}

async function pruneTable(tx: Tx, owner: Owner, { resolution, before, limit }: OldCounts): Promise<number> {
  // What is asked of them is the same in all tables of counts.
  const table = owner.table as 'outcome_count'
  const id = sql.ref<number>(owner.column)
  const edge = await tx
    .selectFrom(table)
    .select('bucket')
    .where(id, '=', owner.id)
    .where('resolution', '=', resolution)
    .where('bucket', '<', before)
    .orderBy('bucket')
    .offset(limit)
    .limit(1)
    .executeTakeFirst()
  const result = await tx
    .deleteFrom(table)
    .where(id, '=', owner.id)
    .where('resolution', '=', resolution)
    .where('bucket', '<', Math.min(edge?.bucket ?? before, before))
    .executeTakeFirst()
  // A single bucket wider than the limit would otherwise never shrink.
  if (edge === undefined || result.numDeletedRows > 0n) return Number(result.numDeletedRows)
  const whole = await tx
    .deleteFrom(table)
    .where(id, '=', owner.id)
    .where('resolution', '=', resolution)
    .where('bucket', '=', edge.bucket)
    .executeTakeFirst()
  return Number(whole.numDeletedRows)
}

/** Whose counts, and where they stand. */
interface Owner {
  readonly table: 'outcome_count' | 'event_count' | 'event_facet_count' | 'organization_outcome_count'
  readonly column: 'project_id' | 'organization_id'
  readonly id: number
}

/** Projects that have counts of this resolution older than `before`. */
export async function projectsWithOldCounts(
  db: Db,
  input: { resolution: number; before: number },
): Promise<readonly number[]> {
  const rows = await db
    .selectFrom('project')
    .select('id')
    .where((eb) =>
      eb.or(
        (['outcome_count', 'event_count', 'event_facet_count'] as const).map((table) =>
          eb.exists(
            eb
              .selectFrom(table)
              .select(sql<number>`1`.as('one'))
              .whereRef('project_id', '=', 'project.id')
              .where('resolution', '=', input.resolution)
              .where('bucket', '<', input.before),
          ),
        ),
      ),
    )
    .orderBy('id')
    .execute()
  return rows.map((row) => row.id)
}

/** Organizations that have counts of this resolution older than `before`. */
export async function organizationsWithOldCounts(
  db: Db,
  input: { resolution: number; before: number },
): Promise<readonly number[]> {
  const rows = await db
    .selectFrom('organization')
    .select('id')
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('organization_outcome_count')
          .select(sql<number>`1`.as('one'))
          .whereRef('organization_id', '=', 'organization.id')
          .where('resolution', '=', input.resolution)
          .where('bucket', '<', input.before),
      ),
    )
    .orderBy('id')
    .execute()
  return rows.map((row) => row.id)
}

/** Sums per project and step, for lists of projects: one query for all of them. */
export async function sumOutcomesOfProjects(
  db: Db,
  query: {
    projectIds: readonly number[]
    range: BucketRange
    /** Seconds per sum: a multiple of the resolution that is read. */
    step: number
    categories: readonly number[]
    outcomes: readonly number[]
  },
): Promise<ReadonlyMap<number, readonly BucketSum[]>> {
  const { projectIds, range, step, categories, outcomes } = query
  if (projectIds.length === 0) return new Map()
  const at = sql<number>`bucket - (bucket % ${step})`
  const rows = await db
    .selectFrom('outcome_count')
    .select(['project_id', at.as('at'), sumOf('quantity').as('sum')])
    .where('project_id', 'in', projectIds)
    .where('resolution', '=', range.resolution)
    .where('bucket', '>=', range.from)
    .where('bucket', '<', range.to)
    .where('category', 'in', categories)
    .where('outcome', 'in', outcomes)
    .groupBy(['project_id', at])
    .orderBy('at')
    .execute()
  return Map.groupBy(rows, (row) => row.project_id)
}
