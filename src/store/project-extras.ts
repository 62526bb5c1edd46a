/** What is shown of a project besides its own row. */
import type { Db } from './database.ts'
import type { Team } from './teams.ts'

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
      .selectFrom('project')
      .select((eb) => [
        'project.id as project_id',
        eb
          .selectFrom('release')
          .select('version')
          .whereRef('release.project_id', '=', 'project.id')
          .orderBy('release.created_at', 'desc')
          .orderBy('release.id', 'desc')
          .limit(1)
          .as('version'),
      ])
      .where('project.id', 'in', projectIds)
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
