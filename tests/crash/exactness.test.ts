/** Ten thousand items of every fate, across a restart and a kill: every endpoint shows the same exact numbers. */
import { randomUUID } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { drive, envelopeRequest, type Shot } from '../../benchmarks/load.ts'
import { type RunningServer, startServer } from '../../e2e/server.ts'
import { type Random, seeded } from '../../fuzz/random.ts'

const ITEMS = 10_000
const LIMIT = 40

let server: RunningServer | undefined
afterEach(() => server?.close())

interface Key {
  readonly publicKey: string
  readonly counts: Map<string, number>
}

const add = (counts: Map<string, number>, name: string, quantity = 1) =>
  counts.set(name, (counts.get(name) ?? 0) + quantity)

const json = (value: unknown) => JSON.stringify(value)

/** One envelope with one item, and what it has to be counted as. */
function itemOf(random: Random): { body: Buffer; counted: readonly [string, number][] } {
  const eventId = randomUUID().replaceAll('-', '')
  const envelope = (header: Record<string, unknown>, payload: string) =>
    Buffer.from(
      `${json({ event_id: eventId })}\n${json({ ...header, length: Buffer.byteLength(payload) })}\n${payload}\n`,
    )
  const now = Date.now() / 1000
  switch (random.below(6)) {
    case 0:
    case 1:
      return { body: envelope({ type: 'event' }, json({ message: 'lit' })), counted: [['accepted error', 1]] }
    case 2: {
      const headers = { 'User-Agent': 'Mozilla/5.0 (compatible; Googlebot/2.1)' }
      return {
        body: envelope({ type: 'event' }, json({ request: { headers } })),
        counted: [['filtered error', 1]],
      }
    }
    case 3:
      return { body: envelope({ type: 'event' }, '{"message":'), counted: [['invalid error', 1]] }
    case 4: {
      const trace = { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) }
      const transaction = {
        type: 'transaction',
        start_timestamp: now - 1,
        timestamp: now,
        contexts: { trace },
      }
      return {
        body: envelope({ type: 'transaction' }, json(transaction)),
        counted: [['accepted transaction', 1]],
      }
    }
    default: {
      const quantity = 1 + random.below(5)
      const report = { discarded_events: [{ reason: 'sample_rate', category: 'error', quantity }] }
      return {
        body: envelope({ type: 'client_report' }, json(report)),
        counted: [['client_discard error', quantity]],
      }
    }
  }
}

test('ten thousand items, a restart and a kill: every endpoint shows what was sent', async () => {
  server = await startServer()
  const running = server
  const random = seeded(7)
  const since = Math.floor(Date.now() / 1000) - 10
  const project = await running.createProject('exact')
  const put = (path: string, method: string, body: unknown) =>
    running.api(`/projects/default/exact${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: json(body),
    })
  expect((await put('/filters/web-crawlers/', 'PUT', { active: true })).status).toBe(204)
  const made = await put('/keys/', 'POST', { name: 'limited', rateLimit: { count: LIMIT, window: 86_400 } })
  const limited: Key = { publicKey: ((await made.json()) as { id: string }).id, counts: new Map() }
  const open: Key = { publicKey: project.publicKey, counts: new Map() }

  let left = ITEMS
  const sendSome = (count: number) =>
    drive<Shot>({
      port: Number(new URL(running.url).port),
      connections: 16,
      next() {
        if (count-- <= 0) return undefined
        left--
        const key = random.chance(0.8) ? open : limited
        const { body, counted } = itemOf(random)
        for (const [name, quantity] of counted) add(key.counts, name, quantity)
        const port = Number(new URL(running.url).port)
        return {
          id: '',
          bytes: envelopeRequest({ port, projectId: project.id, publicKey: key.publicKey, body }),
        }
      },
      answered(_, status, _ms, body) {
        if (status !== 200 && status !== 429) throw new Error(`${status} ${body}`)
      },
      lost: () => {
        throw new Error('An item got no answer')
      },
    })
  await sendSome(4000)
  await running.restart()
  await sendSome(4000)
  await running.kill('SIGKILL')
  await running.restart()
  await sendSome(left)

  // What is over the limit of the key is limited: filtered and broken events have used nothing up, but once the
  // limit is known they are refused before anybody looks at them.
  const ofLimited = (name: string) => limited.counts.get(name) ?? 0
  const errors = ofLimited('accepted error') + ofLimited('filtered error') + ofLimited('invalid error')
  const shown = await outcomesOf(running, limited.publicKey)
  expect(shown['accepted error']).toBe(LIMIT)
  expect(sum(shown, / error$/) - (shown['client_discard error'] ?? 0)).toBe(errors)
  expect(shown['client_discard error']).toBe(ofLimited('client_discard error'))
  expect(shown['accepted transaction']).toBe(ofLimited('accepted transaction'))
  expect(await outcomesOf(running, open.publicKey)).toEqual(Object.fromEntries(open.counts))

  // The other endpoints add up the same ledger.
  const whole: Record<string, number> = { ...Object.fromEntries(open.counts) }
  for (const [name, quantity] of Object.entries(shown)) whole[name] = (whole[name] ?? 0) + quantity
  const expected = {
    received:
      (whole['accepted error'] ?? 0) + (whole['filtered error'] ?? 0) + (whole['rate_limited error'] ?? 0),
    rejected: whole['rate_limited error'],
    blacklisted: whole['filtered error'],
    generated: whole['accepted error'],
  }
  for (const resolution of ['10s', '1h', '1d']) {
    for (const [stat, count] of Object.entries(expected)) {
      const from = resolution === '10s' ? since : since - 86_400
      expect(await running.stat('exact', stat, { resolution, since: from }), `${stat} at ${resolution}`).toBe(
        count,
      )
    }
  }
  const v2 = await running.get<{ groups: { by: Record<string, string>; totals: Record<string, number> }[] }>(
    `/organizations/default/stats_v2/?project=${project.id}&field=sum(quantity)&groupBy=outcome&groupBy=category&category=error&category=transaction&interval=1h&statsPeriod=2d`,
  )
  expect(
    Object.fromEntries(
      v2.groups.map(({ by, totals }) => [`${by.outcome} ${by.category}`, totals['sum(quantity)']]),
    ),
  ).toEqual(whole)
})

function sum(counts: Readonly<Record<string, number>>, pattern: RegExp): number {
  return Object.entries(counts).reduce(
    (total, [name, quantity]) => total + (pattern.test(name) ? quantity : 0),
    0,
  )
}

/** One key's fates as `outcome category`, by the organization's statistics. */
async function outcomesOf(running: RunningServer, publicKey: string): Promise<Record<string, number>> {
  const { groups } = await running.get<{
    groups: { by: Record<string, string>; totals: Record<string, number> }[]
  }>(
    `/organizations/default/stats_v2/?key_id=${publicKey}&field=sum(quantity)&groupBy=outcome&groupBy=category&category=error&category=transaction&interval=1h&statsPeriod=2d`,
  )
  return Object.fromEntries(
    groups.map(({ by, totals }) => [`${by.outcome} ${by.category}`, totals['sum(quantity)'] ?? 0]),
  )
}
