/** Deletes what is past its retention, in small batches. */
import type { Config } from '../config.ts'
import type { Blobs } from '../store/blobs.ts'
import type { Database } from '../store/database.ts'
import { deleteOldDrops, projectsWithOldDrops } from '../store/dropped-items.ts'
import { deleteOldRateLimitUses } from '../store/rate-limit-uses.ts'
import {
  deleteExpiredSessions,
  deleteOldAttachments,
  deleteOldChunks,
  deleteOldEvents,
  deleteOldItems,
} from '../store/retention.ts'
import {
  organizationsWithOldCounts,
  projectsWithOldCounts,
  pruneCounts,
  pruneOrganizationCounts,
} from '../store/stats.ts'
import { DAY, delay } from '../time.ts'

export interface Pruned {
  events: number
  items: number
  attachments: number
  counts: number
  sessions: number
}

/** Rows per transaction: a few milliseconds of the write lock. */
export const BATCH = 200
/** Room between two batches, in which ingestion has the lock for itself. */
const PAUSE_MS = 5

/**
 * Runs until nothing is left to delete, or `signal` is aborted. What it deletes is decided by the retention
 * settings and `now`.
 */
export async function prune(input: {
  db: Database
  blobs: Blobs
  config: Config
  now: number
  signal?: AbortSignal
}): Promise<Pruned> {
  const { db, blobs, config, now, signal } = input
  const untilEmpty = (batch: () => Promise<number>) => repeatBatch(batch, signal)
  const before = now - config.eventRetentionDays * DAY
  const events = await untilEmpty(() => db.write((tx) => deleteOldEvents(tx, { before, limit: BATCH })))
  await untilEmpty(() => db.write((tx) => deleteOldChunks(tx, { before, limit: BATCH })))
  const items = await untilEmpty(() => db.write((tx) => deleteOldItems(tx, { before, limit: BATCH })))
  const attachments = await untilEmpty(async () => {
    const { deleted, orphans } = await db.write((tx) => deleteOldAttachments(tx, { before, limit: BATCH }))
    for (const orphan of orphans) await blobs.delete(orphan)
    return deleted
  })
  const { seconds10, hours, days } = config.statsRetentionDays
  let counts = 0
  for (const [resolution, keepDays] of [
    [10, seconds10],
    [3600, hours],
    [86_400, days],
  ] as const) {
    if (keepDays === 0) continue
    const edge = Math.floor((now - keepDays * DAY) / 1000)
    for (const projectId of await projectsWithOldCounts(db.read, { resolution, before: edge })) {
      counts += await untilEmpty(() =>
        db.write((tx) => pruneCounts(tx, { projectId, resolution, before: edge, limit: BATCH })),
      )
    }
    // These say the same once more, and are not counted again.
    for (const organizationId of await organizationsWithOldCounts(db.read, { resolution, before: edge })) {
      await untilEmpty(() =>
        db.write((tx) =>
          pruneOrganizationCounts(tx, { organizationId, resolution, before: edge, limit: BATCH }),
        ),
      )
    }
  }
  for (const projectId of await projectsWithOldDrops(db.read, before)) {
    await untilEmpty(() => db.write((tx) => deleteOldDrops(tx, { projectId, before })))
  }
  const ended = Math.floor(now / 1000)
  await untilEmpty(() => db.write((tx) => deleteOldRateLimitUses(tx, { before: ended, limit: BATCH })))
  const sessions = await db.write((tx) => deleteExpiredSessions(tx, now))
  return { events, items, attachments, counts, sessions }
}

/** Until a batch deletes nothing, or `signal` is aborted. Answers how many rows went. */
export async function repeatBatch(
  batch: () => Promise<number>,
  signal: AbortSignal | undefined,
): Promise<number> {
  let total = 0
  while (!signal?.aborted) {
    const deleted = await batch()
    if (deleted === 0) break
    total += deleted
    await delay(PAUSE_MS)
  }
  return total
}
