/** Counts of stored events by what they say of themselves. They are written by flush.ts, with the events. */
import { sql } from 'kysely'
import type { Db } from './database.ts'
import { sumOf } from './dialect.ts'
import type { BucketRange } from './stats.ts'

export const eventFacets = ['sdk', 'release', 'environment'] as const
export type EventFacet = (typeof eventFacets)[number]

export interface FacetQuery {
  readonly projectIds: readonly number[]
  /** Stretches that do not overlap, each read at its own resolution: hours or days. */
  readonly ranges: readonly BucketRange[]
  /** Seconds per sum: a multiple of the resolutions that are read. Without it, one sum for all of the time. */
  readonly step?: number
  /** Numbers of protocol/outcome.ts. */
  readonly categories?: readonly number[]
  /** What sums tell apart, beside the category. */
  readonly facets: readonly EventFacet[]
  readonly byProject: boolean
  /** Senders choose the values, so nobody knows how many there are. */
  readonly limit: number
}

/** What is not told apart is empty, or 0; a facet is also empty where events do not say it. */
export interface FacetSum {
  /** Epoch seconds of the step's start; 0 without steps. */
  readonly at: number
  readonly projectId: number
  readonly category: number
  readonly sdk: string
  readonly release: string
  readonly environment: string
  readonly sum: number
}

/** One statement: sparse, in no order. */
export function sumEventFacets(db: Db, query: FacetQuery): Promise<readonly FacetSum[]> {
  const { projectIds, ranges, step, categories, facets, byProject, limit } = query
  const at = step === undefined ? undefined : sql<number>`bucket - (bucket % ${sql.lit(step)})`
  const facet = (name: EventFacet) => (facets.includes(name) ? sql.ref<string>(name) : sql.lit('')).as(name)

  const sumsOf = (range: BucketRange) =>
    db
      .selectFrom('event_facet_count')
      .select([
        (at ?? sql.lit(0)).as('at'),
        (byProject ? sql.ref<number>('project_id') : sql.lit(0)).as('projectId'),
        'category',
        facet('sdk'),
        facet('release'),
        facet('environment'),
        sumOf('quantity').as('sum'),
      ])
      .where('project_id', 'in', projectIds)
      .where('resolution', '=', range.resolution)
      .where('bucket', '>=', range.from)
      .where('bucket', '<', range.to)
      .$if(categories !== undefined, (q) => q.where('category', 'in', categories ?? []))
      .groupBy('category')
      .$if(facets.length > 0, (q) => q.groupBy(facets))
      .$if(at !== undefined, (q) => q.groupBy(at ?? 'category'))
      .$if(byProject, (q) => q.groupBy('project_id'))

  const [first, ...rest] = ranges.map(sumsOf)
  if (first === undefined) return Promise.resolve([])
  return rest
    .reduce((some, next) => some.unionAll(next), first)
    .limit(limit)
    .execute()
}
