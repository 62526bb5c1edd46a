/**
 * How close to the limit is ingestion? Vedette and a bare Node server take the same envelopes in turn, round by
 * round, so that whatever else the machine does hits both. This process makes the load.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { openLedger } from '../e2e/ledger.ts'
import { node, type RunningServer, root, startServer } from '../e2e/server.ts'
import { makeEnvelope, makeGzipEnvelopes } from './envelopes.ts'
import { drive, envelopeRequest, median, percentile, type Shot } from './load.ts'
import { machine, record, table, watchResidentMib } from './record.ts'

const ABOUT = `Requests per second of Vedette, every answer after a synced commit, beside a bare Node HTTP server that
reads, gunzips and parses the same envelopes. \`npm run bench ingest -- --record\` adds a section.`

interface Leg {
  readonly seconds: number
  readonly ms: readonly number[]
}

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      requests: { type: 'string', default: '25000' },
      rounds: { type: 'string', default: '5' },
      connections: { type: 'string', default: '32' },
      bare: { type: 'string', default: 'pool' },
      record: { type: 'boolean', default: false },
    },
  })
  const requests = Number(values.requests)
  const rounds = Number(values.rounds)
  const connections = Number(values.connections)

  await using server = await startServer()
  const firstStartMs = server.readyMs
  using bare = await startBare(values.bare)
  const vedettePort = Number(new URL(server.url).port)
  const resident = watchResidentMib(server.pid)
  const restingMib = resident.peak()
  const now = Math.floor(Date.now() / 1000)
  const since = now - (now % 3600)
  let turn = 0
  let acknowledged = 0

  const makeShots = (count: number): Shot[] => {
    const { projectId, publicKey } = server
    const envelopes = makeGzipEnvelopes(count, turn)
    turn += count
    return envelopes.map(({ eventId, body }) => ({
      id: eventId,
      bytes: envelopeRequest({ port: vedettePort, projectId, publicKey, body, encoding: 'gzip' }),
    }))
  }
  const runLeg = async (port: number, shots: readonly Shot[]): Promise<Leg> => {
    const ms: number[] = []
    let position = 0
    const startedAt = performance.now()
    await drive({
      port,
      connections,
      next: () => shots[position++],
      answered(shot, status, took, body) {
        if (status !== 200 || !body.includes(shot.id))
          throw new Error(`Expected 200 with ${shot.id}, got ${status} ${body}`)
        if (port === vedettePort) acknowledged++
        ms.push(took)
      },
      lost: (shot) => {
        throw new Error(`No answer for ${shot.id}:\n${server.output()}`)
      },
    })
    return { seconds: (performance.now() - startedAt) / 1000, ms }
  }

  const sample = makeShots(200)
  const gzipBytes = median(sample.map((shot) => shot.bytes.byteLength))
  const plainBytes = Buffer.byteLength(makeEnvelope(0).text)
  console.log(machine())
  console.log(
    `${rounds} rounds of ${requests} envelopes, ${plainBytes} bytes each (${gzipBytes} on the wire), ${connections} connections`,
  )

  const warmUp = makeShots(5000)
  await runLeg(bare.port, warmUp)
  await runLeg(vedettePort, warmUp)

  const legs: { bare: Leg; vedette: Leg }[] = []
  for (let round = 1; round <= rounds; round++) {
    const shots = makeShots(requests)
    const leg = { bare: await runLeg(bare.port, shots), vedette: await runLeg(vedettePort, shots) }
    legs.push(leg)
    console.log(
      `round ${round}: bare ${rateOf(leg.bare).toFixed(0)}/s, vedette ${rateOf(leg.vedette).toFixed(0)}/s, ratio ${ratioOf(leg).toFixed(2)}`,
    )
  }

  const peakMib = resident.peak()
  resident.stop()
  await verify(server, { acknowledged, since })
  await server.restart()

  const figures = table([
    ['', 'bare', 'vedette'],
    ['requests per second, median', ...sides(legs, (all) => median(all.map(rateOf)).toFixed(0))],
    ['p50, ms', ...sides(legs, (all) => median(all.flatMap((leg) => leg.ms)).toFixed(1))],
    [
      'p99, ms',
      ...sides(legs, (all) =>
        percentile(
          all.flatMap((leg) => leg.ms),
          0.99,
        ).toFixed(1),
      ),
    ],
    [
      'slowest, ms',
      ...sides(legs, (all) =>
        percentile(
          all.flatMap((leg) => leg.ms),
          1,
        ).toFixed(1),
      ),
    ],
    ['ratio, median of rounds', '', median(legs.map(ratioOf)).toFixed(2)],
    ['ratio, lowest and highest', '', range(legs.map(ratioOf))],
    ['resident before load, MiB', '', mib(restingMib)],
    ['peak resident, MiB', '', mib(peakMib)],
    ['ready after first start, ms', '', firstStartMs.toFixed(0)],
    ['ready after restart, ms', '', server.readyMs.toFixed(0)],
    ['acknowledged = stored = counted', '', String(acknowledged)],
  ])
  console.log(`\n${figures}`)
  const setUp = `${rounds} rounds of ${requests}, ${plainBytes} bytes each (${gzipBytes} gzipped), ${connections} connections, bare server gunzips ${values.bare === 'sync' ? 'on its thread' : 'in the thread pool'}.`
  if (values.record) console.log(`\nRecorded in ${record('ingest', ABOUT, `${setUp}\n\n${figures}`)}`)
}

/** Everything acknowledged is stored and counted, and nothing else is. */
async function verify(
  server: RunningServer,
  { acknowledged, since }: { acknowledged: number; since: number },
): Promise<void> {
  using ledger = openLedger(server.dataDir)
  const found = {
    stored: ledger.countEvents(server.projectId),
    counted: ledger.counts(server.projectId)['accepted error'],
    received: await server.stat('first-project', 'received', { since, resolution: '1h' }),
    generated: await server.stat('first-project', 'generated', { since, resolution: '1h' }),
  }
  for (const [name, count] of Object.entries(found)) {
    if (count !== acknowledged)
      throw new Error(`${acknowledged} events were acknowledged, but ${name} is ${count}`)
  }
}

async function startBare(gunzip: string): Promise<Disposable & { readonly port: number }> {
  const child = spawn(node, ['benchmarks/bare-server.ts', gunzip], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { port: Number(line), [Symbol.dispose]: () => void child.kill() }
}

function rateOf(leg: Leg): number {
  return leg.ms.length / leg.seconds
}

function ratioOf(leg: { bare: Leg; vedette: Leg }): number {
  return rateOf(leg.vedette) / rateOf(leg.bare)
}

function sides(
  legs: readonly { bare: Leg; vedette: Leg }[],
  figure: (legs: readonly Leg[]) => string,
): [string, string] {
  return [figure(legs.map((leg) => leg.bare)), figure(legs.map((leg) => leg.vedette))]
}

function range(values: readonly number[]): string {
  return `${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`
}

function mib(value: number | undefined): string {
  return value === undefined ? 'unknown' : value.toFixed(0)
}
