/** Users and their sessions. A session is looked up by the digest of its cookie. */
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

export interface Session {
  readonly id: number
  readonly userId: number
  /** When the user last gave their password. */
  readonly confirmedAt: number
  readonly expiresAt: number
}

export const userColumns = [
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

export interface UserRow {
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

export function toUser(row: UserRow): User {
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

/** Email addresses are compared without case. */
export async function userByEmail(db: Db, email: string): Promise<User | undefined> {
  const row = await db
    .selectFrom('user')
    .select(userColumns)
    .where('email', '=', email.toLowerCase())
    .executeTakeFirst()
  return row && toUser(row)
}

/** By email address or username, without case. */
export async function userBySignIn(db: Db, name: string): Promise<User | undefined> {
  const row = await db
    .selectFrom('user')
    .select(userColumns)
    .where((eb) => eb.or([eb('email', '=', name.toLowerCase()), eb('username', '=', name.toLowerCase())]))
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

/** Whoever was signed in with the old password has to sign in again. */
export async function setPassword(tx: Tx, input: { userId: number; passwordHash: string }): Promise<void> {
  await tx
    .updateTable('user')
    .set({ password_hash: input.passwordHash })
    .where('id', '=', input.userId)
    .execute()
  await tx.deleteFrom('session').where('user_id', '=', input.userId).execute()
}

export async function noteSignIn(tx: Tx, input: { userId: number; now: number }): Promise<void> {
  await tx
    .updateTable('user')
    .set({ last_login_at: input.now, last_active_at: input.now })
    .where('id', '=', input.userId)
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
      confirmed_at: input.now,
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
    .select(['session.id as session_id', 'session.confirmed_at', 'session.expires_at', ...userColumns])
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst()
  if (row === undefined) return undefined
  const { session_id: id, confirmed_at: confirmedAt, expires_at: expiresAt } = row
  return { session: { id, userId: row.id, confirmedAt, expiresAt }, user: toUser(row) }
}

export async function confirmSession(tx: Tx, input: { tokenHash: string; now: number }): Promise<void> {
  await tx
    .updateTable('session')
    .set({ confirmed_at: input.now })
    .where('token_hash', '=', input.tokenHash)
    .execute()
}

export async function deleteSession(tx: Tx, tokenHash: string): Promise<void> {
  await tx.deleteFrom('session').where('token_hash', '=', tokenHash).execute()
}
