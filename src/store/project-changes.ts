/** What changes a project: its row and slug, bookmarks, and everything taken over from another project. */
import type { Db, Tx } from './database.ts'
import { projectOptions, setProjectOptions } from './project-options.ts'

export interface ProjectRowChange {
  readonly name?: string
  readonly slug?: string
  readonly platform?: string
}

/** Errors: the driver's unique violation when the slug is taken. */
export async function updateProject(
  tx: Tx,
  { projectId, change }: { projectId: number; change: ProjectRowChange },
): Promise<void> {
  if (Object.keys(change).length === 0) return
  await tx.updateTable('project').set(change).where('id', '=', projectId).execute()
}

/** The name of the other project that has this slug. */
export async function nameOfSlugHolder(
  db: Db,
  input: { organizationId: number; slug: string; except: number },
): Promise<string | undefined> {
  const row = await db
    .selectFrom('project')
    .select('name')
    .where('organization_id', '=', input.organizationId)
    .where('slug', '=', input.slug)
    .where('id', '!=', input.except)
    .executeTakeFirst()
  return row?.name
}

/** From now on the slug leads to this project, whichever it led to before. */
export async function recordRedirect(
  tx: Tx,
  input: { organizationId: number; slug: string; projectId: number },
): Promise<void> {
  const { organizationId, slug, projectId } = input
  await tx
    .insertInto('project_redirect')
    .values({ organization_id: organizationId, slug, project_id: projectId })
    .onConflict((oc) => oc.columns(['organization_id', 'slug']).doUpdateSet({ project_id: projectId }))
    .execute()
}

export async function setBookmark(
  tx: Tx,
  input: { projectId: number; userId: number; isBookmarked: boolean },
): Promise<void> {
  const { projectId, userId, isBookmarked } = input
  if (isBookmarked) {
    await tx
      .insertInto('project_bookmark')
      .values({ project_id: projectId, user_id: userId })
      .onConflict((oc) => oc.doNothing())
      .execute()
    return
  }
  await tx
    .deleteFrom('project_bookmark')
    .where('project_id', '=', projectId)
    .where('user_id', '=', userId)
    .execute()
}

/**
 * Gives a project the options, teams, ownership rules and environments of another. Environments that only the
 * first has stay: events speak of them.
 */
export async function copySettings(
  tx: Tx,
  { from, to, now }: { from: number; to: number; now: number },
): Promise<void> {
  if (from === to) return
  const options = (await projectOptions(tx, [from])).get(from) ?? {}
  await setProjectOptions(tx, { projectId: to, options })

  await tx.deleteFrom('project_team').where('project_id', '=', to).execute()
  await tx
    .insertInto('project_team')
    .columns(['project_id', 'team_id'])
    .expression((eb) =>
      eb
        .selectFrom('project_team')
        .select((own) => [own.val(to).as('project_id'), 'team_id'])
        .where('project_id', '=', from),
    )
    .execute()

  await tx.deleteFrom('project_ownership').where('project_id', '=', to).execute()
  const ownership = await tx
    .selectFrom('project_ownership')
    .selectAll()
    .where('project_id', '=', from)
    .executeTakeFirst()
  if (ownership !== undefined) {
    await tx
      .insertInto('project_ownership')
      .values({ ...ownership, project_id: to })
      .execute()
  }

  await tx
    .insertInto('environment')
    .columns(['project_id', 'name', 'is_hidden', 'created_at'])
    .expression((eb) =>
      eb
        .selectFrom('environment')
        .select((own) => [own.val(to).as('project_id'), 'name', 'is_hidden', own.val(now).as('created_at')])
        .where('project_id', '=', from),
    )
    .onConflict((oc) =>
      oc.columns(['project_id', 'name']).doUpdateSet((eb) => ({ is_hidden: eb.ref('excluded.is_hidden') })),
    )
    .execute()
}
