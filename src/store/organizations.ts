/** Organizations, their members and teams. */
import { type ExpressionBuilder, sql } from 'kysely'
import type { Db, Tx } from './database.ts'
import { type KeyPage, type KeyPageRequest, keyPage, type Page, type PageRequest, pageOf } from './page.ts'
import type { Schema } from './schema.ts'

export interface Organization {
  readonly id: number
  readonly slug: string
  readonly name: string
  readonly status: 'active' | 'pending_deletion'
  /** Settings that differ from their defaults. */
  readonly options: Readonly<Record<string, unknown>>
  readonly createdAt: number
}

export interface Member {
  readonly id: number
  readonly organizationId: number
  /** Null while the invitation has not been taken up. */
  readonly userId: number | null
  readonly email: string
  readonly role: string
  readonly inviterId: number | null
  readonly createdAt: number
}

export interface Team {
  readonly id: number
  readonly organizationId: number
  readonly slug: string
  readonly name: string
  readonly createdAt: number
}

/** A path segment or a parameter: digits only mean an id, anything else a slug. */
export function isNumericId(idOrSlug: string): boolean {
  return /^\d+$/.test(idOrSlug)
}

const organizationColumns = [
  'organization.id',
  'organization.slug',
  'organization.name',
  'organization.status',
  'organization.options',
  'organization.created_at',
] as const

interface OrganizationRow {
  id: number
  slug: string
  name: string
  status: 'active' | 'pending_deletion'
  options: string
  created_at: number
}

function toOrganization(row: OrganizationRow): Organization {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    status: row.status,
    options: JSON.parse(row.options) as Record<string, unknown>,
    createdAt: row.created_at,
  }
}

/** Active ones only. */
export async function organizationByIdOrSlug(db: Db, idOrSlug: string): Promise<Organization | undefined> {
  const row = await db
    .selectFrom('organization')
    .select(organizationColumns)
    .where((eb) => byIdOrSlug(eb, idOrSlug))
    .where('status', '=', 'active')
    .executeTakeFirst()
  return row && toOrganization(row)
}

function byIdOrSlug(eb: ExpressionBuilder<Schema, 'organization'>, idOrSlug: string) {
  return isNumericId(idOrSlug) ? eb('id', '=', Number(idOrSlug)) : eb('slug', '=', idOrSlug)
}

export async function organizationsById(
  db: Db,
  ids: readonly number[],
): Promise<ReadonlyMap<number, Organization>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('organization')
    .select(organizationColumns)
    .where('id', 'in', ids)
    .execute()
  return new Map(rows.map((row) => [row.id, toOrganization(row)]))
}

export interface OrganizationFilter {
  /** Only organizations that this user is a member of. */
  readonly memberUserId?: number
  readonly ids?: readonly number[]
  readonly slugs?: readonly string[]
  readonly statuses?: readonly string[]
  readonly memberEmails?: readonly string[]
  readonly memberIds?: readonly number[]
  /** Only organizations that have a project which has seen one of these platforms. */
  readonly platforms?: readonly string[]
  /** Part of name, slug or a member's email, without case. */
  readonly text?: string
}

/** Newest first, or by number of members or projects, most first. */
export async function listOrganizations(
  db: Db,
  filter: OrganizationFilter,
  page: KeyPageRequest,
): Promise<KeyPage<Organization>> {
  const matching = () => matchingOrganizations(db, filter)
  return keyPage(
    page,
    (organization) => organization.createdAt,
    async (from, skip, limit) => {
      const rows = await matching()
        .select(organizationColumns)
        .$if(from !== undefined, (q) => q.where('organization.created_at', '<=', from ?? 0))
        .orderBy('organization.created_at', 'desc')
        .orderBy('organization.id', 'desc')
        .offset(skip)
        .limit(limit)
        .execute()
      return rows.map(toOrganization)
    },
    async (key) => {
      const { n } = await matching()
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('organization.created_at', '>', key)
        .executeTakeFirstOrThrow()
      return n
    },
  )
}

export async function listOrganizationsBySize(
  db: Db,
  filter: OrganizationFilter,
  by: 'members' | 'projects',
  page: PageRequest,
): Promise<Page<Organization>> {
  const rows = await matchingOrganizations(db, filter)
    .select(organizationColumns)
    .orderBy(
      (eb) =>
        by === 'members'
          ? eb
              .selectFrom('organization_member')
              .whereRef('organization_id', '=', 'organization.id')
              .select(eb.fn.countAll<number>().as('n'))
          : eb
              .selectFrom('project')
              .whereRef('organization_id', '=', 'organization.id')
              .where('status', '=', 'active')
              .select(eb.fn.countAll<number>().as('n')),
      'desc',
    )
    .orderBy('organization.id')
    .offset(page.offset)
    .limit(page.limit + 1)
    .execute()
  return pageOf(rows.map(toOrganization), page)
}

function matchingOrganizations(db: Db, filter: OrganizationFilter) {
  let query = db.selectFrom('organization')
  const { memberUserId, ids, slugs, statuses, memberEmails, memberIds, platforms, text } = filter
  if (memberUserId !== undefined) {
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('organization_member')
          .select('organization_member.id')
          .whereRef('organization_id', '=', 'organization.id')
          .where('user_id', '=', memberUserId),
      ),
    )
  }
  if (ids) query = query.where('organization.id', 'in', ids)
  if (slugs) query = query.where('organization.slug', 'in', slugs)
  query = query.where('organization.status', 'in', (statuses ?? ['active']) as 'active'[])
  if (memberEmails || memberIds) {
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('organization_member')
          .select('organization_member.id')
          .whereRef('organization_id', '=', 'organization.id')
          .$if(memberEmails !== undefined, (q) => q.where('email', 'in', memberEmails ?? []))
          .$if(memberIds !== undefined, (q) => q.where('organization_member.id', 'in', memberIds ?? [])),
      ),
    )
  }
  if (platforms) {
    const wanted = platforms.map((platform) => `platform:${platform}`)
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('project_seen')
          .innerJoin('project', 'project.id', 'project_seen.project_id')
          .select('project.id')
          .whereRef('project.organization_id', '=', 'organization.id')
          .where('what', 'in', wanted),
      ),
    )
  }
  if (text) {
    const pattern = containing(text)
    query = query.where((eb) =>
      eb.or([
        like(eb.ref('organization.name'), pattern),
        like(eb.ref('organization.slug'), pattern),
        eb.exists(
          eb
            .selectFrom('organization_member')
            .select('organization_member.id')
            .whereRef('organization_id', '=', 'organization.id')
            .where((inner) => like(inner.ref('organization_member.email'), pattern)),
        ),
      ]),
    )
  }
  return query
}

/** A LIKE pattern for text anywhere, with LIKE's own signs taken literally. */
export function containing(text: string): string {
  return `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`
}

/** Compares without case; the pattern is lower-cased by `containing`. */
export function like(column: import('kysely').Expression<unknown>, pattern: string) {
  return sql<boolean>`lower(${column}) like ${pattern} escape '\\'`
}

export async function insertOrganization(
  tx: Tx,
  input: { slug: string; name: string; now: number },
): Promise<Organization> {
  const row = await tx
    .insertInto('organization')
    .values({ slug: input.slug, name: input.name, created_at: input.now })
    .returning(['id', 'slug', 'name', 'status', 'options', 'created_at'])
    .executeTakeFirstOrThrow()
  return toOrganization(row)
}

/** Without case, and among deleted ones too: a slug is an address that must not change hands quietly. */
export async function isOrganizationSlugTaken(db: Db, slug: string): Promise<boolean> {
  const row = await db
    .selectFrom('organization')
    .select('id')
    .where((eb) => eb(eb.fn('lower', ['slug']), '=', slug.toLowerCase()))
    .executeTakeFirst()
  return row !== undefined
}

const memberColumns = [
  'organization_member.id',
  'organization_member.organization_id',
  'organization_member.user_id',
  'organization_member.email',
  'organization_member.role',
  'organization_member.inviter_id',
  'organization_member.created_at',
] as const

interface MemberRow {
  id: number
  organization_id: number
  user_id: number | null
  email: string
  role: string
  inviter_id: number | null
  created_at: number
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
    const pattern = containing(text)
    query = query.where((eb) =>
      eb.or([like(eb.ref('organization_member.email'), pattern), like(eb.ref('user.name'), pattern)]),
    )
  }
  const rows = await query
    .orderBy('organization_member.id')
    .offset(page.offset)
    .limit(page.limit + 1)
    .execute()
  return pageOf(rows.map(toMember), page)
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
    .returning(['id', 'organization_id', 'user_id', 'email', 'role', 'inviter_id', 'created_at'])
    .executeTakeFirstOrThrow()
  return toMember(row)
}

const teamColumns = ['team.id', 'team.organization_id', 'team.slug', 'team.name', 'team.created_at'] as const

interface TeamRow {
  id: number
  organization_id: number
  slug: string
  name: string
  created_at: number
}

function toTeam(row: TeamRow): Team {
  return {
    id: row.id,
    organizationId: row.organization_id,
    slug: row.slug,
    name: row.name,
    createdAt: row.created_at,
  }
}

export async function teamByIdOrSlug(
  db: Db,
  input: { organizationId: number; idOrSlug: string },
): Promise<Team | undefined> {
  const row = await db
    .selectFrom('team')
    .select(teamColumns)
    .where('organization_id', '=', input.organizationId)
    .where((eb) =>
      isNumericId(input.idOrSlug) ? eb('id', '=', Number(input.idOrSlug)) : eb('slug', '=', input.idOrSlug),
    )
    .where('status', '=', 'active')
    .executeTakeFirst()
  return row && toTeam(row)
}

export interface TeamFilter {
  readonly organizationId: number
  readonly ids?: readonly number[]
  readonly slugs?: readonly string[]
  readonly text?: string
  readonly projectId?: number
}

/** By slug, or by name. */
export async function listTeams(
  db: Db,
  filter: TeamFilter,
  page: PageRequest,
  order: 'slug' | 'name' = 'slug',
): Promise<Page<Team>> {
  let query = db
    .selectFrom('team')
    .select(teamColumns)
    .where('organization_id', '=', filter.organizationId)
    .where('status', '=', 'active')
  const { ids, slugs, text, projectId } = filter
  if (ids) query = query.where('team.id', 'in', ids)
  if (slugs) query = query.where('team.slug', 'in', slugs)
  if (projectId !== undefined) {
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('project_team')
          .select('team_id')
          .whereRef('team_id', '=', 'team.id')
          .where('project_id', '=', projectId),
      ),
    )
  }
  if (text) {
    const pattern = containing(text)
    query = query.where((eb) =>
      eb.or([like(eb.ref('team.name'), pattern), like(eb.ref('team.slug'), pattern)]),
    )
  }
  const rows = await query
    .orderBy(order === 'slug' ? 'team.slug' : 'team.name')
    .orderBy('team.id')
    .offset(page.offset)
    .limit(page.limit + 1)
    .execute()
  return pageOf(rows.map(toTeam), page)
}

export async function insertTeam(
  tx: Tx,
  input: { organizationId: number; slug: string; name: string; now: number },
): Promise<Team> {
  const row = await tx
    .insertInto('team')
    .values({
      organization_id: input.organizationId,
      slug: input.slug,
      name: input.name,
      created_at: input.now,
    })
    .returning(['id', 'organization_id', 'slug', 'name', 'created_at'])
    .executeTakeFirstOrThrow()
  return toTeam(row)
}

export async function isTeamSlugTaken(
  db: Db,
  input: { organizationId: number; slug: string },
): Promise<boolean> {
  const row = await db
    .selectFrom('team')
    .select('id')
    .where('organization_id', '=', input.organizationId)
    .where((eb) => eb(eb.fn('lower', ['slug']), '=', input.slug.toLowerCase()))
    .executeTakeFirst()
  return row !== undefined
}

/** Adding twice changes the role. */
export async function addTeamMember(
  tx: Tx,
  input: { teamId: number; memberId: number; role: string },
): Promise<void> {
  await tx
    .insertInto('team_member')
    .values({ team_id: input.teamId, member_id: input.memberId, role: input.role })
    .onConflict((oc) => oc.columns(['team_id', 'member_id']).doUpdateSet({ role: input.role }))
    .execute()
}

/** The member's role in each team that it belongs to. */
export async function teamRolesOf(db: Db, memberId: number): Promise<ReadonlyMap<number, string>> {
  const rows = await db
    .selectFrom('team_member')
    .innerJoin('team', 'team.id', 'team_member.team_id')
    .select(['team_id', 'role'])
    .where('member_id', '=', memberId)
    .where('team.status', '=', 'active')
    .execute()
  return new Map(rows.map((row) => [row.team_id, row.role]))
}

/** Members who have taken up their invitation, per team. */
export async function memberCounts(db: Db, teamIds: readonly number[]): Promise<ReadonlyMap<number, number>> {
  if (teamIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('team_member')
    .innerJoin('organization_member', 'organization_member.id', 'team_member.member_id')
    .innerJoin('user', 'user.id', 'organization_member.user_id')
    .select((eb) => ['team_id', eb.fn.countAll<number>().as('n')])
    .where('team_id', 'in', teamIds)
    .where('user.is_active', '=', 1)
    .groupBy('team_id')
    .execute()
  return new Map(rows.map((row) => [row.team_id, row.n]))
}

/** Team ids and roles of each member. */
export async function teamRolesOfMembers(
  db: Db,
  memberIds: readonly number[],
): Promise<ReadonlyMap<number, readonly { team: Team; role: string }[]>> {
  if (memberIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('team_member')
    .innerJoin('team', 'team.id', 'team_member.team_id')
    .select([...teamColumns, 'member_id', 'role'])
    .where('member_id', 'in', memberIds)
    .where('team.status', '=', 'active')
    .orderBy('team.slug')
    .execute()
  return Map.groupBy(
    rows.map((row) => ({ memberId: row.member_id, team: toTeam(row), role: row.role })),
    (row) => row.memberId,
  )
}

/** How many owners each organization has. */
export async function ownerCounts(
  db: Db,
  organizationIds: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  if (organizationIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('organization_member')
    .select((eb) => ['organization_id', eb.fn.countAll<number>().as('n')])
    .where('organization_id', 'in', organizationIds)
    .where('role', '=', 'owner')
    .where('user_id', 'is not', null)
    .groupBy('organization_id')
    .execute()
  return new Map(rows.map((row) => [row.organization_id, row.n]))
}

/** Invitations to an address become memberships of the user who now has it. */
export async function linkInvitations(tx: Tx, input: { userId: number; email: string }): Promise<void> {
  await tx
    .updateTable('organization_member')
    .set({ user_id: input.userId })
    .where('email', '=', input.email.toLowerCase())
    .where('user_id', 'is', null)
    .execute()
}
