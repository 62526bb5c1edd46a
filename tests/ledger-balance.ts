/** Whether everything that is counted twice is counted alike: the resolutions, the organizations, the events. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** One difference between two sums that should be the same. */
export interface Difference {
  readonly between: string
  readonly project: number
  readonly category: number
  readonly bucket: number
  readonly difference: number
}

/** Counts as `+` and the same counts from elsewhere as `-`: what is left over is wrong. */
const comparisons: Readonly<Record<string, readonly [plus: string, minus: string]>> = {
  'hours and days': [
    `select project_id, category, bucket - bucket % 86400 as bucket, key_id || ' ' || outcome || reason as what, quantity
     from outcome_count where resolution = 3600`,
    `select project_id, category, bucket, key_id || ' ' || outcome || reason as what, quantity
     from outcome_count where resolution = 86400`,
  ],
  'ten seconds and hours': [
    `select project_id, category, bucket - bucket % 3600 as bucket, key_id || ' ' || outcome || reason as what, quantity
     from outcome_count where resolution = 10 and bucket >= :fine`,
    `select project_id, category, bucket, key_id || ' ' || outcome || reason as what, quantity
     from outcome_count where resolution = 3600 and bucket >= :fine`,
  ],
  'projects and organizations': [
    `select organization_id as project_id, category, bucket, resolution || ' ' || outcome || reason as what, quantity
     from outcome_count join project on project.id = project_id`,
    `select organization_id as project_id, category, bucket, resolution || ' ' || outcome || reason as what, quantity
     from organization_outcome_count`,
  ],
  'days and totals': [
    `select project_id, category, 0 as bucket, outcome as what, quantity from outcome_count where resolution = 86400`,
    'select project_id, category, 0 as bucket, outcome as what, quantity from outcome_total',
  ],
  'accepted and stored events': [
    `select project_id, 0 as category, bucket, resolution as what, quantity from outcome_count
     where outcome = 0 and category in (0, 1, 3)`,
    'select project_id, 0 as category, bucket, resolution as what, quantity from event_count',
  ],
  'accepted and described events': [
    `select project_id, category, bucket, resolution as what, quantity from outcome_count
     where outcome = 0 and category in (0, 1, 2, 3, 14) and resolution > 10`,
    'select project_id, category, bucket, resolution as what, quantity from event_facet_count',
  ],
}

/** `fineSince` is when the first hour begins of which all ten seconds are kept, in epoch seconds. */
export function differencesIn(dataDir: string, { fineSince }: { fineSince: number }): Difference[] {
  using database = new DatabaseSync(join(dataDir, 'vedette.sqlite'), { readOnly: true })
  return Object.entries(comparisons).flatMap(([between, [plus, minus]]) => {
    const sql = `select '${between}' as "between", project_id as project, category, bucket,
      sum(quantity) as difference
      from (${plus} union all select project_id, category, bucket, what, -quantity from (${minus}))
      group by project_id, category, bucket, what having sum(quantity) <> 0 limit 10`
    const parameters = sql.includes(':fine') ? { fine: fineSince } : {}
    return database.prepare(sql).all(parameters) as unknown as Difference[]
  })
}

/** The first and the last moment that anything is counted at or was received at, in epoch seconds, by its table. */
export function spansIn(dataDir: string): Record<string, readonly [first: number, last: number]> {
  using database = new DatabaseSync(join(dataDir, 'vedette.sqlite'), { readOnly: true })
  const columns = {
    'outcome_count at 10 s': ['outcome_count where resolution = 10', 'bucket'],
    'outcome_count at 1 h': ['outcome_count where resolution = 3600', 'bucket'],
    'organization_outcome_count at 10 s': ['organization_outcome_count where resolution = 10', 'bucket'],
    event_count: ['event_count where resolution = 3600', 'bucket'],
    event_facet_count: ['event_facet_count where resolution = 3600', 'bucket'],
    event: ['event', 'max(received_at, timestamp_at) / 1000.0'],
    dropped_item: ['dropped_item', 'received_at / 1000.0'],
    stored_item: ['stored_item', 'received_at / 1000.0'],
    attachment: ['attachment', 'received_at / 1000.0'],
    audit_entry: ['audit_entry', 'created_at / 1000.0'],
    client_key_use: ['client_key_use', 'last_used_at / 1000.0'],
    release: ['"release"', 'created_at / 1000.0'],
  } as const
  return Object.fromEntries(
    Object.entries(columns).map(([name, [from, at]]) => {
      const sql = `select min(${at}) as first, max(${at}) as last from ${from}`
      const { first, last } = database.prepare(sql).get() as { first: number; last: number }
      return [name, [first, last]]
    }),
  )
}
