/** The index, the regions, and what tells a client that the server is there. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import { allScopes, isAskedFor, scopeWords } from '../protocol/scopes.ts'
import { version } from '../version.ts'
import { userOf } from './access.ts'
import { endpoint, nothing, ok } from './endpoint.ts'
import { unauthenticated } from './errors.ts'
import { SelfJson, selfJson } from './serialize/user.ts'

const IndexJson = Type.Object({
  version: Type.String({ description: 'Of the API' }),
  auth: Type.Union([Type.Object({ scopes: Type.Array(Type.String()) }), Type.Null()]),
  user: Type.Union([SelfJson, Type.Null()]),
  serverVersion: Type.String({ description: 'Of the program' }),
})

const ScopeJson = Type.Object(
  {
    id: Type.String(),
    description: Type.String(),
    isUsed: Type.Boolean({ description: 'Whether anything on this server asks for it' }),
  },
  { title: 'Scope' },
)

export function rootRoutes(server: FastifyInstance, app: App): void {
  endpoint(server, app, {
    path: '/api/0/',
    gate: 'anybody',
    resolve: nothing,
    operations: {
      GET: {
        summary: 'Who is asking, and with which scopes',
        response: { 200: IndexJson },
        handle: async ({ actor }) => {
          const user = userOf(actor)
          return ok({
            version: '0',
            auth: 'scopes' in actor ? { scopes: [...actor.scopes].sort() } : null,
            user: user === undefined ? null : selfJson(user),
            serverVersion: version,
          })
        },
      },
    },
  })

  endpoint(server, app, {
    path: '/api/0/users/me/regions/',
    gate: 'anybody',
    resolve: nothing,
    operations: {
      GET: {
        summary: 'The one region of this server',
        response: {
          200: Type.Object({ regions: Type.Array(Type.Object({ name: Type.String(), url: Type.String() })) }),
        },
        handle: async ({ actor }) => {
          if (userOf(actor) === undefined)
            throw unauthenticated('Authentication credentials were not provided.')
          return ok({ regions: [{ name: 'default', url: app.baseUrl }] })
        },
      },
    },
  })

  endpoint(server, app, {
    path: '/api/0/scopes/',
    gate: 'anybody',
    resolve: nothing,
    operations: {
      GET: {
        summary: 'The scopes that a token may have, and what each is for',
        response: { 200: Type.Array(ScopeJson) },
        handle: async () =>
          ok(allScopes.map((id) => ({ id, description: scopeWords[id], isUsed: isAskedFor(id) }))),
      },
    },
  })

  // Infrastructure tools ask for health before anything else, with and without the slash.
  for (const path of ['/api/0/internal/health/', '/api/0/internal/health']) {
    endpoint(server, app, {
      path,
      gate: 'anybody',
      resolve: nothing,
      operations: {
        GET: {
          summary: 'Whether the server works',
          response: {
            200: Type.Object({
              problems: Type.Array(Type.String()),
              healthy: Type.Object({}, { additionalProperties: Type.Boolean() }),
            }),
          },
          handle: async () => ok({ problems: [], healthy: { database: app.db.configVersion() > 0 } }),
        },
      },
    })
  }
}
