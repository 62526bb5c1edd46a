/** Scopes and roles, and which role holds which scope. */

export const allScopes = [
  'org:read',
  'org:write',
  'org:admin',
  'org:integrations',
  'org:ci',
  'member:invite',
  'member:read',
  'member:write',
  'member:admin',
  'team:read',
  'team:write',
  'team:admin',
  'project:read',
  'project:write',
  'project:admin',
  'project:releases',
  'project:distribution',
  'event:read',
  'event:write',
  'event:admin',
  'alerts:read',
  'alerts:write',
  'openid',
  'profile',
  'email',
] as const
export type Scope = (typeof allScopes)[number]

const knownScopes: ReadonlySet<unknown> = new Set(allScopes)

/** What nothing on this server asks for. Clients name such scopes, and tokens keep them. */
const unasked = 'Nothing on this server asks for it'

/** What the holder of a scope may do, for people who choose some for a token. */
export const scopeWords: Readonly<Record<Scope, string>> = {
  'org:read': 'See organizations: their settings, projects, teams, keys and usage',
  'org:write': 'Change organizations, create teams, read the audit log, revoke organization tokens',
  'org:admin': 'Everything that can be done with organizations, except reading the audit log',
  'org:integrations': unasked,
  'org:ci': unasked,
  'member:invite': 'Invite people as plain members',
  'member:read': 'See the members of organizations',
  'member:write': 'Add members and change them',
  'member:admin': 'Add members, change and remove them, with roles up to one’s own',
  'team:read': 'See teams and who is in them',
  'team:write': 'Create teams and change them',
  'team:admin': 'Create teams, change and remove them',
  'project:read': 'See projects: settings, keys, events, files and usage; create projects',
  'project:write': 'Change projects: settings, keys, filters, teams; create projects',
  'project:admin': 'Change projects and remove them, and their keys',
  'project:releases': unasked,
  'project:distribution': unasked,
  'event:read': unasked,
  'event:write': unasked,
  'event:admin': unasked,
  'alerts:read': unasked,
  'alerts:write': unasked,
  openid: unasked,
  profile: unasked,
  email: unasked,
}

/** Whether holding the scope makes a difference. */
export function isAskedFor(scope: Scope): boolean {
  return scopeWords[scope] !== unasked
}

/** Undefined if there is no such scope. */
export function parseScope(value: unknown): Scope | undefined {
  return knownScopes.has(value) ? (value as Scope) : undefined
}

/** From the least to the most. */
export const organizationRoleIds = ['member', 'admin', 'manager', 'owner'] as const
export type OrganizationRole = (typeof organizationRoleIds)[number]

export const teamRoleIds = ['contributor', 'admin'] as const
export type TeamRole = (typeof teamRoleIds)[number]

interface Role {
  readonly name: string
  readonly description: string
  readonly scopes: readonly Scope[]
}

export interface OrganizationRoleFacts extends Role {
  /** Reaches every team and project of the organization. */
  readonly isGlobal: boolean
  /** Kept for those who have it, not to be given to anybody else. */
  readonly isRetired: boolean
  /** The least that its holder is in every team they belong to. */
  readonly minimumTeamRole: TeamRole
}

export interface TeamRoleFacts extends Role {
  readonly isMinimumRoleFor: OrganizationRole | null
}

const memberScopes: readonly Scope[] = [
  'event:read',
  'event:write',
  'event:admin',
  'project:releases',
  'project:read',
  'org:read',
  'member:invite',
  'member:read',
  'team:read',
  'alerts:read',
  'alerts:write',
]
const adminScopes: readonly Scope[] = [
  'event:read',
  'event:write',
  'event:admin',
  'org:read',
  'member:read',
  'member:invite',
  'project:read',
  'project:write',
  'project:admin',
  'project:releases',
  'team:read',
  'team:write',
  'team:admin',
  'org:integrations',
  'alerts:read',
  'alerts:write',
]
const managerScopes: readonly Scope[] = [...adminScopes, 'member:write', 'member:admin', 'org:write']

export const organizationRoles: Readonly<Record<OrganizationRole, OrganizationRoleFacts>> = {
  member: {
    name: 'Member',
    description:
      'Members can view and act on events, as well as view most other data within the organization.',
    scopes: memberScopes,
    isGlobal: false,
    isRetired: false,
    minimumTeamRole: 'contributor',
  },
  admin: {
    name: 'Admin',
    description:
      "Admin privileges on any teams of which they're a member. They can create new teams and projects, as well as remove teams and projects on which they already hold membership (or all teams, if open membership is enabled). Additionally, they can manage memberships of teams that they are members of. They cannot invite members to the organization.",
    scopes: adminScopes,
    isGlobal: false,
    isRetired: true,
    minimumTeamRole: 'admin',
  },
  manager: {
    name: 'Manager',
    description: 'Gains admin access on all teams as well as the ability to add and remove members.',
    scopes: managerScopes,
    isGlobal: true,
    isRetired: false,
    minimumTeamRole: 'admin',
  },
  owner: {
    name: 'Owner',
    description:
      'Unrestricted access to the organization, its data, and its settings. Can add, modify, and delete projects and members, as well as make billing and plan changes.',
    scopes: [...managerScopes, 'org:admin'],
    isGlobal: true,
    isRetired: false,
    minimumTeamRole: 'admin',
  },
}

const contributorScopes: readonly Scope[] = [
  'event:read',
  'event:write',
  'project:releases',
  'project:read',
  'org:read',
  'member:read',
  'team:read',
  'alerts:read',
]

export const teamRoles: Readonly<Record<TeamRole, TeamRoleFacts>> = {
  contributor: {
    name: 'Contributor',
    description:
      "Contributors can view and act on events, as well as view most other data within the team's projects.",
    scopes: contributorScopes,
    isMinimumRoleFor: null,
  },
  admin: {
    name: 'Team Admin',
    description:
      "Admin privileges on the team. They can create and remove projects, and can manage the team's memberships.",
    scopes: [
      ...contributorScopes,
      'event:admin',
      'project:write',
      'project:admin',
      'team:write',
      'team:admin',
      'org:integrations',
      'alerts:write',
    ],
    isMinimumRoleFor: 'admin',
  },
}

/** Undefined if there is no such role. */
export function parseOrganizationRole(value: unknown): OrganizationRole | undefined {
  return typeof value === 'string' && Object.hasOwn(organizationRoles, value)
    ? (value as OrganizationRole)
    : undefined
}

/** Roles that a holder of `role` may give to others: none without `member:admin`, else up to their own. */
export function assignableRoles(role: OrganizationRole): readonly OrganizationRole[] {
  if (!organizationRoles[role].scopes.includes('member:admin')) return []
  return organizationRoleIds.slice(0, organizationRoleIds.indexOf(role) + 1)
}

export function isGlobalRole(role: OrganizationRole): boolean {
  return organizationRoles[role].isGlobal
}

/** The least that a holder of the organization role is in every team they belong to. */
export function minimumTeamRole(role: OrganizationRole): TeamRole {
  return organizationRoles[role].minimumTeamRole
}

interface RoleJson {
  readonly id: string
  readonly name: string
  readonly desc: string
  readonly scopes: readonly Scope[]
  readonly allowed: boolean
  readonly isAllowed: boolean
  readonly isRetired: boolean
  readonly isTeamRolesAllowed: boolean
}

export interface OrganizationRoleJson extends RoleJson {
  readonly id: OrganizationRole
  readonly is_global: boolean
  readonly isGlobal: boolean
  readonly minimumTeamRole: TeamRole
}

export interface TeamRoleJson extends RoleJson {
  readonly id: TeamRole
  readonly isMinimumRoleFor: OrganizationRole | null
}

/**
 * The roles as an organization lists them.
 *
 * Shape: `isAllowed` (and its old name `allowed`) is true throughout; whoever knows the viewer narrows it with
 * `assignableRoles`.
 */
export const orgRoleList: readonly OrganizationRoleJson[] = organizationRoleIds.map((id) => {
  const { isGlobal, isRetired, minimumTeamRole } = organizationRoles[id]
  return { id, ...roleJson(organizationRoles[id]), isRetired, is_global: isGlobal, isGlobal, minimumTeamRole }
})

/** The team roles as an organization lists them. */
export const teamRoleList: readonly TeamRoleJson[] = teamRoleIds.map((id) => {
  return { id, ...roleJson(teamRoles[id]), isMinimumRoleFor: teamRoles[id].isMinimumRoleFor }
})

function roleJson({ name, description, scopes }: Role): Omit<RoleJson, 'id'> {
  return {
    name,
    desc: description,
    scopes,
    allowed: true,
    isAllowed: true,
    isRetired: false,
    isTeamRolesAllowed: true,
  }
}
