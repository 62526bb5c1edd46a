/** Environments that a project's events have named. */
import type { Db, Tx } from './database.ts'

export interface Environment {
  readonly id: number
  readonly name: string
  readonly isHidden: boolean
}

export type Visibility = 'all' | 'hidden' | 'visible'

const columns = ['id', 'name', 'is_hidden'] as const

function toEnvironment(row: { id: number; name: string; is_hidden: number }): Environment {
  return { id: row.id, name: row.name, isHidden: row.is_hidden === 1 }
}

/** By name, without the one that has none. */
export async function listEnvironments(
  db: Db,
  { projectId, visibility }: { projectId: number; visibility: Visibility },
): Promise<readonly Environment[]> {
  const rows = await db
    .selectFrom('environment')
    .select(columns)
    .where('project_id', '=', projectId)
    .where('name', '!=', '')
    .$if(visibility !== 'all', (q) => q.where('is_hidden', '=', visibility === 'hidden' ? 1 : 0))
    .orderBy('name')
    .execute()
  return rows.map(toEnvironment)
}

/** Each name once, by name, under the lowest id that it has in these projects. */
export async function listEnvironmentNames(
  db: Db,
  { projectIds, visibility }: { projectIds: readonly number[]; visibility: Visibility },
): Promise<readonly { id: number; name: string }[]> {
  if (projectIds.length === 0) return []
  return db
    .selectFrom('environment')
    .select((eb) => ['name', eb.fn.min('id').as('id')])
    .where('project_id', 'in', projectIds)
    .where('name', '!=', '')
    .$if(visibility !== 'all', (q) => q.where('is_hidden', '=', visibility === 'hidden' ? 1 : 0))
    .groupBy('name')
    .orderBy('name')
    .execute()
}

/** Those of these names that there are, by name. */
export async function environmentsByName(
  db: Db,
  { projectId, names }: { projectId: number; names: readonly string[] },
): Promise<readonly Environment[]> {
  if (names.length === 0) return []
  const rows = await db
    .selectFrom('environment')
    .select(columns)
    .where('project_id', '=', projectId)
    .where('name', 'in', names)
    .orderBy('name')
    .execute()
  return rows.map(toEnvironment)
}

export async function hideEnvironments(
  tx: Tx,
  { ids, isHidden }: { ids: readonly number[]; isHidden: boolean },
): Promise<void> {
  if (ids.length === 0) return
  await tx
    .updateTable('environment')
    .set({ is_hidden: isHidden ? 1 : 0 })
    .where('id', 'in', ids)
    .execute()
}
