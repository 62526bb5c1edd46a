/** Usage statistics: how many events came, and what became of them. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import { categoryNumber, errorCategories, type OutcomeKind, outcomeNumber } from '../protocol/outcome.ts'
import type { Db } from '../store/database.ts'
import { environmentExists, sumOutcomes, sumStoredEvents } from '../store/stats.ts'
import { endpoint, ok } from './endpoint.ts'
import { ApiError, notFound } from './errors.ts'
import { projectPermission } from './permissions.ts'
import { type Query, queryText } from './query.ts'
import { bucketStarts, fillSeries, MAX_POINTS, parseResolution, rangeOf, rollupFor } from './series.ts'
import { resolveProject } from './targets.ts'

/** What a named statistic counts; `generated` counts stored events instead of outcomes. */
export const outcomesOfStat: Readonly<Record<string, readonly OutcomeKind[]>> = {
  received: ['accepted', 'filtered', 'rate_limited'],
  rejected: ['rate_limited'],
  blacklisted: ['filtered'],
}

/** Filter reasons that are statistics of their own. */
const reasonStats: ReadonlySet<string> = new Set([
  'ip-address',
  'release-version',
  'error-message',
  'browser-extensions',
  'legacy-browsers',
  'localhost',
  'web-crawlers',
  'invalid-csp',
  'cors',
  'discarded-hash',
  'filtered-transaction',
])

const errorNumbers = errorCategories.map(categoryNumber)

export interface SeriesQuestion {
  readonly since: number
  readonly until: number
  readonly rollup: number
}

/**
 * `resolution`, `until` and `since`, read in this order.
 *
 * Units: epoch seconds, fractions allowed; `now` is epoch milliseconds.
 * Errors: ApiError 400 in Sentry's words.
 */
export function readSeriesQuestion(query: Query, now: number): SeriesQuestion {
  const resolutionText = queryText(query, 'resolution')
  const resolution = resolutionText ? parseResolution(resolutionText) : undefined
  if (resolutionText && resolution === undefined) throw new ApiError(400, 'Invalid resolution')
  const until = timestamp(queryText(query, 'until'), 'until must be a numeric timestamp.') ?? now / 1000
  const since = timestamp(queryText(query, 'since'), 'since must be a numeric timestamp') ?? until - 86_399
  if (since > until) throw new ApiError(400, 'start must be before or equal to end')
  const rollup = resolution ?? rollupFor(since, until)
  if ((until - since) / rollup > MAX_POINTS) throw tooManyResults()
  return { since, until, rollup }
}

export function tooManyResults(): ApiError {
  return new ApiError(
    400,
    'Your interval and date range would create too many results. Use a larger interval, or a smaller date range.',
  )
}

/** Epoch seconds; undefined if there is none. Errors: ApiError 400 with the message. */
export function timestamp(text: string | undefined, message: string): number | undefined {
  if (text === undefined || text === '') return undefined
  const value = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(text) ? Number(text) : Number.NaN
  // Beyond this, seconds are no longer exact and no bucket could be named.
  if (!Number.isFinite(value) || Math.abs(value) > 1e11) throw new ApiError(400, message)
  return value
}

export function statsRoutes(server: FastifyInstance, app: App): void {
  endpoint(server, app, {
    path: '/api/0/projects/:org/:project/stats/',
    gate: projectPermission,
    resolve: resolveProject,
    operations: {
      GET: {
        summary: 'How many events of a project were received, rejected, filtered or stored',
        query: {
          stat: {
            description: '`received` (default), `rejected`, `blacklisted`, `generated`, or a filter reason',
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
          environment: { description: 'With `generated`: only events of this environment' },
        },
        response: { 200: Type.Array(Type.Tuple([Type.Integer(), Type.Integer()])) },
        handle: async ({ query, target, now }) => {
          const stat = queryText(query, 'stat') ?? 'received'
          if (stat !== 'generated' && !Object.hasOwn(outcomesOfStat, stat) && !reasonStats.has(stat)) {
            throw new ApiError(400, [`Invalid stat: ${stat}`])
          }
          const question = readSeriesQuestion(query, now)
          const environment = stat === 'generated' ? queryText(query, 'environment') : undefined
          return ok(await projectSeries(app.db.read, target.project.id, stat, question, environment))
        },
      },
    },
  })
}

async function projectSeries(
  db: Db,
  projectId: number,
  stat: string,
  { since, until, rollup }: SeriesQuestion,
  environment: string | undefined,
) {
  const starts = bucketStarts(since, until, rollup)
  const range = rangeOf(starts, rollup)
  if (stat === 'generated') {
    if (environment !== undefined && !(await environmentExists(db, { projectId, name: environment })))
      throw notFound()
    const selected = environment === undefined ? {} : { environment }
    return fillSeries(starts, await sumStoredEvents(db, { projectId, range, ...selected }))
  }
  const sums = await sumOutcomes(db, {
    projectId,
    range,
    categories: errorNumbers,
    outcomes: (outcomesOfStat[stat] ?? ['filtered']).map(outcomeNumber),
    ...(reasonStats.has(stat) ? { reason: stat } : {}),
  })
  return fillSeries(starts, sums)
}
