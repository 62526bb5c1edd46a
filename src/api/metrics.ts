/** `/metrics` for Prometheus: there for those whom the operator lets in, and for nobody unless they say so. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type App, databaseFile } from '../app.ts'
import type { Config } from '../config.ts'
import { addressMatcher } from '../protocol/ip-ranges.ts'
import type { PlainOperation } from './endpoint.ts'
import { ApiError } from './errors.ts'

const documentation: PlainOperation = {
  summary: 'Metrics of the server in the text format of Prometheus; 404 unless they are switched on',
  method: 'GET',
  tag: 'server',
  accepts: [],
  answer: { status: 200, type: 'text/plain', schema: { type: 'string' } },
}

export function metricsRoutes(server: FastifyInstance, app: App): void {
  const { metrics } = app
  const checkReader = readerCheck(app.config.metrics)
  server.get('/metrics', { config: { plain: documentation } }, async (request, reply) => {
    if (metrics === undefined) return reply.callNotFound()
    checkReader(request)
    const text = await metrics.text({
      db: app.db.read,
      databaseFile: databaseFile(app.config),
      backlog: app.writer.backlog(),
    })
    return reply.header('cache-control', 'no-store').type(metrics.contentType).send(text)
  })
}

const loopback = ['127.0.0.0/8', '::1']

/** Token or address: either is enough. Errors: ApiError 401 where a token would help, else 403. */
function readerCheck({ token, allow }: Config['metrics']): (request: FastifyRequest) => void {
  const isAllowed = addressMatcher(allow.flatMap((entry) => (entry === 'loopback' ? loopback : entry)))
  const expected = token === undefined ? undefined : digestOf(token)
  return (request) => {
    if (isAllowed?.(request.ip)) return
    if (expected === undefined) {
      throw new ApiError(403, `VEDETTE_METRICS_ALLOW does not list your address, ${request.ip}`)
    }
    const [, given] = /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? '') ?? []
    if (given !== undefined && timingSafeEqual(digestOf(given), expected)) return
    throw new ApiError(401, 'Send VEDETTE_METRICS_TOKEN as `Authorization: Bearer TOKEN`', {
      'www-authenticate': 'Bearer realm="metrics"',
    })
  }
}

/** Digests are of one length, as a comparison that takes the same time for all needs them. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
