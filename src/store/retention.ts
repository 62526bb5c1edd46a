/** Deleting what is past its keep-by date, a small batch at a time so that nobody waits long for the lock. */
import { HOUR } from '../time.ts'
import type { Tx } from './database.ts'

/**
 * Rows are looked at in the order in which they were stored, which is that of their arrival but for requests that
 * were under way at the same time. None of them took an hour, so a chunk outlives its events by that.
 */
const CHUNK_GRACE_MS = HOUR

/** Deletes the oldest events. Answers how many went. */
export function deleteOldEvents(tx: Tx, input: { before: number; limit: number }): Promise<number> {
  return deleteOldest(tx, 'event', input)
}

/** Deletes payloads whose events are gone. Answers how many chunks went. */
export function deleteOldChunks(
  tx: Tx,
  { before, limit }: { before: number; limit: number },
): Promise<number> {
  return deleteOldest(tx, 'event_chunk', { before: before - CHUNK_GRACE_MS, limit })
}

async function deleteOldest(
  tx: Tx,
  table: 'event' | 'event_chunk',
  { before, limit }: { before: number; limit: number },
): Promise<number> {
  const first = await tx.selectFrom(table).select(['id', 'received_at']).orderBy('id').limit(limit).execute()
  // Among the first may be a few from a moment at which the server's clock was ahead: they stay, and block nobody.
  const ids = first.filter((row) => row.received_at < before).map((row) => row.id)
  if (ids.length > 0) await tx.deleteFrom(table).where('id', 'in', ids).execute()
  return ids.length
}

export async function deleteOldItems(tx: Tx, input: { before: number; limit: number }): Promise<number> {
  const result = await tx
    .deleteFrom('stored_item')
    .where('id', 'in', (eb) =>
      eb.selectFrom('stored_item').select('id').where('received_at', '<', input.before).limit(input.limit),
    )
    .executeTakeFirst()
  return Number(result.numDeletedRows)
}

/** Answers how many went, and which files nothing refers to any more. */
export async function deleteOldAttachments(
  tx: Tx,
  input: { before: number; limit: number },
): Promise<{ deleted: number; orphans: readonly string[] }> {
  const rows = await tx
    .selectFrom('attachment')
    .select((eb) => ['id', 'sha256', eb('content', 'is', null).as('is_file')])
    .where('received_at', '<', input.before)
    .orderBy('received_at')
    .limit(input.limit)
    .execute()
  return { deleted: rows.length, orphans: await deleteAttachments(tx, rows) }
}

/** Answers the files that nothing refers to any more. */
export async function deleteAttachments(
  tx: Tx,
  rows: readonly { id: number; sha256: string; is_file: unknown }[],
): Promise<readonly string[]> {
  if (rows.length === 0) return []
  await tx
    .deleteFrom('attachment')
    .where(
      'id',
      'in',
      rows.map((row) => row.id),
    )
    .execute()
  const files = [...new Set(rows.filter((row) => row.is_file).map((row) => row.sha256))]
  if (files.length === 0) return []
  const kept = await tx.selectFrom('attachment').select('sha256').where('sha256', 'in', files).execute()
  const stillNeeded = new Set(kept.map((row) => row.sha256))
  return files.filter((file) => !stillNeeded.has(file))
}

export async function deleteExpiredSessions(tx: Tx, now: number): Promise<number> {
  const result = await tx.deleteFrom('session').where('expires_at', '<', now).executeTakeFirst()
  return Number(result.numDeletedRows)
}
