/** Who changed what, when. Entries are written in the transaction of the change and never altered. */
import type { AuditEvent } from '../protocol/audit-events.ts'
import type { Db, Tx } from './database.ts'
import { membershipsOf } from './members.ts'
import { type KeyPage, type KeyPageRequest, keyPage } from './page.ts'

/** Who made a change: a user, or something that has a name only. */
export interface Changer {
  readonly userId: number | null
  readonly label: string
  readonly ipAddress: string | null
}

export interface Change {
  readonly organizationId: number
  readonly event: AuditEvent
  /** Id of what was changed, of the kind that the event speaks of. */
  readonly targetObject?: number | null
  readonly targetUserId?: number | null
  /** What the sentence about the change needs. Never a secret: the log is read by all who administer. */
  readonly data?: Readonly<Record<string, unknown>>
}

export interface AuditEntry {
  readonly id: number
  readonly changer: Changer
  readonly event: AuditEvent
  readonly targetObject: number | null
  readonly targetUserId: number | null
  readonly data: Record<string, unknown>
  readonly createdAt: number
}

/** `now` is epoch milliseconds. */
export async function recordChange(tx: Tx, by: Changer, change: Change, now: number): Promise<void> {
  await tx
    .insertInto('audit_entry')
    .values({
      organization_id: change.organizationId,
      user_id: by.userId,
      user_label: by.label,
      ip_address: by.ipAddress,
      event: change.event,
      target_object: change.targetObject ?? null,
      target_user_id: change.targetUserId ?? null,
      data: JSON.stringify(change.data ?? {}),
      created_at: now,
    })
    .execute()
}

/** A change to what belongs to a person is recorded in every organization that they belong to. */
export async function recordPersonalChange(
  tx: Tx,
  by: Changer,
  { userId, ...change }: Omit<Change, 'organizationId'> & { userId: number },
  now: number,
): Promise<void> {
  for (const { organizationId } of await membershipsOf(tx, userId)) {
    await recordChange(tx, by, { targetUserId: userId, ...change, organizationId }, now)
  }
}

export interface AuditFilter {
  readonly organizationId: number
  readonly events?: readonly AuditEvent[]
  readonly userId?: number
  /** Epoch milliseconds, end exclusive. */
  readonly from?: number
  readonly to?: number
}

/** Newest first. */
export function listAuditEntries(
  db: Db,
  filter: AuditFilter,
  request: KeyPageRequest,
): Promise<KeyPage<AuditEntry>> {
  const matching = () => {
    const { organizationId, events, userId, from, to } = filter
    return db
      .selectFrom('audit_entry')
      .where('organization_id', '=', organizationId)
      .$if(events !== undefined, (q) => q.where('event', 'in', events ?? []))
      .$if(userId !== undefined, (q) => q.where('user_id', '=', userId ?? 0))
      .$if(from !== undefined, (q) => q.where('created_at', '>=', from ?? 0))
      .$if(to !== undefined, (q) => q.where('created_at', '<', to ?? 0))
  }
  return keyPage(
    request,
    (entry) => entry.id,
    async (from, skip, limit) => {
      const rows = await matching()
        .selectAll()
        .$if(from !== undefined, (q) => q.where('id', '<=', from ?? 0))
        .orderBy('id', 'desc')
        .offset(skip)
        .limit(limit)
        .execute()
      return rows.map((row) => ({
        id: row.id,
        changer: { userId: row.user_id, label: row.user_label, ipAddress: row.ip_address },
        event: row.event as AuditEvent,
        targetObject: row.target_object,
        targetUserId: row.target_user_id,
        data: JSON.parse(row.data) as Record<string, unknown>,
        createdAt: row.created_at,
      }))
    },
    async (key) => {
      const { above } = await matching()
        .select((eb) => eb.fn.countAll<number>().as('above'))
        .where('id', '>', key)
        .executeTakeFirstOrThrow()
      return above
    },
  )
}
