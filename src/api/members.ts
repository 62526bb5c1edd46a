/** Organization members: list and add. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app.ts'
import { parseNumericId } from '../protocol/ids.ts'
import {
  type OrganizationRole,
  organizationRoleIds,
  organizationRoles,
  parseOrganizationRole,
  parseScope,
  teamRoleIds,
} from '../protocol/scopes.ts'
import { userByEmail, usersById } from '../store/accounts.ts'
import { recordChange } from '../store/audit-log.ts'
import type { Db } from '../store/database.ts'
import {
  insertMember,
  listMembers,
  type Member,
  type MemberFilter,
  memberByEmail,
  memberOfUser,
  setInvite,
} from '../store/members.ts'
import { addTeamMember, teamRolesOfMembers, teamsByIdOrSlug } from '../store/teams.ts'
import { type Access, type Actor, userOf } from './access.ts'
import {
  bool,
  check,
  choice,
  list,
  nullable,
  type ObjectOf,
  object,
  objectSchema,
  readBody,
  required,
  text,
} from './body.ts'
import { changerOf } from './changer.ts'
import { created, endpoint, ok } from './endpoint.ts'
import { type ApiError, forbidden, invalid } from './errors.ts'
import { inviteLink, mayMakeLinks, newInvite } from './invite-links.ts'
import { checkMayPlace, grantableRoles, managesMembers, type Place } from './member-roles.ts'
import { emptyPage, pageLinks, pageRequest } from './paging.ts'
import { memberPermission } from './permissions.ts'
import { queryText, searchTerms } from './query.ts'
import { settingOf } from './serialize/organization.ts'
import { MemberJson, memberJson, NewMemberJson } from './serialize/user.ts'
import { resolveOrganization } from './targets.ts'

const roleField = choice(organizationRoleIds)

/** Teams that one request may name. */
const MANY = { max: 1000 }

/** What a member may do, in the organization and in its teams. */
export const standingFields = {
  orgRole: roleField,
  /** The older spelling. */
  role: roleField,
  teamRoles: nullable(
    list(object({ teamSlug: required(text()), role: nullable(choice(teamRoleIds)) }), MANY),
  ),
  /** The older way to name teams. */
  teams: nullable(list(text(), MANY)),
}

const newMember = {
  email: required(
    check(text({ max: 75 }), (email) =>
      /^[^@\s]+@[^@\s]+$/.test(email) ? undefined : 'Enter a valid email address.',
    ),
  ),
  ...standingFields,
  sendInvite: bool(),
  reinvite: bool(),
}

export function memberRoutes(server: FastifyInstance, app: App): void {
  endpoint(server, app, {
    path: '/api/0/organizations/:org/members/',
    gate: memberPermission,
    resolve: resolveOrganization,
    operations: {
      GET: {
        summary: 'The members of an organization, by id',
        query: {
          query: {
            description: '`email:`, `id:`, `user.id:`, `scope:`, `role:`, `isInvited:` … or free text',
          },
          cursor: { description: 'From the Link header' },
        },
        response: { 200: Type.Array(MemberJson) },
        handle: async ({ query, target }) => {
          const request = pageRequest(query)
          const filter = memberFilter(target.organization.id, queryText(query, 'query'))
          const page = filter === undefined ? emptyPage : await listMembers(app.db.read, filter, request)
          return ok(await membersJson(app, page.rows), pageLinks(request, page))
        },
      },
      POST: {
        summary:
          'Add a member: a user of this server at once, anybody else as an invitation, with the link to it for those who manage members',
        body: objectSchema(newMember),
        response: { 201: NewMemberJson },
        handle: async ({ target, actor, request, body, now }) => {
          const { organization, access } = target
          const input = readBody(newMember, body)
          const role = input.orgRole ?? input.role ?? 'member'
          const field = input.orgRole === undefined && input.role !== undefined ? 'role' : 'orgRole'
          checkMayInvite(actor, access, role, field)
          const by = changerOf({ actor, request })
          const organizationId = organization.id
          const email = input.email.toLowerCase()
          const invite = mayMakeLinks(actor, access, role) ? newInvite(now) : undefined
          const member = await app.db.write(async (tx) => {
            const user = await userByEmail(tx, email)
            const known =
              (await memberByEmail(tx, { organizationId, email })) ??
              (user && (await memberOfUser(tx, { organizationId, userId: user.id })))
            if (known !== undefined) throw invalid({ email: [`The user ${email} is already a member`] })
            const inviterId = userOf(actor)?.id ?? null
            const made = await insertMember(tx, {
              organizationId,
              userId: user?.id ?? null,
              email,
              role,
              inviterId,
              now,
            })
            if (user === undefined && invite !== undefined)
              await setInvite(tx, { memberId: made.id, ...invite })
            const places = (await placesOf(tx, organizationId, input)) ?? []
            checkMayPlace(actor, access, places)
            for (const { team, role: teamRole } of places) {
              await addTeamMember(tx, { teamId: team.id, memberId: made.id, role: teamRole })
            }
            const change = {
              organizationId,
              event: user === undefined ? 'member.invite' : 'member.add',
              targetObject: made.id,
              targetUserId: made.userId,
              data: { email, role, teams: places.map(({ team }) => team.slug) },
            } as const
            await recordChange(tx, by, change, now)
            return made
          })
          const [json] = await membersJson(app, [member])
          const link =
            member.userId === null ? invite && inviteLink(app.baseUrl, member.id, invite) : undefined
          return created({ ...json, invite_link: link ?? null })
        },
      },
    },
  })
}

/** Who may only invite, invites plain members, if the organization lets them. */
function checkMayInvite(actor: Actor, access: Access, role: OrganizationRole, field: string): void {
  const manages = managesMembers(access)
  if (!manages && !settingOf(access.organization, 'allowMemberInvite')) throw forbidden()
  const grantable: readonly OrganizationRole[] = manages ? grantableRoles(actor, access) : ['member']
  if (!grantable.includes(role)) throw mayNotGrant(field)
}

export function mayNotGrant(field: string): ApiError {
  return invalid({ [field]: ['You do not have permission to set that org-level role'] })
}

/**
 * The teams that a request puts a member into, with the role in each; undefined when it speaks of none.
 *
 * Errors: ApiError 400 when one of them is no team of the organization.
 */
export async function placesOf(
  db: Db,
  organizationId: number,
  { teamRoles, teams }: Pick<ObjectOf<typeof standingFields>, 'teamRoles' | 'teams'>,
): Promise<readonly Place[] | undefined> {
  const given = teamRoles ?? teams?.map((teamSlug) => ({ teamSlug, role: null }))
  if (given === undefined) return undefined
  const idsOrSlugs = given.map(({ teamSlug }) => teamSlug)
  const found = await teamsByIdOrSlug(db, { organizationId, idsOrSlugs })
  const named = new Map(
    found.flatMap((team) => [[team.slug, team] as const, [String(team.id), team] as const]),
  )
  return given.map(({ teamSlug, role }) => {
    const team = named.get(teamSlug)
    if (team === undefined) throw invalid({ [teamRoles ? 'teamRoles' : 'teams']: ['Invalid teams'] })
    return { team, role: role ?? 'contributor' }
  })
}

/** Members → JSON: users and teams of the whole page are loaded first. */
export async function membersJson(app: App, members: readonly Member[]) {
  const db = app.db.read
  const userIds = members.flatMap(({ userId, inviterId }) => [userId ?? [], inviterId ?? []].flat())
  const users = await usersById(db, [...new Set(userIds)])
  const teams = await teamRolesOfMembers(
    db,
    members.map((member) => member.id),
  )
  return members.map((member) =>
    memberJson(member, {
      user: member.userId === null ? undefined : users.get(member.userId),
      inviter: member.inviterId === null ? undefined : users.get(member.inviterId),
      teams: teams.get(member.id) ?? [],
      now: app.clock.now(),
    }),
  )
}

/** Undefined when nothing can match: an unknown key, or a property that no member has here. */
function memberFilter(organizationId: number, search: string | undefined): MemberFilter | undefined {
  const { filters, text: words } = searchTerms(search)
  const filter: { -readonly [K in keyof MemberFilter]: MemberFilter[K] } = { organizationId }
  if (words) filter.text = words
  for (const [name, values] of filters) {
    const isTrue = values.includes('true')
    switch (name) {
      case 'email':
        filter.emails = values.map((value) => value.toLowerCase())
        break
      case 'id':
        filter.ids = values.flatMap((value) => parseNumericId(value) ?? [])
        break
      case 'user.id':
        filter.userIds = values.flatMap((value) => parseNumericId(value) ?? [])
        break
      case 'role':
        filter.roles = values.filter((value) => parseOrganizationRole(value) !== undefined)
        break
      case 'scope':
        filter.roles = values.flatMap((value) => {
          const scope = parseScope(value)
          return Object.entries(organizationRoles)
            .filter(([, role]) => scope !== undefined && role.scopes.includes(scope))
            .map(([id]) => id)
        })
        break
      case 'isInvited':
        filter.isInvited = isTrue
        break
      case 'ssoLinked':
      case 'has2fa':
      case 'hasExternalUsers':
        if (isTrue) return undefined
        break
      default:
        return undefined
    }
  }
  return filter
}
