/**
 * One declaration per path: who may call which method, what the path names, what goes in and comes out. The
 * order of checks is the same for all of them: authentication, gate, objects in the path, permission on them,
 * body.
 */
import type { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import type { App } from '../app.ts'
import type { Scope } from '../protocol/scopes.ts'
import { type Actor, authenticate, checkOrigin, passGate, requireSession } from './access.ts'
import type { JsonSchema, RequestBody } from './body.ts'
import { ApiError } from './errors.ts'
import { type Links, linkHeader } from './paging.ts'
import type { Query } from './query.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
const methods: readonly Method[] = ['GET', 'POST', 'PUT', 'DELETE']

/** Accepted scopes per method: any one of them passes. */
export type Permission = Readonly<Record<Method, readonly Scope[]>>

/** Who gets past the gate: holders of scopes, anybody, or people who are signed in. */
export type Gatekeeper = Permission | 'anybody' | 'session'

export interface Context<Target> {
  readonly app: App
  readonly request: FastifyRequest
  readonly actor: Actor
  readonly target: Target
  readonly query: Query
  readonly body: RequestBody
  /** Epoch milliseconds when the request began. */
  readonly now: number
}

/** What the handler of a method answers with. */
export type Answer =
  | { readonly status: 200 | 201; readonly json: unknown; readonly links?: Links; readonly headers?: Headers }
  | { readonly status: 200; readonly content: Buffer | Readable; readonly headers: Headers }
  | { readonly status: 204; readonly headers?: Headers }
  | { readonly status: 302; readonly json: unknown; readonly location: string }
type Headers = Readonly<Record<string, string>>

export function ok(json: unknown, links?: Links): Answer {
  return links === undefined ? { status: 200, json } : { status: 200, json, links }
}

export function created(json: unknown): Answer {
  return { status: 201, json }
}

export const noContent = { status: 204 } as const satisfies Answer

export interface Parameter {
  readonly description: string
  readonly schema?: JsonSchema
}

export interface Operation<Target> {
  readonly summary: string
  /** Documentation of query parameters; handlers read them with the functions of query.ts. */
  readonly query?: Readonly<Record<string, Parameter>>
  readonly body?: JsonSchema
  /** Schema of each successful answer; null for an empty one. */
  readonly response: { readonly [status in 200 | 201 | 204]?: TSchema | null }
  readonly handle: (context: Context<Target>) => Promise<Answer>
}

export interface Endpoint<Target> {
  /** Fastify's spelling: `/api/0/projects/:org/:project/`. */
  readonly path: string
  readonly gate: Gatekeeper
  /** Sent with every answer of the path, refusals included. */
  readonly headers?: Headers
  /**
   * Looks up what the path names and checks permission on it. It answers an Answer instead when the path has
   * moved.
   */
  readonly resolve: (input: {
    app: App
    actor: Actor
    request: FastifyRequest
    params: Readonly<Record<string, string>>
    accepted: readonly Scope[]
  }) => Promise<Target | Moved>
  readonly operations: { readonly [method in Method]?: Operation<Target> }
}

/** An operation with rules of its own for bodies and answers: the doors of a DSN, pages, files. */
export interface PlainOperation {
  readonly summary: string
  readonly method: 'GET' | 'POST'
  readonly tag: string
  /** Content types of the body; none for GET. */
  readonly accepts: readonly string[]
  readonly query?: Readonly<Record<string, Parameter>>
  /** Without a type, the answer is empty. */
  readonly answer:
    | { readonly status: 200 | 201 | 202 | 404; readonly type: string; readonly schema: JsonSchema }
    | { readonly status: 200 | 201 | 202; readonly type?: undefined }
}

/** The path's object has another address now. */
export class Moved {
  readonly answer: Extract<Answer, { status: 302 }>
  constructor(location: string, json: unknown) {
    this.answer = { status: 302, location, json }
  }
}

/** For paths that name nothing. */
export async function nothing(): Promise<undefined> {}

declare module 'fastify' {
  interface FastifyRequest {
    actor?: Actor
    target?: unknown
  }
  interface FastifyContextConfig {
    /** What the API document is made of. */
    operation?: { readonly endpoint: Endpoint<never>; readonly method: Method }
    plain?: PlainOperation
    /** The route only says that the method is not allowed. */
    isRefusal?: true
  }
}

/** Registers every method of a path, the ones it does not have included: they are refused in the same order. */
export function endpoint<Target>(server: FastifyInstance, app: App, declared: Endpoint<Target>): void {
  const { path, gate, headers = {}, operations } = declared
  const allowed = methods.filter((method) => operations[method] !== undefined)
  server.options(
    path,
    { onRequest: async (_, reply) => void corsHeaders(reply, allowed) },
    async (_, reply) => {
      reply
        .header('allow', [...allowed, 'HEAD', 'OPTIONS'].join(', '))
        .code(200)
        .send()
    },
  )

  for (const method of methods) {
    const operation = operations[method]
    server.route({
      // HEAD is GET without a body, but no token passes its gate: scope lists do not name it.
      method: method === 'GET' ? ['GET', 'HEAD'] : method,
      url: path,
      config: { operation: { endpoint: declared as unknown as Endpoint<never>, method } },
      onRequest: async (request, reply) => {
        corsHeaders(reply, allowed)
        reply.headers(headers)
        const actor = await identify(app, request)
        guard(gate, actor, request, request.method === 'HEAD' ? undefined : method)
        if (operation === undefined) throw methodNotAllowed(method, allowed)
        const accepted = typeof gate === 'string' ? [] : gate[method]
        const params = request.params as Record<string, string>
        const target = await declared.resolve({ app, actor, request, params, accepted })
        if (target instanceof Moved) {
          send(app, request, reply, target.answer)
          return reply
        }
        request.target = target
        return undefined
      },
      handler: async (request, reply) => {
        if (operation === undefined) throw methodNotAllowed(method, allowed)
        const answer = await operation.handle({
          app,
          request,
          actor: request.actor ?? { kind: 'anonymous' },
          target: request.target as Target,
          query: request.query as Query,
          body: bodyOf(request),
          now: app.clock.now(),
        })
        send(app, request, reply, answer)
        return reply
      },
    })
  }

  server.route({
    method: 'PATCH',
    url: path,
    config: { isRefusal: true },
    onRequest: async (request, reply) => {
      corsHeaders(reply, allowed)
      guard(gate, await identify(app, request), request, undefined)
      throw methodNotAllowed('PATCH', allowed)
    },
    handler: async () => {},
  })
}

async function identify(app: App, request: FastifyRequest): Promise<Actor> {
  const actor = await authenticate(app.db, app.clock, request)
  request.actor = actor
  checkOrigin(actor, request, app.baseUrl)
  return actor
}

function guard(gate: Gatekeeper, actor: Actor, request: FastifyRequest, method: Method | undefined): void {
  if (gate === 'anybody') return
  if (gate === 'session') {
    requireSession(actor, request)
    return
  }
  passGate(actor, method && gate[method])
}

function methodNotAllowed(method: string, allowed: readonly string[]): ApiError {
  return new ApiError(405, `Method "${method}" not allowed.`, {
    allow: [...allowed, 'HEAD', 'OPTIONS'].join(', '),
  })
}

function bodyOf(request: FastifyRequest): RequestBody {
  const type = request.headers['content-type'] ?? ''
  return {
    value: request.body === undefined ? {} : request.body,
    isForm: /^(multipart\/form-data|application\/x-www-form-urlencoded)/i.test(type),
  }
}

function send(app: App, request: FastifyRequest, reply: FastifyReply, answer: Answer): void {
  reply.code(answer.status)
  if (answer.status !== 302 && answer.headers !== undefined) reply.headers(answer.headers)
  if (answer.status === 204) {
    reply.send()
    return
  }
  if ('content' in answer) {
    reply.send(answer.content)
    return
  }
  if (answer.status === 302) reply.header('location', answer.location)
  else if (answer.links !== undefined) {
    reply.header('link', linkHeader(publicUrlOf(app, request), answer.links))
  }
  reply.type('application/json').send(JSON.stringify(answer.json))
}

/** The request's URL as its sender wrote it: scheme and host from the request, the prefix of VEDETTE_URL kept. */
function publicUrlOf(app: App, request: FastifyRequest): URL {
  const base = new URL(app.baseUrl)
  const stated = `${request.protocol}://${request.host}`
  const origin = URL.canParse(stated) ? stated : base.origin
  return new URL(origin + base.pathname.replace(/\/$/, '') + request.url)
}

/**
 * Source: web API conventions on CORS. Credentials are never allowed, so a foreign page has only its own token, and
 * nothing of an answer can be embedded, kept or taken for something else.
 */
function corsHeaders(reply: FastifyReply, allowed: readonly string[]): void {
  const origin = reply.request.headers.origin
  const allow = [...allowed, 'HEAD', 'OPTIONS'].join(', ')
  reply.headers({
    'access-control-allow-origin': origin === undefined || origin === 'null' ? '*' : origin,
    'access-control-allow-methods': allow,
    'access-control-allow-headers':
      'X-Sentry-Auth, X-Requested-With, Origin, Accept, Content-Type, Authentication, Authorization, Content-Encoding, sentry-trace, baggage, X-CSRFToken',
    'access-control-expose-headers':
      'X-Sentry-Error, X-Sentry-Direct-Hit, X-Hits, X-Max-Hits, Endpoint, Retry-After, Link',
    'access-control-max-age': '3600',
    vary: 'Origin, Authorization, Cookie',
    'cross-origin-resource-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  })
}
