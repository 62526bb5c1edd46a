/** Which teams a project belongs to. */
import type { Db, Tx } from './database.ts'

/** Linking twice is no error. False when they were linked already. */
export async function addProjectTeam(tx: Tx, input: { projectId: number; teamId: number }): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('project_team')
    .values({ project_id: input.projectId, team_id: input.teamId })
    .onConflict((oc) => oc.doNothing())
    .executeTakeFirstOrThrow()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

/** False when they were not linked. */
export async function removeProjectTeam(
  tx: Tx,
  input: { projectId: number; teamId: number },
): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('project_team')
    .where('project_id', '=', input.projectId)
    .where('team_id', '=', input.teamId)
    .executeTakeFirst()
  return numDeletedRows > 0n
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
