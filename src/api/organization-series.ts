/** The older statistics of an organization: series of its events, as one or by project. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import { categoryNumber, errorCategories, outcomeNumber } from '../protocol/outcome.ts'
import type { Db } from '../store/database.ts'
import {
  sumFatesOfOrganization,
  sumSeriesOfProjects,
  sumStoredEventsOfProjects,
} from '../store/organization-stats.ts'
import type { Access, Actor } from './access.ts'
import { endpoint, ok } from './endpoint.ts'
import { ApiError } from './errors.ts'
import { organizationPermission } from './permissions.ts'
import { type Query, queryText } from './query.ts'
import { listSelectedProjects } from './selected-projects.ts'
import { bucketStarts, fillSeries, rangeOf } from './series.ts'
import { outcomesOfStat, readSeriesQuestion, tooManyResults } from './stats.ts'
import { queryValues } from './stats-question.ts'
import { resolveOrganization } from './targets.ts'

const SeriesJson = Type.Array(Type.Tuple([Type.Integer(), Type.Integer()]))

/** Points of all series of one answer together. */
const MAX_POINTS = 500_000

export function organizationSeriesRoutes(server: FastifyInstance, app: App): void {
  endpoint(server, app, {
    path: '/api/0/organizations/:org/stats/',
    gate: organizationPermission,
    resolve: resolveOrganization,
    operations: {
      GET: {
        summary: 'How many events of an organization were received, rejected or filtered (deprecated)',
        query: {
          stat: {
            description:
              '`received` (default), `rejected` or `blacklisted`; with `group=project` also `generated`',
          },
          since: {
            description: 'Start in epoch seconds; a day before `until` by default',
            schema: { type: 'number' },
          },
          until: {
            description: 'End in epoch seconds, inclusive; now by default',
            schema: { type: 'number' },
          },
          resolution: {
            description: '`10s`, `1h` or `1d`, in any equal spelling; by default the finest that fits',
          },
          group: {
            description:
              '`organization` (default) for one series, `project` for one of each of the caller’s projects',
          },
          projectID: { description: 'With `group=project`: only this project, by id or slug. Repeatable' },
          id: { description: 'Only series of organizations or projects with this id. Repeatable' },
        },
        response: { 200: Type.Union([SeriesJson, Type.Record(Type.String(), SeriesJson)]) },
        handle: async ({ query, target, actor, now }) => {
          const question = readQuestion(query, now)
          return ok(
            question.isByProject
              ? await seriesByProject(app.db.read, actor, target.access, query, question)
              : await seriesOfOrganization(app.db.read, target.organization.id, query, question),
          )
        },
      },
    },
  })
}

interface Question {
  readonly stat: string
  readonly isByProject: boolean
  /** Starts of the buckets, oldest first, and how long each is. */
  readonly starts: readonly number[]
  readonly rollup: number
}

/** Errors: ApiError 400. */
function readQuestion(query: Query, now: number): Question {
  const group = queryText(query, 'group') || 'organization'
  if (group !== 'organization' && group !== 'project') throw new ApiError(400, `Invalid group: ${group}`)
  const isByProject = group === 'project'
  const stat = queryText(query, 'stat') ?? 'received'
  if (!Object.hasOwn(outcomesOfStat, stat) && !(isByProject && stat === 'generated')) {
    throw new ApiError(400, [`Invalid stat: ${stat}`])
  }
  const { since, until, rollup } = readSeriesQuestion(query, now)
  return { stat, isByProject, starts: bucketStarts(since, until, rollup), rollup }
}

function countedIn(stat: string): { readonly categories: number[]; readonly outcomes: number[] } {
  return {
    categories: errorCategories.map(categoryNumber),
    outcomes: (outcomesOfStat[stat] ?? []).map(outcomeNumber),
  }
}

async function seriesOfOrganization(db: Db, organizationId: number, query: Query, question: Question) {
  if (!isAskedFor(query, organizationId)) return []
  const { stat, starts, rollup } = question
  const ranges = [rangeOf(starts, rollup)]
  const sums = await sumFatesOfOrganization(db, { organizationId, ranges, step: rollup, ...countedIn(stat) })
  return fillSeries(starts, sums)
}

async function seriesByProject(db: Db, actor: Actor, access: Access, query: Query, question: Question) {
  const { stat, starts, rollup } = question
  const names = new Set(queryValues(query, 'projectID'))
  const own = await listSelectedProjects(db, actor, access, {})
  const projectIds = own
    .filter(({ id, slug }) => names.size === 0 || names.has(String(id)) || names.has(slug))
    .map(({ id }) => id)
    .filter((id) => isAskedFor(query, id))
  if (projectIds.length === 0) return []
  if (projectIds.length * starts.length > MAX_POINTS) throw tooManyResults()
  const range = rangeOf(starts, rollup)
  const sums =
    stat === 'generated'
      ? await sumStoredEventsOfProjects(db, { projectIds, range })
      : await sumSeriesOfProjects(db, { projectIds, range, ...countedIn(stat) })
  return Object.fromEntries(projectIds.map((id) => [id, fillSeries(starts, sums.get(id) ?? [])]))
}

function isAskedFor(query: Query, id: number): boolean {
  const ids = queryValues(query, 'id')
  return ids.length === 0 || ids.includes(String(id))
}
