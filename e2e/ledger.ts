/**
 * What the server has written, read from its SQLite file without its code: for proofs about facts that the web
 * API has no endpoint for, and to compare with those it has. The only SQL of the proofs.
 */
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { zstdDecompressSync } from 'node:zlib'
import { dataCategories, outcomes } from '../src/protocol/outcome.ts'

/** Seconds per bucket at which every count is kept. */
export const resolutions = [10, 3600, 86_400] as const
export type Resolution = (typeof resolutions)[number]

export interface Ledger extends Disposable {
  /** Ids of all stored events, doubles included. */
  eventIds(projectId: number): string[]
  events(projectId: number): { type: string; level: string; platform: string; title: string }[]
  countEvents(projectId: number): number
  /** What was counted, as `outcome category` or `outcome:reason category`, summed over keys and time. */
  counts(projectId: number, resolution?: Resolution): Record<string, number>
  /** Stored events by the counts that `generated` is read from. */
  countedEvents(projectId: number, resolution: Resolution): number
  attachments(projectId: number): { event_id: string; name: string; size_bytes: number }[]
  /** Types of what is kept beside events and attachments. */
  itemTypes(projectId: number): string[]
  /** What those of one type hold, if they hold JSON, in the order of their arrival. */
  itemsOf(projectId: number, type: string): unknown[]
  /** What was counted against quotas, summed over their windows. */
  quotaUses(): Record<string, number>
  /** `ok`, or what is wrong with the file. */
  check(): string
}

/** Opens the file read-only; each call sees what is committed at that moment. */
export function openLedger(dataDir: string): Ledger {
  const database = new DatabaseSync(join(dataDir, 'vedette.sqlite'), { readOnly: true, timeout: 5000 })
  const all = <T>(sql: string, ...values: SQLInputValue[]) => database.prepare(sql).all(...values) as T[]
  const number = (sql: string, ...values: SQLInputValue[]) => all<{ n: number }>(sql, ...values)[0]?.n ?? 0

  return {
    eventIds: (projectId) =>
      all<{ event_id: string }>('select event_id from event where project_id = ?', projectId).map(
        (row) => row.event_id,
      ),
    events: (projectId) =>
      all('select type, level, platform, title from event where project_id = ? order by id', projectId),
    countEvents: (projectId) => number('select count(*) as n from event where project_id = ?', projectId),
    counts(projectId, resolution = 86_400) {
      const rows = all<{ outcome: number; category: number; reason: string; quantity: number }>(
        `select outcome, category, reason, sum(quantity) as quantity from outcome_count
         where project_id = ? and resolution = ? group by outcome, category, reason`,
        projectId,
        resolution,
      )
      return Object.fromEntries(
        rows.map(({ outcome, category, reason, quantity }) => [
          `${outcomes[outcome]}${reason === '' ? '' : `:${reason}`} ${dataCategories[category]}`,
          quantity,
        ]),
      )
    },
    countedEvents: (projectId, resolution) =>
      number(
        'select sum(quantity) as n from event_count where project_id = ? and resolution = ?',
        projectId,
        resolution,
      ),
    attachments: (projectId) =>
      all('select event_id, name, size_bytes from attachment where project_id = ? order by id', projectId),
    itemTypes: (projectId) =>
      all<{ type: string }>('select type from stored_item where project_id = ? order by id', projectId).map(
        (row) => row.type,
      ),
    itemsOf: (projectId, type) =>
      all<{ payload: Uint8Array }>(
        'select payload from stored_item where project_id = ? and type = ? order by id',
        projectId,
        type,
      ).map((row) => JSON.parse(zstdDecompressSync(row.payload).toString()) as unknown),
    quotaUses: () =>
      Object.fromEntries(
        all<{ quota_id: string; used: number }>(
          'select quota_id, sum(used) as used from rate_limit_use group by quota_id',
        ).map(({ quota_id, used }) => [quota_id, used]),
      ),
    check: () =>
      all<{ quick_check: string }>('pragma quick_check(5)')
        .map((row) => row.quick_check)
        .join('; '),
    [Symbol.dispose]: () => database.close(),
  }
}
