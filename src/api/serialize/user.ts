/** User and organization member → Sentry JSON. */
import { type Static, Type } from 'typebox'
import { orgRoleList } from '../../protocol/scopes.ts'
import type { User } from '../../store/accounts.ts'
import type { Member } from '../../store/members.ts'
import type { Team } from '../../store/teams.ts'
import { DateTime, isoDate, isoDateOrNull } from './dates.ts'
import { RoleJson } from './organization.ts'

const user = {
  id: Type.String(),
  name: Type.String(),
  username: Type.String(),
  email: Type.String(),
  avatarUrl: Type.String(),
  isActive: Type.Boolean(),
  isSuspended: Type.Boolean(),
  hasPasswordAuth: Type.Boolean(),
  isManaged: Type.Boolean(),
  dateJoined: DateTime,
  lastLogin: Type.Union([DateTime, Type.Null()]),
  has2fa: Type.Boolean(),
  lastActive: Type.Union([DateTime, Type.Null()]),
  isSuperuser: Type.Boolean(),
  isStaff: Type.Boolean(),
  experiments: Type.Object({}),
  emails: Type.Array(Type.Object({ id: Type.String(), email: Type.String(), is_verified: Type.Boolean() })),
  avatar: Type.Object({
    avatarType: Type.String(),
    avatarUuid: Type.Union([Type.String(), Type.Null()]),
    avatarUrl: Type.Union([Type.String(), Type.Null()]),
  }),
}

export const UserJson = Type.Object(user, { title: 'User' })

export const SelfJson = Type.Object(
  {
    ...user,
    identities: Type.Array(Type.Unknown()),
    options: Type.Record(Type.String(), Type.Unknown()),
    flags: Type.Object({
      newsletter_consent_prompt: Type.Boolean(),
      has_generated_password: Type.Boolean({
        description:
          'Whether the password is still the one that the server made up when it started for the first time',
      }),
    }),
  },
  { title: 'SignedInUser' },
)

/** `nextUri` is where the pages of the server begin. */
export const SignedInJson = Type.Object({ nextUri: Type.String(), user: SelfJson }, { title: 'SignedIn' })

const member = {
  id: Type.String(),
  email: Type.String(),
  name: Type.String(),
  user: Type.Union([UserJson, Type.Null()]),
  orgRole: Type.String(),
  role: Type.String(),
  roleName: Type.String(),
  pending: Type.Boolean(),
  expired: Type.Boolean(),
  flags: Type.Record(Type.String(), Type.Boolean()),
  dateCreated: DateTime,
  inviteStatus: Type.String(),
  inviterName: Type.Union([Type.String(), Type.Null()]),
  teams: Type.Array(Type.String()),
  teamRoles: Type.Array(
    Type.Object({ teamSlug: Type.String(), role: Type.Union([Type.String(), Type.Null()]) }),
  ),
}

export const MemberJson = Type.Object(member, { title: 'Member' })

/** How an invitation is taken up; null where there is none to hand on. */
const inviteLink = Type.Union([Type.String(), Type.Null()], {
  description: 'The address to hand on to the person who is invited; shown once',
})

export const NewMemberJson = Type.Object({ ...member, invite_link: inviteLink }, { title: 'NewMember' })

/** In the list of a team. */
export const TeamMemberJson = Type.Object({
  ...member,
  user: UserJson,
  teamRole: Type.Union([Type.String(), Type.Null()]),
  teamSlug: Type.String(),
})

/** One member by itself, with the roles that the caller may give. */
export const MemberDetailsJson = Type.Object({
  ...member,
  invite_link: inviteLink,
  isOnlyOwner: Type.Boolean(),
  orgRoleList: Type.Array(RoleJson),
  teamRoleList: Type.Array(RoleJson),
})

/** There is no avatar URL: whoever shows a person draws the letter avatar, and no request leaves for a service. */
export function userJson(of: User): Static<typeof UserJson> {
  return {
    id: String(of.id),
    name: of.name || of.email,
    username: of.username,
    email: of.email,
    avatarUrl: '',
    isActive: of.isActive,
    isSuspended: false,
    hasPasswordAuth: of.passwordHash !== null,
    isManaged: false,
    dateJoined: isoDate(of.createdAt),
    lastLogin: isoDateOrNull(of.lastLoginAt),
    has2fa: false,
    lastActive: isoDateOrNull(of.lastActiveAt),
    isSuperuser: of.isSuperuser,
    isStaff: of.isSuperuser,
    experiments: {},
    emails: [{ id: String(of.id), email: of.email, is_verified: true }],
    avatar: { avatarType: 'letter_avatar', avatarUuid: null, avatarUrl: null },
  }
}

/** What a user is told about themselves. */
export function selfJson(of: User): Static<typeof SelfJson> {
  return {
    ...userJson(of),
    identities: [],
    options: {
      theme: 'system',
      language: 'en',
      stacktraceOrder: -1,
      defaultIssueEvent: 'recommended',
      timezone: 'UTC',
      clock24Hours: false,
    },
    flags: { newsletter_consent_prompt: false, has_generated_password: of.hasGeneratedPassword },
  }
}

export interface MemberParts {
  readonly user: User | undefined
  readonly inviter: User | undefined
  readonly teams: readonly { readonly team: Team; readonly role: string }[]
  readonly now: number
}

export function memberJson(
  member: Member,
  { user: account, inviter, teams, now }: MemberParts,
): Static<typeof MemberJson> {
  return {
    id: String(member.id),
    email: account?.email ?? member.email,
    name: account?.name || account?.email || member.email,
    user: account === undefined ? null : userJson(account),
    orgRole: member.role,
    role: member.role,
    roleName: orgRoleList.find((role) => role.id === member.role)?.name ?? member.role,
    pending: member.userId === null,
    expired: member.inviteExpiresAt !== null && member.inviteExpiresAt <= now,
    flags: {
      'idp:provisioned': false,
      'idp:role-restricted': false,
      'sso:linked': false,
      'sso:invalid': false,
      'member-limit:restricted': false,
      'partnership:restricted': false,
    },
    dateCreated: isoDate(member.createdAt),
    inviteStatus: 'approved',
    inviterName: inviter === undefined ? null : inviter.name || inviter.email,
    teams: teams.map(({ team }) => team.slug),
    teamRoles: teams.map(({ team, role }) => ({ teamSlug: team.slug, role })),
  }
}
