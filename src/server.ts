/** Builds the HTTP server: plugins, error handler, and every route module in order. */
import { randomUUID } from 'node:crypto'
import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify'
import { apiTokenRoutes } from './api/api-tokens.ts'
import { auditLogRoutes } from './api/audit-logs.ts'
import { documentationRoutes } from './api/documentation.ts'
import { droppedItemRoutes } from './api/dropped-items.ts'
import { environmentRoutes } from './api/environments.ts'
import { ApiError, errorHandler } from './api/errors.ts'
import { eventRoutes } from './api/events.ts'
import { filterRoutes } from './api/filters.ts'
import { ingestRoutes } from './api/ingest.ts'
import { invitationRoutes } from './api/invitations.ts'
import { keyStatsRoutes } from './api/key-stats.ts'
import { keyRoutes } from './api/keys.ts'
import { liveFatesRoutes } from './api/live-fates.ts'
import { loaderRoutes } from './api/loader.ts'
import { countAnswers } from './api/measured-answers.ts'
import { memberDetailsRoutes } from './api/member-details.ts'
import { memberTeamRoutes } from './api/member-teams.ts'
import { memberRoutes } from './api/members.ts'
import { metricsRoutes } from './api/metrics.ts'
import { newProjectRoutes } from './api/new-project.ts'
import type { Documented } from './api/openapi.ts'
import { orgAuthTokenRoutes } from './api/org-auth-tokens.ts'
import { organizationSeriesRoutes } from './api/organization-series.ts'
import { organizationStatsRoutes } from './api/organization-stats.ts'
import { organizationRoutes } from './api/organizations.ts'
import { ownershipRoutes } from './api/ownership.ts'
import { projectListRoutes } from './api/project-lists.ts'
import { projectTeamRoutes } from './api/project-teams.ts'
import { projectUsageRoutes } from './api/project-usage.ts'
import { projectRoutes } from './api/projects.ts'
import { rootRoutes } from './api/root.ts'
import { signInRoutes } from './api/sign-in.ts'
import { spikeProtectionRoutes } from './api/spike-protections.ts'
import { statsRoutes } from './api/stats.ts'
import { statsSummaryRoutes } from './api/stats-summary.ts'
import { teamRoutes } from './api/teams.ts'
import { usageRoutes } from './api/usage.ts'
import { answerPage, uiFolder } from './api/web-ui.ts'
import type { App } from './app.ts'
import { isDeeperThan } from './protocol/json.ts'
import { ingestCorsHeaders } from './protocol/origins.ts'
import { MINUTE } from './time.ts'

const apiRoutes = [
  rootRoutes,
  signInRoutes,
  apiTokenRoutes,
  organizationRoutes,
  orgAuthTokenRoutes,
  auditLogRoutes,
  spikeProtectionRoutes,
  memberRoutes,
  memberDetailsRoutes,
  memberTeamRoutes,
  invitationRoutes,
  teamRoutes,
  projectListRoutes,
  newProjectRoutes,
  projectRoutes,
  projectTeamRoutes,
  environmentRoutes,
  filterRoutes,
  ownershipRoutes,
  keyRoutes,
  keyStatsRoutes,
  statsRoutes,
  usageRoutes,
  projectUsageRoutes,
  droppedItemRoutes,
  liveFatesRoutes,
  organizationStatsRoutes,
  statsSummaryRoutes,
  organizationSeriesRoutes,
  eventRoutes,
]

/** The largest API request; the longest field is a project's ownership rules. */
const API_BODY_BYTES = 1024 * 1024
/** Deeper ones can be read, but neither be kept nor quoted: writing JSON has a limit that reading it has not. */
const API_BODY_LEVELS = 100

/** `ui` is the folder with the built pages. */
export async function buildServer(app: App, ui: string = uiFolder): Promise<FastifyInstance> {
  const prefix = app.config.url === undefined ? '' : new URL(app.config.url).pathname.replace(/\/$/, '')
  const server = fastify({
    trustProxy: app.config.trustedProxies.length > 0 ? [...app.config.trustedProxies] : false,
    genReqId: () => randomUUID().replaceAll('-', ''),
    // Slow senders are cut off here; large dumps on slow lines still fit.
    requestTimeout: 5 * MINUTE,
    bodyLimit: API_BODY_BYTES,
    exposeHeadRoutes: false,
    logger: false,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => answerUnroutable(app, error, request, reply),
    rewriteUrl: (request) => normalizeUrl(request.url ?? '/', prefix),
    routerOptions: { maxParamLength: 200, querystringParser: (text) => parseQuery(text) },
  })
  const documented = collectRoutes(server)
  server.setErrorHandler(errorHandler(app.log))
  // The pages of the web UI are at every address that is nobody else's.
  server.setNotFoundHandler(async (request, reply) => {
    if (await answerPage(request, reply, { folder: ui, prefix })) {
      app.metrics?.countAnswer('pages', reply.statusCode)
      return reply
    }
    const { status, type, body } = routeNotFound(request)
    app.metrics?.countAnswer('unknown', status)
    return reply.code(status).type(type).send(body)
  })
  await server.register(ingestRoutes(app))
  await server.register(async (api) => {
    countAnswers(api, app.metrics, 'api')
    await api.register(cookie)
    await api.register(formbody)
    api.removeContentTypeParser(['application/json', 'text/plain'])
    api.addContentTypeParser('application/json', { parseAs: 'string' }, (_, text, done) => {
      try {
        const body = text === '' ? {} : JSON.parse(String(text))
        if (isDeeperThan(API_BODY_LEVELS, body)) throw new Error(`more than ${API_BODY_LEVELS} levels deep`)
        done(null, body)
      } catch (error) {
        done(new ApiError(400, `JSON parse error - ${(error as Error).message}`))
      }
    })
    api.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, parseMultipart)
    for (const routes of apiRoutes) routes(api, app)
    loaderRoutes(api, app)
    metricsRoutes(api, app)
    documentationRoutes(api, app, documented)
  })
  // What is sent to an unknown address is not read, so nothing can be wrong with it.
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', (_request, _body, done) => done(null))
  return server
}

/** Addresses that cannot be read, such as broken percent-encoding: no route is reached, and its headers are missed. */
function answerUnroutable(app: App, error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const isIngest = !request.raw.url?.startsWith('/api/0/')
  const status = error.statusCode ?? 400
  app.metrics?.countAnswer('unknown', status)
  reply.headers(isIngest ? ingestCorsHeaders : {}).code(status)
  reply.type('application/json').send(JSON.stringify({ detail: error.message }))
}

/**
 * A list that grows with every route that is registered from here on, for the API document.
 *
 * Errors: a route that does not say what it does cannot be registered.
 */
function collectRoutes(server: FastifyInstance): readonly Documented[] {
  const documented: Documented[] = []
  server.addHook('onRoute', ({ url, method, config }) => {
    const { operation, plain, isRefusal } = config ?? {}
    if (plain !== undefined) documented.push({ path: url, plain })
    else if (operation !== undefined) {
      if (operation.endpoint.operations[operation.method]) documented.push({ path: url, ...operation })
    } else if (method !== 'OPTIONS' && !isRefusal) {
      throw new Error(`${method} ${url} is declared without a description for the API document`)
    }
  })
  return documented
}

/** Errors: ApiError 400. */
async function parseMultipart(
  { headers }: FastifyRequest,
  body: Buffer<ArrayBuffer>,
): Promise<Record<string, unknown>> {
  const form = await new Response(body, { headers: { 'content-type': headers['content-type'] ?? '' } })
    .formData()
    .catch((error: Error) => {
      throw new ApiError(400, `Multipart form parse error - ${error.message}`)
    })
  return collectValues(form)
}

/** Drops the path prefix of the public URL if a proxy kept it, and repeated slashes of careless URL joins. */
function normalizeUrl(url: string, prefix: string): string {
  const stripped = prefix !== '' && url.startsWith(`${prefix}/`) ? url.slice(prefix.length) : url
  const end = stripped.indexOf('?')
  const path = end < 0 ? stripped : stripped.slice(0, end)
  if (!path.includes('//')) return stripped
  return path.replaceAll(/\/{2,}/g, '/') + (end < 0 ? '' : stripped.slice(end))
}

function parseQuery(text: string): Record<string, string | string[]> {
  return collectValues(new URLSearchParams(text))
}

/** By name; the values of a repeated one become a list. */
function collectValues<V extends string | File>(
  pairs: Iterable<readonly [string, V]>,
): Record<string, V | V[]> {
  const values: Record<string, V | V[]> = Object.create(null)
  for (const [name, value] of pairs) {
    const known = values[name]
    if (known === undefined) values[name] = value
    else if (Array.isArray(known)) known.push(value)
    else values[name] = [known, value]
  }
  return values
}

/** Source: web API conventions, routing and trailing slash. */
function routeNotFound(request: FastifyRequest): { status: number; type: string; body: string } {
  const [path = ''] = request.url.split('?')
  if (!path.startsWith('/api/0') || path.endsWith('/')) return { status: 404, type: 'text/plain', body: '' }
  const fixed = `${path}/`
  if ((request.headers['content-type'] ?? '').startsWith('application/json')) {
    const info = `Route not found, did you forget a trailing slash? try: ${fixed}`
    return { status: 404, type: 'application/json', body: JSON.stringify({ info }) }
  }
  const advice = `try: ${fixed}`
  const pointer = `${' '.repeat(advice.length - 1)}^`
  const body = `Route not found, did you forget a trailing slash?\n\n${advice}\n${pointer}\n`
  return { status: 404, type: 'text/plain', body }
}
