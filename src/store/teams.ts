/** Teams of an organization, and who is in them. */

import { isNumericId } from '../protocol/ids.ts'
import type { Db, Tx } from './database.ts'
import { type Page, type PageRequest, pageOf } from './page.ts'
import { hasText } from './text-search.ts'

export interface Team {
  readonly id: number
  readonly organizationId: number
  readonly slug: string
  readonly name: string
  readonly createdAt: number
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

/** Slugs and ids may be mixed; those that are nobody's are left out. */
export async function teamsByIdOrSlug(
  db: Db,
  input: { organizationId: number; idsOrSlugs: readonly string[] },
): Promise<readonly Team[]> {
  const { organizationId, idsOrSlugs } = input
  if (idsOrSlugs.length === 0) return []
  const ids = idsOrSlugs.filter(isNumericId).map(Number)
  const slugs = idsOrSlugs.filter((each) => !isNumericId(each))
  const rows = await db
    .selectFrom('team')
    .select(teamColumns)
    .where('organization_id', '=', organizationId)
    .where('status', '=', 'active')
    .where((eb) =>
      eb.or([
        ...(ids.length > 0 ? [eb('id', 'in', ids)] : []),
        ...(slugs.length > 0 ? [eb('slug', 'in', slugs)] : []),
      ]),
    )
    .execute()
  return rows.map(toTeam)
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
  if (text) query = query.where((eb) => hasText(text, eb.ref('team.name'), eb.ref('team.slug')))
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

/** Errors: the driver's unique violation when the slug is taken. */
export async function updateTeam(tx: Tx, { id, slug, name }: Team): Promise<void> {
  await tx.updateTable('team').set({ slug, name }).where('id', '=', id).execute()
}

/** What ties members and projects to the team goes with it. False when it has gone already. */
export async function deleteTeam(tx: Tx, id: number): Promise<boolean> {
  const { numDeletedRows } = await tx.deleteFrom('team').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
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

export async function removeTeamMember(tx: Tx, input: { teamId: number; memberId: number }): Promise<void> {
  await tx
    .deleteFrom('team_member')
    .where('team_id', '=', input.teamId)
    .where('member_id', '=', input.memberId)
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
