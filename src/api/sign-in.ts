/** Signing in and out with a password, and giving it once more before what cannot be undone. */
import type { FastifyInstance } from 'fastify'
import type { App } from '../app.ts'
import { confirmSession, deleteSession, deleteSessionsOf, userBySignIn } from '../store/accounts.ts'
import { userOf } from './access.ts'
import { accountRoutes } from './account.ts'
import { PasswordAttempts } from './attempts.ts'
import { bool, objectSchema, readBody, required, text } from './body.ts'
import { type Answer, type Context, endpoint, noContent, nothing, ok } from './endpoint.ts'
import { ApiError, unauthenticated } from './errors.ts'
import { passwordField, passwordMatches } from './passwords.ts'
import { SelfJson, SignedInJson, selfJson } from './serialize/user.ts'
import { cookieHeaders, newCookie, noCookieHeaders, pathPrefixOf, signInUser } from './session-cookie.ts'

const credentials = {
  /** Or the email address. */
  username: required(text({ max: 254 })),
  password: required(passwordField),
}

const confirmation = { password: required(passwordField) }

const signingOut = { all: bool() }

export function signInRoutes(server: FastifyInstance, app: App): void {
  const attempts = new PasswordAttempts()
  accountRoutes(server, app, attempts)

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
        handle: (context) => signIn(context, attempts),
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
        handle: (context) => confirm(context, attempts),
      },
      DELETE: {
        summary: 'Sign out; with `all`, everywhere',
        body: objectSchema(signingOut),
        response: { 204: null },
        handle: signOut,
      },
    },
  })
}

async function signIn(
  { app, actor, request, body, now }: Context<unknown>,
  attempts: PasswordAttempts,
): Promise<Answer> {
  const { username, password } = readBody(credentials, body)
  const guess = { account: username, ip: request.ip }
  attempts.count(guess, now)
  const user = await userBySignIn(app.db.read, username)
  // Takes as long for somebody who is not there.
  const isRight = await passwordMatches(password, user?.passwordHash ?? null)
  if (!isRight || user === undefined || !user.isActive) throw signInFailed()
  attempts.giveBack(guess)
  const cookie = newCookie()
  const signedIn = await app.db.write(async (tx) => {
    if (actor.kind === 'session') await deleteSession(tx, actor.sessionHash)
    return signInUser(tx, { user, cookie, request, now })
  })
  return {
    status: 200,
    json: { nextUri: `${pathPrefixOf(app.baseUrl)}/`, user: selfJson(signedIn) },
    headers: cookieHeaders(app.baseUrl, request, cookie),
  }
}

async function confirm({ app, actor, request, body, now }: Context<unknown>, attempts: PasswordAttempts) {
  if (actor.kind !== 'session') throw unauthenticated('Authentication credentials were not provided.')
  const { password } = readBody(confirmation, body)
  const { user, sessionHash } = actor
  const guess = { account: user.username, ip: request.ip }
  attempts.count(guess, now)
  if (!(await passwordMatches(password, user.passwordHash))) {
    // The code tells Sentry's pages that the session is as good as before.
    throw new ApiError(403, { detail: { code: 'ignore', message: 'The password is wrong.' } })
  }
  attempts.giveBack(guess)
  await app.db.write((tx) => confirmSession(tx, { tokenHash: sessionHash, now }))
  return ok(selfJson(user))
}

async function signOut({ app, actor, request, body }: Context<unknown>): Promise<Answer> {
  const { all = false } = readBody(signingOut, body)
  if (actor.kind === 'session') {
    const { user, sessionHash } = actor
    await app.db.write((tx) =>
      all ? deleteSessionsOf(tx, { userId: user.id }) : deleteSession(tx, sessionHash),
    )
  }
  return { ...noContent, headers: noCookieHeaders(app.baseUrl, request) }
}

function signInFailed(): ApiError {
  const reason = 'Please enter a correct username and password. Note that both fields may be case-sensitive.'
  return new ApiError(400, { detail: 'Login attempt failed', errors: { __all__: [reason] } })
}
