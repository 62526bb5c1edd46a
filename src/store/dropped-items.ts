/** The last items that a project has lost. They are written by flush.ts, in the transaction of their counts. */
import type { Db, Tx } from './database.ts'
import { type KeyPage, type KeyPageRequest, keyPage } from './page.ts'

export interface DroppedItem {
  /** Position among all that were listed of the project. */
  readonly number: number
  readonly receivedAt: number
  /** 0 when the key is not known. */
  readonly keyId: number
  readonly client: string | null
  /** Numbers of protocol/outcome.ts. */
  readonly category: number
  readonly outcome: number
  /** Empty when there is none. */
  readonly reason: string
  readonly detail: string | null
  readonly quantity: number
  readonly sizeBytes: number | null
  /** How many more were dropped before the next one that is listed. */
  readonly unlisted: number
}

/** Without a filter, everything. */
export interface DroppedFilter {
  readonly projectId: number
  readonly keyIds?: readonly number[]
  readonly categories?: readonly number[]
  readonly outcomes?: readonly number[]
  readonly reasons?: readonly string[]
}

/** Newest first. */
export function listDroppedItems(
  db: Db,
  filter: DroppedFilter,
  request: KeyPageRequest,
): Promise<KeyPage<DroppedItem>> {
  const { projectId, keyIds, categories, outcomes, reasons } = filter
  const matching = () =>
    db
      .selectFrom('dropped_item')
      .where('project_id', '=', projectId)
      .$if(keyIds !== undefined, (q) => q.where('key_id', 'in', keyIds ?? []))
      .$if(categories !== undefined, (q) => q.where('category', 'in', categories ?? []))
      .$if(outcomes !== undefined, (q) => q.where('outcome', 'in', outcomes ?? []))
      .$if(reasons !== undefined, (q) => q.where('reason', 'in', reasons ?? []))
  return keyPage(
    request,
    ({ number }) => number,
    async (from, skip, limit) =>
      matching()
        .select([
          'number',
          'received_at as receivedAt',
          'key_id as keyId',
          'client',
          'category',
          'outcome',
          'reason',
          'detail',
          'quantity',
          'size_bytes as sizeBytes',
          'unlisted',
        ])
        .$if(from !== undefined, (q) => q.where('number', '<=', from ?? 0))
        .orderBy('number', 'desc')
        .offset(skip)
        .limit(limit)
        .execute(),
    async (number) => {
      const { n } = await matching()
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('number', '>', number)
        .executeTakeFirstOrThrow()
      return n
    },
  )
}

/** Projects whose first listed item is older than `before`: the one that every other came after. */
export async function projectsWithOldDrops(db: Db, before: number): Promise<readonly number[]> {
  const rows = await db
    .selectFrom('project')
    .select('project.id')
    .where((eb) =>
      eb(
        eb
          .selectFrom('dropped_item')
          .select('received_at')
          .whereRef('project_id', '=', 'project.id')
          .orderBy('number')
          .limit(1),
        '<',
        before,
      ),
    )
    .orderBy('project.id')
    .execute()
  return rows.map(({ id }) => id)
}

/** Deletes what is listed of a project and older than `before`; it is never much. Answers how many went. */
export async function deleteOldDrops(
  tx: Tx,
  { projectId, before }: { projectId: number; before: number },
): Promise<number> {
  const { numDeletedRows } = await tx
    .deleteFrom('dropped_item')
    .where('project_id', '=', projectId)
    .where('received_at', '<', before)
    .executeTakeFirst()
  return Number(numDeletedRows)
}
