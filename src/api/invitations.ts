/** Taking up an invitation by its link: with the account that one has, or with one that is made for it. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import { parseNumericId } from '../protocol/ids.ts'
import { orgRoleList } from '../protocol/scopes.ts'
import { insertUser, type User, userByEmail, userById } from '../store/accounts.ts'
import { recordChange } from '../store/audit-log.ts'
import type { Db, Tx } from '../store/database.ts'
import { invitationById, type Member, memberOfUser, takeUpInvitation } from '../store/members.ts'
import { type Organization, organizationsById } from '../store/organizations.ts'
import { hashToken } from './access.ts'
import { neverCached } from './api-tokens.ts'
import { objectSchema, readBody, text } from './body.ts'
import { changerOf } from './changer.ts'
import { type Answer, type Context, type Endpoint, endpoint, ok } from './endpoint.ts'
import { ApiError, forbidden, invalid } from './errors.ts'
import { hashPassword, newPasswordField, passwordProblem } from './passwords.ts'
import { DateTime, isoDate } from './serialize/dates.ts'
import { SignedInJson, selfJson } from './serialize/user.ts'
import { cookieHeaders, newCookie, pathPrefixOf, signInUser } from './session-cookie.ts'

/** Of the account that is to be made. */
const newAccount = {
  name: text({ max: 200, blank: true }),
  password: newPasswordField,
}

const InvitationJson = Type.Object(
  {
    orgSlug: Type.String(),
    orgName: Type.String(),
    email: Type.String({ description: 'Who is invited' }),
    role: Type.String(),
    roleName: Type.String(),
    inviterName: Type.Union([Type.String(), Type.Null()]),
    expires: DateTime,
    needsAuthentication: Type.Boolean({ description: 'Whether nobody is signed in' }),
    hasAccount: Type.Boolean({ description: 'Whether there is an account of that address to sign in with' }),
    existingMember: Type.Boolean({ description: 'Whether who is signed in is a member already' }),
  },
  { title: 'Invitation' },
)

interface InvitationTarget {
  readonly invitation: Member
  readonly organization: Organization
}

export function invitationRoutes(server: FastifyInstance, app: App): void {
  endpoint<InvitationTarget>(server, app, {
    path: '/api/0/accept-invite/:member/:token/',
    gate: 'anybody',
    headers: neverCached,
    resolve: resolveInvitation,
    operations: {
      GET: {
        summary: 'Who is invited where, for whoever has the link',
        response: { 200: InvitationJson },
        handle: describe,
      },
      POST: {
        summary:
          'Take up an invitation: who is signed in becomes a member; for anybody else an account is made, with this password, and signed in',
        body: objectSchema(newAccount),
        response: { 200: SignedInJson },
        handle: (context) => (context.actor.kind === 'session' ? join(context) : register(context)),
      },
    },
  })
}

/** Errors: ApiError 403 for tokens, 400 for a link that leads nowhere. */
const resolveInvitation: Endpoint<InvitationTarget>['resolve'] = async ({ app, actor, params }) => {
  if (actor.kind !== 'anonymous' && actor.kind !== 'session') throw forbidden()
  const db = app.db.read
  const link = { memberId: parseNumericId(params.member ?? '') ?? 0, token: params.token ?? '' }
  const invitation = await invitationOf(db, link, app.clock.now())
  const organization = (await organizationsById(db, [invitation.organizationId])).get(
    invitation.organizationId,
  )
  if (organization === undefined) throw invalidLink()
  return { invitation, organization }
}

async function invitationOf(
  db: Db,
  { memberId, token }: { memberId: number; token: string },
  now: number,
): Promise<Member> {
  const found = await invitationById(db, memberId)
  if (found === undefined || found.inviteHash !== hashToken(token)) throw invalidLink()
  if (found.inviteExpiresAt === null || found.inviteExpiresAt <= now) {
    throw new ApiError(400, 'This invitation has expired. Ask for a new link.')
  }
  return found
}

function invalidLink(): ApiError {
  return new ApiError(400, 'Invalid invite code. It may have been used already, or replaced by a new one.')
}

async function describe({ app, actor, target }: Context<InvitationTarget>): Promise<Answer> {
  const { organization, invitation } = target
  const { email, role, inviterId, inviteExpiresAt } = invitation
  const db = app.db.read
  const inviter = inviterId === null ? undefined : await userById(db, inviterId)
  const known =
    actor.kind === 'session' &&
    (await memberOfUser(db, { organizationId: organization.id, userId: actor.user.id }))
  return ok({
    orgSlug: organization.slug,
    orgName: organization.name,
    email,
    role,
    roleName: orgRoleList.find(({ id }) => id === role)?.name ?? role,
    inviterName: inviter === undefined ? null : inviter.name || inviter.email,
    expires: isoDate(inviteExpiresAt ?? 0),
    needsAuthentication: actor.kind !== 'session',
    hasAccount: (await userByEmail(db, email)) !== undefined,
    existingMember: Boolean(known),
  })
}

async function join(context: Context<InvitationTarget>): Promise<Answer> {
  const { app, actor } = context
  if (actor.kind !== 'session') throw forbidden()
  await app.db.write((tx) => takeUp(tx, context, actor.user))
  return ok({ nextUri: `${pathPrefixOf(app.baseUrl)}/`, user: selfJson(actor.user) })
}

/** Only this invitation is theirs: that they read mail to the address is not known. */
async function register(context: Context<InvitationTarget>): Promise<Answer> {
  const { app, target, request, body, now } = context
  const { email } = target.invitation
  const { name = '', password } = readBody(newAccount, body)
  if (password === undefined) throw invalid({ password: ['This field is required.'] })
  const problem = passwordProblem(password, { email, username: email, name })
  if (problem !== undefined) throw invalid({ password: [problem] })
  const passwordHash = await hashPassword(password)
  const cookie = newCookie()
  const signedIn = await app.db.write(async (tx) => {
    if ((await userByEmail(tx, email)) !== undefined) {
      throw new ApiError(409, `There is an account ${email} already. Sign in with it first.`)
    }
    const userId = await insertUser(tx, { email, passwordHash, name, isSuperuser: false, now })
    const user = await userById(tx, userId)
    if (user === undefined) throw new Error('The user who was just made is not there')
    await takeUp(tx, context, user)
    return signInUser(tx, { user, cookie, request, now })
  })
  return {
    status: 200,
    json: { nextUri: `${pathPrefixOf(app.baseUrl)}/`, user: selfJson(signedIn) },
    headers: cookieHeaders(app.baseUrl, request, cookie),
  }
}

/** Errors: ApiError 400 when the link has been used meanwhile, or the user is a member already. */
async function takeUp(tx: Tx, context: Context<InvitationTarget>, user: User): Promise<void> {
  const { request, now } = context
  const params = request.params as Readonly<Record<string, string>>
  const { id: memberId, organizationId } = context.target.invitation
  const { email } = await invitationOf(tx, { memberId, token: params.token ?? '' }, now)
  const userId = user.id
  if ((await memberOfUser(tx, { organizationId, userId })) !== undefined) {
    throw new ApiError(400, 'You are a member of this organization already.')
  }
  await takeUpInvitation(tx, { memberId, userId })
  const by = { ...changerOf(context), userId, label: user.username }
  const about = { organizationId, targetObject: memberId, targetUserId: userId, data: { email } }
  await recordChange(tx, by, { ...about, event: 'member.accept-invite' }, now)
}
