/** Kills the server in the middle of a key's window: what was used stays used, and nothing is counted twice. */
import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { drive, envelopeRequest, type Shot } from '../../benchmarks/load.ts'
import { openLedger } from '../../e2e/ledger.ts'
import { type RunningServer, startServer } from '../../e2e/server.ts'

const LIMIT = 300
/** The longest there is, so that the test sees one window. */
const WINDOW = 86_400
/** The server is killed when this many are acknowledged, and then again. */
const KILL_AT = [70, 150, 220]
const CONNECTIONS = 8
const REFUSED_AT_THE_END = 40

test('never lets in more than the limit, whatever it remembers of a window before it was killed', async () => {
  await using server = await startServer()
  await limitKey(server)
  const acknowledged = new Set<string>()
  let unanswered: Shot[] = []
  let refused = 0

  for (const killAt of [...KILL_AT, Number.POSITIVE_INFINITY]) {
    const again = unanswered
    unanswered = []
    let killing: Promise<void> | undefined
    await drive({
      port: Number(new URL(server.url).port),
      connections: CONNECTIONS,
      next: () => (refused >= REFUSED_AT_THE_END ? undefined : (again.pop() ?? newShot(server))),
      answered(shot, status) {
        if (status === 200) acknowledged.add(shot.id)
        else if (status === 429) refused++
        else throw new Error(`The server answered ${status}`)
        if (acknowledged.size >= killAt) killing ??= server.kill('SIGKILL')
      },
      lost: (shot) => unanswered.push(shot),
    })
    if (killing !== undefined) {
      await killing
      await server.restart()
    }

    using ledger = openLedger(server.dataDir)
    const stored = new Set(ledger.eventIds(server.projectId))
    const { 'accepted error': accepted } = ledger.counts(server.projectId)
    expect([...acknowledged].filter((id) => !stored.has(id))).toEqual([])
    expect(accepted).toBe(stored.size)
    expect(Object.values(ledger.quotaUses())).toEqual([stored.size])
    expect(stored.size).toBeLessThanOrEqual(LIMIT)
  }

  using ledger = openLedger(server.dataDir)
  const { 'rate_limited:key_quota error': limited, ...counts } = ledger.counts(server.projectId)
  expect(counts['accepted error']).toBe(LIMIT)
  expect(limited).toBeGreaterThanOrEqual(REFUSED_AT_THE_END)
  expect(await server.stat('first-project', 'generated')).toBe(LIMIT)
})

async function limitKey(server: RunningServer): Promise<void> {
  const { status } = await server.api(`/projects/default/first-project/keys/${server.publicKey}/`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ rateLimit: { count: LIMIT, window: WINDOW } }),
  })
  expect(status).toBe(200)
}

function newShot({ url, projectId, publicKey }: RunningServer): Shot {
  const id = randomUUID().replaceAll('-', '')
  const event = '{"message":"The lamp went out"}'
  const body = Buffer.from(`{"event_id":"${id}"}\n{"type":"event","length":${event.length}}\n${event}\n`)
  return { id, bytes: envelopeRequest({ port: Number(new URL(url).port), projectId, publicKey, body }) }
}
