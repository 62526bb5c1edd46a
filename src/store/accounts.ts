/** Users and their sessions. A session is looked up by the digest of its cookie. */
import type { Db, Tx } from './database.ts'

export interface User {
  readonly id: number
  readonly email: string
  readonly username: string
  readonly name: string
  readonly passwordHash: string | null
  /** Whether the server made up the password, and nobody has chosen another since. */
  readonly hasGeneratedPassword: boolean
  readonly isActive: boolean
  readonly isSuperuser: boolean
  readonly createdAt: number
  readonly lastLoginAt: number | null
  readonly lastActiveAt: number | null
}

export interface Session {
  readonly id: number
  readonly userId: number
  readonly createdAt: number
  /** When the user last gave their password. */
  readonly confirmedAt: number
  readonly expiresAt: number
  readonly lastUsedAt: number
  /** Whence it was used last. */
  readonly ipAddress: string | null
  readonly userAgent: string | null
}

/** Sessions that a user may have; the one that was used least lately ends when there are more. */
const MAX_SESSIONS = 100

export const userColumns = [
  'user.id',
  'user.email',
  'user.username',
  'user.name',
  'user.password_hash',
  'user.has_generated_password',
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
  has_generated_password: number
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
    hasGeneratedPassword: row.has_generated_password === 1,
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

/** Whoever started the server first, as a rule. */
export async function firstSuperuser(db: Db): Promise<User | undefined> {
  const row = await db
    .selectFrom('user')
    .select(userColumns)
    .where('is_superuser', '=', 1)
    .where('is_active', '=', 1)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
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

/** By email address or username, without case. */
export async function userBySignIn(db: Db, name: string): Promise<User | undefined> {
  const row = await db
    .selectFrom('user')
    .select(userColumns)
    .where((eb) => eb.or([eb('email', '=', name.toLowerCase()), eb('username', '=', name.toLowerCase())]))
    .executeTakeFirst()
  return row && toUser(row)
}

export async function userById(db: Db, userId: number): Promise<User | undefined> {
  return (await usersById(db, [userId])).get(userId)
}

export async function usersById(db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, User>> {
  if (ids.length === 0) return new Map()
  const rows = await db.selectFrom('user').select(userColumns).where('id', 'in', ids).execute()
  return new Map(rows.map((row) => [row.id, toUser(row)]))
}

export async function insertUser(
  tx: Tx,
  input: {
    email: string
    passwordHash: string | null
    hasGeneratedPassword?: boolean
    name?: string
    isSuperuser: boolean
    now: number
  },
): Promise<number> {
  const email = input.email.toLowerCase()
  const { id } = await tx
    .insertInto('user')
    .values({
      email,
      username: email,
      name: input.name ?? '',
      password_hash: input.passwordHash,
      has_generated_password: input.hasGeneratedPassword ? 1 : 0,
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
    .set({ password_hash: input.passwordHash, has_generated_password: 0 })
    .where('id', '=', input.userId)
    .execute()
  await deleteSessionsOf(tx, { userId: input.userId })
}

export async function renameUser(tx: Tx, input: { userId: number; name: string }): Promise<void> {
  await tx.updateTable('user').set({ name: input.name }).where('id', '=', input.userId).execute()
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
  input: {
    userId: number
    tokenHash: string
    now: number
    expiresAt: number
    ipAddress?: string | null
    userAgent?: string | null
  },
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
      ip_address: input.ipAddress ?? null,
      user_agent: input.userAgent ?? null,
    })
    .execute()
  await tx
    .deleteFrom('session')
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('session')
        .select('id')
        .where('user_id', '=', input.userId)
        .orderBy('last_used_at', 'desc')
        .orderBy('id', 'desc')
        .limit(MAX_SESSIONS)
        .offset(MAX_SESSIONS),
    )
    .execute()
}

const sessionColumns = [
  'session.id as session_id',
  'session.user_id',
  'session.created_at as session_created_at',
  'session.confirmed_at',
  'session.expires_at',
  'session.last_used_at',
  'session.ip_address',
  'session.user_agent',
] as const

interface SessionRow {
  session_id: number
  user_id: number
  session_created_at: number
  confirmed_at: number
  expires_at: number
  last_used_at: number
  ip_address: string | null
  user_agent: string | null
}

function toSession(row: SessionRow): Session {
  return {
    id: row.session_id,
    userId: row.user_id,
    createdAt: row.session_created_at,
    confirmedAt: row.confirmed_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    ipAddress: row.ip_address,
    userAgent: row.user_agent,
  }
}

export async function sessionByHash(
  db: Db,
  tokenHash: string,
): Promise<{ session: Session; user: User } | undefined> {
  const row = await db
    .selectFrom('session')
    .innerJoin('user', 'user.id', 'session.user_id')
    .select([...sessionColumns, ...userColumns])
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst()
  return row && { session: toSession(row), user: toUser(row) }
}

/** Those that have not run out, the last used first. */
export async function listSessions(
  db: Db,
  { userId, now }: { userId: number; now: number },
): Promise<readonly Session[]> {
  const rows = await db
    .selectFrom('session')
    .select(sessionColumns)
    .where('user_id', '=', userId)
    .where('expires_at', '>', now)
    .orderBy('last_used_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return rows.map(toSession)
}

/** Its user was active then as well. */
export async function touchSession(
  tx: Tx,
  input: { session: Session; now: number; ipAddress: string; userAgent: string | null },
): Promise<void> {
  const { session, now, ipAddress, userAgent } = input
  await tx
    .updateTable('session')
    .set({ last_used_at: now, ip_address: ipAddress, user_agent: userAgent })
    .where('id', '=', session.id)
    .execute()
  await tx.updateTable('user').set({ last_active_at: now }).where('id', '=', session.userId).execute()
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

/** All of the user's sessions, or all but one. */
export async function deleteSessionsOf(
  tx: Tx,
  { userId, exceptId }: { userId: number; exceptId?: number },
): Promise<void> {
  await tx
    .deleteFrom('session')
    .where('user_id', '=', userId)
    .$if(exceptId !== undefined, (q) => q.where('id', '!=', exceptId ?? 0))
    .execute()
}

/** False when the user has no such session. */
export async function deleteSessionById(
  tx: Tx,
  { userId, sessionId }: { userId: number; sessionId: number },
): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('session')
    .where('user_id', '=', userId)
    .where('id', '=', sessionId)
    .executeTakeFirst()
  return numDeletedRows > 0n
}
