/** What a real @sentry/node process sends, and what becomes of it. Each program in sdks/node does one thing. */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openLedger } from './ledger.ts'
import { node, type Project, type RunningServer, root, run, startServer } from './server.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.close())

/** A project of its own for each program, so that nothing else is in its numbers. */
async function capture(program: string): Promise<Project> {
  const project = await server.createProject(`node-${program}`)
  await runProgram(program, project.dsn)
  return project
}

async function runProgram(program: string, dsn: string): Promise<void> {
  const file = join(root, 'e2e', 'sdks', 'node', `${program}.mjs`)
  const { code, stdout, stderr } = await run(node, [file], { DSN: dsn })
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' })
}

/** Passes as soon as the numbers are right, and fails if they are not within a second. */
function withinASecond(check: () => unknown): Promise<unknown> {
  return vi.waitFor(check, { timeout: 1000, interval: 25 })
}

function ledgerOf<T>(read: (ledger: ReturnType<typeof openLedger>) => T): T {
  using ledger = openLedger(server.dataDir)
  return read(ledger)
}

test('an exception is in received and generated within a second, and sets firstEvent', async () => {
  await using fresh = await startServer()
  const project = '/projects/default/first-project/'
  expect(await fresh.get(project)).toMatchObject({ firstEvent: null })

  const startedAt = Date.now()
  await runProgram('exception', fresh.dsn)

  await withinASecond(async () => {
    for (const stat of ['received', 'generated']) {
      const series = await fresh.get<[number, number][]>(`${project}stats/?stat=${stat}`)
      expect(series).toHaveLength(24)
      const counts = series.map(([, count]) => count)
      // The hour may have turned between the event and this call.
      expect(counts.slice(0, 22).every((count) => count === 0)).toBe(true)
      expect(counts.slice(22).toSorted()).toEqual([0, 1])
    }
    expect(await fresh.stat('first-project', 'generated', { environment: 'staging' })).toBe(1)
  })
  const { firstEvent } = await fresh.get<{ firstEvent: string }>(project)
  expect(Date.parse(firstEvent)).toBeGreaterThanOrEqual(startedAt - 1000)
  expect(Date.parse(firstEvent)).toBeLessThanOrEqual(Date.now() + 1000)

  using ledger = openLedger(fresh.dataDir)
  expect(ledger.events(fresh.projectId)).toEqual([
    { type: 'error', level: 'error', platform: 'node', title: 'RangeError: The basket is empty' },
  ])
  expect(ledger.counts(fresh.projectId)).toMatchObject({ 'accepted error': 1 })
})

test('a message is an error event of its own level', async () => {
  const { id, slug } = await capture('message')
  await withinASecond(async () => {
    expect(await server.stat(slug, 'generated')).toBe(1)
    expect(await server.stat(slug, 'received')).toBe(1)
  })
  const [event] = ledgerOf((ledger) => ledger.events(id))
  expect(event).toMatchObject({
    level: 'warning',
    title: expect.stringContaining('The nightly import took 40 minutes'),
  })
})

test('a transaction is stored and counted, and stays out of the error statistics', async () => {
  const { id, slug } = await capture('transaction')
  await withinASecond(() => {
    expect(ledgerOf((ledger) => ledger.counts(id))).toMatchObject({ 'accepted transaction': 1 })
  })
  expect(ledgerOf((ledger) => ledger.events(id))).toMatchObject([
    { type: 'transaction', title: 'GET /basket' },
  ])
  expect(await server.stat(slug, 'received')).toBe(0)
  expect(await server.stat(slug, 'generated')).toBe(0)
  expect(await server.get(`/projects/default/${slug}/`)).toMatchObject({ firstEvent: null })
})

test('streamed spans are kept and counted one by one', async () => {
  const { id } = await capture('spans')
  await withinASecond(() => {
    expect(ledgerOf((ledger) => ledger.counts(id))).toMatchObject({ 'accepted span': 2 })
  })
  expect(ledgerOf((ledger) => ledger.itemTypes(id))).toContain('span')
})

test('sessions are kept', async () => {
  const { id, slug } = await capture('session')
  await withinASecond(() => {
    expect(ledgerOf((ledger) => ledger.itemTypes(id))).toContain('session')
  })
  expect(await server.stat(slug, 'received')).toBe(0)
  expect(await server.get(`/projects/default/${slug}/`)).toMatchObject({ hasSessions: true })
})

test('both check-ins of a job are kept and counted as monitor', async () => {
  const { id } = await capture('check-in')
  await withinASecond(() => {
    expect(ledgerOf((ledger) => ledger.counts(id))).toMatchObject({ 'accepted monitor': 2 })
  })
  expect(ledgerOf((ledger) => ledger.itemTypes(id)).filter((type) => type === 'check_in')).toHaveLength(2)
})

test('user feedback is counted as feedback and not as an error', async () => {
  const { id, slug } = await capture('feedback')
  await withinASecond(() => {
    expect(ledgerOf((ledger) => ledger.counts(id))).toMatchObject({ 'accepted feedback': 1 })
  })
  expect(await server.stat(slug, 'generated')).toBe(0)
})

test('an attachment is kept with its event, counted in bytes and in pieces', async () => {
  const { id, slug } = await capture('attachment')
  await withinASecond(() => {
    expect(ledgerOf((ledger) => ledger.counts(id))).toMatchObject({
      'accepted error': 1,
      'accepted attachment': 12,
      'accepted attachment_item': 1,
    })
  })
  expect(await server.stat(slug, 'generated')).toBe(1)
  const [eventId] = ledgerOf((ledger) => ledger.eventIds(id))
  expect(ledgerOf((ledger) => ledger.attachments(id))).toEqual([
    { event_id: eventId, name: 'basket.json', size_bytes: 12 },
  ])
})

test('logs are counted record by record, and in bytes', async () => {
  const { id } = await capture('logs')
  await withinASecond(() => {
    const counts = ledgerOf((ledger) => ledger.counts(id))
    expect(counts).toMatchObject({ 'accepted log_item': 3 })
    expect(counts['accepted log_byte']).toBeGreaterThan(100)
  })
  expect(ledgerOf((ledger) => ledger.itemTypes(id))).toContain('log')
})

test('what the SDK threw away itself is told by its client report, and is in no error statistic', async () => {
  const { id, slug } = await capture('client-report')
  await withinASecond(() => {
    expect(ledgerOf((ledger) => ledger.counts(id))).toMatchObject({ 'client_discard:before_send error': 1 })
  })
  expect(ledgerOf((ledger) => ledger.countEvents(id))).toBe(0)
  expect(await server.stat(slug, 'received')).toBe(0)
  expect(await server.stat(slug, 'generated')).toBe(0)
})
