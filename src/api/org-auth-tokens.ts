/** Organization tokens, for CI: they act for one organization and have one scope. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import { parseNumericId } from '../protocol/ids.ts'
import { usersById } from '../store/accounts.ts'
import { type Changer, recordChange } from '../store/audit-log.ts'
import type { Tx } from '../store/database.ts'
import {
  insertOrganizationToken,
  listOrganizationTokens,
  type OrganizationToken,
  organizationTokenById,
  renameOrganizationToken,
  revokeOrganizationToken,
} from '../store/tokens.ts'
import { userOf } from './access.ts'
import { neverCached } from './api-tokens.ts'
import { isObject, type RequestBody } from './body.ts'
import { changerOf } from './changer.ts'
import { type Context, created, type Endpoint, endpoint, noContent, ok } from './endpoint.ts'
import { ApiError, notFound } from './errors.ts'
import { organizationTokenPermission } from './permissions.ts'
import { NewOrganizationTokenJson, OrganizationTokenJson, organizationTokenJson } from './serialize/token.ts'
import { type OrganizationTarget, resolveOrganization } from './targets.ts'
import { newOrganizationToken } from './tokens.ts'

/** Characters. */
const NAME_LENGTH = 255

const bodySchema = {
  type: 'object',
  properties: { name: { type: 'string', minLength: 1, maxLength: NAME_LENGTH } },
  required: ['name'],
}

interface TokenTarget extends OrganizationTarget {
  readonly token: OrganizationToken
}

export function orgAuthTokenRoutes(server: FastifyInstance, app: App): void {
  endpoint(server, app, {
    path: '/api/0/organizations/:org/org-auth-tokens/',
    gate: organizationTokenPermission,
    headers: neverCached,
    resolve: resolveOrganization,
    operations: {
      GET: {
        summary: 'The organization’s tokens that are not revoked, the last used first',
        response: { 200: Type.Array(OrganizationTokenJson) },
        handle: async ({ target }) =>
          ok(await tokensJson(app, await listOrganizationTokens(app.db.read, target.organization.id))),
      },
      POST: {
        summary: 'Make an organization token; its text is shown once',
        body: bodySchema,
        response: { 201: NewOrganizationTokenJson },
        handle: create,
      },
    },
  })

  endpoint(server, app, {
    path: '/api/0/organizations/:org/org-auth-tokens/:token/',
    gate: organizationTokenPermission,
    headers: neverCached,
    resolve: resolveToken,
    operations: {
      GET: {
        summary: 'An organization token, without its text',
        response: { 200: OrganizationTokenJson },
        handle: async ({ target }) => ok((await tokensJson(app, [target.token]))[0]),
      },
      PUT: {
        summary: 'Rename an organization token',
        body: bodySchema,
        response: { 204: null },
        handle: async ({ target: { token }, actor, request, body, now }) => {
          const { name, problem } = nameIn(body)
          if (problem !== undefined) throw new ApiError(400, problem)
          if (name !== token.name) {
            await app.db.write(async (tx) => {
              if (!(await renameOrganizationToken(tx, { tokenId: token.id, name }))) throw notFound()
              await record(tx, changerOf({ actor, request }), 'edit', { ...token, name }, now)
            })
          }
          return noContent
        },
      },
      DELETE: {
        summary: 'Revoke an organization token',
        response: { 204: null },
        handle: async ({ target: { token }, actor, request, now }) => {
          await app.db.write(async (tx) => {
            if (!(await revokeOrganizationToken(tx, { tokenId: token.id, now }))) throw notFound()
            await record(tx, changerOf({ actor, request }), 'remove', token, now)
          })
          return noContent
        },
      },
    },
  })
}

/** Errors: ApiError 404, 401, 403. */
const resolveToken: Endpoint<TokenTarget>['resolve'] = async (input) => {
  const target = await resolveOrganization(input)
  const tokenId = parseNumericId(input.params.token ?? '') ?? 0
  const token = await organizationTokenById(input.app.db.read, {
    organizationId: target.organization.id,
    tokenId,
  })
  if (token === undefined) throw notFound()
  return { ...target, token }
}

async function create(context: Context<OrganizationTarget>) {
  const { app, target, actor, body, now } = context
  const { id: organizationId, slug } = target.organization
  const { name, problem } = nameIn(body)
  if (problem !== undefined) throw new ApiError(400, { detail: [problem] })
  const made = newOrganizationToken({ baseUrl: app.baseUrl, organizationSlug: slug, now })
  const wanted = {
    organizationId,
    kind: 'token',
    name,
    scopes: ['org:ci'],
    createdBy: userOf(actor)?.id ?? null,
    ...made,
    now,
  } as const
  const stored = await app.db.write(async (tx) => {
    const tokenId = await insertOrganizationToken(tx, wanted)
    const token = await organizationTokenById(tx, { organizationId, tokenId })
    if (token === undefined) throw new Error('The token that was just made is not there')
    await record(tx, changerOf(context), 'create', token, now)
    return token
  })
  const [json] = await tokensJson(app, [stored])
  return created({ ...json, token: made.token })
}

async function tokensJson(app: App, tokens: readonly OrganizationToken[]) {
  const creators = await usersById(app.db.read, [
    ...new Set(tokens.flatMap(({ createdBy }) => createdBy ?? [])),
  ])
  return tokens.map((token) => organizationTokenJson(token, creators.get(token.createdBy ?? 0)))
}

/** The name in a body, or what is wrong with it: one sentence, not a list for each field as elsewhere. */
function nameIn({ value }: RequestBody): { readonly name: string; readonly problem?: string } {
  const given = isObject(value) ? value.name : undefined
  const name = typeof given === 'string' ? given.trim() : ''
  if (given !== undefined && given !== null && typeof given !== 'string') {
    return { name, problem: 'The name must be a string.' }
  }
  if (name === '') return { name, problem: 'The name cannot be blank.' }
  if ([...name].length > NAME_LENGTH) {
    return { name, problem: `The name cannot be longer than ${NAME_LENGTH} characters.` }
  }
  if (name.includes('\0') || !name.isWellFormed()) return { name, problem: 'The name must be plain text.' }
  return { name }
}

async function record(
  tx: Tx,
  by: Changer,
  what: 'create' | 'edit' | 'remove',
  { id, organizationId, name }: OrganizationToken,
  now: number,
): Promise<void> {
  const event = `org-auth-token.${what}` as const
  await recordChange(tx, by, { organizationId, event, targetObject: id, data: { name } }, now)
}
