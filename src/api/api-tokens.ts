/** Personal tokens, for people who are signed in: a token cannot make another. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import { parseNumericId } from '../protocol/ids.ts'
import { allScopes } from '../protocol/scopes.ts'
import { type Changer, recordPersonalChange } from '../store/audit-log.ts'
import type { Tx } from '../store/database.ts'
import {
  deleteUserToken,
  insertUserToken,
  listUserTokens,
  renameUserToken,
  type UserToken,
  userTokenById,
} from '../store/tokens.ts'
import { DAY } from '../time.ts'
import { userOf } from './access.ts'
import {
  check,
  choice,
  integer,
  isObject,
  list,
  nullable,
  type ObjectOf,
  objectSchema,
  readBody,
  required,
  text,
} from './body.ts'
import { changerOf } from './changer.ts'
import { type Context, created, type Endpoint, endpoint, noContent, nothing, ok } from './endpoint.ts'
import { ApiError, forbidden, invalid } from './errors.ts'
import { NewUserTokenJson, UserTokenJson, userTokenJson } from './serialize/token.ts'
import { labelOfToken, newUserToken } from './tokens.ts'

/** What nobody on the way may keep. */
export const neverCached = {
  'cache-control': 'max-age=0, no-cache, no-store, must-revalidate, private',
} as const

const nameField = text({ max: 255, blank: true })

/** Days. A token that should live longer is one that should not expire. */
const LONGEST_LIFE = 10 * 365

const newToken = {
  scopes: required(list(choice(allScopes))),
  name: nameField,
  expiresAt: nullable(
    check(text(), (at) =>
      /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(at) &&
      Number.isFinite(Date.parse(at))
        ? undefined
        : 'Expected a date in ISO 8601, with a time zone if it has a time.',
    ),
  ),
  /** Days. */
  expiresIn: nullable(integer({ min: 1, max: LONGEST_LIFE })),
}

const renaming = { name: required(nameField) }

export function apiTokenRoutes(server: FastifyInstance, app: App): void {
  endpoint(server, app, {
    path: '/api/0/api-tokens/',
    gate: 'session',
    headers: neverCached,
    resolve: nothing,
    operations: {
      GET: {
        summary: 'The caller’s personal tokens, newest first',
        response: { 200: Type.Array(UserTokenJson) },
        handle: async ({ actor }) =>
          ok((await listUserTokens(app.db.read, callerOf(actor))).map(userTokenJson)),
      },
      POST: {
        summary: 'Make a personal token; its text is shown once',
        body: objectSchema(newToken),
        response: { 201: NewUserTokenJson },
        handle: create,
      },
      DELETE: {
        summary: 'Revoke a personal token',
        body: { type: 'object', properties: { tokenId: { type: 'string' } }, required: ['tokenId'] },
        response: { 204: null },
        handle: async (context) => {
          const { actor, body } = context
          const given = isObject(body.value) ? (body.value.tokenId ?? null) : null
          if (given === null) throw new ApiError(400, { tokenId: null })
          const userId = callerOf(actor)
          const token = await userTokenById(app.db.read, { userId, tokenId: tokenNumber(given) })
          if (token === undefined) throw new ApiError(400, { tokenId: given, userId })
          return revoke(context, token)
        },
      },
    },
  })

  endpoint(server, app, {
    path: '/api/0/api-tokens/:token/',
    gate: 'session',
    headers: neverCached,
    resolve: resolveToken,
    operations: {
      GET: {
        summary: 'A personal token, without its text',
        response: { 200: UserTokenJson },
        handle: async ({ target }) => ok(userTokenJson(target)),
      },
      PUT: {
        summary: 'Rename a personal token',
        body: objectSchema(renaming),
        response: { 200: UserTokenJson },
        handle: rename,
      },
      DELETE: {
        summary: 'Revoke a personal token',
        response: { 204: null },
        handle: (context) => revoke(context, context.target),
      },
    },
  })
}

/** Errors: ApiError 404 for what is not a token of the caller's. */
const resolveToken: Endpoint<UserToken>['resolve'] = async ({ app, actor, params }) => {
  const tokenId = tokenNumber(params.token)
  const token = await userTokenById(app.db.read, { userId: callerOf(actor), tokenId })
  if (token === undefined) throw tokenNotFound()
  return token
}

function tokenNotFound(): ApiError {
  return new ApiError(404, 'Invalid token ID')
}

/** The gate has let through nobody but users. */
function callerOf(actor: Context<unknown>['actor']): number {
  const user = userOf(actor)
  if (user === undefined) throw forbidden()
  return user.id
}

/** No token's number for what is no number. */
function tokenNumber(given: unknown): number {
  return parseNumericId(String(given)) ?? 0
}

async function create(context: Context<unknown>) {
  const { app, actor, body, now } = context
  const input = readBody(newToken, body)
  const userId = callerOf(actor)
  const made = newUserToken()
  const wanted = {
    userId,
    name: input.name ?? '',
    scopes: allScopes.filter((scope) => input.scopes.includes(scope)),
    expiresAt: expiryOf(input, now),
    ...made,
    now,
  }
  const token = await app.db.write(async (tx) => {
    const tokenId = await insertUserToken(tx, wanted)
    const stored = await userTokenById(tx, { userId, tokenId })
    if (stored === undefined) throw new Error('The token that was just made is not there')
    await record(tx, changerOf(context), 'create', stored, now)
    return stored
  })
  return created({ ...userTokenJson(token), token: made.token })
}

async function rename(context: Context<UserToken>) {
  const { app, target, body, now } = context
  const fields = isObject(body.value) ? Object.keys(body.value) : []
  if (fields.some((field) => field !== 'name' && field !== 'tokenId')) {
    throw new ApiError(403, { error: 'Only auth token name can be edited after creation' })
  }
  const { name } = readBody(renaming, body)
  const renamed = { ...target, name }
  if (name !== target.name) {
    await app.db.write(async (tx) => {
      if (!(await renameUserToken(tx, { tokenId: target.id, name }))) throw tokenNotFound()
      await record(tx, changerOf(context), 'edit', renamed, now)
    })
  }
  return ok(userTokenJson(renamed))
}

async function revoke(context: Context<unknown>, token: UserToken) {
  const { app, now } = context
  await app.db.write(async (tx) => {
    const isGone = await deleteUserToken(tx, { userId: token.userId, tokenId: token.id })
    if (isGone) await record(tx, changerOf(context), 'remove', token, now)
  })
  return noContent
}

async function record(
  tx: Tx,
  by: Changer,
  what: 'create' | 'edit' | 'remove',
  token: UserToken,
  now: number,
): Promise<void> {
  const { id, userId, scopes } = token
  const data = { name: labelOfToken(token), scopes }
  await recordPersonalChange(
    tx,
    by,
    { userId, event: `user-auth-token.${what}`, targetObject: id, data },
    now,
  )
}

/** Errors: ApiError 400 for a moment that is over, and for two ways to say it. */
function expiryOf(input: ObjectOf<typeof newToken>, now: number): number | null {
  const { expiresAt = null, expiresIn = null } = input
  if (expiresAt !== null && expiresIn !== null) {
    throw invalid({ non_field_errors: ['Give expiresAt or expiresIn, not both.'] })
  }
  if (expiresIn !== null) return now + expiresIn * DAY
  if (expiresAt === null) return null
  const at = Date.parse(expiresAt)
  if (at <= now) throw invalid({ expiresAt: ['This moment has passed already.'] })
  return at
}
