/** Signing in and out with a password, and giving it once more before what cannot be undone. */
import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import {
  confirmSession,
  deleteSession,
  insertSession,
  noteSignIn,
  type User,
  userBySignIn,
} from '../store/accounts.ts'
import { DAY, MINUTE, SECOND } from '../time.ts'
import { hashToken, sessionCookie, userOf } from './access.ts'
import { Attempts } from './attempts.ts'
import { objectSchema, readBody, required, text } from './body.ts'
import { type Answer, type Context, endpoint, noContent, nothing, ok } from './endpoint.ts'
import { ApiError, unauthenticated } from './errors.ts'
import { passwordMatches } from './passwords.ts'
import { SelfJson, selfJson } from './serialize/user.ts'

const SESSION_MS = 14 * DAY

const passwordField = required(text({ max: 1024, trim: false }))

const credentials = {
  /** Or the email address. */
  username: required(text({ max: 254 })),
  password: passwordField,
}

const confirmation = { password: passwordField }

const SignedInJson = Type.Object({ nextUri: Type.String(), user: SelfJson })

export function signInRoutes(server: FastifyInstance, app: App): void {
  const limits: Limits = {
    account: new Attempts({ limit: 10, windowMs: MINUTE }),
    address: new Attempts({ limit: 50, windowMs: MINUTE }),
  }

  endpoint(server, app, {
    path: '/api/0/auth/login/',
    gate: 'anybody',
    resolve: nothing,
    operations: {
      POST: {
        summary:
          'Sign in with a username or email address and a password; the answer sets the session cookie',
        body: objectSchema(credentials),
        response: { 200: SignedInJson },
        handle: (context) => signIn(context, limits),
      },
    },
  })

  endpoint(server, app, {
    path: '/api/0/auth/',
    gate: 'anybody',
    resolve: nothing,
    operations: {
      GET: {
        summary: 'The user of the token or session',
        response: { 200: SelfJson },
        handle: async ({ actor }) => {
          const user = userOf(actor)
          if (user === undefined) throw unauthenticated('Authentication credentials were not provided.')
          return ok(selfJson(user))
        },
      },
      PUT: {
        summary: 'Give the password once more, before what cannot be undone',
        body: objectSchema(confirmation),
        response: { 200: SelfJson },
        handle: (context) => confirm(context, limits),
      },
      DELETE: {
        summary: 'Sign out',
        response: { 204: null },
        handle: async ({ actor }) => {
          if (actor.kind === 'session') await app.db.write((tx) => deleteSession(tx, actor.sessionHash))
          return { ...noContent, headers: { 'set-cookie': cookieHeader(app.baseUrl, '', 0) } }
        },
      },
    },
  })
}

interface Limits {
  readonly account: Attempts
  readonly address: Attempts
}

/** Errors: ApiError 429 with Retry-After. */
function countAttempt({ account, address }: Limits, name: string, ip: string, now: number): void {
  const waitMs = address.take(ip, now) || account.take(name, now)
  if (waitMs === 0) return
  const seconds = Math.ceil(waitMs / SECOND)
  const detail = `You have made too many login attempts. Please try again in ${seconds} seconds.`
  throw new ApiError(429, detail, { 'retry-after': String(seconds) })
}

function giveBack({ account, address }: Limits, name: string, ip: string): void {
  address.giveBack(ip)
  account.giveBack(name)
}

async function signIn({ app, actor, request, body, now }: Context<unknown>, limits: Limits): Promise<Answer> {
  const { username, password } = readBody(credentials, body)
  const name = username.toLowerCase()
  countAttempt(limits, name, request.ip, now)
  const user = await userBySignIn(app.db.read, name)
  // Takes as long for somebody who is not there.
  const isRight = await passwordMatches(password, user?.passwordHash ?? null)
  if (!isRight || user === undefined || !user.isActive) throw signInFailed()
  giveBack(limits, name, request.ip)
  const cookie = randomBytes(32).toString('hex')
  await app.db.write(async (tx) => {
    if (actor.kind === 'session') await deleteSession(tx, actor.sessionHash)
    const tokenHash = hashToken(cookie)
    await insertSession(tx, { userId: user.id, tokenHash, now, expiresAt: now + SESSION_MS })
    await noteSignIn(tx, { userId: user.id, now })
  })
  const signedIn: User = { ...user, lastLoginAt: now, lastActiveAt: now }
  return {
    status: 200,
    json: { nextUri: `${prefixOf(app.baseUrl)}/`, user: selfJson(signedIn) },
    headers: { 'set-cookie': cookieHeader(app.baseUrl, cookie, SESSION_MS) },
  }
}

async function confirm({ app, actor, request, body, now }: Context<unknown>, limits: Limits) {
  if (actor.kind !== 'session') throw unauthenticated('Authentication credentials were not provided.')
  const { password } = readBody(confirmation, body)
  const { user, sessionHash } = actor
  countAttempt(limits, user.username, request.ip, now)
  if (!(await passwordMatches(password, user.passwordHash))) {
    // The code tells Sentry's pages that the session is as good as before.
    throw new ApiError(403, { detail: { code: 'ignore', message: 'The password is wrong.' } })
  }
  giveBack(limits, user.username, request.ip)
  await app.db.write((tx) => confirmSession(tx, { tokenHash: sessionHash, now }))
  return ok(selfJson(user))
}

function signInFailed(): ApiError {
  const reason = 'Please enter a correct username and password. Note that both fields may be case-sensitive.'
  return new ApiError(400, { detail: 'Login attempt failed', errors: { __all__: [reason] } })
}

function prefixOf(baseUrl: string): string {
  return new URL(baseUrl).pathname.replace(/\/$/, '')
}

/** Out of reach of scripts and of other sites' forms; over TLS only, where there is TLS. */
function cookieHeader(baseUrl: string, value: string, lifetimeMs: number): string {
  const { protocol } = new URL(baseUrl)
  return [
    `${sessionCookie}=${value}`,
    `Path=${prefixOf(baseUrl) || '/'}`,
    `Max-Age=${lifetimeMs / SECOND}`,
    'HttpOnly',
    'SameSite=Lax',
    ...(protocol === 'https:' ? ['Secure'] : []),
  ].join('; ')
}
