/** What becomes of a project's data, second by second, as server-sent events. */
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import { LISTENERS_LIMIT } from '../ingest/live.ts'
import { endpoint } from './endpoint.ts'
import { ApiError } from './errors.ts'
import { projectPermission } from './permissions.ts'
import { type Query, queryText } from './query.ts'
import { resolveProject } from './targets.ts'

/** Whether the caller may still listen is asked again after this. Browsers come back by themselves. */
const MAX_SECONDS = 600
/** How soon they come back after any end. */
const RETRY_MS = 2000
/** What a connection may lag behind before it is given up. */
const BACKLOG_BYTES = 64 * 1024

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Reverse proxies that know it pass each second on at once.
  'x-accel-buffering': 'no',
  connection: 'close',
}

export function liveFatesRoutes(server: FastifyInstance, app: App): void {
  // A server that closes waits for answers under way, and these would go on.
  server.addHook('preClose', async () => app.live[Symbol.dispose]())
  endpoint(server, app, {
    path: '/api/0/projects/:org/:project/usage/live/',
    gate: projectPermission,
    resolve: resolveProject,
    operations: {
      GET: {
        summary: 'What becomes of data of a project in each second from now on, as server-sent events',
        query: {
          seconds: {
            description: `After how many the stream ends; ${MAX_SECONDS} at most, which is the default`,
            schema: { type: 'integer', minimum: 0, maximum: MAX_SECONDS },
          },
        },
        response: {
          200: Type.String({
            content: 'text/event-stream',
            description:
              'An event for each second, also when there was nothing in it: `{"at": 1767605400, "counts": {"accepted": {"error": 3}}}`, the moment at which it began, and what was committed in it by outcome and category',
          }),
        },
        handle: async ({ request, query, target }) => {
          const seconds = request.method === 'HEAD' ? 0 : readSeconds(query)
          return { status: 200, content: streamOf(app, target.project.id, seconds), headers }
        },
      },
    },
  })
}

/** Errors: ApiError 400. */
function readSeconds(query: Query): number {
  const text = queryText(query, 'seconds')
  if (!text) return MAX_SECONDS
  const seconds = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN
  if (!(seconds <= MAX_SECONDS)) {
    throw new ApiError(400, `Invalid seconds: "${text}". It is from 0 to ${MAX_SECONDS}.`)
  }
  return seconds
}

/** Errors: ApiError 503 when too many are listening. */
function streamOf({ live }: App, projectId: number, seconds: number): Readable {
  const opening = `retry: ${RETRY_MS}\n\n`
  if (seconds === 0) return Readable.from([opening], { objectMode: false })
  let left = seconds
  const stream = new Readable({
    read() {},
    destroy(error, done) {
      leave?.()
      done(error)
    },
  })
  const end = () => {
    // What waits to be sent may take longer than a second, and nothing comes after the end.
    leave?.()
    stream.push(null)
  }
  const leave = live.listen(projectId, {
    onSecond(second) {
      if (stream.readableLength > BACKLOG_BYTES) {
        stream.destroy()
        return
      }
      stream.push(`data: ${JSON.stringify(second)}\n\n`)
      left--
      if (left === 0) end()
    },
    onEnd: end,
  })
  if (leave === undefined) {
    stream.destroy()
    throw new ApiError(
      503,
      `${LISTENERS_LIMIT} are listening already, or the server is about to stop. Try again later.`,
      { 'retry-after': '10' },
    )
  }
  stream.push(opening)
  return stream
}
