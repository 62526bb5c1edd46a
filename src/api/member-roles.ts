/** Who may give which role: nobody hands out more than they hold. */
import {
  assignableRoles,
  type OrganizationRole,
  organizationRoles,
  parseOrganizationRole,
  type TeamRole,
} from '../protocol/scopes.ts'
import type { Team } from '../store/teams.ts'
import { type Access, type Actor, canReach, holdsAny, scopesOn } from './access.ts'
import { ApiError } from './errors.ts'

/**
 * The roles that the caller may give to others and take from them, as far as these reach: a person's own role,
 * or the scopes of an API key, which may always give the least. Whether they may touch members at all is another question.
 */
export function grantableRoles(actor: Actor, access: Access): readonly OrganizationRole[] {
  if (actor.kind === 'anonymous') return []
  if (actor.kind === 'organization-token') {
    const isHeld = (role: OrganizationRole) =>
      organizationRoles[role].scopes.every((scope) => access.scopes.has(scope))
    return assignableRoles('owner').filter((role) => role === 'member' || isHeld(role))
  }
  // A token that only writes members passes on no more than one that invites them.
  if (!access.scopes.has('member:admin')) return ['member']
  if (actor.user.isSuperuser) return assignableRoles('owner')
  return assignableRoles(parseOrganizationRole(access.member?.role) ?? 'member')
}

/** Whether the caller changes and removes members of every kind, within `grantableRoles`. */
export function managesMembers(access: Access): boolean {
  return holdsAny(access.scopes, ['member:write', 'member:admin'])
}

/** Whether the caller manages the memberships of a team: from above, or as one of its Team Admins. */
export function canAdminTeam(access: Access, teamId: number): boolean {
  if (access.scopes.has('org:write')) return true
  // An API key belongs to no team and acts for the whole organization.
  if (access.member === undefined) return holdsAny(access.scopes, ['team:write', 'team:admin'])
  return access.teamRoles.has(teamId) && holdsAny(scopesOn(access, [teamId]), ['team:write', 'team:admin'])
}

/** A member's place in a team. */
export interface Place {
  readonly team: Team
  readonly role: TeamRole
}

/**
 * Whoever may only invite puts others into teams within their own reach; Team Admins are made by those who
 * manage the team or, being people, all members.
 *
 * Errors: ApiError 400.
 */
export function checkMayPlace(actor: Actor, access: Access, places: readonly Place[]): void {
  const manages = managesMembers(access)
  for (const { team, role } of places) {
    if (!manages && !canReach(access, [team.id])) {
      throw new ApiError(400, 'You cannot assign members to teams you are not a member of.')
    }
    const isManager = manages && actor.kind !== 'organization-token'
    if (role === 'admin' && !isManager && !canAdminTeam(access, team.id)) throw mayNotEditMembership()
  }
}

export function mayNotEditMembership(): ApiError {
  return new ApiError(400, "You do not have permission to edit that user's membership.")
}
