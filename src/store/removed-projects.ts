/** Projects that were given up: hidden at once, gone with everything in them some time after. */
import { newKey } from '../protocol/ids.ts'
import type { Db, Tx } from './database.ts'
import { resolutions } from './flush.ts'
import { deleteAttachments } from './retention.ts'
import { pruneCounts } from './stats.ts'

/** Hides a project and frees its slug. False when it is hidden already. */
export async function removeProject(
  tx: Tx,
  { projectId, now }: { projectId: number; now: number },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('project')
    .set({ status: 'pending_deletion', slug: newKey(), removed_at: now })
    .where('id', '=', projectId)
    .where('status', '=', 'active')
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export async function hasEvents(db: Db, projectId: number): Promise<boolean> {
  const row = await db
    .selectFrom('event')
    .select('id')
    .where('project_id', '=', projectId)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Ids of projects that were given up before then. */
export async function listRemovedProjects(db: Db, before: number): Promise<readonly number[]> {
  const rows = await db
    .selectFrom('project')
    .select('id')
    .where('status', '=', 'pending_deletion')
    .where((eb) => eb.or([eb('removed_at', 'is', null), eb('removed_at', '<', before)]))
    .orderBy('id')
    .execute()
  return rows.map((row) => row.id)
}

export interface DeletedPart {
  readonly deleted: number
  /** Files of attachments that nothing refers to any more. */
  readonly orphans: readonly string[]
}

/** Deletes some rows of a project and, when nothing else is left of it, the project. Zero when it is gone. */
export async function deleteProjectPart(
  tx: Tx,
  { projectId, limit }: { projectId: number; limit: number },
): Promise<DeletedPart> {
  const attachments = await tx
    .selectFrom('attachment')
    .select((eb) => ['id', 'sha256', eb('content', 'is', null).as('is_file')])
    .where('project_id', '=', projectId)
    .limit(limit)
    .execute()
  if (attachments.length > 0) {
    return { deleted: attachments.length, orphans: await deleteAttachments(tx, attachments) }
  }
  for (const deleteSome of [deleteEvents, deleteRows, deleteCounts, deleteWhole]) {
    const deleted = await deleteSome(tx, projectId, limit)
    if (deleted > 0) return { deleted, orphans: [] }
  }
  return { deleted: 0, orphans: [] }
}

/** A chunk holds events of one project only, so it goes with the first of them. */
async function deleteEvents(tx: Tx, projectId: number, limit: number): Promise<number> {
  const rows = await tx
    .selectFrom('event')
    .select(['id', 'chunk_id'])
    .where('project_id', '=', projectId)
    .limit(limit)
    .execute()
  if (rows.length === 0) return 0
  const ids = rows.map((row) => row.id)
  const chunkIds = [...new Set(rows.map((row) => row.chunk_id))]
  await tx.deleteFrom('event').where('id', 'in', ids).execute()
  await tx.deleteFrom('event_chunk').where('id', 'in', chunkIds).execute()
  return rows.length
}

async function deleteRows(tx: Tx, projectId: number, limit: number): Promise<number> {
  for (const table of ['stored_item', 'environment', 'release'] as const) {
    const { numDeletedRows } = await tx
      .deleteFrom(table)
      .where('id', 'in', (eb) =>
        eb.selectFrom(table).select('id').where('project_id', '=', projectId).limit(limit),
      )
      .executeTakeFirst()
    if (numDeletedRows > 0n) return Number(numDeletedRows)
  }
  return 0
}

async function deleteCounts(tx: Tx, projectId: number, limit: number): Promise<number> {
  for (const resolution of resolutions) {
    const before = Number.MAX_SAFE_INTEGER
    const deleted = await pruneCounts(tx, { projectId, resolution, before, limit })
    if (deleted > 0) return deleted
  }
  return 0
}

/** Options, teams, bookmarks, redirects and keys go with the project's row. */
async function deleteWhole(tx: Tx, projectId: number): Promise<number> {
  await tx
    .deleteFrom('client_key_use')
    .where('key_id', 'in', (eb) =>
      eb.selectFrom('client_key').select('id').where('project_id', '=', projectId),
    )
    .execute()
  for (const table of [
    'dropped_item',
    'outcome_total',
    'project_seen',
    'project_ownership',
    'project_use',
  ] as const) {
    await tx.deleteFrom(table).where('project_id', '=', projectId).execute()
  }
  const { numDeletedRows } = await tx.deleteFrom('project').where('id', '=', projectId).executeTakeFirst()
  return Number(numDeletedRows)
}
