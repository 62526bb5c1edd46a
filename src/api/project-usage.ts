/** The projects of an organization side by side: what came to each, what of it was lost, when something came last. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import { lastAcceptedIn } from '../store/projects.ts'
import { endpoint, ok } from './endpoint.ts'
import { organizationPermission } from './permissions.ts'
import { factsOf } from './project-facts.ts'
import { type Query, queryText } from './query.ts'
import { rangeParameters, readRange } from './ranges.ts'
import { listSelectedProjects, namesProjects } from './selected-projects.ts'
import { DateTime, isoDateOrNull } from './serialize/dates.ts'
import { type ProjectFacts, projectOutline, projectOutlineJson } from './serialize/project.ts'
import { dateOf, questionParameters } from './stats-question.ts'
import { resolveOrganization } from './targets.ts'
import {
  type Keeping,
  organizationGroupings,
  readUsageQuestion,
  spellInterval,
  type UsageQuestion,
  usageParameters,
} from './usage-question.ts'
import { type UsageGroup, usageOf } from './usage-sums.ts'

const Amount = {
  total: Type.Integer(),
  series: Type.Array(Type.Integer()),
  previous: Type.Union([Type.Integer(), Type.Null()], {
    description: 'Total of the period before; null unless the two are compared',
  }),
}

const ProjectUsageJson = Type.Object(
  {
    start: DateTime,
    end: DateTime,
    interval: Type.String(),
    intervals: Type.Array(DateTime),
    categories: Type.Array(Type.String()),
    projects: Type.Array(
      Type.Object({
        ...projectOutline,
        accepted: Type.Object(Amount),
        dropped: Type.Object({
          ...Amount,
          outcomes: Type.Record(Type.String(), Type.Integer(), {
            description: 'What became of it, `filtered`, `rate_limited`, `invalid` …, and of how much',
          }),
        }),
        lastAccepted: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
          description: 'When anything was accepted last, of whatever category',
        }),
      }),
      { description: 'By slug; those to which nothing came as well' },
    ),
  },
  { title: 'ProjectUsage' },
)

const { interval, category, compare } = usageParameters(organizationGroupings)
const { project, projectSlug } = questionParameters
const parameters = {
  ...rangeParameters,
  ...(interval && { interval: { description: `${interval.description}. \`1h\` if no range is named` } }),
  ...(category && { category: { description: `${category.description}. \`error\` by default` } }),
  ...(compare && { compare }),
  ...(project && { project: { description: `${project.description}; all within reach by default` } }),
  ...(projectSlug && { projectSlug }),
}

export function projectUsageRoutes(server: FastifyInstance, app: App): void {
  const db = app.db.read
  endpoint(server, app, {
    path: '/api/0/organizations/:org/project-usage/',
    gate: organizationPermission,
    resolve: resolveOrganization,
    operations: {
      GET: {
        summary:
          'What was accepted of each project and what was dropped, in the last 24 hours or another time',
        query: parameters,
        response: { 200: ProjectUsageJson },
        handle: async ({ query, target: { organization, access }, actor, now }) => {
          const selection = namesProjects(query) ? query : { ...query, project: '-1' }
          const projects = await listSelectedProjects(db, actor, access, selection)
          const projectIds = projects.map(({ id }) => id)
          const retention = app.config.statsRetentionDays
          const question = readQuestion(query, { now, retention, sources: projectIds.length })
          const { groups } = await usageOf(db, { organizationId: organization.id, projectIds }, question)
          const facts = await factsOf(app, actor, projects, () => access)
          const lastAccepted = await lastAcceptedIn(db, projectIds)
          return ok(projectUsageJson(question, facts, groups, lastAccepted))
        },
      },
    },
  })
}

/** By project and outcome, and nothing is left over. Errors: ApiError 400. */
function readQuestion(query: Query, keeping: Keeping & { sources: number }): UsageQuestion {
  const interval = queryText(query, 'interval') || '1h'
  const range = readRange(query, keeping.now) === undefined ? { statsPeriod: '24h', interval } : {}
  const asked = { ...query, ...range, groupBy: ['project', 'outcome'], format: undefined, top: undefined }
  const question = readUsageQuestion(asked, { ...keeping, groupings: organizationGroupings })
  return { ...question, top: Number.POSITIVE_INFINITY }
}

function projectUsageJson(
  question: UsageQuestion,
  facts: readonly ProjectFacts[],
  groups: readonly UsageGroup[],
  lastAccepted: ReadonlyMap<number, number>,
) {
  const { from, to, interval, previous, filter } = question
  const length = (to - from) / interval
  const groupsOf = Map.groupBy(groups, ({ values: [id] }) => Number(id))
  const amount = (some: readonly UsageGroup[]) => ({
    total: sum(some.map(({ total }) => total)),
    series: Array.from({ length }, (_, index) => sum(some.map(({ series }) => series[index] ?? 0))),
    previous: previous === undefined ? null : sum(some.map((group) => group.previous)),
  })
  return {
    start: dateOf(from),
    end: dateOf(to),
    interval: spellInterval(interval),
    intervals: Array.from({ length }, (_, index) => dateOf(from + index * interval)),
    categories: filter.categories ?? [],
    projects: facts.map((each) => {
      const { id } = each.project
      const own = groupsOf.get(id) ?? []
      const accepted = own.filter(isAccepted)
      const dropped = own.filter((group) => !isAccepted(group))
      const outcomes = dropped.map(({ values: [, outcome = ''], total }) => [outcome, total] as const)
      return {
        ...projectOutlineJson(each),
        accepted: amount(accepted),
        dropped: {
          ...amount(dropped),
          outcomes: Object.fromEntries(outcomes.filter(([, total]) => total > 0)),
        },
        lastAccepted: isoDateOrNull(lastAccepted.get(id) ?? null),
      }
    }),
  }
}

function isAccepted({ values: [, outcome] }: UsageGroup): boolean {
  return outcome === 'accepted'
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
