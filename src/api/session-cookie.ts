/** The cookie that a signed-in browser holds: beginning a session and ending it. */
import { randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { insertSession, noteSignIn, type User } from '../store/accounts.ts'
import type { Tx } from '../store/database.ts'
import { DAY, SECOND } from '../time.ts'
import { hashToken, sessionCookie, whence } from './access.ts'

const SESSION_MS = 14 * DAY

/** The value of a new cookie. Nobody but the browser keeps it. */
export function newCookie(): string {
  return randomBytes(32).toString('hex')
}

/** The browser that sent the request is signed in from now on, once it has the cookie. */
export async function beginSession(
  tx: Tx,
  { userId, cookie, request, now }: { userId: number; cookie: string; request: FastifyRequest; now: number },
): Promise<void> {
  const from = whence(request)
  await insertSession(tx, {
    userId,
    tokenHash: hashToken(cookie),
    now,
    expiresAt: now + SESSION_MS,
    ...from,
  })
}

/** A session that begins with signing in. Answers the user as they are then. */
export async function signInUser(
  tx: Tx,
  { user, ...beginning }: { user: User; cookie: string; request: FastifyRequest; now: number },
): Promise<User> {
  const { now } = beginning
  await beginSession(tx, { ...beginning, userId: user.id })
  await noteSignIn(tx, { userId: user.id, now })
  return { ...user, lastLoginAt: now, lastActiveAt: now }
}

/** Gives the browser its cookie. */
export function cookieHeaders(baseUrl: string, request: FastifyRequest, cookie: string) {
  return { 'set-cookie': cookieHeader(baseUrl, request, cookie, SESSION_MS) }
}

/** Takes it away. */
export function noCookieHeaders(baseUrl: string, request: FastifyRequest) {
  return { 'set-cookie': cookieHeader(baseUrl, request, '', 0) }
}

/** Out of reach of scripts and of other sites' forms; over TLS only, where there is TLS. */
function cookieHeader(
  baseUrl: string,
  { protocol }: FastifyRequest,
  value: string,
  lifetimeMs: number,
): string {
  const isSecure = protocol === 'https' || new URL(baseUrl).protocol === 'https:'
  return [
    `${sessionCookie}=${value}`,
    `Path=${pathPrefixOf(baseUrl) || '/'}`,
    `Max-Age=${lifetimeMs / SECOND}`,
    'HttpOnly',
    'SameSite=Lax',
    ...(isSecure ? ['Secure'] : []),
  ].join('; ')
}

/** What stands before every path of the server; empty when nothing does. */
export function pathPrefixOf(baseUrl: string): string {
  return new URL(baseUrl).pathname.replace(/\/$/, '')
}
