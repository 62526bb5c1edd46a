/**
 * Do statistics stay quick when an organization has grown old? A thousand projects with 400 days of hourly history,
 * on two servers: the same buckets, but a hundred times more events in them on one.
 */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parseArgs } from 'node:util'
import { type RunningServer, startServer } from '../e2e/server.ts'
import { categoryNumber, outcomeNumber } from '../src/protocol/outcome.ts'
import { ask } from './ask.ts'
import { median, percentile } from './load.ts'
import { machine, record, residentMib, table } from './record.ts'

const ABOUT = `One request after the other on one connection, in ms: median on a database with few events and on one with a
hundred times more in the same buckets, and the 99th percentile of both together. The history is that of a thousand
projects over 400 days, by hours and days. \`npm run bench usage -- --record\` adds a section.`

const HOUR = 3600
const DAY = 86_400
/** What one bucket may take in the database. */
const LIMIT_BYTES = 100
/** The same call should cost the same on both; beyond this it is not noise. */
const LIMIT_RATIO = 1.2
/** How much more memory may be resident after all calls than after a few of each. */
const LIMIT_GROWTH_MIB = 32
const FACTOR = 100
const BATCH = 10

interface Call {
  readonly path: string
  /** Of the 99th percentile; without it the figure is only shown. */
  readonly limitMs?: number
  readonly batches: number
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      projects: { type: 'string', default: '1000' },
      days: { type: 'string', default: '400' },
      events: { type: 'string', default: '10000' },
      record: { type: 'boolean', default: false },
    },
  })
  console.log(machine())
  const history = { projects: Number(values.projects), days: Number(values.days), now: Date.now() }
  const few = Number(values.events)
  await using small = await seededServer({ ...history, events: few, factor: 1 })
  await using large = await seededServer({ ...history, events: few * FACTOR, factor: FACTOR })
  await checkSums(large.server)

  const failures: string[] = []
  const rows = [['', 'few events', 'many events', 'ratio', 'p99', 'limit']]
  const calls = callsOf(small, large)
  for (const { path } of Object.values(calls)) {
    for (const { server } of [small, large]) await ask(server, path, BATCH)
  }
  const before = residentMib(large.server.pid)
  for (const [name, call] of Object.entries(calls)) {
    const { limitMs } = call
    const { fast, slow, p99 } = await compare(small, large, call)
    const ratio = slow / fast
    const figures = [fast, slow, ratio, p99].map((figure) => figure.toFixed(2))
    rows.push([name, ...figures, limitMs === undefined ? '' : String(limitMs)])
    if (limitMs !== undefined && p99 >= limitMs)
      failures.push(`${name}: the 99th percentile is ${p99.toFixed(1)} ms`)
    if (limitMs !== undefined && ratio >= LIMIT_RATIO) {
      failures.push(`${name} costs ${ratio.toFixed(2)} times as much with more events`)
    }
  }
  const after = residentMib(large.server.pid)
  if (before !== undefined && after !== undefined) {
    if (after - before > LIMIT_GROWTH_MIB)
      failures.push(`${(after - before).toFixed(0)} MiB more are resident`)
  }
  const { buckets, bytesPerBucket } = large
  if (bytesPerBucket >= LIMIT_BYTES) failures.push(`A bucket takes ${bytesPerBucket.toFixed(1)} bytes`)

  const mib = (figure: number | undefined) => (figure === undefined ? 'unknown' : `${figure.toFixed(0)} MiB`)
  const figures = [
    table(rows),
    '',
    `${buckets} buckets, ${bytesPerBucket.toFixed(1)} bytes each on disk. Resident: ${mib(before)} before, ${mib(after)} after.`,
  ].join('\n')
  console.log(`\n${figures}`)
  if (values.record) console.log(`\nRecorded in ${record('usage', ABOUT, figures)}`)
  for (const failure of failures) console.error(`FAILED: ${failure}`)
  if (failures.length > 0) process.exitCode = 1
}

/** Names are those of the small server's project in the middle; the large one has the same. */
function callsOf(small: Seeded, large: Seeded): Readonly<Record<string, Call>> {
  const { slug, publicKey } = small.middle
  if (slug !== large.middle.slug || publicKey !== large.middle.publicKey) {
    throw new Error('The two servers differ in more than their events')
  }
  const organization = '/api/0/organizations/default'
  const project = `/api/0/projects/default/${slug}`
  const usage = `${organization}/stats_v2/?field=sum(quantity)&statsPeriod=90d`
  const groups = '&groupBy=category&groupBy=outcome'
  return {
    'project, last day': { path: `${project}/stats/`, limitMs: 10, batches: 40 },
    'project, 90 days': {
      path: `${project}/stats/?resolution=1d&since=${small.since}`,
      limitMs: 10,
      batches: 40,
    },
    key: { path: `${project}/keys/${publicKey}/stats/`, limitMs: 10, batches: 40 },
    'key, 90 days': {
      path: `${project}/keys/${publicKey}/stats/?since=${small.since}`,
      limitMs: 10,
      batches: 40,
    },
    'stats_v2, 90 days by day': { path: `${usage}&interval=1d${groups}`, limitMs: 150, batches: 40 },
    'stats_v2, 90 days by 3 hours': { path: `${usage}&interval=3h${groups}`, limitMs: 150, batches: 40 },
    'stats_v2, 90 days by project': { path: `${usage}&interval=1d${groups}&groupBy=project`, batches: 4 },
    'stats_v2, a project, 90 days by 3 hours': {
      path: `${usage}&interval=3h${groups}&project=${slug}`,
      batches: 10,
    },
    'stats-summary, 90 days': { path: `${organization}/stats-summary/?field=sum(quantity)`, batches: 4 },
    'stats, last day': { path: `${organization}/stats/`, batches: 10 },
    'stats, last day by project': { path: `${organization}/stats/?group=project`, batches: 4 },
  }
}

interface Seeded extends AsyncDisposable {
  readonly server: RunningServer
  readonly buckets: number
  readonly bytesPerBucket: number
  /** The project in the middle of the table. */
  readonly middle: { readonly slug: string; readonly publicKey: string }
  /** Ninety days ago, in epoch seconds. */
  readonly since: number
}

async function seededServer(history: History): Promise<Seeded> {
  const server = await startServer()
  await server.kill('SIGTERM')
  const startedAt = performance.now()
  const seeded = seedHistory(server.dataDir, history)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  await server.restart()
  console.log(
    `${seeded.buckets} buckets and ${history.events} events written in ${seconds} s; ready after ${server.readyMs.toFixed(0)} ms`,
  )
  const since = Math.floor(history.now / 1000) - 90 * DAY
  return { ...seeded, server, since, [Symbol.asyncDispose]: () => server.close() }
}

interface History {
  readonly projects: number
  readonly days: number
  readonly events: number
  /** How many events each accepted bucket counts. */
  readonly factor: number
  readonly now: number
}

/**
 * Fills the database of a stopped server: in each project each hour has accepted errors and one further fate, by
 * turns. Buckets are written in the order of time, as ingestion would, so that they lie in the file as they would.
 */
function seedHistory(dataDir: string, { projects, days, events, factor, now }: History) {
  using database = new DatabaseSync(join(dataDir, 'vedette.sqlite'))
  database.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; PRAGMA temp_store = MEMORY; BEGIN')
  seedProjects(database, projects)
  const size = () =>
    (
      database
        .prepare('select page_count * page_size as n from pragma_page_count, pragma_page_size')
        .get() as { n: number }
    ).n
  const before = size()
  database.exec('create temp table fate (turn integer, category integer, outcome integer, reason text)')
  const fate = database.prepare('insert into fate values (?, ?, ?, ?)')
  for (const [turn, category, outcome, reason] of [
    [-1, 'error', 'accepted', ''],
    [0, 'error', 'filtered', 'web-crawlers'],
    [1, 'transaction', 'accepted', ''],
    [2, 'error', 'rate_limited', 'key_quota'],
    [3, 'error', 'filtered', 'localhost'],
  ] as const) {
    fate.run(turn, categoryNumber(category), outcomeNumber(outcome), reason)
  }
  const today = Math.floor(now / 1000 / DAY) * DAY
  const end = Math.floor(now / 1000 / HOUR) * HOUR + HOUR
  const write = database.prepare(
    `insert into outcome_count (project_id, resolution, bucket, key_id, category, outcome, reason, quantity)
     with recursive bucket(at) as (select :from union all select at + :step from bucket where at + :step < :to)
     select project.id, :step, bucket.at, client_key.id, category, outcome, reason, :quantity
     from bucket cross join project cross join client_key cross join fate
     where client_key.project_id = project.id
       and (turn = -1 or :step = ${DAY} or turn = (bucket.at / ${HOUR} + project.id) % 4)`,
  )
  const from = today - (days - 1) * DAY
  write.run({ from, to: end, step: HOUR, quantity: factor })
  write.run({ from, to: today + DAY, step: DAY, quantity: 24 * factor })
  // A quarter of the hours had each of the other fates.
  database.exec(`update outcome_count set quantity = quantity / 4
    where resolution = ${DAY} and not (category = ${categoryNumber('error')} and outcome = ${outcomeNumber('accepted')})`)
  database.exec(
    `insert into organization_outcome_count
       select organization_id, resolution, bucket, category, outcome, reason, sum(quantity)
       from outcome_count join project on project.id = project_id group by 1, 2, 3, 4, 5, 6`,
  )
  const buckets = (database.prepare('select count(*) as n from outcome_count').get() as { n: number }).n
  const bytesPerBucket = (size() - before) / buckets
  seedEvents(database, { projects, events, now, days })
  const middle = database
    .prepare(
      `select slug, public_key as publicKey from project join client_key on project_id = project.id
       where project.id = ?`,
    )
    .get(Math.ceil(projects / 2)) as { slug: string; publicKey: string }
  database.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)')
  return { buckets, bytesPerBucket, middle }
}

/** Adds projects to the one of the first start until there are `count`, each with a key and in the same team. */
function seedProjects(database: DatabaseSync, count: number): void {
  database.exec(`
    with recursive turn(i) as (select 2 union all select i + 1 from turn where i < ${count})
    insert into project (organization_id, slug, name, platform, created_at)
      select 1, printf('shop-%06d', i), 'Shop ' || i, 'python', created_at + i from turn, project where project.id = 1;
    insert into project_team (project_id, team_id) select id, 1 from project where id > 1;
    insert into client_key (project_id, public_key, secret_key, label, created_at)
      select id, printf('%032x', id), printf('f%031x', id), 'Default', created_at from project where id > 1;
    update config_version set version = version + 1;
  `)
}

/** Events that all share one payload, evenly over projects and days. */
function seedEvents(
  database: DatabaseSync,
  { projects, events, now, days }: { projects: number; events: number; now: number; days: number },
): void {
  database
    .prepare(
      `with recursive turn(i) as (select 1 union all select i + 1 from turn where i < :events)
       insert into event (project_id, event_id, key_id, type, level, platform, title, timestamp_at, received_at,
         size_bytes, chunk_id, chunk_offset)
       select 1 + i % :projects, printf('%032x', i), 1, 'error', 'error', 'python', 'KeyError: ' || i,
         :start + i * :span / :events, :start + i * :span / :events, 0, 0, 0
       from turn`,
    )
    .run({ events, projects, start: now - days * DAY * 1000, span: days * DAY * 1000 })
}

/** The whole is the sum of its projects; otherwise fast answers would be worth nothing. */
async function checkSums(server: RunningServer): Promise<void> {
  const sumOf = async (groupBy: string) => {
    const path = `/organizations/default/stats_v2/?field=sum(quantity)&statsPeriod=90d&interval=1d&groupBy=category${groupBy}`
    const { groups } = await server.get<{ groups: { totals: Record<string, number> }[] }>(path)
    return groups.reduce((sum, { totals }) => sum + (totals['sum(quantity)'] ?? Number.NaN), 0)
  }
  const [whole, parts] = [await sumOf(''), await sumOf('&groupBy=project')]
  if (whole !== parts || !(whole > 0))
    throw new Error(`The organization counts ${whole}, its projects ${parts}`)
}

/** Medians of the same call on both servers, asked in alternating batches, and the 99th percentile of all. */
async function compare(small: Seeded, large: Seeded, { path, batches }: Call) {
  const times = new Map<Seeded, number[]>([
    [small, []],
    [large, []],
  ])
  for (let batch = 0; batch < batches; batch++) {
    for (const [{ server }, kept] of times) kept.push(...(await ask(server, path, BATCH)))
  }
  const [fast = [], slow = []] = times.values()
  return { fast: median(fast), slow: median(slow), p99: percentile([...fast, ...slow], 0.99) }
}
