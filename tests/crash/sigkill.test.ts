/** Kills the server while it is busy, again and again, and compares what it promised with what it kept. */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { drive, envelopeRequest, type Shot } from '../../benchmarks/load.ts'
import { openLedger, resolutions } from '../../e2e/ledger.ts'
import { type RunningServer, startServer } from '../../e2e/server.ts'

const ROUNDS = 10
const CONNECTIONS = 16
const READY_LIMIT_MS = 2000

let server: RunningServer | undefined
afterEach(() => server?.close())

test('loses nothing acknowledged and counts nothing twice, through ten kills under load', async () => {
  server = await startServer()
  const port = Number(new URL(server.url).port)
  const since = startOfDay()
  const sent = new Map<string, Shot>()
  const acknowledged = new Set<string>()
  /** Those without a complete answer, which a client would send again. */
  let unanswered: Shot[] = []
  let repeated = 0

  for (let round = 1; round <= ROUNDS; round++) {
    const again = unanswered
    unanswered = []
    repeated += again.length
    const refused: string[] = []
    const acknowledgedBefore = acknowledged.size
    const load = drive({
      port,
      connections: CONNECTIONS,
      next() {
        const shot = again.pop() ?? newShot(server as RunningServer, port)
        sent.set(shot.id, shot)
        return shot
      },
      answered(shot, status, _ms, body) {
        if (status === 200 && body.includes(shot.id)) acknowledged.add(shot.id)
        else refused.push(`${status} ${body}`)
      },
      lost: (shot) => unanswered.push(shot),
    })
    await delay(1000 + Math.random() * 1500)
    await server.kill('SIGKILL')
    await load
    expect(refused).toEqual([])
    expect(acknowledged.size - acknowledgedBefore).toBeGreaterThan(100)
    // Each connection was waiting for an answer: the kill came under load.
    expect(unanswered.length).toBeGreaterThanOrEqual(CONNECTIONS)

    await server.restart()
    expect(server.readyMs, `ready after kill ${round}`).toBeLessThan(READY_LIMIT_MS)
    await compare(server, { since, sent, acknowledged, repeated })
  }

  // What had no answer is sent once more: now everything is acknowledged, and still there once.
  await drive({
    port,
    connections: 1,
    next: () => unanswered.pop(),
    answered: (shot, status) => void (status === 200 && acknowledged.add(shot.id)),
  })
  expect(acknowledged.size).toBe(sent.size)
  await compare(server, { since, sent, acknowledged, repeated: repeated + CONNECTIONS })
  using ledger = openLedger(server.dataDir)
  expect(ledger.countEvents(server.projectId)).toBe(sent.size)
  expect(ledger.check()).toBe('ok')
})

interface Books {
  /** Epoch seconds before the first event. */
  readonly since: number
  readonly sent: ReadonlyMap<string, Shot>
  readonly acknowledged: ReadonlySet<string>
  /** How many were sent more than once. */
  readonly repeated: number
}

/** acknowledged ≤ stored = counted ≤ sent, in the database and over HTTP, at every resolution. */
async function compare(server: RunningServer, { since, sent, acknowledged, repeated }: Books): Promise<void> {
  using ledger = openLedger(server.dataDir)
  const stored = ledger.eventIds(server.projectId)
  const unique = new Set(stored)
  expect(stored.length, 'no event is stored twice').toBe(unique.size)
  expect(
    [...acknowledged].filter((id) => !unique.has(id)),
    'acknowledged but not stored',
  ).toEqual([])
  expect(
    [...unique].filter((id) => !sent.has(id)),
    'stored but never sent',
  ).toEqual([])

  for (const resolution of resolutions) {
    const {
      'accepted error': accepted,
      'invalid:duplicate error': duplicates = 0,
      ...others
    } = ledger.counts(server.projectId, resolution)
    expect(accepted, `accepted at ${resolution} s`).toBe(stored.length)
    expect(ledger.countedEvents(server.projectId, resolution), `generated at ${resolution} s`).toBe(
      stored.length,
    )
    expect(duplicates).toBeLessThanOrEqual(repeated)
    expect(others).toEqual({})
    for (const stat of ['received', 'generated']) {
      const sum = await server.stat('first-project', stat, { since, resolution: `${resolution}s` })
      expect(sum, `${stat} over HTTP at ${resolution} s`).toBe(stored.length)
    }
  }
}

function newShot({ projectId, publicKey }: RunningServer, port: number): Shot {
  const id = randomUUID().replaceAll('-', '')
  const event = JSON.stringify({
    event_id: id,
    platform: 'node',
    environment: 'production',
    exception: { values: [{ type: 'Error', value: `Order ${id} was lost` }] },
    extra: { text: 'So much the worse for it. '.repeat(20) },
  })
  const body = gzipSync(`{"event_id":"${id}"}\n{"type":"event","length":${event.length}}\n${event}\n`)
  return { id, bytes: envelopeRequest({ port, projectId, publicKey, body, encoding: 'gzip' }) }
}

/** A multiple of every resolution, so that the series from there on hold everything. */
function startOfDay(): number {
  const now = Math.floor(Date.now() / 1000)
  return now - (now % 86_400)
}
