/** Client keys and their DSNs. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import { listKeys } from '../store/client-keys.ts'
import { type Actor, userOf } from './access.ts'
import { endpoint, ok } from './endpoint.ts'
import { keyLinks, keyPageRequest, readLimit } from './paging.ts'
import { projectPermission } from './permissions.ts'
import { queryText } from './query.ts'
import { ClientKeyJson, clientKeyJson } from './serialize/key.ts'
import { resolveProject } from './targets.ts'

const statuses: Readonly<Record<string, boolean>> = { active: true, inactive: false }
/** Smaller than elsewhere, as in Sentry: a key carries a dozen URLs. */
const KEYS_PER_PAGE = 10

/** Internal keys are for superusers with a session of their own. */
export function seesInternalKeys(actor: Actor): boolean {
  return actor.kind === 'session' && userOf(actor)?.isSuperuser === true
}

export function keyRoutes(server: FastifyInstance, app: App): void {
  endpoint(server, app, {
    path: '/api/0/projects/:org/:project/keys/',
    gate: projectPermission,
    resolve: resolveProject,
    operations: {
      GET: {
        summary: 'The client keys of a project, newest first',
        query: {
          status: { description: '`active` or `inactive`; all when absent' },
          cursor: { description: 'From the Link header' },
          per_page: { description: '1 to 100, 10 by default', schema: { type: 'integer' } },
        },
        response: { 200: Type.Array(ClientKeyJson) },
        handle: async ({ query, target, actor }) => {
          const status = queryText(query, 'status')
          if (status && !Object.hasOwn(statuses, status)) {
            readLimit(query)
            return ok([], {
              previous: { cursor: '0:0:1', results: false },
              next: { cursor: '0:0:0', results: false },
            })
          }
          const showUseCase = seesInternalKeys(actor)
          const isActive = status ? statuses[status] : undefined
          const page = await listKeys(
            app.db.read,
            {
              projectIds: [target.project.id],
              ...(isActive === undefined ? {} : { isActive }),
              includeInternal: showUseCase,
            },
            keyPageRequest(query, KEYS_PER_PAGE),
          )
          return ok(
            page.rows.map((key) => clientKeyJson(key, { baseUrl: app.baseUrl, showUseCase })),
            keyLinks(page),
          )
        },
      },
    },
  })
}
