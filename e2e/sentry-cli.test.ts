/** The real sentry-cli against a real server. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openLedger } from './ledger.ts'
import { admin, node, type RunningServer, root, run, startServer, vedette } from './server.ts'

const program = join(root, 'node_modules', '.bin', 'sentry-cli')

// The package brings no program for some platforms.
const isInstalled = existsSync(program)
if (!isInstalled) console.warn('Skipped: there is no sentry-cli for this platform')

describe.skipIf(!isInstalled)('sentry-cli', () => {
  let server: RunningServer
  let home: string
  beforeAll(async () => {
    server = await startServer()
    home = await mkdtemp(join(tmpdir(), 'vedette-cli-'))
  })
  afterAll(async () => {
    await server?.close()
    await rm(home, { recursive: true, force: true })
  })

  /** Runs one command with these settings only, and hands back everything it printed. */
  async function runWith(env: Record<string, string>, args: string[]) {
    const { code, stdout, stderr } = await run(program, args, { HOME: home, ...env })
    return { code, output: stdout + stderr }
  }

  /** The same with the settings of a user of this server. */
  function sentryCli(args: string[], env: Record<string, string> = {}) {
    const user = { SENTRY_URL: server.url, SENTRY_AUTH_TOKEN: admin.token, SENTRY_ORG: 'default' }
    return runWith({ ...user, ...env }, args)
  }

  test('info accepts the token and shows user and scopes', async () => {
    const { code, output } = await sentryCli(['info'], { SENTRY_PROJECT: 'first-project' })
    expect(code, output).toBe(0)
    expect(output).toContain(`Sentry Server: ${server.url}`)
    expect(output).toContain('Default Organization: default')
    expect(output).toContain('Default Project: first-project')
    expect(output).toContain('Method: Auth Token')
    expect(output).toContain(`User: ${admin.email}`)
    expect(output).toContain('project:read')
  })

  test('info refuses a wrong token', async () => {
    const { code, output } = await sentryCli(['info', '--no-defaults'], { SENTRY_AUTH_TOKEN: 'f'.repeat(64) })
    expect(code, output).not.toBe(0)
    expect(output).toMatch(/invalid token|401|Unauthorized/i)
  })

  test('organizations list shows the organization', async () => {
    const { code, output } = await sentryCli(['organizations', 'list'])
    expect(code, output).toBe(0)
    expect(output).toMatch(/\|\s*default\s*\|/)
  })

  test('projects list shows the project with the name of its team', async () => {
    const { code, output } = await sentryCli(['projects', 'list'])
    expect(code, output).toBe(0)
    expect(output).toMatch(/\|\s*first-project\s*\|\s*Default\s*\|\s*First project\s*\|/)
  })

  test('send-event sends an event that is counted and stored', async () => {
    const project = await server.createProject('cli-event')
    const { code, output } = await sentryCli(['send-event', '-m', 'hello'], { SENTRY_DSN: project.dsn })
    expect(code, output).toBe(0)
    const id = /Event id: ([0-9a-f-]{36})/.exec(output)?.[1]
    expect(id, output).toBeDefined()

    await counted('cli-event', 1)
    using ledger = openLedger(server.dataDir)
    expect(ledger.eventIds(project.id)).toEqual([id?.replaceAll('-', '')])
    expect(ledger.events(project.id)).toMatchObject([{ level: 'error', title: 'hello' }])
  })

  test.each([[[]], [['--raw']]])('send-envelope %j sends a stored envelope', async (flags) => {
    const project = await server.createProject(`cli-envelope${flags.join('')}`)
    const eventId = '9ec79c33ec9942ab8353589fcb2e04dc'
    const file = join(home, 'stored.envelope')
    const event = JSON.stringify({
      event_id: eventId,
      message: 'from a file',
      level: 'info',
      platform: 'other',
    })
    const payload = Buffer.from('the last words\n')
    await writeFile(
      file,
      `{"event_id":"${eventId}"}\n{"type":"event","length":${event.length}}\n${event}\n` +
        `{"type":"attachment","length":${payload.length},"filename":"words.txt"}\n${payload}\n`,
    )
    const { code, output } = await sentryCli(['send-envelope', ...flags, file], { SENTRY_DSN: project.dsn })
    expect(code, output).toBe(0)

    await counted(project.slug, 1)
    using ledger = openLedger(server.dataDir)
    expect(ledger.eventIds(project.id)).toEqual([eventId])
    expect(ledger.attachments(project.id)).toEqual([{ event_id: eventId, name: 'words.txt', size_bytes: 15 }])
  })

  test('info tells a script what works', async () => {
    const status = async (env: Record<string, string>) =>
      JSON.parse((await sentryCli(['info', '--config-status-json'], env)).output)
    expect(await status({ SENTRY_PROJECT: 'first-project', SENTRY_DSN: server.dsn })).toEqual({
      config: { org: 'default', project: 'first-project', url: server.url },
      auth: { type: 'token', successful: true },
      have_dsn: true,
    })
    expect(await status({ SENTRY_AUTH_TOKEN: 'f'.repeat(64) })).toMatchObject({
      auth: { type: 'token', successful: false },
    })
  })

  test('projects list follows the pages to the last project', async () => {
    await post('/organizations/', { name: 'Wide', slug: 'wide' })
    await post('/organizations/wide/teams/', { slug: 'wide' })
    const slugs = Array.from({ length: 103 }, (_, index) => `project-${String(index).padStart(3, '0')}`)
    for (const slug of slugs) await post('/teams/wide/wide/projects/', { name: slug, slug })
    const { code, output } = await sentryCli(['projects', 'list'], { SENTRY_ORG: 'wide' })
    expect(code, output).toBe(0)
    expect(output.match(/project-\d{3}(?= *\| wide)/g)).toEqual(slugs)
  })

  test('projects list says that an organization is unknown', async () => {
    const { code, output } = await sentryCli(['projects', 'list'], { SENTRY_ORG: 'nobody' })
    expect(output).toContain('organization not found')
    expect(code).not.toBe(0)
  })

  test('what send-event is told about the event is what is kept', async () => {
    const project = await server.createProject('cli-flags')
    const { code, output } = await sentryCli(
      ['send-event', '--no-environ', '-m', 'Till %s is out of %s', '-a', '4', '-a', 'paper'].concat(
        ['-l', 'warning', '-p', 'python', '-r', 'shop@1.2.0', '-d', '42', '-E', 'staging'],
        ['-t', 'basket:full', '-e', 'answer:42', '-u', 'id:7', '-u', 'email:ann@example.net'],
        ['-f', 'till', '-f', 'paper'],
      ),
      { SENTRY_DSN: project.dsn },
    )
    expect(code, output).toBe(0)
    const id = /Event id: ([0-9a-f-]{36})/.exec(output)?.[1]?.replaceAll('-', '')

    await counted(project.slug, 1)
    const event = await server.get<{ tags: { key: string; value: string }[] }>(
      `/projects/default/${project.slug}/events/${id}/`,
    )
    expect(event).toMatchObject({
      title: 'Till 4 is out of paper',
      platform: 'python',
      dist: '42',
      release: { version: 'shop@1.2.0' },
      user: { id: '7', email: 'ann@example.net' },
      context: { answer: '42' },
      fingerprints: ['till', 'paper'],
      sdk: { name: 'sentry-cli' },
    })
    const tags = Object.fromEntries(event.tags.map(({ key, value }) => [key, value]))
    expect(tags).toMatchObject({ basket: 'full', environment: 'staging', level: 'warning', user: 'id:7' })
  })

  test.each([[[]], [['--raw']]])('send-event %j sends what is in a file', async (flags) => {
    const project = await server.createProject(`cli-file${flags.join('')}`)
    const eventId = '0f6c1d2e3b4a59687786958463524130'
    const file = join(home, 'event.json')
    await writeFile(file, JSON.stringify({ event_id: eventId, message: 'kept for later', level: 'info' }))
    const { code, output } = await sentryCli(['send-event', ...flags, file], { SENTRY_DSN: project.dsn })
    expect(code, output).toBe(0)

    await counted(project.slug, 1)
    using ledger = openLedger(server.dataDir)
    expect(ledger.eventIds(project.id)).toEqual([eventId])
    expect(ledger.events(project.id)).toMatchObject([{ level: 'info', title: 'kept for later' }])
  })

  test('monitors run reports the beginning and the end of a job, and ends as the job does', async () => {
    const project = await server.createProject('cli-monitor')
    const job = ['monitors', 'run', 'nightly', '--', node, '-e', 'process.exit(7)']
    const { code, output } = await sentryCli(job, { SENTRY_DSN: project.dsn })
    expect(code, output).toBe(7)
    await vi.waitFor(
      () => {
        using ledger = openLedger(server.dataDir)
        expect(ledger.counts(project.id)).toEqual({ 'accepted monitor': 2 })
      },
      { timeout: 1000, interval: 25 },
    )
  })

  test('an organization token needs no other setting: it knows its server and organization', async () => {
    const created = await vedette(server, 'org-token', 'create', '--org', 'default', '--name', 'ci', '--json')
    const { token } = JSON.parse(created) as { token: string }
    expect(token).toMatch(/^sntrys_/)

    const info = await runWith({ SENTRY_AUTH_TOKEN: token }, ['info', '--no-defaults'])
    expect(info).toEqual({
      code: 0,
      output:
        `Sentry Server: ${server.url}\n\n` +
        'Authentication Info:\n  Method: Auth Token\n  Scopes:\n    - org:ci\n',
    })
    // `info` does not show the organization; a command that needs one asks for it by name.
    const list = await runWith({ SENTRY_AUTH_TOKEN: token }, ['projects', 'list', '--log-level=debug'])
    expect(list.output).toContain('> GET /api/0/organizations/default/projects/')
    expect(list.output).toContain('You do not have permission to perform this action. (http status: 403)')
    expect(list.code).toBe(1)
  })

  async function post(path: string, body: unknown): Promise<void> {
    const headers = { 'content-type': 'application/json' }
    const response = await server.api(path, { method: 'POST', headers, body: JSON.stringify(body) })
    expect(response.status, path).toBe(201)
  }

  async function counted(slug: string, count: number): Promise<void> {
    await vi.waitFor(
      async () => {
        expect(await server.stat(slug, 'received')).toBe(count)
        expect(await server.stat(slug, 'generated')).toBe(count)
      },
      { timeout: 1000, interval: 25 },
    )
  }
})
