/** Every kind of token. They are looked up by digest; their text is never stored. */
import { toUser, type User, userColumns } from './accounts.ts'
import type { Db, Tx } from './database.ts'

export interface UserToken {
  readonly id: number
  readonly userId: number
  readonly name: string
  readonly tokenLast4: string
  readonly scopes: readonly string[]
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly lastUsedAt: number | null
}

export interface OrganizationToken {
  readonly id: number
  readonly organizationId: number
  readonly kind: 'token' | 'api-key'
  readonly name: string
  readonly tokenLast4: string
  readonly scopes: readonly string[]
  readonly createdBy: number | null
  readonly createdAt: number
  readonly lastUsedAt: number | null
  readonly deactivatedAt: number | null
}

const userTokenColumns = [
  'user_token.id as token_id',
  'user_token.user_id',
  'user_token.name as token_name',
  'user_token.token_last4',
  'user_token.scopes',
  'user_token.created_at as token_created_at',
  'user_token.expires_at',
  'user_token.last_used_at',
] as const

interface UserTokenRow {
  token_id: number
  user_id: number
  token_name: string
  token_last4: string
  scopes: string
  token_created_at: number
  expires_at: number | null
  last_used_at: number | null
}

function toUserToken(row: UserTokenRow): UserToken {
  return {
    id: row.token_id,
    userId: row.user_id,
    name: row.token_name,
    tokenLast4: row.token_last4,
    scopes: JSON.parse(row.scopes) as string[],
    createdAt: row.token_created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
  }
}

export async function insertUserToken(
  tx: Tx,
  input: {
    userId: number
    name: string
    tokenHash: string
    tokenLast4: string
    scopes: readonly string[]
    now: number
    expiresAt?: number | null
  },
): Promise<number> {
  const { id } = await tx
    .insertInto('user_token')
    .values({
      user_id: input.userId,
      name: input.name,
      token_hash: input.tokenHash,
      token_last4: input.tokenLast4,
      scopes: JSON.stringify(input.scopes),
      created_at: input.now,
      expires_at: input.expiresAt ?? null,
      last_used_at: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

export async function userTokenByHash(
  db: Db,
  tokenHash: string,
): Promise<{ token: UserToken; user: User } | undefined> {
  const row = await db
    .selectFrom('user_token')
    .innerJoin('user', 'user.id', 'user_token.user_id')
    .select([...userTokenColumns, ...userColumns])
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst()
  return row && { token: toUserToken(row), user: toUser(row) }
}

export async function listUserTokens(db: Db, userId: number): Promise<readonly UserToken[]> {
  const rows = await db
    .selectFrom('user_token')
    .select(userTokenColumns)
    .where('user_id', '=', userId)
    .orderBy('user_token.id', 'desc')
    .execute()
  return rows.map(toUserToken)
}

export async function userTokenById(
  db: Db,
  input: { userId: number; tokenId: number },
): Promise<UserToken | undefined> {
  const row = await db
    .selectFrom('user_token')
    .select(userTokenColumns)
    .where('user_id', '=', input.userId)
    .where('user_token.id', '=', input.tokenId)
    .executeTakeFirst()
  return row && toUserToken(row)
}

/** False when it has gone. */
export async function renameUserToken(tx: Tx, input: { tokenId: number; name: string }): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('user_token')
    .set({ name: input.name })
    .where('id', '=', input.tokenId)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** False when the user has no such token. */
export async function deleteUserToken(tx: Tx, input: { userId: number; tokenId: number }): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('user_token')
    .where('id', '=', input.tokenId)
    .where('user_id', '=', input.userId)
    .executeTakeFirst()
  return numDeletedRows > 0n
}

export async function touchUserToken(tx: Tx, input: { tokenId: number; now: number }): Promise<void> {
  await tx
    .updateTable('user_token')
    .set({ last_used_at: input.now })
    .where('id', '=', input.tokenId)
    .execute()
}

const organizationTokenColumns = [
  'id',
  'organization_id',
  'kind',
  'name',
  'token_last4',
  'scopes',
  'created_by',
  'created_at',
  'last_used_at',
  'deactivated_at',
] as const

interface OrganizationTokenRow {
  id: number
  organization_id: number
  kind: 'token' | 'api-key'
  name: string
  token_last4: string
  scopes: string
  created_by: number | null
  created_at: number
  last_used_at: number | null
  deactivated_at: number | null
}

function toOrganizationToken(row: OrganizationTokenRow): OrganizationToken {
  return {
    id: row.id,
    organizationId: row.organization_id,
    kind: row.kind,
    name: row.name,
    tokenLast4: row.token_last4,
    scopes: JSON.parse(row.scopes) as string[],
    createdBy: row.created_by,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
    deactivatedAt: row.deactivated_at,
  }
}

export async function insertOrganizationToken(
  tx: Tx,
  input: {
    organizationId: number
    kind: 'token' | 'api-key'
    name: string
    tokenHash: string
    tokenLast4: string
    scopes: readonly string[]
    createdBy: number | null
    now: number
  },
): Promise<number> {
  const { id } = await tx
    .insertInto('organization_token')
    .values({
      organization_id: input.organizationId,
      kind: input.kind,
      name: input.name,
      token_hash: input.tokenHash,
      token_last4: input.tokenLast4,
      scopes: JSON.stringify(input.scopes),
      created_by: input.createdBy,
      created_at: input.now,
      last_used_at: null,
      deactivated_at: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** Also finds revoked ones: callers must look at `deactivatedAt`. */
export async function organizationTokenByHash(
  db: Db,
  tokenHash: string,
): Promise<OrganizationToken | undefined> {
  const row = await db
    .selectFrom('organization_token')
    .select(organizationTokenColumns)
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst()
  return row && toOrganizationToken(row)
}

/** Tokens that are neither revoked nor API keys: the last used first, then by name. */
export async function listOrganizationTokens(
  db: Db,
  organizationId: number,
): Promise<readonly OrganizationToken[]> {
  const rows = await activeTokens(db, organizationId)
    .orderBy((eb) => eb.fn.coalesce('last_used_at', eb.lit(0)), 'desc')
    .orderBy('name')
    .orderBy('id', 'desc')
    .execute()
  return rows.map(toOrganizationToken)
}

/** The same tokens, one of them. */
export async function organizationTokenById(
  db: Db,
  input: { organizationId: number; tokenId: number },
): Promise<OrganizationToken | undefined> {
  const row = await activeTokens(db, input.organizationId).where('id', '=', input.tokenId).executeTakeFirst()
  return row && toOrganizationToken(row)
}

function activeTokens(db: Db, organizationId: number) {
  return db
    .selectFrom('organization_token')
    .select(organizationTokenColumns)
    .where('organization_id', '=', organizationId)
    .where('kind', '=', 'token')
    .where('deactivated_at', 'is', null)
}

/** False when it is revoked. */
export function renameOrganizationToken(tx: Tx, input: { tokenId: number; name: string }): Promise<boolean> {
  return updateActiveToken(tx, input.tokenId, { name: input.name })
}

/** False when it is revoked already. */
export function revokeOrganizationToken(tx: Tx, input: { tokenId: number; now: number }): Promise<boolean> {
  return updateActiveToken(tx, input.tokenId, { deactivated_at: input.now })
}

async function updateActiveToken(
  tx: Tx,
  tokenId: number,
  change: { name: string } | { deactivated_at: number },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('organization_token')
    .set(change)
    .where('id', '=', tokenId)
    .where('deactivated_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export async function touchOrganizationToken(tx: Tx, input: { tokenId: number; now: number }): Promise<void> {
  await tx
    .updateTable('organization_token')
    .set({ last_used_at: input.now })
    .where('id', '=', input.tokenId)
    .execute()
}
