/** A member's place in one team: join, leave, another role. `me` is the caller. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import { isGlobalRole, parseOrganizationRole } from '../protocol/scopes.ts'
import { type Changer, recordChange } from '../store/audit-log.ts'
import type { Tx } from '../store/database.ts'
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
  /** Undefined when the member is not in the team. */
  readonly role: string | undefined
}

const placeFields = {
  teamRole: choice(['contributor', 'admin']),
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
        handle: async ({ target: { role } }) => {
          if (role === undefined) throw notFound()
          return ok({ isActive: true, teamRole: role })
        },
      },
      POST: {
        summary: 'Put a member into a team; nothing happens to one who is in it',
        response: { 201: TeamJson, 204: null },
        handle: async ({ target, actor, request, now }) => {
          const { access, member, team } = target
          if (target.role !== undefined) return noContent
          if (!mayJoin(actor, access, team)) {
            throw new ApiError(
              403,
              'Membership of this organization is closed: an owner, a manager or a Team Admin of the team can add members to it.',
            )
          }
          const by = changerOf({ actor, request })
          await app.db.write(async (tx) => {
            await addTeamMember(tx, { teamId: team.id, memberId: member.id, role: 'contributor' })
            await recordMove(tx, by, 'member.join-team', target, now)
          })
          return created(await teamAfter(app, actor, target, 'contributor'))
        },
      },
      PUT: {
        summary: 'Give a member another role in a team that they belong to',
        body: objectSchema(placeFields),
        response: { 200: PlaceJson },
        handle: async ({ target, actor, request, body, now }) => {
          const { access, organization, member, team, role } = target
          if (role === undefined) throw notFound()
          const { teamRole = role } = readBody(placeFields, body)
          if (!canAdminTeam(access, team.id)) throw mayNotEditMembership()
          const by = changerOf({ actor, request })
          const change = {
            organizationId: organization.id,
            event: 'member.edit',
            targetObject: member.id,
            targetUserId: member.userId,
            data: { email: member.email, team_slug: team.slug, changed: ['teamRole'] },
          } as const
          if (teamRole !== role) {
            await app.db.write(async (tx) => {
              await addTeamMember(tx, { teamId: team.id, memberId: member.id, role: teamRole })
              await recordChange(tx, by, change, now)
            })
          }
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
          if (target.role !== undefined) {
            await app.db.write(async (tx) => {
              await removeTeamMember(tx, { teamId: team.id, memberId: member.id })
              await recordMove(tx, by, 'member.leave-team', target, now)
            })
          }
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
  const db = input.app.db.read
  const idOrSlug = input.params.team ?? ''
  const team = await teamByIdOrSlug(db, { organizationId: target.organization.id, idOrSlug })
  if (team === undefined) throw notFound()
  return { ...target, team, role: (await teamRolesOf(db, target.member.id)).get(team.id) }
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
