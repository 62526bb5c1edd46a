/** Usage of each project of an organization: one table of categories and outcomes, also as CSV. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import { type DataCategory, type OutcomeKind, outcomes } from '../protocol/outcome.ts'
import type { Db } from '../store/database.ts'
import type { ProjectFateSum } from '../store/organization-stats.ts'
import { type Answer, endpoint, ok } from './endpoint.ts'
import { ApiError } from './errors.ts'
import { organizationPermission } from './permissions.ts'
import { queryText } from './query.ts'
import { listSelectedProjects } from './selected-projects.ts'
import { coveringRanges } from './series.ts'
import {
  dateOf,
  type Field,
  type Filter,
  fateSums,
  questionParameters,
  readFields,
  readFilter,
  readStretch,
  requireField,
  type Share,
  type Stretch,
  sharesOf,
  shownReason,
} from './stats-question.ts'
import { resolveOrganization } from './targets.ts'

const SumsJson = Type.Record(Type.String(), Type.Integer())

const StatsSummaryJson = Type.Object(
  {
    start: Type.String(),
    end: Type.String(),
    projects: Type.Array(
      Type.Object({
        id: Type.String(),
        slug: Type.String(),
        stats: Type.Array(
          Type.Object({
            category: Type.String(),
            reason: Type.Optional(Type.String()),
            outcomes: SumsJson,
            totals: SumsJson,
          }),
        ),
      }),
    ),
  },
  { title: 'StatsSummary' },
)

export function statsSummaryRoutes(server: FastifyInstance, app: App): void {
  endpoint(server, app, {
    path: '/api/0/organizations/:org/stats-summary/',
    gate: organizationPermission,
    resolve: resolveOrganization,
    operations: {
      GET: {
        summary: 'How much data each project sent, and what became of it',
        query: {
          ...questionParameters,
          download: {
            description: 'Answers a CSV file instead of JSON',
            schema: { type: 'boolean' },
          },
        },
        response: { 200: StatsSummaryJson },
        handle: async ({ query, target, actor, now }) => {
          const db = app.db.read
          const projects = await listSelectedProjects(db, actor, target.access, query)
          if (projects.length === 0) throw new ApiError(400, 'No projects available')
          requireField(query)
          const stretch = readStretch(query, now)
          const question = { stretch, fields: readFields(query), filter: readFilter(query) }
          const rows = await rowsOf(db, target.organization.id, projects, question)
          if (!['', 'false', '0'].includes(queryText(query, 'download') ?? '')) return csvFile(rows)
          return ok({ start: dateOf(stretch.from), end: dateOf(stretch.to), projects: rows.map(rowJson) })
        },
      },
    },
  })
}

interface Question {
  readonly stretch: Stretch
  readonly fields: readonly Field[]
  readonly filter: Filter
}

interface Row {
  readonly id: number
  readonly slug: string
  readonly stats: readonly CategoryStats[]
}

interface CategoryStats {
  readonly category: DataCategory
  /** Only when reasons were asked for. */
  readonly reason?: string
  readonly outcomes: Record<string, number>
  readonly totals: Record<string, number>
}

/** Projects that sent something, by id. */
async function rowsOf(
  db: Db,
  organizationId: number,
  projects: readonly { readonly id: number; readonly slug: string }[],
  question: Question,
): Promise<readonly Row[]> {
  const { stretch, fields, filter } = question
  const shares = sharesOf(fields, filter.categories)
  const scope = { organizationId, projectIds: projects.map(({ id }) => id) }
  const sums = await fateSums(db, scope, filter, {
    shares,
    byProject: true,
    byReason: filter.reasons !== undefined,
    ranges: coveringRanges(stretch.from, stretch.to),
  })
  const sumsOf = Map.groupBy(sums, ({ projectId }) => projectId)
  return projects
    .flatMap(({ id, slug }) => {
      const stats = statsOf(sumsOf.get(id) ?? [], question, shares)
      return stats.length === 0 ? [] : [{ id, slug, stats }]
    })
    .sort((a, b) => a.id - b.id)
}

/** These kept data from being stored although it was wanted. */
const dropping: readonly OutcomeKind[] = ['invalid', 'rate_limited', 'cardinality_limited']

/** One entry per category, and per reason if reasons were asked for, by their names. */
function statsOf(
  sums: readonly ProjectFateSum[],
  { fields, filter }: Question,
  shares: ReadonlyMap<number, readonly Share[]>,
): readonly CategoryStats[] {
  const shown = filter.outcomes ?? outcomes
  const hasDropped = shown.some((outcome) => dropping.includes(outcome))
  // Outcomes are told in one unit.
  const unit: Field = fields.includes('sum(quantity)') ? 'sum(quantity)' : 'sum(times_seen)'
  const stats = new Map<string, CategoryStats>()
  for (const { category: number, outcome: position, reason, sum } of sums) {
    const outcome = outcomes[position]
    if (outcome === undefined) continue
    for (const { field, category } of shares.get(number) ?? []) {
      const name = `${category} ${reason}`
      const entry = stats.get(name) ?? {
        category,
        outcomes: Object.fromEntries(shown.map((each) => [each, 0])),
        totals: {
          ...(hasDropped ? { dropped: 0 } : {}),
          ...Object.fromEntries(fields.map((each) => [each, 0])),
        },
        ...(filter.reasons === undefined ? {} : { reason: shownReason(reason) }),
      }
      stats.set(name, entry)
      add(entry.totals, field, sum)
      if (field !== unit) continue
      add(entry.outcomes, outcome, sum)
      if (dropping.includes(outcome)) add(entry.totals, 'dropped', sum)
    }
  }
  return [...stats.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry)
}

function add(sums: Record<string, number>, name: string, amount: number): void {
  sums[name] = (sums[name] ?? 0) + amount
}

function rowJson({ id, ...row }: Row): unknown {
  return { id: String(id), ...row }
}

/** One line per project; columns are the outcomes and totals of every category that any of them has. */
function csvFile(rows: readonly Row[]): Answer {
  const lines = rows.map(({ id, slug, stats }) => {
    const cells: Record<string, number> = {}
    for (const { category, outcomes, totals } of stats) {
      for (const [name, amount] of Object.entries({ ...outcomes, ...totals })) {
        add(cells, `${name}_${category}s`, amount)
      }
    }
    return { id, slug, cells }
  })
  const categories = new Set(rows.flatMap(({ stats }) => stats.map(({ category }) => category)))
  const measures = rows.flatMap(({ stats }) =>
    stats.flatMap(({ outcomes, totals }) => Object.keys({ ...outcomes, ...totals })),
  )
  const columns = [...categories]
    .sort()
    .flatMap((category) => [...new Set(measures)].map((name) => `${name}_${category}s`))
  // Nothing in it needs quoting: ids, slugs, names of ours.
  const text = [
    ['project_id', 'project_slug', ...columns],
    ...lines.map(({ id, slug, cells }) => [id, slug, ...columns.map((column) => cells[column] ?? 0)]),
  ]
  return {
    status: 200,
    content: Buffer.from(text.map((cells) => `${cells.join(',')}\r\n`).join('')),
    headers: {
      'content-type': 'text/csv',
      'content-disposition': 'attachment; filename="stats_summary.csv"',
    },
  }
}
