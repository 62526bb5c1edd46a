/** Users, their sessions, and every kind of token. Tokens are looked up by digest; their text is never stored. */
import type { Db, Tx } from './database.ts'

export interface User {
  readonly id: number
  readonly email: string
  readonly username: string
  readonly name: string
  readonly passwordHash: string | null
  readonly isActive: boolean
  readonly isSuperuser: boolean
  readonly createdAt: number
  readonly lastLoginAt: number | null
  readonly lastActiveAt: number | null
}

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

export interface Session {
  readonly id: number
  readonly userId: number
  readonly expiresAt: number
}

const userColumns = [
  'user.id',
  'user.email',
  'user.username',
  'user.name',
  'user.password_hash',
  'user.is_active',
  'user.is_superuser',
  'user.created_at',
  'user.last_login_at',
  'user.last_active_at',
] as const

interface UserRow {
  id: number
  email: string
  username: string
  name: string
  password_hash: string | null
  is_active: number
  is_superuser: number
  created_at: number
  last_login_at: number | null
  last_active_at: number | null
}

function toUser(row: UserRow): User {
  return {
    id: row.id,
    email: row.email,
    username: row.username,
    name: row.name,
    passwordHash: row.password_hash,
    isActive: row.is_active === 1,
    isSuperuser: row.is_superuser === 1,
    createdAt: row.created_at,
    lastLoginAt: row.last_login_at,
    lastActiveAt: row.last_active_at,
  }
}

export async function hasAnyUser(db: Db): Promise<boolean> {
  return (await db.selectFrom('user').select('id').limit(1).executeTakeFirst()) !== undefined
}

export async function userById(db: Db, id: number): Promise<User | undefined> {
  const row = await db.selectFrom('user').select(userColumns).where('id', '=', id).executeTakeFirst()
  return row && toUser(row)
}

/** Email addresses are compared without case. */
export async function userByEmail(db: Db, email: string): Promise<User | undefined> {
  const row = await db
    .selectFrom('user')
    .select(userColumns)
    .where('email', '=', email.toLowerCase())
    .executeTakeFirst()
  return row && toUser(row)
}

export async function usersById(db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, User>> {
  if (ids.length === 0) return new Map()
  const rows = await db.selectFrom('user').select(userColumns).where('id', 'in', ids).execute()
  return new Map(rows.map((row) => [row.id, toUser(row)]))
}

export async function insertUser(
  tx: Tx,
  input: { email: string; passwordHash: string | null; name?: string; isSuperuser: boolean; now: number },
): Promise<number> {
  const email = input.email.toLowerCase()
  const { id } = await tx
    .insertInto('user')
    .values({
      email,
      username: email,
      name: input.name ?? '',
      password_hash: input.passwordHash,
      is_superuser: input.isSuperuser ? 1 : 0,
      created_at: input.now,
      last_login_at: null,
      last_active_at: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

export async function setPassword(tx: Tx, input: { userId: number; passwordHash: string }): Promise<void> {
  await tx
    .updateTable('user')
    .set({ password_hash: input.passwordHash })
    .where('id', '=', input.userId)
    .execute()
}

export async function noteSignIn(tx: Tx, input: { userId: number; now: number }): Promise<void> {
  await tx
    .updateTable('user')
    .set({ last_login_at: input.now, last_active_at: input.now })
    .where('id', '=', input.userId)
    .execute()
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

export async function touchOrganizationToken(tx: Tx, input: { tokenId: number; now: number }): Promise<void> {
  await tx
    .updateTable('organization_token')
    .set({ last_used_at: input.now })
    .where('id', '=', input.tokenId)
    .execute()
}

export async function insertSession(
  tx: Tx,
  input: { userId: number; tokenHash: string; now: number; expiresAt: number },
): Promise<void> {
  await tx
    .insertInto('session')
    .values({
      user_id: input.userId,
      token_hash: input.tokenHash,
      created_at: input.now,
      last_used_at: input.now,
      expires_at: input.expiresAt,
    })
    .execute()
}

export async function sessionByHash(
  db: Db,
  tokenHash: string,
): Promise<{ session: Session; user: User } | undefined> {
  const row = await db
    .selectFrom('session')
    .innerJoin('user', 'user.id', 'session.user_id')
    .select(['session.id as session_id', 'session.expires_at', ...userColumns])
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst()
  return (
    row && { session: { id: row.session_id, userId: row.id, expiresAt: row.expires_at }, user: toUser(row) }
  )
}

export async function deleteSession(tx: Tx, tokenHash: string): Promise<void> {
  await tx.deleteFrom('session').where('token_hash', '=', tokenHash).execute()
}
