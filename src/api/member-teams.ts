/** A member's place in one team: join, leave, another role. `me` is the caller. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import { isGlobalRole, parseOrganizationRole, teamRoleIds } from '../protocol/scopes.ts'
import { type Changer, recordChange } from '../store/audit-log.ts'
import type { Db, Tx } from '../store/database.ts'
import type { Member } from '../store/members.ts'
import { addTeamMember, removeTeamMember, type Team, teamByIdOrSlug, teamRolesOf } from '../store/teams.ts'
import { type Access, type Actor, hasOpenMembership, userOf } from './access.ts'
import { bool, choice, objectSchema, readBody } from './body.ts'
import { changerOf } from './changer.ts'
import { created, type Endpoint, endpoint, noContent, ok } from './endpoint.ts'
import { ApiError, notFound } from './errors.ts'
import { type MemberTarget, resolveMember } from './member-details.ts'
import { canAdminTeam, mayNotEditMembership } from './member-roles.ts'
import { memberTeamPermission } from './permissions.ts'
import { TeamJson } from './serialize/team.ts'
import { teamsJson } from './team-list.ts'

interface MemberTeamTarget extends MemberTarget {
  readonly team: Team
}

const placeFields = {
  teamRole: choice(teamRoleIds),
  /** Sent by Sentry's own pages; a place in a team is always active. */
  isActive: bool(),
}

const PlaceJson = Type.Object({ isActive: Type.Boolean(), teamRole: Type.String() })

export function memberTeamRoutes(server: FastifyInstance, app: App): void {
  endpoint(server, app, {
    path: '/api/0/organizations/:org/members/:member/teams/:team/',
    gate: memberTeamPermission,
    resolve: resolveMemberTeam,
    operations: {
      GET: {
        summary: 'A member’s role in a team that they belong to',
        response: { 200: PlaceJson },
        handle: async ({ target }) => {
          const teamRole = await roleOf(app.db.read, target)
          if (teamRole === undefined) throw notFound()
          return ok({ isActive: true, teamRole })
        },
      },
      POST: {
        summary: 'Put a member into a team; nothing happens to one who is in it',
        response: { 201: TeamJson, 204: null },
        handle: async ({ target, actor, request, now }) => {
          const { access, member, team } = target
          const by = changerOf({ actor, request })
          const isNew = await app.db.write(async (tx) => {
            if ((await roleOf(tx, target)) !== undefined) return false
            if (!mayJoin(actor, access, team)) throw closedMembership()
            await addTeamMember(tx, { teamId: team.id, memberId: member.id, role: 'contributor' })
            await recordMove(tx, by, 'member.join-team', target, now)
            return true
          })
          return isNew ? created(await teamAfter(app, actor, target, 'contributor')) : noContent
        },
      },
      PUT: {
        summary: 'Give a member another role in a team that they belong to',
        body: objectSchema(placeFields),
        response: { 200: PlaceJson },
        handle: async ({ target, actor, request, body, now }) => {
          const { access, organization, member, team } = target
          const { teamRole: wanted } = readBody(placeFields, body)
          const by = changerOf({ actor, request })
          const change = {
            organizationId: organization.id,
            event: 'member.edit',
            targetObject: member.id,
            targetUserId: member.userId,
            data: { email: member.email, team_slug: team.slug, changed: ['teamRole'] },
          } as const
          const teamRole = await app.db.write(async (tx) => {
            const role = await roleOf(tx, target)
            if (role === undefined) throw notFound()
            if (!canAdminTeam(access, team.id)) throw mayNotEditMembership()
            if (wanted === undefined || wanted === role) return role
            await addTeamMember(tx, { teamId: team.id, memberId: member.id, role: wanted })
            await recordChange(tx, by, change, now)
            return wanted
          })
          return ok({ isActive: true, teamRole })
        },
      },
      DELETE: {
        summary: 'Take a member out of a team; nothing happens to one who is not in it',
        response: { 200: TeamJson },
        handle: async ({ target, actor, request, now }) => {
          const { access, member, team } = target
          if (!mayTakeOut(actor, access, member, team)) throw mayNotEditMembership()
          const by = changerOf({ actor, request })
          await app.db.write(async (tx) => {
            if ((await roleOf(tx, target)) === undefined) return
            await removeTeamMember(tx, { teamId: team.id, memberId: member.id })
            await recordMove(tx, by, 'member.leave-team', target, now)
          })
          return ok(await teamAfter(app, actor, target, undefined))
        },
      },
    },
  })
}

/** Errors: ApiError 404, 401, 403. */
async function resolveMemberTeam(
  input: Parameters<Endpoint<MemberTeamTarget>['resolve']>[0],
): Promise<MemberTeamTarget> {
  const target = await resolveMember(input)
  const idOrSlug = input.params.team ?? ''
  const team = await teamByIdOrSlug(input.app.db.read, {
    organizationId: target.organization.id,
    idOrSlug,
  })
  if (team === undefined) throw notFound()
  return { ...target, team }
}

/** Undefined when the member is not in the team. */
async function roleOf(db: Db, { member, team }: MemberTeamTarget): Promise<string | undefined> {
  return (await teamRolesOf(db, member.id)).get(team.id)
}

function closedMembership(): ApiError {
  return new ApiError(
    403,
    'Membership of this organization is closed: an owner, a manager or a Team Admin of the team can add members to it.',
  )
}

/** With open membership everybody joins what they like, and brings others along. */
function mayJoin(actor: Actor, access: Access, team: Team): boolean {
  if (canAdminTeam(access, team.id)) return true
  return actor.kind === 'organization-token' ? hasOpenMembership(access.organization) : access.isGlobal
}

/** Anybody may leave. Managers and owners are above Team Admins: they need not be in the team. */
function mayTakeOut(actor: Actor, access: Access, member: Member, team: Team): boolean {
  if (member.userId !== null && userOf(actor)?.id === member.userId) return true
  if (access.scopes.has('org:admin') || canAdminTeam(access, team.id)) return true
  const role = parseOrganizationRole(access.member?.role)
  return role !== undefined && isGlobalRole(role) && access.scopes.has('team:admin')
}

async function recordMove(
  tx: Tx,
  by: Changer,
  event: 'member.join-team' | 'member.leave-team',
  { organization, member, team }: MemberTeamTarget,
  now: number,
): Promise<void> {
  const { id, userId, email } = member
  const change = {
    organizationId: organization.id,
    event,
    targetObject: id,
    targetUserId: userId,
    data: { email, team_slug: team.slug },
  }
  await recordChange(tx, by, change, now)
}

/** The team as the caller sees it after a move that may have been their own. */
async function teamAfter(app: App, actor: Actor, { access, member, team }: MemberTeamTarget, role?: string) {
  const teamRoles = new Map(access.teamRoles)
  if (member.id === access.member?.id) {
    if (role === undefined) teamRoles.delete(team.id)
    else teamRoles.set(team.id, role)
  }
  const [json] = await teamsJson(app, actor, { ...access, teamRoles }, [team])
  return json
}
