/** Projects, their options, teams, bookmarks, and what they have ever sent. */
import type { Db, Tx } from './database.ts'
import { containing, isNumericId, like } from './organizations.ts'
import { type KeyPage, type KeyPageRequest, keyPage, type Page, type PageRequest, pageOf } from './page.ts'
import type { Team } from './teams.ts'

export type ProjectStatus = 'active' | 'pending_deletion'

export interface Project {
  readonly id: number
  readonly organizationId: number
  readonly slug: string
  readonly name: string
  readonly platform: string | null
  readonly status: ProjectStatus
  readonly createdAt: number
  readonly firstEventAt: number | null
}

/** What a project's answer needs besides its own row. */
export interface ProjectExtras {
  readonly teams: readonly Pick<Team, 'id' | 'slug' | 'name'>[]
  readonly isBookmarked: boolean
  /** `platform:python`, `item:session`, `event:transaction` … */
  readonly seen: ReadonlySet<string>
  /** Visible ones, by name. */
  readonly environments: readonly string[]
  readonly latestRelease: string | null
}

const projectColumns = [
  'project.id',
  'project.organization_id',
  'project.slug',
  'project.name',
  'project.platform',
  'project.status',
  'project.created_at',
  'project.first_event_at',
] as const

interface ProjectRow {
  id: number
  organization_id: number
  slug: string
  name: string
  platform: string | null
  status: ProjectStatus
  created_at: number
  first_event_at: number | null
}

function toProject(row: ProjectRow): Project {
  return {
    id: row.id,
    organizationId: row.organization_id,
    slug: row.slug,
    name: row.name,
    platform: row.platform,
    status: row.status,
    createdAt: row.created_at,
    firstEventAt: row.first_event_at,
  }
}

/** Active ones only. */
export async function projectByIdOrSlug(
  db: Db,
  input: { organizationId: number; idOrSlug: string },
): Promise<Project | undefined> {
  const row = await db
    .selectFrom('project')
    .select(projectColumns)
    .where('organization_id', '=', input.organizationId)
    .where((eb) =>
      isNumericId(input.idOrSlug) ? eb('id', '=', Number(input.idOrSlug)) : eb('slug', '=', input.idOrSlug),
    )
    .where('status', '=', 'active')
    .executeTakeFirst()
  return row && toProject(row)
}

export async function projectById(db: Db, id: number): Promise<Project | undefined> {
  const row = await db
    .selectFrom('project')
    .select(projectColumns)
    .where('id', '=', id)
    .where('status', '=', 'active')
    .executeTakeFirst()
  return row && toProject(row)
}

/** The active project that had this slug before. */
export async function projectByOldSlug(
  db: Db,
  input: { organizationId: number; slug: string },
): Promise<Project | undefined> {
  const row = await db
    .selectFrom('project_redirect')
    .innerJoin('project', 'project.id', 'project_redirect.project_id')
    .select(projectColumns)
    .where('project_redirect.organization_id', '=', input.organizationId)
    .where('project_redirect.slug', '=', input.slug)
    .where('project.status', '=', 'active')
    .executeTakeFirst()
  return row && toProject(row)
}

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
  const { organizationId, organizationIds, memberUserId, ids, slugs, names, platforms, publicKeys, text } =
    filter
  if (organizationId !== undefined) query = query.where('project.organization_id', '=', organizationId)
  if (organizationIds) query = query.where('project.organization_id', 'in', organizationIds)
  const statuses = filter.statuses ?? ['active']
  if (statuses.length > 0) query = query.where('project.status', 'in', statuses as ProjectStatus[])
  if (ids) query = query.where('project.id', 'in', ids)
  if (slugs) query = query.where((eb) => eb(eb.fn('lower', ['project.slug']), 'in', slugs.map(lower)))
  if (names) query = query.where((eb) => eb(eb.fn('lower', ['project.name']), 'in', names.map(lower)))
  if (memberUserId !== undefined) {
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('project_team')
          .innerJoin('team', 'team.id', 'project_team.team_id')
          .innerJoin('team_member', 'team_member.team_id', 'team.id')
          .innerJoin('organization_member', 'organization_member.id', 'team_member.member_id')
          .select('team.id')
          .whereRef('project_team.project_id', '=', 'project.id')
          .where('team.status', '=', 'active')
          .where('organization_member.user_id', '=', memberUserId),
      ),
    )
  }
  for (const [teamIds, wanted] of [
    [filter.teamIds, true],
    [filter.withoutTeamIds, false],
  ] as const) {
    if (!teamIds) continue
    query = query.where((eb) => {
      const linked = eb.exists(
        eb
          .selectFrom('project_team')
          .select('team_id')
          .whereRef('project_id', '=', 'project.id')
          .where('team_id', 'in', teamIds),
      )
      return wanted ? linked : eb.not(linked)
    })
  }
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
    query = query.where((eb) =>
      eb.exists(
        eb
          .selectFrom('client_key')
          .select('client_key.id')
          .whereRef('project_id', '=', 'project.id')
          .where('public_key', 'in', publicKeys),
      ),
    )
  }
  if (text) {
    const pattern = containing(text)
    query = query.where((eb) =>
      eb.or([like(eb.ref('project.name'), pattern), like(eb.ref('project.slug'), pattern)]),
    )
  }
  return query
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

/** Loads everything for a list of projects first: one query per kind, none per project. */
export async function projectExtras(
  db: Db,
  input: { projectIds: readonly number[]; userId: number | undefined },
): Promise<ReadonlyMap<number, ProjectExtras>> {
  const { projectIds, userId } = input
  if (projectIds.length === 0) return new Map()
  const [teams, bookmarks, seen, environments, releases] = await Promise.all([
    db
      .selectFrom('project_team')
      .innerJoin('team', 'team.id', 'project_team.team_id')
      .select(['project_id', 'team.id', 'team.slug', 'team.name'])
      .where('project_id', 'in', projectIds)
      .where('team.status', '=', 'active')
      .orderBy('team.id')
      .execute(),
    userId === undefined
      ? []
      : db
          .selectFrom('project_bookmark')
          .select('project_id')
          .where('user_id', '=', userId)
          .where('project_id', 'in', projectIds)
          .execute(),
    db
      .selectFrom('project_seen')
      .select(['project_id', 'what'])
      .where('project_id', 'in', projectIds)
      .execute(),
    db
      .selectFrom('environment')
      .select(['project_id', 'name'])
      .where('project_id', 'in', projectIds)
      .where('is_hidden', '=', 0)
      .where('name', '!=', '')
      .orderBy('name')
      .execute(),
    db
      .selectFrom('release')
      .innerJoin(
        (eb) =>
          eb
            .selectFrom('release')
            .select((sub) => ['project_id', sub.fn.max('id').as('latest_id')])
            .where('project_id', 'in', projectIds)
            .groupBy('project_id')
            .as('latest'),
        (join) => join.onRef('latest.latest_id', '=', 'release.id'),
      )
      .select(['release.project_id', 'version'])
      .execute(),
  ])
  const teamsOf = Map.groupBy(teams, (row) => row.project_id)
  const seenOf = Map.groupBy(seen, (row) => row.project_id)
  const environmentsOf = Map.groupBy(environments, (row) => row.project_id)
  const bookmarked = new Set(bookmarks.map((row) => row.project_id))
  const releaseOf = new Map(releases.map((row) => [row.project_id, row.version]))
  return new Map(
    projectIds.map((id) => [
      id,
      {
        teams: (teamsOf.get(id) ?? []).map((row) => ({ id: row.id, slug: row.slug, name: row.name })),
        isBookmarked: bookmarked.has(id),
        seen: new Set((seenOf.get(id) ?? []).map((row) => row.what)),
        environments: (environmentsOf.get(id) ?? []).map((row) => row.name),
        latestRelease: releaseOf.get(id) ?? null,
      },
    ]),
  )
}

/** Stored options only: whoever reads them knows the defaults. */
export type ProjectOptions = Readonly<Record<string, unknown>>

export async function projectOptions(
  db: Db,
  projectIds: readonly number[],
): Promise<ReadonlyMap<number, ProjectOptions>> {
  if (projectIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('project_option')
    .select(['project_id', 'name', 'value'])
    .where('project_id', 'in', projectIds)
    .execute()
  const grouped = Map.groupBy(rows, (row) => row.project_id)
  return new Map(
    projectIds.map((id) => [
      id,
      Object.fromEntries((grouped.get(id) ?? []).map((row) => [row.name, JSON.parse(row.value) as unknown])),
    ]),
  )
}

/** An undefined value removes the option. */
export async function setProjectOptions(
  tx: Tx,
  input: { projectId: number; options: Readonly<Record<string, unknown>> },
): Promise<void> {
  for (const [name, value] of Object.entries(input.options)) {
    if (value === undefined) {
      await tx
        .deleteFrom('project_option')
        .where('project_id', '=', input.projectId)
        .where('name', '=', name)
        .execute()
      continue
    }
    const json = JSON.stringify(value)
    await tx
      .insertInto('project_option')
      .values({ project_id: input.projectId, name, value: json })
      .onConflict((oc) => oc.columns(['project_id', 'name']).doUpdateSet({ value: json }))
      .execute()
  }
}

/** `id` carries a project over from another server; its DSNs stay valid. */
export async function insertProject(
  tx: Tx,
  input: {
    id?: number
    organizationId: number
    slug: string
    name: string
    platform: string | null
    now: number
  },
): Promise<Project> {
  const row = await tx
    .insertInto('project')
    .values({
      ...(input.id === undefined ? {} : { id: input.id }),
      organization_id: input.organizationId,
      slug: input.slug,
      name: input.name,
      platform: input.platform,
      created_at: input.now,
      first_event_at: null,
    })
    .returning([
      'id',
      'organization_id',
      'slug',
      'name',
      'platform',
      'status',
      'created_at',
      'first_event_at',
    ])
    .executeTakeFirstOrThrow()
  return toProject(row)
}

/** Without case, as generated slugs must differ by more than case. */
export async function isProjectSlugTaken(
  db: Db,
  input: { organizationId: number; slug: string },
): Promise<boolean> {
  const row = await db
    .selectFrom('project')
    .select('id')
    .where('organization_id', '=', input.organizationId)
    .where((eb) => eb(eb.fn('lower', ['slug']), '=', input.slug.toLowerCase()))
    .executeTakeFirst()
  return row !== undefined
}

/** Linking twice is no error. False when they were linked already. */
export async function addProjectTeam(tx: Tx, input: { projectId: number; teamId: number }): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('project_team')
    .values({ project_id: input.projectId, team_id: input.teamId })
    .onConflict((oc) => oc.doNothing())
    .executeTakeFirstOrThrow()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** Teams that are being deleted do not count. */
export async function teamIdsOfProject(db: Db, projectId: number): Promise<readonly number[]> {
  const rows = await db
    .selectFrom('project_team')
    .innerJoin('team', 'team.id', 'project_team.team_id')
    .select('team_id')
    .where('project_id', '=', projectId)
    .where('team.status', '=', 'active')
    .execute()
  return rows.map((row) => row.team_id)
}

/** The ids of each team's projects. */
export async function projectTeamLinks(
  db: Db,
  teamIds: readonly number[],
): Promise<ReadonlyMap<number, ReadonlySet<number>>> {
  if (teamIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('project_team')
    .select(['team_id', 'project_id'])
    .where('team_id', 'in', teamIds)
    .execute()
  const grouped = Map.groupBy(rows, (row) => row.team_id)
  return new Map([...grouped].map(([id, links]) => [id, new Set(links.map((link) => link.project_id))]))
}
