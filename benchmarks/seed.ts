/** Fills the database of a stopped server with events and their counts, as if they had come in over a month. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { zstdCompressSync } from 'node:zlib'
import { resolutions } from '../e2e/ledger.ts'
import { categoryNumber, outcomeNumber } from '../src/protocol/outcome.ts'

const SPAN_MS = 30 * 86_400_000
/** How long the server keeps the finest counts; older ones would be pruned. */
const FINE_SPAN_MS = 2 * 86_400_000

/** `events` accepted ones, evenly spread; for each of them one more that was filtered and one rate limited. */
export function seed(input: {
  dataDir: string
  projectId: number
  publicKey: string
  events: number
  now: number
}): void {
  const { dataDir, projectId, publicKey, events, now } = input
  using database = new DatabaseSync(join(dataDir, 'vedette.sqlite'))
  database.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -500000; PRAGMA temp_store = MEMORY; BEGIN')
  const key = database.prepare('select id from client_key where public_key = ?').get(publicKey) as {
    id: number
  }

  const chunk = database
    .prepare('insert into event_chunk (project_id, received_at, payloads) values (?, ?, ?)')
    .run(projectId, now, zstdCompressSync(payload)).lastInsertRowid

  database
    .prepare(
      `with recursive turn(i) as (select 1 union all select i + 1 from turn where i < :events)
       insert into event (project_id, event_id, key_id, type, level, platform, title, environment, "release",
         timestamp_at, received_at, size_bytes, chunk_id, chunk_offset)
       select :project, lower(hex(randomblob(16))), :key, 'error', 'error', 'python', 'KeyError: ' || i,
         case when i % 4 = 0 then 'staging' else 'production' end, 'shop@' || (i % 20),
         :start + i * :span / :events, :start + i * :span / :events, :size, :chunk, 0
       from turn`,
    )
    .run(
      integers({
        events,
        project: projectId,
        key: key.id,
        start: now - SPAN_MS,
        span: SPAN_MS,
        size: payload.byteLength,
        chunk: Number(chunk),
      }),
    )
  const category = categoryNumber('error')
  const fates = [
    [outcomeNumber('accepted'), ''],
    [outcomeNumber('filtered'), 'web-crawlers'],
    [outcomeNumber('rate_limited'), 'key_quota'],
  ] as const
  for (const resolution of resolutions) {
    const from = now - (resolution === 10 ? FINE_SPAN_MS : SPAN_MS + 1)
    for (const [outcome, reason] of fates) {
      database
        .prepare(
          `insert into outcome_count (project_id, resolution, bucket, key_id, category, outcome, reason, quantity)
           select project_id, :resolution, received_at / 1000 / :resolution * :resolution as at, key_id, :category,
             :outcome, :reason, count(*)
           from event where project_id = :project and received_at >= :from group by at`,
        )
        .run({ ...integers({ resolution, category, outcome, project: projectId, from }), reason })
    }
    database
      .prepare(
        `insert into event_count (project_id, resolution, bucket, environment, quantity)
         select project_id, :resolution, received_at / 1000 / :resolution * :resolution as at, environment, count(*)
         from event where project_id = :project and received_at >= :from group by at, environment`,
      )
      .run(integers({ resolution, project: projectId, from }))
  }
  database.exec(
    `insert into organization_outcome_count
       select organization_id, resolution, bucket, category, outcome, reason, quantity
       from outcome_count join project on project.id = project_id`,
  )
  database
    .prepare(
      `insert into outcome_total (project_id, category, outcome, quantity)
         select project_id, category, outcome, sum(quantity) from outcome_count
         where project_id = ? and resolution = 86400 group by 1, 2, 3`,
    )
    .run(projectId)

  const environment = database.prepare(
    'insert into environment (project_id, name, created_at) values (?, ?, ?)',
  )
  for (const name of ['production', 'staging']) environment.run(projectId, name, now)
  const release = database.prepare('insert into "release" (project_id, version, created_at) values (?, ?, ?)')
  for (let turn = 0; turn < 20; turn++) release.run(projectId, `shop@${turn}`, now + turn)
  database.prepare('update project set first_event_at = ? where id = ?').run(now - SPAN_MS, projectId)
  database.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)')
}

/** As such they reach the database; plain numbers would be divided with fractions there. */
function integers(values: Readonly<Record<string, number>>): Record<string, bigint> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, BigInt(value)]))
}

const payload = Buffer.from(
  JSON.stringify({
    platform: 'python',
    level: 'error',
    exception: {
      values: [
        { type: 'KeyError', value: "'total'", stacktrace: { frames: [{ function: 'handle', lineno: 7 }] } },
      ],
    },
  }),
)
