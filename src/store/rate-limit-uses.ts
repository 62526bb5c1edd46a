/** What quotas have used up, so that a restart does not forget it. Written by flush.ts, with what used it up. */
import type { Db, Tx } from './database.ts'
import type { RateLimitUse } from './flush.ts'

/** Of windows that end after `now`, in epoch seconds. */
export async function listRateLimitUses(db: Db, now: number): Promise<readonly RateLimitUse[]> {
  const rows = await db.selectFrom('rate_limit_use').selectAll().where('ends_at', '>', now).execute()
  return rows.map((row) => ({ quotaId: row.quota_id, endsAt: row.ends_at, quantity: row.used }))
}

/** Forgets windows that ended before `before`, in epoch seconds. Answers how many went. */
export async function deleteOldRateLimitUses(
  tx: Tx,
  { before, limit }: { before: number; limit: number },
): Promise<number> {
  const result = await tx
    .deleteFrom('rate_limit_use')
    .where((eb) =>
      eb(
        eb.refTuple('quota_id', 'ends_at'),
        'in',
        eb
          .selectFrom('rate_limit_use')
          .select(['quota_id', 'ends_at'])
          .where('ends_at', '<', before)
          .limit(limit)
          .$asTuple('quota_id', 'ends_at'),
      ),
    )
    .executeTakeFirst()
  return Number(result.numDeletedRows)
}
