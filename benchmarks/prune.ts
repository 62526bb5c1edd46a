/**
 * Does ingestion notice that old counts are deleted? A server finds a year of 10-second counts that it should have
 * deleted long ago, and takes the same load before its job starts and while it deletes.
 */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openLedger } from '../e2e/ledger.ts'
import { type RunningServer, startServer } from '../e2e/server.ts'
import { categoryNumber, outcomeNumber } from '../src/protocol/outcome.ts'
import { makeGzipEnvelopes } from './envelopes.ts'
import { drive, envelopeRequest, median, percentile, type Shot } from './load.ts'
import { machine, record, table } from './record.ts'

const ABOUT = `Latency of ingestion before the job that deletes old counts starts, and while it deletes a year of 10-second counts of
one project. \`npm run bench prune -- --record\` adds a section.`

const DAY = 86_400
const STEP = 10
/** While it deletes, the 99th percentile may be so many times as high. */
const LIMIT_RATIO = 2
/** The job starts a minute after the server. */
const JOB_AFTER_MS = 60_000
const CONNECTIONS = 8
const REQUESTS = 5000

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      days: { type: 'string', default: '365' },
      legs: { type: 'string', default: '8' },
      record: { type: 'boolean', default: false },
    },
  })
  const legs = Number(values.legs)
  console.log(machine())
  await using server = await startServer()
  await server.kill('SIGTERM')
  const startedAt = performance.now()
  seedOldCounts(server, { days: Number(values.days), now: Date.now() })
  console.log(
    `${oldCounts(server)} old counts written in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`,
  )
  await server.restart()
  const readyAt = performance.now()

  const load = openLoad(server)
  await load.leg()
  const before: number[][] = []
  for (let leg = 0; leg < legs; leg++) before.push(await load.leg())
  const untouched = oldCounts(server)
  if (performance.now() - readyAt > JOB_AFTER_MS)
    throw new Error('The job started too early: take fewer legs')

  await delay(JOB_AFTER_MS + 2000 - (performance.now() - readyAt))
  const during: number[][] = []
  let left = oldCounts(server)
  let deleted = 0
  for (let leg = 0; leg < legs; leg++) {
    during.push(await load.leg())
    const now = oldCounts(server)
    if (now >= left) throw new Error(`Nothing was deleted during leg ${leg + 1}: ${now} old counts are left`)
    deleted += left - now
    left = now
  }
  if (left === 0) throw new Error('Everything was deleted before the last leg ended: seed more days')
  verify(server, load.acknowledged())

  const ratio = percentile(during.flat(), 0.99) / percentile(before.flat(), 0.99)
  const figures = table([
    ['', 'before', 'while deleting'],
    ...(
      [
        ['p50, ms', (all) => median(all.flat()).toFixed(1)],
        ['p99, ms', (all) => percentile(all.flat(), 0.99).toFixed(1)],
        ['slowest, ms', (all) => percentile(all.flat(), 1).toFixed(1)],
      ] as const satisfies readonly (readonly [string, (all: readonly number[][]) => string])[]
    ).map(([name, figure]) => [name, figure(before), figure(during)]),
    ['ratio of p99', '', ratio.toFixed(2)],
    ['old counts deleted', '', `${deleted} of ${untouched}`],
    ['acknowledged = stored = counted', '', String(load.acknowledged())],
  ])
  console.log(`\n${figures}`)
  if (values.record) console.log(`\nRecorded in ${record('prune', ABOUT, figures)}`)
  if (ratio >= LIMIT_RATIO) {
    console.error(`FAILED: p99 is ${ratio.toFixed(2)} times as high while old counts are deleted`)
    process.exitCode = 1
  }
}

function openLoad(server: RunningServer): { leg(): Promise<number[]>; acknowledged(): number } {
  const port = Number(new URL(server.url).port)
  const { projectId, publicKey } = server
  let turn = 0
  let acknowledged = 0
  return {
    acknowledged: () => acknowledged,
    async leg() {
      const shots: Shot[] = makeGzipEnvelopes(REQUESTS, turn).map(({ eventId, body }) => ({
        id: eventId,
        bytes: envelopeRequest({ port, projectId, publicKey, body, encoding: 'gzip' }),
      }))
      turn += REQUESTS
      const ms: number[] = []
      await drive({
        port,
        connections: CONNECTIONS,
        next: () => shots.pop(),
        answered(shot, status, took, body) {
          if (status !== 200) throw new Error(`Expected 200 with ${shot.id}, got ${status} ${body}`)
          acknowledged++
          ms.push(took)
        },
        lost: (shot) => {
          throw new Error(`No answer for ${shot.id}:\n${server.output()}`)
        },
      })
      return ms
    },
  }
}

/** Each 10 seconds of so many days, ending a week ago: errors that were accepted, and some that were filtered. */
function seedOldCounts({ dataDir }: RunningServer, { days, now }: { days: number; now: number }): void {
  using database = new DatabaseSync(join(dataDir, 'vedette.sqlite'))
  database.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; PRAGMA temp_store = MEMORY; BEGIN')
  const to = Math.floor(now / 1000 / DAY) * DAY - 7 * DAY
  const span = { from: BigInt(to - days * DAY), to: BigInt(to) }
  const error = categoryNumber('error')
  const turns = `with recursive turn(at) as (select :from union all select at + ${STEP} from turn where at + ${STEP} < :to),
    fate(outcome, reason, share) as
      (values (${outcomeNumber('accepted')}, '', 1), (${outcomeNumber('filtered')}, 'web-crawlers', 4))`
  database
    .prepare(
      `insert into outcome_count (project_id, resolution, bucket, key_id, category, outcome, reason, quantity)
         ${turns} select 1, ${STEP}, at, 1, ${error}, outcome, reason, 3
         from turn cross join fate where at / ${STEP} % share = 0`,
    )
    .run(span)
  database
    .prepare(
      `insert into organization_outcome_count
         (organization_id, resolution, bucket, category, outcome, reason, quantity)
         ${turns} select 1, ${STEP}, at, ${error}, outcome, reason, 3
         from turn cross join fate where at / ${STEP} % share = 0`,
    )
    .run(span)
  database
    .prepare(
      `insert into event_count (project_id, resolution, bucket, environment, quantity)
         ${turns} select 1, ${STEP}, at, 'production', 3 from turn`,
    )
    .run(span)
  database.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)')
}

function oldCounts({ dataDir }: RunningServer): number {
  using database = new DatabaseSync(join(dataDir, 'vedette.sqlite'), { readOnly: true })
  const before = Math.floor(Date.now() / 1000) - 6 * DAY
  const count = (table: string) =>
    (
      database
        .prepare(`select count(*) as n from ${table} where resolution = ${STEP} and bucket < ${before}`)
        .get() as { n: number }
    ).n
  return count('outcome_count') + count('event_count') + count('organization_outcome_count')
}

/** Everything acknowledged is stored and counted, and nothing else is. */
function verify({ dataDir, projectId }: RunningServer, acknowledged: number): void {
  using ledger = openLedger(dataDir)
  using database = new DatabaseSync(join(dataDir, 'vedette.sqlite'), { readOnly: true })
  const { n } = database
    .prepare('select sum(quantity) as n from outcome_count where resolution = 86400 and project_id = ?')
    .get(projectId) as { n: number }
  const stored = ledger.countEvents(projectId)
  if (stored !== acknowledged || n !== acknowledged)
    throw new Error(`${acknowledged} events were acknowledged, ${stored} are stored and ${n} counted`)
}
