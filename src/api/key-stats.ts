/** Usage of one client key: what came through it, and what became of that. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import { categoryNumber, errorCategories, type OutcomeKind, outcomeNumber } from '../protocol/outcome.ts'
import type { Db } from '../store/database.ts'
import { sumOutcomesOfKey } from '../store/stats.ts'
import { endpoint, ok } from './endpoint.ts'
import { ApiError } from './errors.ts'
import { projectPermission } from './permissions.ts'
import { type Query, queryText } from './query.ts'
import { parseInterval, resolutionFor, wholeIntervals } from './series.ts'
import { timestamp } from './stats.ts'
import { resolveKey } from './targets.ts'

const KeyStatsJson = Type.Array(
  Type.Object({
    ts: Type.Integer(),
    total: Type.Integer(),
    dropped: Type.Integer(),
    accepted: Type.Integer(),
    filtered: Type.Integer(),
  }),
)

const MINUTE = 60
const DAY = 86_400
const MAX_POINTS = 1000

export function keyStatsRoutes(server: FastifyInstance, app: App): void {
  endpoint(server, app, {
    path: '/api/0/projects/:org/:project/keys/:key/stats/',
    gate: projectPermission,
    resolve: resolveKey,
    operations: {
      GET: {
        summary: 'How many events came through a client key, and how many of them were kept',
        query: {
          since: {
            description: 'Start in epoch seconds; a day before `until` by default',
            schema: { type: 'number' },
          },
          until: { description: 'End in epoch seconds; now by default', schema: { type: 'number' } },
          resolution: {
            description: 'Length of an interval, `1d` by default: whole minutes that divide a day, as `1h`',
          },
        },
        response: { 200: KeyStatsJson },
        handle: async ({ query, target, now }) =>
          ok(await seriesOf(app.db.read, target.key, readQuestion(query, now))),
      },
    },
  })
}

/** Epoch seconds, aligned to the interval; end exclusive. */
interface Question {
  readonly from: number
  readonly to: number
  readonly interval: number
}

/** Errors: ApiError 400, whatever is wrong. `now` is epoch milliseconds. */
function readQuestion(query: Query, now: number): Question {
  const interval = parseInterval(queryText(query, 'resolution') || '1d') ?? 0
  const isServed = interval > 0 && interval % MINUTE === 0 && DAY % interval === 0
  const until = timestamp(queryText(query, 'until'), invalidData) ?? now / 1000
  const since = timestamp(queryText(query, 'since'), invalidData) ?? until - (DAY - 1)
  const { from, to } = wholeIntervals(since, until, interval)
  if (!isServed || since > until || to - from > MAX_POINTS * interval) throw new ApiError(400, invalidData)
  return { from, to, interval }
}

const invalidData = 'Invalid request data'

const kinds = ['accepted', 'filtered', 'rate_limited'] as const satisfies readonly OutcomeKind[]

async function seriesOf(
  db: Db,
  key: { readonly id: number; readonly projectId: number },
  { from, to, interval }: Question,
) {
  const sums = await sumOutcomesOfKey(db, {
    projectId: key.projectId,
    keyId: key.id,
    range: { from, to, resolution: resolutionFor(interval) },
    step: interval,
    categories: errorCategories.map(categoryNumber),
    outcomes: kinds.map(outcomeNumber),
  })
  const known = new Map(sums.map(({ at, outcome, sum }) => [`${at} ${outcome}`, sum]))
  return Array.from({ length: (to - from) / interval }, (_, index) => {
    const ts = from + index * interval
    const of = (kind: OutcomeKind) => known.get(`${ts} ${outcomeNumber(kind)}`) ?? 0
    const [accepted, filtered, dropped] = [of('accepted'), of('filtered'), of('rate_limited')]
    return { ts, total: accepted + filtered + dropped, dropped, accepted, filtered }
  })
}
