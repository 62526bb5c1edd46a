/**
 * Do the answers about a project stay fast as its events grow? Two servers, one with ten thousand events and one
 * with a million, are asked in turn.
 */
import { parseArgs } from 'node:util'
import { type RunningServer, startServer } from '../e2e/server.ts'
import { ask } from './ask.ts'
import { median } from './load.ts'
import { machine, record, table } from './record.ts'
import { seed } from './seed.ts'

const ABOUT = `Median of one request after the other on one connection, in ms, on a database of ten thousand events and one
of a million. \`npm run bench stats -- --record\` adds a section.`

const LIMIT_MS = 5
/** A /stats/ call should cost the same on both; beyond this it is not noise. */
const LIMIT_RATIO = 1.5
const BATCHES = 30
const BATCH = 20

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      small: { type: 'string', default: '10000' },
      large: { type: 'string', default: '1000000' },
      record: { type: 'boolean', default: false },
    },
  })
  console.log(machine())
  const now = Date.now()
  await using small = await seededServer(Number(values.small), now)
  await using large = await seededServer(Number(values.large), now)

  const seconds = Math.floor(now / 1000)
  const project = '/api/0/projects/default/first-project'
  const calls = {
    project: `${project}/`,
    keys: `${project}/keys/`,
    stats: `${project}/stats/`,
    'stats, generated': `${project}/stats/?stat=generated`,
    'stats, generated, one environment': `${project}/stats/?stat=generated&environment=staging`,
    'stats, last hour at 10 s': `${project}/stats/?resolution=10s&since=${seconds - 3600}`,
    'stats, last week at 1 h': `${project}/stats/?resolution=1h&since=${seconds - 7 * 86_400}`,
    'stats, last month at 1 d': `${project}/stats/?resolution=1d&since=${seconds - 30 * 86_400}`,
  }
  const rows = [['', `${values.small} events`, `${values.large} events`, 'ratio']]
  const failures: string[] = []
  for (const [name, path] of Object.entries(calls)) {
    const [fast, slow] = await compare(small, large, path)
    const ratio = slow / fast
    rows.push([name, fast.toFixed(2), slow.toFixed(2), ratio.toFixed(2)])
    if (Math.max(fast, slow) >= LIMIT_MS) failures.push(`${name} takes ${LIMIT_MS} ms or more`)
    if (name === 'stats' && ratio > LIMIT_RATIO)
      failures.push(`stats costs ${ratio.toFixed(2)} times as much on the large database`)
  }
  const figures = table(rows)
  console.log(`\n${figures}`)
  if (values.record) console.log(`\nRecorded in ${record('stats', ABOUT, figures)}`)
  for (const failure of failures) console.error(`FAILED: ${failure}`)
  if (failures.length > 0) process.exitCode = 1
}

async function seededServer(events: number, now: number): Promise<RunningServer> {
  const server = await startServer()
  const { dataDir, projectId, publicKey } = server
  await server.kill('SIGTERM')
  const startedAt = performance.now()
  seed({ dataDir, projectId, publicKey, events, now })
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  await server.restart()
  console.log(`${events} events written in ${seconds} s; ready after ${server.readyMs.toFixed(0)} ms`)

  const since = Math.floor(now / 1000) - 32 * 86_400
  const counted = await server.stat('first-project', 'generated', { since, resolution: '1d' })
  if (counted !== events) throw new Error(`${events} events were written, but the server counts ${counted}`)
  return server
}

/** Medians in ms of the same GET on both servers, asked in alternating batches. */
async function compare(small: RunningServer, large: RunningServer, path: string): Promise<[number, number]> {
  const times = new Map<RunningServer, number[]>([
    [small, []],
    [large, []],
  ])
  for (let batch = 0; batch <= BATCHES; batch++) {
    for (const [server, kept] of times) {
      const took = await ask(server, path, BATCH)
      // The first batch warms up.
      if (batch > 0) kept.push(...took)
    }
  }
  return [median(times.get(small) ?? []), median(times.get(large) ?? [])]
}
