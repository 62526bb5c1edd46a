/** One member of an organization: read, change, remove. */
import type { FastifyInstance } from 'fastify'
import type { App } from '../app.ts'
import { parseNumericId } from '../protocol/ids.ts'
import { orgRoleList, parseOrganizationRole, teamRoleList } from '../protocol/scopes.ts'
import { type Change, recordChange } from '../store/audit-log.ts'
import type { Db, Tx } from '../store/database.ts'
import {
  deleteMembers,
  invitationsBy,
  isOnlyOwner,
  type Member,
  memberById,
  setInvite,
  setMemberRole,
} from '../store/members.ts'
import { addTeamMember, removeTeamMember, teamRolesOfMembers } from '../store/teams.ts'
import { type Access, type Actor, userOf } from './access.ts'
import { bool, objectSchema, readBody } from './body.ts'
import { changerOf } from './changer.ts'
import { type Context, type Endpoint, endpoint, noContent, ok } from './endpoint.ts'
import { ApiError, forbidden, notFound } from './errors.ts'
import { inviteLink, mayMakeLinks, newInvite } from './invite-links.ts'
import { checkMayPlace, grantableRoles, managesMembers, type Place } from './member-roles.ts'
import { mayNotGrant, membersJson, placesOf, standingFields } from './members.ts'
import { memberDetailsPermission } from './permissions.ts'
import { settingOf } from './serialize/organization.ts'
import { MemberDetailsJson } from './serialize/user.ts'
import { type OrganizationTarget, resolveOrganization } from './targets.ts'

const memberFields = {
  ...standingFields,
  /** Either of them: a new link to the invitation. Nothing is sent, so the two come to the same. */
  reinvite: bool(),
  regenerate: bool(),
}

export interface MemberTarget extends OrganizationTarget {
  readonly member: Member
}

/** `me` is the caller. Errors: ApiError 404, 401, 403. */
export async function resolveMember(
  input: Parameters<Endpoint<MemberTarget>['resolve']>[0],
): Promise<MemberTarget> {
  const target = await resolveOrganization(input)
  const name = input.params.member ?? ''
  const member = name === 'me' ? target.access.member : await memberNumbered(input.app.db.read, target, name)
  if (member === undefined) throw notFound()
  return { ...target, member }
}

async function memberNumbered(db: Db, { organization }: OrganizationTarget, digits: string) {
  const memberId = parseNumericId(digits)
  return memberId === undefined ? undefined : memberById(db, { organizationId: organization.id, memberId })
}

export function memberDetailsRoutes(server: FastifyInstance, app: App): void {
  endpoint(server, app, {
    path: '/api/0/organizations/:org/members/:member/',
    gate: memberDetailsPermission,
    resolve: resolveMember,
    operations: {
      GET: {
        summary: 'A member; `me` is the caller',
        response: { 200: MemberDetailsJson },
        handle: async ({ target, actor }) => ok(await detailsOf(app, actor, target)),
      },
      PUT: {
        summary:
          'Change a member’s role in the organization and their teams, or make a new link to an invitation; what is absent stays',
        body: objectSchema(memberFields),
        response: { 200: MemberDetailsJson },
        handle: async (context) => {
          const { member, link } = await change(app, context)
          return ok(await detailsOf(app, context.actor, { ...context.target, member }, link))
        },
      },
      DELETE: {
        summary: 'Remove a member, or leave; invitations that they sent and nobody took up go with them',
        response: { 204: null },
        handle: async (context) => {
          await remove(app, context)
          return noContent
        },
      },
    },
  })
}

/** Answers the member as they are then, and the link that was asked for. */
async function change(
  app: App,
  context: Context<MemberTarget>,
): Promise<{ readonly member: Member; readonly link: string | undefined }> {
  const { target, actor, body, now } = context
  const { access, organization } = target
  const input = readBody(memberFields, body)
  if (!managesMembers(access)) throw forbidden()
  return app.db.write(async (tx) => {
    const before = await memberNow(tx, target)
    const role = input.orgRole ?? input.role ?? before.role
    if (role !== before.role) {
      checkMayChangeRole(actor, access, before, role, input.orgRole ? 'orgRole' : 'role')
      if (await isOnlyOwner(tx, before)) throw onlyOwner('demote')
      await setMemberRole(tx, { memberId: before.id, role })
    }
    const places = await placesOf(tx, organization.id, input)
    const moves = places === undefined ? [] : await movesOf(tx, before, places)
    checkMayPlace(
      actor,
      access,
      moves.flatMap(({ to }) => to ?? []),
    )
    for (const { teamId, to } of moves) {
      if (to === undefined) await removeTeamMember(tx, { teamId, memberId: before.id })
      else await addTeamMember(tx, { teamId, memberId: before.id, role: to.role })
    }
    const after = { ...before, role }
    for (const each of changesOf(before, after, moves)) await recordChange(tx, changerOf(context), each, now)
    if (!input.reinvite && !input.regenerate) return { member: after, link: undefined }
    return relink(tx, context, after)
  })
}

/** Errors: ApiError 400 for somebody who is a member already, 403 for who may not. */
async function relink(tx: Tx, context: Context<MemberTarget>, member: Member) {
  const { app, actor, target, now } = context
  if (member.userId !== null) {
    throw new ApiError(400, 'You cannot send an invitation to a user who is already a full member.')
  }
  if (!mayMakeLinks(actor, target.access, member.role)) throw forbidden()
  const invite = newInvite(now)
  const { inviteHash, expiresAt: inviteExpiresAt } = invite
  await setInvite(tx, { memberId: member.id, ...invite })
  const { organizationId, id: targetObject, email } = member
  const change = { organizationId, event: 'member.reinvite', targetObject, data: { email } } as const
  await recordChange(tx, changerOf(context), change, now)
  return {
    member: { ...member, inviteHash, inviteExpiresAt },
    link: inviteLink(app.baseUrl, member.id, invite),
  }
}

async function remove(app: App, context: Context<MemberTarget>): Promise<void> {
  const { target, actor, now } = context
  const organizationId = target.organization.id
  await app.db.write(async (tx) => {
    const member = await memberNow(tx, target)
    checkMayRemove(actor, target.access, member)
    if (await isOnlyOwner(tx, member)) throw onlyOwner('remove')
    const { userId } = member
    const sent = userId === null ? [] : await invitationsBy(tx, { organizationId, inviterId: userId })
    const gone = [member, ...sent]
    for (const { id, userId, email } of gone) {
      const about = { organizationId, targetObject: id, targetUserId: userId, data: { email } }
      await recordChange(tx, changerOf(context), { ...about, event: 'member.remove' }, now)
    }
    await deleteMembers(
      tx,
      gone.map(({ id }) => id),
    )
  })
}

/** The member as they are inside the transaction: somebody may have changed or removed them meanwhile. */
async function memberNow(tx: Tx, { organization, member }: MemberTarget): Promise<Member> {
  const found = await memberById(tx, { organizationId: organization.id, memberId: member.id })
  if (found === undefined) throw notFound()
  return found
}

async function detailsOf(app: App, actor: Actor, { access, member }: MemberTarget, link?: string) {
  const [json] = await membersJson(app, [member])
  const grantable = managesMembers(access) ? grantableRoles(actor, access) : []
  return {
    ...json,
    invite_link: link ?? null,
    isOnlyOwner: await isOnlyOwner(app.db.read, member),
    orgRoleList: orgRoleList.map((role) => {
      const isAllowed = grantable.includes(role.id)
      return { ...role, allowed: isAllowed, isAllowed }
    }),
    teamRoleList,
  }
}

/** Errors: ApiError 400, or 403 for a member who is above the caller. */
function checkMayChangeRole(actor: Actor, access: Access, member: Member, role: string, field: string): void {
  const grantable: readonly string[] = grantableRoles(actor, access)
  if (!grantable.includes(role)) throw mayNotGrant(field)
  if (!grantable.includes(member.role)) {
    const text = 'You do not have permission to assign a role to the given user.'
    throw new ApiError(403, { role: text, detail: text })
  }
  const user = userOf(actor)
  if (user !== undefined && user.id === member.userId) {
    throw new ApiError(400, 'You cannot make changes to your own role.')
  }
}

/** Errors: ApiError 400 in Sentry's words. */
function checkMayRemove(actor: Actor, access: Access, member: Member): void {
  if (access.member?.id === member.id) return
  if (access.scopes.has('member:admin')) {
    const role = parseOrganizationRole(member.role)
    if (role === undefined || grantableRoles(actor, access).includes(role)) return
    throw new ApiError(400, 'You cannot remove a member who has more access than you.')
  }
  const mayInvite = access.scopes.has('member:invite') && settingOf(access.organization, 'allowMemberInvite')
  if (!mayInvite || member.userId !== null) throw new ApiError(400, 'You are missing the member:admin scope.')
  if (member.inviterId === null || member.inviterId !== userOf(actor)?.id) {
    throw new ApiError(400, 'You cannot modify invitations sent by someone else.')
  }
}

function onlyOwner(verb: 'remove' | 'demote'): ApiError {
  return new ApiError(403, `You cannot ${verb} the only remaining owner of the organization.`)
}

/** A member's way into a team, out of it, or to another role in it. */
interface Move {
  readonly teamId: number
  readonly slug: string
  readonly from: string | undefined
  readonly to: Place | undefined
}

/** What must happen for the member to be in these teams, and in no others. */
async function movesOf(tx: Tx, member: Member, places: readonly Place[]): Promise<readonly Move[]> {
  const current = (await teamRolesOfMembers(tx, [member.id])).get(member.id) ?? []
  const wanted = new Map(places.map((place) => [place.team.id, place]))
  const known = new Map(current.map(({ team, role }) => [team.id, role]))
  const teams = [...current.map(({ team }) => team), ...[...wanted.values()].map(({ team }) => team)]
  const byId = new Map(teams.map((team) => [team.id, team]))
  return [...byId.values()]
    .map(({ id, slug }) => ({ teamId: id, slug, from: known.get(id), to: wanted.get(id) }))
    .filter(({ from, to }) => from !== to?.role)
}

function changesOf(before: Member, after: Member, moves: readonly Move[]): readonly Change[] {
  const { organizationId, id, userId, email } = after
  const about = { organizationId, targetObject: id, targetUserId: userId }
  const isEdited = before.role !== after.role || moves.some(({ from, to }) => from && to)
  const changed = [
    ...(before.role === after.role ? [] : ['orgRole']),
    ...(moves.length > 0 ? ['teamRoles'] : []),
  ]
  return [
    ...(isEdited
      ? [{ ...about, event: 'member.edit', data: { email, role: after.role, changed } } as const]
      : []),
    ...moves
      .filter(({ from, to }) => !from || !to)
      .map(({ slug, to }) => {
        const event = to === undefined ? 'member.leave-team' : 'member.join-team'
        return { ...about, event, data: { email, team_slug: slug } } as const
      }),
  ]
}
