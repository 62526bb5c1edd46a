/** Usage of a project or an organization: totals and series over any time that is counted, in any groups. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import { dropWords } from '../protocol/drop-words.ts'
import { type OutcomeKind, outcomes } from '../protocol/outcome.ts'
import { keyNames } from '../store/client-keys.ts'
import type { Db } from '../store/database.ts'
import { eventFacets } from '../store/event-facets.ts'
import type { Access, Actor } from './access.ts'
import { type Answer, endpoint, ok } from './endpoint.ts'
import { ApiError } from './errors.ts'
import { organizationPermission, projectPermission } from './permissions.ts'
import type { Query } from './query.ts'
import { listSelectedProjects, namesEverything, namesProjects } from './selected-projects.ts'
import { DateTime } from './serialize/dates.ts'
import { dateOf, queryValues, questionParameters, type Scope, storedReason } from './stats-question.ts'
import { resolveOrganization, resolveProject } from './targets.ts'
import { type NamedGroup, usageFile } from './usage-files.ts'
import {
  completeFrom,
  type Grouping,
  organizationGroupings,
  projectGroupings,
  rangesOf,
  readUsageQuestion,
  spellInterval,
  type UsageQuestion,
  usageParameters,
} from './usage-question.ts'
import { type Usage, type UsageGroup, usageOf } from './usage-sums.ts'

const Sums = { total: Type.Integer(), series: Type.Array(Type.Integer()) }
/** Total of the period before; null unless the two are compared. */
const Previous = Type.Union([Type.Integer(), Type.Null()])
const DateTimeOrNull = Type.Union([DateTime, Type.Null()])

const UsageJson = Type.Object(
  {
    start: DateTime,
    end: DateTime,
    interval: Type.String({ description: 'As the parameter: `6h`' }),
    resolution: Type.String({ description: 'Of the counts that were read: `10s`, `1h` or `1d`' }),
    completeFrom: Type.Union([DateTime, Type.Null()], {
      description: 'Counts before this moment are deleted already; null when nothing is missing',
    }),
    groupBy: Type.Array(Type.String()),
    categories: Type.Union([Type.Array(Type.String()), Type.Null()], {
      description: 'What is counted; null for everything, category by category',
    }),
    intervals: Type.Array(DateTime),
    ...Sums,
    groups: Type.Array(
      Type.Object({
        by: Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()])),
        names: Type.Record(Type.String(), Type.String(), {
          description:
            'What people call the values: of `key` and `project`, and of `reason` beside `outcome`, in a sentence',
        }),
        ...Sums,
        previous: Previous,
      }),
      { description: 'The largest first' },
    ),
    other: Type.Union([Type.Object({ groups: Type.Integer(), ...Sums, previous: Previous }), Type.Null()], {
      description: 'Groups beyond `top`, added up; null when there are none',
    }),
    previous: Type.Union(
      [
        Type.Object({ start: DateTime, end: DateTime, completeFrom: DateTimeOrNull, total: Type.Integer() }),
        Type.Null(),
      ],
      { description: 'The period before; null unless the two are compared' },
    ),
  },
  { title: 'Usage', alsoAs: ['text/csv', 'application/x-ndjson'] },
)

export function usageRoutes(server: FastifyInstance, app: App): void {
  const { read: db } = app.db
  const retention = app.config.statsRetentionDays

  endpoint(server, app, {
    path: '/api/0/projects/:org/:project/usage/',
    gate: projectPermission,
    resolve: resolveProject,
    operations: {
      GET: {
        summary: 'How much data a project sent, and what became of it, over time and in groups',
        query: usageParameters(projectGroupings),
        response: { 200: UsageJson },
        handle: async ({ query, target: { organization, project }, now }) => {
          const keeping = { now, retention }
          const question = readUsageQuestion(query, { ...keeping, groupings: projectGroupings, sources: 1 })
          const scope = { organizationId: organization.id, projectIds: [project.id] }
          const usage = await usageOf(db, scope, question)
          const named = await namedGroups(db, question, usage, new Map())
          return answerOf(question, usage, named, { subject: project.slug, keeping })
        },
      },
    },
  })

  const { project, projectSlug } = questionParameters
  endpoint(server, app, {
    path: '/api/0/organizations/:org/usage/',
    gate: organizationPermission,
    resolve: resolveOrganization,
    operations: {
      GET: {
        summary: 'How much data an organization sent, and what became of it, over time and in groups',
        query: {
          ...usageParameters(organizationGroupings),
          ...(project && { project }),
          ...(projectSlug && { projectSlug }),
        },
        response: { 200: UsageJson },
        handle: async ({ query, target: { organization, access }, actor, now }) => {
          const keeping = { now, retention }
          const projects = await projectsOf(db, actor, access, query)
          const projectIds = projects?.map(({ id }) => id)
          const sources = projectIds?.length ?? 1
          const question = readUsageQuestion(query, { ...keeping, groupings: organizationGroupings, sources })
          const scope: Scope = { organizationId: organization.id, projectIds }
          const usage = await usageOf(db, scope, question)
          const slugs = new Map(projects?.map(({ id, slug }) => [String(id), slug]))
          const named = await namedGroups(db, question, usage, slugs)
          return answerOf(question, usage, named, { subject: organization.slug, keeping })
        },
      },
    },
  })
}

/** These tell projects apart, or are counted by project only. */
const ofProjects: readonly Grouping[] = ['project', 'key', ...eventFacets]

/**
 * Undefined for the organization as a whole, whose totals are for every member; what tells its projects apart is
 * for those who can reach them.
 *
 * Errors: ApiError 403 for a project out of reach, 400 when there is none.
 */
async function projectsOf(
  db: Db,
  actor: Actor,
  access: Access,
  query: Query,
): Promise<readonly { readonly id: number; readonly slug: string }[] | undefined> {
  const groupBy = queryValues(query, 'groupBy')
  const isApart =
    ofProjects.some((grouping) => groupBy.includes(grouping)) || queryValues(query, 'key_id').length > 0
  const isNamed = namesProjects(query)
  const isWhole = !isNamed || (namesEverything(query) && access.isGlobal)
  if (isWhole && !isApart) return undefined
  const named = isNamed ? query : { ...query, project: '-1' }
  const projects = await listSelectedProjects(db, actor, access, named)
  if (projects.length === 0) throw new ApiError(400, 'No projects available')
  return projects
}

type Named = NamedGroup & Pick<UsageGroup, 'total'>

/** What is left of the groups comes last, if there is any. `slugs` has those of projects by their ids. */
async function namedGroups(
  db: Db,
  { groupBy }: UsageQuestion,
  { groups, rest, restCount }: Usage,
  slugs: ReadonlyMap<string, string>,
): Promise<readonly Named[]> {
  const position = groupBy.indexOf('key')
  const keyIds = position < 0 ? [] : groups.map(({ values }) => Number(values[position]))
  const keys = await keyNames(db, [...new Set(keyIds)])

  const outcomePosition = groupBy.indexOf('outcome')

  function named(
    grouping: Grouping,
    value: string,
    values: readonly string[],
  ): { value: string | null; name?: string } {
    switch (grouping) {
      case 'key': {
        if (value === '0') return { value: null, name: 'no known key' }
        const key = keys.get(Number(value))
        return key === undefined
          ? { value: `key:${value}`, name: 'a deleted key' }
          : { value: key.publicKey, name: key.label }
      }
      case 'project':
        return { value, name: slugs.get(value) ?? '' }
      case 'reason': {
        const outcome = outcomes.find((each) => each === values[outcomePosition])
        return {
          value,
          name: outcome === undefined || outcome === 'accepted' ? '' : reasonWords(outcome, value),
        }
      }
      default:
        return { value: value === '' ? null : value }
    }
  }

  const all = groups.map(({ values, ...sums }) => {
    const pairs = groupBy.map(
      (grouping, index) => [grouping, named(grouping, values[index] ?? '', values)] as const,
    )
    return {
      ...sums,
      by: Object.fromEntries(pairs.map(([grouping, { value }]) => [grouping, value])),
      names: Object.fromEntries(pairs.flatMap(([grouping, { name }]) => (name ? [[grouping, name]] : []))),
      isRest: false,
    }
  })
  const { values: _, ...sums } = rest
  return restCount === 0 ? all : [...all, { ...sums, by: {}, names: {}, isRest: true }]
}

function reasonWords(outcome: OutcomeKind, shown: string): string {
  const reason = storedReason(shown)
  return dropWords(reason === '' ? { outcome } : { outcome, reason })
}

interface Telling {
  /** Slug of what the answer is about. */
  readonly subject: string
  readonly keeping: Parameters<typeof completeFrom>[1]
}

function answerOf(
  question: UsageQuestion,
  { whole, restCount }: Usage,
  named: readonly Named[],
  { subject, keeping }: Telling,
): Answer {
  const { from, to, interval, resolution, previous, groupBy, filter, format } = question
  if (format !== 'json') {
    const [first, last] = [from, to].map((at) => dateOf(at).slice(0, 10))
    return usageFile(format, `usage-${subject}-${first}-${last}`, question, named)
  }
  const dateOrNull = (at: number | undefined) => (at === undefined ? null : dateOf(at))
  const before = (total: number) => (previous === undefined ? null : total)
  const rest = named.find(({ isRest }) => isRest)
  return ok({
    start: dateOf(from),
    end: dateOf(to),
    interval: spellInterval(interval),
    resolution: spellInterval(resolution),
    completeFrom: dateOrNull(completeFrom([{ from, to, resolution }], keeping)),
    groupBy,
    categories: filter.categories ?? null,
    intervals: Array.from({ length: whole.series.length }, (_, index) => dateOf(from + index * interval)),
    total: whole.total,
    series: whole.series,
    groups: named
      .filter(({ isRest }) => !isRest)
      .map(({ by, names, total, series, ...group }) => ({
        by,
        names,
        total,
        series,
        previous: before(group.previous),
      })),
    other: rest
      ? { groups: restCount, total: rest.total, series: rest.series, previous: before(rest.previous) }
      : null,
    previous:
      previous === undefined
        ? null
        : {
            start: dateOf(previous.from),
            end: dateOf(previous.to),
            completeFrom: dateOrNull(completeFrom(rangesOf(previous, question), keeping)),
            total: whole.previous,
          },
  })
}
