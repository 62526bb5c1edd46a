/** Lists of projects, by what they have in common. */
import type { Db } from './database.ts'
import { type KeyPage, type KeyPageRequest, keyPage, type Page, type PageRequest, pageOf } from './page.ts'
import { type Project, type ProjectStatus, projectColumns, toProject } from './projects.ts'
import { hasText } from './text-search.ts'

export interface ProjectFilter {
  readonly organizationId?: number
  readonly organizationIds?: readonly number[]
  /** Only projects of a team that this user belongs to. */
  readonly memberUserId?: number
  /** `undefined` means active; an empty list means any status. */
  readonly statuses?: readonly string[]
  readonly ids?: readonly number[]
  readonly slugs?: readonly string[]
  readonly names?: readonly string[]
  /** Platforms seen in events. */
  readonly platforms?: readonly string[]
  readonly publicKeys?: readonly string[]
  readonly teamIds?: readonly number[]
  readonly withoutTeamIds?: readonly number[]
  /** Part of name or slug, without case. */
  readonly text?: string
}

function matchingProjects(db: Db, filter: ProjectFilter) {
  let query = db.selectFrom('project')
  const { organizationId, organizationIds, memberUserId, teamIds, withoutTeamIds } = filter
  const { ids, slugs, names, platforms, publicKeys, text } = filter
  if (organizationId !== undefined) query = query.where('project.organization_id', '=', organizationId)
  if (organizationIds) query = query.where('project.organization_id', 'in', organizationIds)
  const statuses = filter.statuses ?? ['active']
  if (statuses.length > 0) query = query.where('project.status', 'in', statuses as ProjectStatus[])
  if (ids) query = query.where('project.id', 'in', ids)
  if (slugs) query = query.where((eb) => eb(eb.fn('lower', ['project.slug']), 'in', slugs.map(lower)))
  if (names) query = query.where((eb) => eb(eb.fn('lower', ['project.name']), 'in', names.map(lower)))
  if (memberUserId !== undefined) {
    query = query.where('project.id', 'in', (eb) =>
      eb
        .selectFrom('project_team')
        .innerJoin('team', 'team.id', 'project_team.team_id')
        .innerJoin('team_member', 'team_member.team_id', 'team.id')
        .innerJoin('organization_member', 'organization_member.id', 'team_member.member_id')
        .select('project_team.project_id')
        .where('team.status', '=', 'active')
        .where('organization_member.user_id', '=', memberUserId),
    )
  }
  if (teamIds) query = query.where('project.id', 'in', idsInTeams(db, teamIds))
  if (withoutTeamIds) query = query.where('project.id', 'not in', idsInTeams(db, withoutTeamIds))
  if (platforms) {
    const wanted = platforms.map((platform) => `platform:${platform}`)
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('project_seen')
          .select('what')
          .whereRef('project_id', '=', 'project.id')
          .where('what', 'in', wanted),
      ),
    )
  }
  if (publicKeys) {
    query = query.where('project.id', 'in', (eb) =>
      eb.selectFrom('client_key').select('client_key.project_id').where('public_key', 'in', publicKeys),
    )
  }
  if (text) query = query.where((eb) => hasText(text, eb.ref('project.name'), eb.ref('project.slug')))
  return query
}

function idsInTeams(db: Db, teamIds: readonly number[]) {
  return db.selectFrom('project_team').select('project_team.project_id').where('team_id', 'in', teamIds)
}

function lower(text: string): string {
  return text.toLowerCase()
}

/** Newest first, along the time of creation. */
export async function listProjectsByAge(
  db: Db,
  filter: ProjectFilter,
  page: KeyPageRequest,
): Promise<KeyPage<Project>> {
  return keyPage(
    page,
    (project) => project.createdAt,
    async (from, skip, limit) => {
      const rows = await matchingProjects(db, filter)
        .select(projectColumns)
        .$if(from !== undefined, (q) => q.where('project.created_at', '<=', from ?? 0))
        .orderBy('project.created_at', 'desc')
        .orderBy('project.id', 'desc')
        .offset(skip)
        .limit(limit)
        .execute()
      return rows.map(toProject)
    },
    async (key) => {
      const { n } = await matchingProjects(db, filter)
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('project.created_at', '>', key)
        .executeTakeFirstOrThrow()
      return n
    },
  )
}

/** By slug; the bookmarks of `bookmarksOf` come first. Without a page: all of them. */
export async function listProjectsBySlug(
  db: Db,
  filter: ProjectFilter,
  page?: PageRequest,
  bookmarksOf?: number,
): Promise<Page<Project>> {
  let query = matchingProjects(db, filter).select(projectColumns)
  if (bookmarksOf !== undefined) {
    query = query
      .leftJoin('project_bookmark', (join) =>
        join
          .onRef('project_bookmark.project_id', '=', 'project.id')
          .on('project_bookmark.user_id', '=', bookmarksOf),
      )
      .orderBy((eb) => eb.case().when('project_bookmark.user_id', 'is', null).then(1).else(0).end())
  }
  query = query.orderBy('project.slug').orderBy('project.id')
  if (page === undefined) {
    const rows = await query.execute()
    return { rows: rows.map(toProject), hasPrevious: false, hasNext: false }
  }
  const rows = await query
    .offset(page.offset)
    .limit(page.limit + 1)
    .execute()
  return pageOf(rows.map(toProject), page)
}

export async function countProjects(db: Db, filter: ProjectFilter): Promise<number> {
  const { n } = await matchingProjects(db, filter)
    .select((eb) => eb.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow()
  return n
}
