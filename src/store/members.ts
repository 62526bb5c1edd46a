/** Members of organizations: users, and invitations that have not been taken up. */
import type { Db, Tx } from './database.ts'
import { type Page, type PageRequest, pageOf } from './page.ts'
import { hasText } from './text-search.ts'

export interface Member {
  readonly id: number
  readonly organizationId: number
  /** Null while the invitation has not been taken up. */
  readonly userId: number | null
  readonly email: string
  readonly role: string
  readonly inviterId: number | null
  readonly createdAt: number
  /** Digest of what the invitation is taken up with; null when there is no link to it. */
  readonly inviteHash: string | null
  readonly inviteExpiresAt: number | null
}

const memberColumns = [
  'organization_member.id',
  'organization_member.organization_id',
  'organization_member.user_id',
  'organization_member.email',
  'organization_member.role',
  'organization_member.inviter_id',
  'organization_member.created_at',
  'organization_member.invite_hash',
  'organization_member.invite_expires_at',
] as const

interface MemberRow {
  id: number
  organization_id: number
  user_id: number | null
  email: string
  role: string
  inviter_id: number | null
  created_at: number
  invite_hash: string | null
  invite_expires_at: number | null
}

function toMember(row: MemberRow): Member {
  return {
    id: row.id,
    organizationId: row.organization_id,
    userId: row.user_id,
    email: row.email,
    role: row.role,
    inviterId: row.inviter_id,
    createdAt: row.created_at,
    inviteHash: row.invite_hash,
    inviteExpiresAt: row.invite_expires_at,
  }
}

export async function memberOfUser(
  db: Db,
  input: { organizationId: number; userId: number },
): Promise<Member | undefined> {
  const row = await db
    .selectFrom('organization_member')
    .select(memberColumns)
    .where('organization_id', '=', input.organizationId)
    .where('user_id', '=', input.userId)
    .executeTakeFirst()
  return row && toMember(row)
}

export async function memberByEmail(
  db: Db,
  input: { organizationId: number; email: string },
): Promise<Member | undefined> {
  const row = await db
    .selectFrom('organization_member')
    .select(memberColumns)
    .where('organization_id', '=', input.organizationId)
    .where('email', '=', input.email.toLowerCase())
    .executeTakeFirst()
  return row && toMember(row)
}

export async function memberById(
  db: Db,
  input: { organizationId: number; memberId: number },
): Promise<Member | undefined> {
  const row = await db
    .selectFrom('organization_member')
    .select(memberColumns)
    .where('organization_id', '=', input.organizationId)
    .where('id', '=', input.memberId)
    .executeTakeFirst()
  return row && toMember(row)
}

/** What has not been taken up, in whatever organization. */
export async function invitationById(db: Db, memberId: number): Promise<Member | undefined> {
  const row = await db
    .selectFrom('organization_member')
    .select(memberColumns)
    .where('id', '=', memberId)
    .where('user_id', 'is', null)
    .executeTakeFirst()
  return row && toMember(row)
}

/** The user's memberships in every organization. */
export async function membershipsOf(db: Db, userId: number): Promise<readonly Member[]> {
  const rows = await db
    .selectFrom('organization_member')
    .select(memberColumns)
    .where('user_id', '=', userId)
    .execute()
  return rows.map(toMember)
}

export interface MemberFilter {
  readonly organizationId: number
  readonly ids?: readonly number[]
  readonly userIds?: readonly number[]
  readonly emails?: readonly string[]
  readonly roles?: readonly string[]
  /** Invitations that have not been taken up, or the others. */
  readonly isInvited?: boolean
  readonly text?: string
  /** Members of one of these teams. */
  readonly teamIds?: readonly number[]
}

/** By id. */
export async function listMembers(db: Db, filter: MemberFilter, page: PageRequest): Promise<Page<Member>> {
  let query = db
    .selectFrom('organization_member')
    .leftJoin('user', 'user.id', 'organization_member.user_id')
    .select(memberColumns)
    .where('organization_id', '=', filter.organizationId)
  const { ids, userIds, emails, roles, isInvited, text, teamIds } = filter
  if (ids) query = query.where('organization_member.id', 'in', ids)
  if (userIds) query = query.where('user_id', 'in', userIds)
  if (emails) query = query.where('organization_member.email', 'in', emails)
  if (roles) query = query.where('role', 'in', roles)
  if (isInvited !== undefined) query = query.where('user_id', isInvited ? 'is' : 'is not', null)
  if (teamIds) {
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('team_member')
          .select('team_id')
          .whereRef('member_id', '=', 'organization_member.id')
          .where('team_id', 'in', teamIds),
      ),
    )
  }
  if (text) {
    query = query.where((eb) => hasText(text, eb.ref('organization_member.email'), eb.ref('user.name')))
  }
  const rows = await query
    .orderBy('organization_member.id')
    .offset(page.offset)
    .limit(page.limit + 1)
    .execute()
  return pageOf(rows.map(toMember), page)
}

export interface TeamMember extends Member {
  readonly teamRole: string
}

/** By email: active users only, no invitations. */
export async function listTeamMembers(db: Db, teamId: number, page: PageRequest): Promise<Page<TeamMember>> {
  const rows = await db
    .selectFrom('team_member')
    .innerJoin('organization_member', 'organization_member.id', 'team_member.member_id')
    .innerJoin('user', 'user.id', 'organization_member.user_id')
    .select([...memberColumns, 'team_member.role as team_role'])
    .where('team_id', '=', teamId)
    .where('user.is_active', '=', 1)
    .orderBy('organization_member.email')
    .orderBy('organization_member.id')
    .offset(page.offset)
    .limit(page.limit + 1)
    .execute()
  return pageOf(
    rows.map((row) => ({ ...toMember(row), teamRole: row.team_role })),
    page,
  )
}

export async function insertMember(
  tx: Tx,
  input: {
    organizationId: number
    userId: number | null
    email: string
    role: string
    inviterId: number | null
    now: number
  },
): Promise<Member> {
  const row = await tx
    .insertInto('organization_member')
    .values({
      organization_id: input.organizationId,
      user_id: input.userId,
      email: input.email.toLowerCase(),
      role: input.role,
      inviter_id: input.inviterId,
      created_at: input.now,
    })
    .returning(memberColumns)
    .executeTakeFirstOrThrow()
  return toMember(row)
}

export async function setMemberRole(tx: Tx, input: { memberId: number; role: string }): Promise<void> {
  await tx
    .updateTable('organization_member')
    .set({ role: input.role })
    .where('id', '=', input.memberId)
    .execute()
}

/** A link that was there before is worth nothing any more. */
export async function setInvite(
  tx: Tx,
  input: { memberId: number; inviteHash: string; expiresAt: number },
): Promise<void> {
  await tx
    .updateTable('organization_member')
    .set({ invite_hash: input.inviteHash, invite_expires_at: input.expiresAt })
    .where('id', '=', input.memberId)
    .execute()
}

/** The invitation becomes a membership of this user. */
export async function takeUpInvitation(tx: Tx, input: { memberId: number; userId: number }): Promise<void> {
  await tx
    .updateTable('organization_member')
    .set({ user_id: input.userId, invite_hash: null, invite_expires_at: null })
    .where('id', '=', input.memberId)
    .execute()
}

/** Their places in teams go with them. */
export async function deleteMembers(tx: Tx, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) await tx.deleteFrom('organization_member').where('id', 'in', ids).execute()
}

/** Invitations by this user that have not been taken up. */
export async function invitationsBy(
  db: Db,
  input: { organizationId: number; inviterId: number },
): Promise<readonly Member[]> {
  const rows = await db
    .selectFrom('organization_member')
    .select(memberColumns)
    .where('organization_id', '=', input.organizationId)
    .where('inviter_id', '=', input.inviterId)
    .where('user_id', 'is', null)
    .execute()
  return rows.map(toMember)
}

/** Whether the organization would have no owner who can sign in without this member. */
export async function isOnlyOwner(db: Db, member: Member): Promise<boolean> {
  if (member.role !== 'owner' || member.userId === null) return false
  const other = await db
    .selectFrom('organization_member')
    .innerJoin('user', 'user.id', 'organization_member.user_id')
    .select('organization_member.id')
    .where('organization_id', '=', member.organizationId)
    .where('organization_member.id', '!=', member.id)
    .where('role', '=', 'owner')
    .where('user.is_active', '=', 1)
    .executeTakeFirst()
  return other === undefined
}

/** How many owners who can sign in each organization has. */
export async function ownerCounts(
  db: Db,
  organizationIds: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (organizationIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('organization_member')
    .innerJoin('user', 'user.id', 'organization_member.user_id')
    .select((eb) => ['organization_id', eb.fn.countAll<number>().as('n')])
    .where('organization_id', 'in', organizationIds)
    .where('role', '=', 'owner')
    .where('user.is_active', '=', 1)
    .groupBy('organization_id')
    .execute()
  return new Map(rows.map((row) => [row.organization_id, row.n]))
}

/** Invitations to an address become memberships of the user who now has it. */
export async function linkInvitations(tx: Tx, input: { userId: number; email: string }): Promise<void> {
  await tx
    .updateTable('organization_member')
    .set({ user_id: input.userId, invite_hash: null, invite_expires_at: null })
    .where('email', '=', input.email.toLowerCase())
    .where('user_id', 'is', null)
    .execute()
}
