/** What sentry-cli sends with nothing but a DSN, and what becomes of it. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openLedger } from './ledger.ts'
import { type Project, type RunningServer, root, run, startServer } from './server.ts'

const program = join(root, 'node_modules', '.bin', 'sentry-cli')

// The package brings no program for some platforms.
describe.skipIf(!existsSync(program))('sentry-cli', () => {
  let server: RunningServer
  let folder: string
  beforeAll(async () => {
    server = await startServer()
    folder = await mkdtemp(join(tmpdir(), 'vedette-cli-'))
  })
  afterAll(async () => {
    await server?.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function sentryCli(project: Project, ...args: string[]) {
    const env = { HOME: folder, SENTRY_DSN: project.dsn }
    const { code, stdout, stderr } = await run(program, args, env, folder)
    return { code, output: stdout + stderr }
  }

  const look = <T>(read: (ledger: ReturnType<typeof openLedger>) => T): T => {
    using ledger = openLedger(server.dataDir)
    return read(ledger)
  }

  const id = expect.stringMatching(/^[0-9a-f]{32}$|^[0-9a-f-]{36}$/)

  describe('monitors run', () => {
    test.each([
      ['a job that goes well', ['true'], 0, 'ok'],
      ['a job that fails', ['false'], 1, 'error'],
      ['a program that is not there', ['./no-such-job'], 1, 'error'],
    ])('reports the beginning and the end of %s, and ends as it does', async (title, job, status, end) => {
      const project = await server.createProject(title.replaceAll(' ', '-'))
      const { code, output } = await sentryCli(project, 'monitors', 'run', 'nightly', '--', ...job)
      expect(code, output).toBe(status)
      expect(look((ledger) => ledger.counts(project.id))).toEqual({ 'accepted monitor': 2 })
      const checkIns = look((ledger) => ledger.itemsOf(project.id, 'check_in')) as Record<string, unknown>[]
      const shared = { check_in_id: id, monitor_slug: 'nightly', environment: 'production' }
      expect(checkIns).toEqual([
        { ...shared, status: 'in_progress' },
        { ...shared, status: end, duration: expect.any(Number) },
      ])
      expect(checkIns[1]?.check_in_id).toBe(checkIns[0]?.check_in_id)
    })

    test('says when the job should run, and where it does', async () => {
      const project = await server.createProject('schedule')
      const { code, output } = await sentryCli(
        project,
        ...['monitors', 'run', '-e', 'staging', '-s', '0 3 * * *', '--timezone', 'Europe/Vienna'],
        ...['--check-in-margin', '5', '--max-runtime', '30', 'nightly', '--', 'true'],
      )
      expect(code, output).toBe(0)
      expect(look((ledger) => ledger.counts(project.id))).toEqual({ 'accepted monitor': 2 })
      expect(look((ledger) => ledger.itemsOf(project.id, 'check_in'))).toMatchObject([
        {
          status: 'in_progress',
          environment: 'staging',
          monitor_config: {
            schedule: { type: 'crontab', value: '0 3 * * *' },
            timezone: 'Europe/Vienna',
            checkin_margin: 5,
            max_runtime: 30,
          },
        },
        { status: 'ok', environment: 'staging' },
      ])
    })
  })

  test('send-event sends the lines of a log as breadcrumbs', async () => {
    const project = await server.createProject('logfile')
    await writeFile(join(folder, 'till.log'), 'INFO: Till opened\nERROR: Paper is out\n')
    const args = ['send-event', '-m', 'Till is stuck', '--logfile', 'till.log', '--with-categories']
    const { code, output } = await sentryCli(project, ...args)
    expect(code, output).toBe(0)
    expect(look((ledger) => ledger.counts(project.id))).toEqual({ 'accepted error': 1 })
    const [eventId] = look((ledger) => ledger.eventIds(project.id))
    const event = await server.get<{ entries: { type: string; data: unknown }[] }>(
      `/projects/default/${project.slug}/events/${eventId}/`,
    )
    expect(event.entries.find(({ type }) => type === 'breadcrumbs')?.data).toMatchObject({
      values: [
        { category: 'INFO', message: 'Till opened' },
        { category: 'ERROR', message: 'Paper is out' },
      ],
    })
  })

  test('send-event sends every file of a pattern, each as an event', async () => {
    const project = await server.createProject('events-of-a-pattern')
    for (const name of ['lamp', 'chair', 'table']) {
      await writeFile(join(folder, `${name}.event.json`), JSON.stringify({ message: `${name} was lost` }))
    }
    const { code, output } = await sentryCli(project, 'send-event', '*.event.json')
    expect(code, output).toBe(0)
    expect(look((ledger) => ledger.counts(project.id))).toEqual({ 'accepted error': 3 })
    const titles = look((ledger) => ledger.events(project.id)).map(({ title }) => title)
    expect(titles.toSorted()).toEqual(['chair was lost', 'lamp was lost', 'table was lost'])
  })

  test.each([[[]], [['--raw']]])(
    'send-envelope %j sends every file of a pattern, whatever is in it',
    async (flags) => {
      const project = await server.createProject(`envelopes${flags.join('')}`)
      const trace = { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) }
      const transactionId = 'c'.repeat(32)
      const transaction = {
        type: 'transaction',
        transaction: 'GET /basket',
        // Unless it is told not to look inside, it insists on this form of times and on spans.
        start_timestamp: new Date(Date.now() - 1000).toISOString(),
        timestamp: new Date().toISOString(),
        contexts: { trace },
        spans: [],
      }
      const envelopes = {
        transaction: [{ event_id: transactionId }, { type: 'transaction' }, transaction],
        checkin: [
          {},
          { type: 'check_in' },
          { check_in_id: 'd'.repeat(32), monitor_slug: 'nightly', status: 'ok' },
        ],
      }
      for (const [name, [header, item, payload]] of Object.entries(envelopes)) {
        const text = JSON.stringify(payload)
        await writeFile(
          join(folder, `${name}.envelope`),
          `${JSON.stringify(header)}\n${JSON.stringify({ ...item, length: text.length })}\n${text}\n`,
        )
      }
      const { code, output } = await sentryCli(project, 'send-envelope', ...flags, '*.envelope')
      expect(code, output).toBe(0)
      expect(look((ledger) => ledger.counts(project.id))).toEqual({
        'accepted transaction': 1,
        'accepted monitor': 1,
      })
      expect(look((ledger) => ledger.eventIds(project.id))).toEqual([transactionId])
      expect(look((ledger) => ledger.itemTypes(project.id))).toEqual(['check_in'])
    },
  )

  test('send-event tells what was refused, which is counted, when the key is not known', async () => {
    const project = await server.createProject('unknown-key')
    const dsn = project.dsn.replace(project.publicKey, '0'.repeat(32))
    const { code, output } = await sentryCli({ ...project, dsn }, 'send-event', '-m', 'lost')
    expect(code).toBe(1)
    expect(output).toContain('event submission rejected with_reason: ProjectId (http status: 403)')
    expect(look((ledger) => ledger.counts(project.id))).toEqual({ 'invalid:project_id error': 1 })
    expect(look((ledger) => ledger.countEvents(project.id))).toBe(0)
  })
})
