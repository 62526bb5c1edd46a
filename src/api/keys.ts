/** Client keys and their DSNs. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import type { AuditEvent } from '../protocol/audit-events.ts'
import { newKey } from '../protocol/ids.ts'
import { newKeyLabel } from '../protocol/key-labels.ts'
import { recordChange } from '../store/audit-log.ts'
import {
  type ClientKey,
  defaultLoaderOptions,
  deleteKey,
  insertKey,
  keyByPublicKey,
  listKeys,
  takenHalves,
  updateKey,
} from '../store/client-keys.ts'
import type { Db, Tx } from '../store/database.ts'
import { projectTeamLinks } from '../store/project-teams.ts'
import { teamByIdOrSlug } from '../store/teams.ts'
import { type Actor, seesInternalKeys } from './access.ts'
import { objectSchema, readBody } from './body.ts'
import { changerOf } from './changer.ts'
import { type Answer, type Context, created, endpoint, noContent, ok } from './endpoint.ts'
import { ApiError, invalid, notFound } from './errors.ts'
import { changesTo, keyFields, limitOf, newKeyFields } from './key-settings.ts'
import { keyLinks, keyPageRequest } from './paging.ts'
import { organizationPermission, projectPermission } from './permissions.ts'
import { type Query, queryList, queryText } from './query.ts'
import { selectedProjects } from './selected-projects.ts'
import { ClientKeyJson, clientKeyJson } from './serialize/key.ts'
import {
  type KeyTarget,
  type OrganizationTarget,
  type ProjectTarget,
  resolveKey,
  resolveOrganization,
  resolveProject,
} from './targets.ts'

const statuses: Readonly<Record<string, boolean>> = { active: true, inactive: false }
/** Smaller than elsewhere, as in Sentry: a key carries a dozen URLs. */
const KEYS_PER_PAGE = 10

const collapse = {
  description: '`secret` leaves out the secret halves: `secret` and `dsn.secret` are empty',
}

const listParameters = {
  collapse,
  status: { description: '`active` or `inactive`; all when absent' },
  cursor: { description: 'From the Link header' },
  per_page: { description: '1 to 100, 10 by default', schema: { type: 'integer' } },
} as const

export function keyRoutes(server: FastifyInstance, app: App): void {
  endpoint(server, app, {
    path: '/api/0/projects/:org/:project/keys/',
    gate: projectPermission,
    resolve: resolveProject,
    operations: {
      GET: {
        summary: 'The client keys of a project, newest first',
        query: listParameters,
        response: { 200: Type.Array(ClientKeyJson) },
        handle: ({ query, target, actor }) => list(app, actor, [target.project.id], query),
      },
      POST: {
        summary: 'A new client key',
        body: objectSchema(newKeyFields),
        response: { 201: ClientKeyJson },
        handle: create,
      },
    },
  })

  endpoint(server, app, {
    path: '/api/0/projects/:org/:project/keys/:key/',
    gate: projectPermission,
    resolve: resolveKey,
    operations: {
      GET: {
        summary: 'A client key',
        query: { collapse },
        response: { 200: ClientKeyJson },
        handle: async ({ target, actor, query }) => ok(keyJson(app, actor, target.key, query)),
      },
      PUT: {
        summary: 'Change a client key; what is absent is left alone',
        body: objectSchema(keyFields),
        response: { 200: ClientKeyJson },
        handle: change,
      },
      DELETE: {
        summary: 'Delete a client key: nothing comes in through it any more',
        response: { 204: null },
        handle: remove,
      },
    },
  })

  endpoint(server, app, {
    path: '/api/0/projects/:org/:project/keys/:key/rotate/',
    gate: projectPermission,
    resolve: resolveKey,
    operations: {
      POST: {
        summary: 'Make the key that is to replace this one, with the same settings; both are active',
        response: { 201: ClientKeyJson },
        handle: rotate,
      },
    },
  })

  endpoint(server, app, {
    path: '/api/0/organizations/:org/project-keys/',
    gate: organizationPermission,
    resolve: resolveOrganization,
    operations: {
      GET: {
        summary: "The client keys of the caller's projects, newest first",
        query: {
          team: { description: 'Only of projects of this team, by slug or id' },
          project: {
            description: 'Only of this project, by id or slug; repeatable; `-1` for all within reach',
          },
          projectSlug: { description: 'Only of this project; repeatable; `$all` for all within reach' },
          ...listParameters,
        },
        response: { 200: Type.Array(ClientKeyJson) },
        handle: async ({ query, target, actor }) =>
          list(app, actor, await projectsAskedFor(app.db.read, actor, target, query), query),
      },
    },
  })
}

/** Errors: ApiError 404 for a team that is not there, 403 for a project out of reach. */
async function projectsAskedFor(
  db: Db,
  actor: Actor,
  { organization, access }: OrganizationTarget,
  query: Query,
): Promise<readonly number[]> {
  const projectIds = await selectedProjects(db, actor, access, query)
  const idOrSlug = queryText(query, 'team')
  if (!idOrSlug) return projectIds
  const team = await teamByIdOrSlug(db, { organizationId: organization.id, idOrSlug })
  if (team === undefined) throw new ApiError(404, 'Team not found')
  const ofTeam = (await projectTeamLinks(db, [team.id])).get(team.id)
  return projectIds.filter((id) => ofTeam?.has(id))
}

/** An unknown status is nobody's. */
async function list(app: App, actor: Actor, projectIds: readonly number[], query: Query): Promise<Answer> {
  const request = keyPageRequest(query, KEYS_PER_PAGE)
  const status = queryText(query, 'status')
  const isActive = status && Object.hasOwn(statuses, status) ? statuses[status] : undefined
  const page = await listKeys(
    app.db.read,
    {
      projectIds: status && isActive === undefined ? [] : projectIds,
      ...(isActive === undefined ? {} : { isActive }),
      includeInternal: seesInternalKeys(actor),
    },
    request,
  )
  return ok(
    page.rows.map((key) => keyJson(app, actor, key, query)),
    keyLinks(page),
  )
}

function keyJson(app: App, actor: Actor, key: ClientKey, query: Query = {}) {
  const json = clientKeyJson(key, { baseUrl: app.baseUrl, showUseCase: seesInternalKeys(actor) })
  if (!queryList(query, 'collapse').includes('secret')) return json
  return { ...json, secret: '', dsn: { ...json.dsn, secret: '' } }
}

async function create(context: Context<ProjectTarget>): Promise<Answer> {
  const { app, actor, target, body, now } = context
  const input = readBody(newKeyFields, body)
  const halves = { publicKey: input.public ?? newKey(), secretKey: input.secret ?? newKey() }
  const wanted = {
    ...halves,
    projectId: target.project.id,
    label: input.name || newKeyLabel(),
    rateLimit: limitOf(input.rateLimit) ?? null,
    browserSdkVersion: input.browserSdkVersion ?? null,
    loaderOptions: { ...defaultLoaderOptions, ...input.dynamicSdkLoaderOptions },
    useCase: (seesInternalKeys(actor) ? input.useCase : undefined) ?? 'user',
    now,
  }
  const key = await app.db.write(async (tx) => {
    const taken = await takenHalves(tx, halves)
    if (taken.publicKey || taken.secretKey) {
      throw invalid({
        ...(taken.publicKey ? { public: ['A client key with this public key already exists.'] } : {}),
        ...(taken.secretKey ? { secret: ['A client key with this secret key already exists.'] } : {}),
      })
    }
    const key = await insertKey(tx, wanted)
    await record(tx, context, 'projectkey.create', key)
    return key
  })
  return created(keyJson(app, actor, key))
}

async function change(context: Context<KeyTarget>): Promise<Answer> {
  const { app, actor, body } = context
  const input = readBody(keyFields, body)
  const key = await app.db.write(async (tx) => {
    const before = await keyOf(tx, context)
    const { changes, changed } = changesTo(before, input)
    if (changed.length === 0) return before
    await updateKey(tx, { keyId: before.id, changes })
    const after = await keyOf(tx, context)
    const edited = changed.filter((field) => field !== 'isActive')
    if (edited.length > 0) await record(tx, context, 'projectkey.edit', after, { changed: edited })
    if (after.isActive !== before.isActive) {
      await record(tx, context, after.isActive ? 'projectkey.enable' : 'projectkey.disable', after)
    }
    return after
  })
  return ok(keyJson(app, actor, key))
}

async function remove(context: Context<KeyTarget>): Promise<Answer> {
  await context.app.db.write(async (tx) => {
    const key = await keyOf(tx, context)
    await deleteKey(tx, key.id)
    await record(tx, context, 'projectkey.remove', key)
  })
  return noContent
}

/** The old key stays active, so that applications can move to the new one at their own pace. */
async function rotate(context: Context<KeyTarget>): Promise<Answer> {
  const { app, actor, now } = context
  const successor = await app.db.write(async (tx) => {
    const key = await keyOf(tx, context)
    if (key.rotatedTo !== null) {
      throw new ApiError(409, {
        detail: `This key has been rotated already; its successor is ${key.rotatedTo}.`,
        rotatedTo: key.rotatedTo,
      })
    }
    const { projectId, label, useCase, rateLimit, browserSdkVersion, loaderOptions } = key
    const successor = await insertKey(tx, {
      projectId,
      label,
      useCase,
      rateLimit,
      browserSdkVersion,
      loaderOptions,
      publicKey: newKey(),
      secretKey: newKey(),
      rotatedFrom: key.id,
      now,
    })
    await record(tx, context, 'projectkey.rotate', successor, { rotated_from: key.publicKey })
    return successor
  })
  return created(keyJson(app, actor, successor))
}

/** The key as it is inside the transaction: somebody may have changed or deleted it since the path was read. */
async function keyOf(tx: Tx, { target }: Context<KeyTarget>): Promise<ClientKey> {
  const key = await keyByPublicKey(tx, target.key.publicKey)
  if (key === undefined) throw notFound()
  return key
}

async function record(
  tx: Tx,
  context: Context<ProjectTarget>,
  event: AuditEvent,
  key: ClientKey,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const { organization, project } = context.target
  const data = { public_key: key.publicKey, label: key.label, slug: project.slug, ...more }
  const change = { organizationId: organization.id, event, targetObject: key.id, data }
  await recordChange(tx, changerOf(context), change, context.now)
}
