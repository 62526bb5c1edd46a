/** The account of whoever is signed in: their name, their password, and where else they are signed in. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import { parseNumericId } from '../protocol/ids.ts'
import {
  deleteSessionById,
  deleteSessionsOf,
  listSessions,
  renameUser,
  setPassword,
  type User,
  userById,
} from '../store/accounts.ts'
import { type Actor, requireSession } from './access.ts'
import { neverCached } from './api-tokens.ts'
import type { PasswordAttempts } from './attempts.ts'
import { objectSchema, readBody, required, text } from './body.ts'
import { type Answer, type Context, endpoint, noContent, ok } from './endpoint.ts'
import { invalid, notFound } from './errors.ts'
import {
  hashPassword,
  newPasswordField,
  passwordField,
  passwordMatches,
  passwordProblem,
} from './passwords.ts'
import { SessionJson, sessionJson } from './serialize/session.ts'
import { SelfJson, selfJson } from './serialize/user.ts'
import { beginSession, cookieHeaders, newCookie, noCookieHeaders } from './session-cookie.ts'

const userFields = { name: text({ max: 200, blank: true }) }

const newPassword = {
  /** The one that is to be replaced. */
  password: required(passwordField),
  passwordNew: required(newPasswordField),
  passwordVerify: required(passwordField),
}

type Me = Extract<Actor, { kind: 'session' }>

/** Tokens pass none of these: whoever holds one must not make more of it. */
export function accountRoutes(server: FastifyInstance, app: App, attempts: PasswordAttempts): void {
  const mine = { gate: 'session', headers: neverCached, resolve: resolveMe } as const

  endpoint<Me>(server, app, {
    path: '/api/0/users/me/',
    ...mine,
    operations: {
      GET: {
        summary: 'Who is signed in',
        response: { 200: SelfJson },
        handle: async ({ target: { user } }) => ok(selfJson(user)),
      },
      PUT: {
        summary: 'Change one’s own name; without one, the email address is shown',
        body: objectSchema(userFields),
        response: { 200: SelfJson },
        handle: rename,
      },
    },
  })

  endpoint<Me>(server, app, {
    path: '/api/0/users/me/password/',
    ...mine,
    operations: {
      PUT: {
        summary: 'Choose another password; every session ends but this one, which gets a new cookie',
        body: objectSchema(newPassword),
        response: { 204: null },
        handle: (context) => changePassword(context, attempts),
      },
    },
  })

  endpoint<Me>(server, app, {
    path: '/api/0/users/me/sessions/',
    ...mine,
    operations: {
      GET: {
        summary: 'Where one is signed in, the last used first',
        response: { 200: Type.Array(SessionJson) },
        handle: async ({ target, now }) => {
          const sessions = await listSessions(app.db.read, { userId: target.user.id, now })
          return ok(sessions.map((each) => sessionJson(each, target.session)))
        },
      },
      DELETE: {
        summary: 'Sign out everywhere else',
        response: { 204: null },
        handle: async ({ target: { user, session } }) => {
          await app.db.write((tx) => deleteSessionsOf(tx, { userId: user.id, exceptId: session.id }))
          return noContent
        },
      },
    },
  })

  endpoint<Me>(server, app, {
    path: '/api/0/users/me/sessions/:session/',
    ...mine,
    operations: {
      DELETE: {
        summary: 'Sign out in one place',
        response: { 204: null },
        handle: endOne,
      },
    },
  })
}

async function resolveMe({ actor, request }: { actor: Actor; request: Context<Me>['request'] }): Promise<Me> {
  return requireSession(actor, request)
}

async function rename({ app, target, body }: Context<Me>): Promise<Answer> {
  const { user } = target
  const { name = user.name } = readBody(userFields, body)
  if (name !== user.name) await app.db.write((tx) => renameUser(tx, { userId: user.id, name }))
  return ok(selfJson({ ...user, name }))
}

/** Whoever has stolen a cookie has nothing of it any more. */
async function changePassword(context: Context<Me>, attempts: PasswordAttempts): Promise<Answer> {
  const { app, target, request, body, now } = context
  const input = readBody(newPassword, body)
  const { user } = target
  checkNewPassword(input, user)
  const guess = { account: user.username, ip: request.ip }
  attempts.count(guess, now)
  if (!(await passwordMatches(input.password, user.passwordHash))) throw wrongPassword()
  attempts.giveBack(guess)
  const passwordHash = await hashPassword(input.passwordNew)
  const cookie = newCookie()
  await app.db.write(async (tx) => {
    // Somebody may have changed it since it was compared.
    if ((await userById(tx, user.id))?.passwordHash !== user.passwordHash) throw wrongPassword()
    await setPassword(tx, { userId: user.id, passwordHash })
    await beginSession(tx, { userId: user.id, cookie, request, now })
  })
  return { ...noContent, headers: cookieHeaders(app.baseUrl, request, cookie) }
}

/** Errors: ApiError 400. */
function checkNewPassword(
  {
    password,
    passwordNew,
    passwordVerify,
  }: { password: string; passwordNew: string; passwordVerify: string },
  user: User,
): void {
  const problem = passwordProblem(passwordNew, user)
  if (problem !== undefined) throw invalid({ passwordNew: [problem] })
  if (passwordNew === password)
    throw invalid({ passwordNew: ['This is the password that you have already.'] })
  if (passwordNew !== passwordVerify) {
    throw invalid({ non_field_errors: ['The passwords you entered did not match.'] })
  }
}

function wrongPassword() {
  return invalid({ password: ['The password you entered is not correct.'] })
}

async function endOne({ app, target, request }: Context<Me>): Promise<Answer> {
  const { user, session } = target
  const params = request.params as Readonly<Record<string, string>>
  const sessionId = parseNumericId(params.session ?? '') ?? 0
  const isGone = await app.db.write((tx) => deleteSessionById(tx, { userId: user.id, sessionId }))
  if (!isGone) throw notFound()
  return sessionId === session.id
    ? { ...noContent, headers: noCookieHeaders(app.baseUrl, request) }
    : noContent
}
