/** The options of projects, by the names under which Sentry stores them. */
import type { Db, Tx } from './database.ts'

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
