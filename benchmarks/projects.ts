/**
 * Does a long list stay usable? Every list that can hold the ten thousand projects of an organization is walked
 * from the first page to the last; each must be complete, in order, and no page may be slow.
 */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parseArgs } from 'node:util'
import { type RunningServer, startServer } from '../e2e/server.ts'
import { median } from './load.ts'
import { machine, record, table } from './record.ts'

const ABOUT = `Lists of many projects, walked page by page through their Link headers, 100 to a page, in ms. Each walk must
meet every project once and in order. \`npm run bench projects -- --record\` adds a section.`

const LIMIT_MS = 1000

interface Row {
  readonly id: string
  readonly slug: string
}

interface Walk {
  readonly path: string
  /** What must rise from row to row. */
  readonly order: (row: Row) => string | number
}

const walks: readonly Walk[] = [
  { path: '/organizations/default/projects/?per_page=100', order: (row) => row.slug },
  { path: '/organizations/default/projects/?per_page=100&statsPeriod=14d', order: (row) => row.slug },
  { path: '/teams/default/default/projects/?per_page=100', order: (row) => row.slug },
  // Newest first.
  { path: '/projects/?per_page=100', order: (row) => -Number(row.id) },
]

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      projects: { type: 'string', default: '10000' },
      record: { type: 'boolean', default: false },
    },
  })
  const count = Number(values.projects)
  console.log(machine())
  await using server = await startServer()
  await server.kill('SIGTERM')
  seedProjects(server.dataDir, count)
  await server.restart()

  const rows = [['', 'pages', 'rows', 'median', 'slowest', 'last ÷ first']]
  for (const walk of walks) {
    const { times, seen } = await walkThrough(server, walk)
    if (seen !== count) throw new Error(`${walk.path} shows ${seen} projects of ${count}`)
    const slowest = Math.max(...times)
    const ratio = median(times.slice(-10)) / median(times.slice(1, 11))
    const figures = [times.length, seen, median(times).toFixed(1), slowest.toFixed(1), ratio.toFixed(2)]
    rows.push([walk.path, ...figures.map(String)])
    if (slowest >= LIMIT_MS) process.exitCode = 1
  }
  const figures = table(rows)
  console.log(`\n${figures}`)
  if (values.record) console.log(`\nRecorded in ${record('projects', ABOUT, figures)}`)
}

/** Adds projects to the one of the first start until there are `count`, each with a key and in the same team. */
function seedProjects(dataDir: string, count: number): void {
  using database = new DatabaseSync(join(dataDir, 'vedette.sqlite'))
  database.exec(`
    begin;
    with recursive turn(i) as (select 2 union all select i + 1 from turn where i < ${count})
    insert into project (organization_id, slug, name, platform, created_at)
      select 1, printf('shop-%06d', i * 7919 % 1000003), 'Shop ' || i, 'python', created_at + i
      from turn, project where project.id = 1;
    insert into project_team (project_id, team_id) select id, 1 from project where id > 1;
    insert into client_key (project_id, public_key, secret_key, label, created_at)
      select id, lower(hex(randomblob(16))), lower(hex(randomblob(16))), 'Default', created_at
      from project where id > 1;
    update config_version set version = version + 1;
    commit;
  `)
}

async function walkThrough(server: RunningServer, { path, order }: Walk) {
  const times: number[] = []
  let seen = 0
  let last: string | number | undefined
  let next: string | undefined = `${server.url}/api/0${path}`
  while (next !== undefined) {
    const startedAt = performance.now()
    const response: Response = await fetch(next, { headers: { authorization: `Bearer ${server.token}` } })
    const rows = (await response.json()) as Row[]
    times.push(performance.now() - startedAt)
    if (response.status !== 200) throw new Error(`GET ${next}: ${response.status} ${JSON.stringify(rows)}`)
    for (const row of rows) {
      const at = order(row)
      if (last !== undefined && !(at > last)) throw new Error(`${path}: ${at} stands after ${last}`)
      last = at
      seen++
    }
    next = /<([^>]+)>; rel="next"; results="true"/.exec(response.headers.get('link') ?? '')?.[1]
  }
  return { times, seen }
}
