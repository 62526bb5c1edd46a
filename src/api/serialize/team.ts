import { type Static, Type } from 'typebox'
import type { Team } from '../../store/teams.ts'
import { type Access, canReach, effectiveTeamRole, scopesOn } from '../access.ts'
import { DateTime, isoDate } from './dates.ts'
import { OrganizationJson } from './organization.ts'

export const TeamJson = Type.Object(
  {
    id: Type.String(),
    slug: Type.String(),
    name: Type.String(),
    dateCreated: Type.Union([DateTime, Type.Null()]),
    isMember: Type.Boolean(),
    teamRole: Type.Union([Type.String(), Type.Null()]),
    flags: Type.Object({ 'idp:provisioned': Type.Boolean() }),
    access: Type.Array(Type.String()),
    hasAccess: Type.Boolean(),
    isPending: Type.Boolean(),
    memberCount: Type.Integer(),
    avatar: Type.Object({ avatarType: Type.String(), avatarUuid: Type.Union([Type.String(), Type.Null()]) }),
    projects: Type.Optional(Type.Array(Type.Unknown())),
    externalTeams: Type.Optional(Type.Array(Type.Unknown())),
    organization: Type.Optional(OrganizationJson),
  },
  { title: 'Team' },
)

/** `memberCount` is what the caller may know: 0 for callers that are no user. */
export function teamJson(
  team: Team,
  { access, memberCount }: { access: Access; memberCount: number },
): Static<typeof TeamJson> {
  return {
    id: String(team.id),
    slug: team.slug,
    name: team.name,
    dateCreated: isoDate(team.createdAt),
    isMember: access.teamRoles.has(team.id),
    teamRole: effectiveTeamRole(access, team.id) ?? null,
    flags: { 'idp:provisioned': false },
    access: [...scopesOn(access, [team.id])].sort(),
    hasAccess: canReach(access, [team.id]),
    isPending: false,
    memberCount,
    avatar: { avatarType: 'letter_avatar', avatarUuid: null },
  }
}
