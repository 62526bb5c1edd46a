/** Deletes what is left of projects that were given up, in small batches. */
import type { Blobs } from '../store/blobs.ts'
import type { Database } from '../store/database.ts'
import { deleteProjectPart, listRemovedProjects } from '../store/removed-projects.ts'
import { MINUTE } from '../time.ts'
import { BATCH, repeatBatch } from './retention.ts'

/** Longer than any request that was let in before the project was given up. */
const LAST_REQUEST_MS = 10 * MINUTE

/** Runs until every such project is gone, or `signal` is aborted. Answers how many rows went. */
export async function purgeRemovedProjects(input: {
  db: Database
  blobs: Blobs
  now: number
  signal?: AbortSignal
}): Promise<number> {
  const { db, blobs, now, signal } = input
  let deleted = 0
  for (const projectId of await listRemovedProjects(db.read, now - LAST_REQUEST_MS)) {
    deleted += await repeatBatch(async () => {
      const part = await db.write((tx) => deleteProjectPart(tx, { projectId, limit: BATCH }))
      for (const orphan of part.orphans) await blobs.delete(orphan)
      return part.deleted
    }, signal)
  }
  return deleted
}
