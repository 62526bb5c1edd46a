/** Usage of an organization: series and totals of its data, grouped and filtered by what became of it. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import { type DataCategory, outcomes } from '../protocol/outcome.ts'
import type { Db } from '../store/database.ts'
import type { ProjectFateSum } from '../store/organization-stats.ts'
import type { Access, Actor } from './access.ts'
import { endpoint, ok } from './endpoint.ts'
import { ApiError } from './errors.ts'
import { organizationPermission } from './permissions.ts'
import type { Query } from './query.ts'
import { namesEverything, namesProjects, selectedProjects } from './selected-projects.ts'
import { coveringRanges, resolutionFor } from './series.ts'
import { tooManyResults } from './stats.ts'
import {
  dateOf,
  type Field,
  type Filter,
  fateSums,
  queryValues,
  questionParameters,
  readFields,
  readFilter,
  readStretch,
  requireField,
  type Scope,
  type Share,
  type Stretch,
  sharesOf,
  shownReason,
} from './stats-question.ts'
import { resolveOrganization } from './targets.ts'

const SumsJson = Type.Record(Type.String(), Type.Integer())

const OrganizationStatsJson = Type.Object(
  {
    start: Type.String(),
    end: Type.String(),
    intervals: Type.Array(Type.String()),
    groups: Type.Array(
      Type.Object({
        by: Type.Record(Type.String(), Type.Union([Type.String(), Type.Integer()])),
        totals: SumsJson,
        series: Type.Record(Type.String(), Type.Array(Type.Integer())),
      }),
    ),
  },
  { title: 'OrganizationStats' },
)

const groupings = ['outcome', 'category', 'reason', 'project'] as const
type Grouping = (typeof groupings)[number]

const MAX_INTERVALS = 1000
/** Numbers in all series of one answer. */
const MAX_NUMBERS = 1_000_000

export function organizationStatsRoutes(server: FastifyInstance, app: App): void {
  endpoint(server, app, {
    path: '/api/0/organizations/:org/stats_v2/',
    gate: organizationPermission,
    resolve: resolveOrganization,
    operations: {
      GET: {
        summary: 'How much data an organization sent, and what became of it, over time',
        query: {
          ...questionParameters,
          groupBy: {
            description:
              'Repeatable. With `project` there are totals only, of the caller’s own projects unless others are named',
            schema: { type: 'string', enum: groupings },
          },
        },
        response: { 200: OrganizationStatsJson },
        handle: async ({ query, target, actor, now }) => {
          const db = app.db.read
          const scope = await readScope(db, actor, target.access, query)
          const question = readQuestion(query, now)
          const sums = await sumsOf(db, scope, question)
          return ok(answerOf(question, sums))
        },
      },
    },
  })
}

interface Question {
  readonly stretch: Stretch
  readonly fields: readonly Field[]
  readonly groupBy: readonly Grouping[]
  readonly filter: Filter
  readonly shares: ReadonlyMap<number, readonly Share[]>
  /** Sums of projects have no intervals: there would be as many numbers as nobody reads. */
  readonly hasSeries: boolean
}

/** Errors: ApiError 400 in Sentry's words. */
function readQuestion(query: Query, now: number): Question {
  requireField(query)
  const stretch = readStretch(query, now)
  if (stretch.to - stretch.from > MAX_INTERVALS * stretch.interval) throw tooManyResults()
  const fields = readFields(query)
  const groupBy = queryValues(query, 'groupBy').map(readGrouping)
  if (!groupBy.includes('category') && queryValues(query, 'category').length === 0) {
    throw new ApiError(400, 'Query must have category as groupby or filter')
  }
  const filter = readFilter(query)
  const shares = sharesOf(fields, filter.categories)
  return { stretch, fields, groupBy, filter, shares, hasSeries: !groupBy.includes('project') }
}

function readGrouping(name: string): Grouping {
  const grouping = groupings.find((each) => each === name)
  if (grouping === undefined) throw new ApiError(400, `Invalid groupBy: "${name}"`)
  return grouping
}

/**
 * Totals of the whole organization are for every member; what tells projects apart is not.
 *
 * Errors: ApiError 403 for a project out of reach, 400 when there is none.
 */
async function readScope(db: Db, actor: Actor, access: Access, query: Query): Promise<Scope> {
  const organizationId = access.organization.id
  const asksForKeys = queryValues(query, 'key_id').length > 0
  const isWhole = namesProjects(query)
    ? namesEverything(query) && access.isGlobal
    : access.isGlobal || !asksForKeys
  if (isWhole && !queryValues(query, 'groupBy').includes('project')) {
    return { organizationId, projectIds: undefined }
  }
  const projectIds = await selectedProjects(db, actor, access, query)
  if (projectIds.length === 0) throw new ApiError(400, 'No projects available')
  return { organizationId, projectIds }
}

function sumsOf(
  db: Db,
  scope: Scope,
  { stretch, filter, groupBy, shares, hasSeries }: Question,
): Promise<readonly ProjectFateSum[]> {
  const { from, to, interval } = stretch
  return fateSums(db, scope, filter, {
    shares,
    byProject: groupBy.includes('project'),
    byReason: groupBy.includes('reason'),
    ...(hasSeries
      ? { step: interval, ranges: [{ from, to, resolution: resolutionFor(interval) }] }
      : { ranges: coveringRanges(from, to) }),
  })
}

interface Group {
  readonly by: Readonly<Record<string, string | number>>
  readonly totals: Record<string, number>
  readonly series: Record<string, number[]>
}

function answerOf(question: Question, sums: readonly ProjectFateSum[]): unknown {
  const { stretch, groupBy, shares, hasSeries } = question
  const { from, to, interval } = stretch
  const length = hasSeries ? (to - from) / interval : 0
  const groups = new Map<string, Group>()

  function groupOf(values: readonly (string | number)[]): Group {
    const name = values.join('\n')
    const known = groups.get(name)
    if (known !== undefined) return known
    if ((groups.size + 1) * length > MAX_NUMBERS) throw tooManyResults()
    const group = emptyGroup(question, values, length)
    groups.set(name, group)
    return group
  }

  // Scripts read the first group of an answer without groups, whether there is anything or not.
  if (groupBy.length === 0) groupOf([])
  for (const sum of sums) {
    for (const { field, category } of shares.get(sum.category) ?? []) {
      const { totals, series } = groupOf(groupBy.map((grouping) => nameIn(grouping, sum, category)))
      totals[field] = (totals[field] ?? 0) + sum.sum
      const points = series[field]
      if (points === undefined) continue
      const index = (sum.at - from) / interval
      points[index] = (points[index] ?? 0) + sum.sum
    }
  }
  return {
    start: dateOf(from),
    end: dateOf(to),
    intervals: Array.from({ length }, (_, index) => dateOf(from + index * interval)),
    groups: [...groups.values()],
  }
}

function emptyGroup(
  { groupBy, fields, hasSeries }: Question,
  values: readonly (string | number)[],
  length: number,
): Group {
  return {
    by: Object.fromEntries(groupBy.map((grouping, index) => [grouping, values[index] ?? ''])),
    totals: Object.fromEntries(fields.map((field) => [field, 0])),
    series: hasSeries ? Object.fromEntries(fields.map((field) => [field, zeros(length)])) : {},
  }
}

function zeros(length: number): number[] {
  return Array.from({ length }, () => 0)
}

function nameIn(grouping: Grouping, sum: ProjectFateSum, category: DataCategory): string | number {
  switch (grouping) {
    case 'project':
      return sum.projectId
    case 'category':
      return category
    case 'outcome':
      return outcomes[sum.outcome] ?? ''
    case 'reason':
      return shownReason(sum.reason)
  }
}
