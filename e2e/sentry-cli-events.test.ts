/** `sentry-cli events list` against a real server. */
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { admin, type Project, type RunningServer, root, run, startServer } from './server.ts'

const program = join(root, 'node_modules', '.bin', 'sentry-cli')

// The package brings no program for some platforms.
describe.skipIf(!existsSync(program))('sentry-cli events list', () => {
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

  /** The rows of the table, each as its cells. */
  async function list(project: Project, ...args: string[]): Promise<string[][]> {
    const { code, stdout, stderr } = await run(program, ['events', 'list', '-p', project.slug, ...args], {
      HOME: home,
      SENTRY_URL: server.url,
      SENTRY_AUTH_TOKEN: admin.token,
      SENTRY_ORG: 'default',
    })
    expect(code, stdout + stderr).toBe(0)
    if (stdout.trim() === 'No events found') return []
    return stdout
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      )
  }

  /** `secondsAgo` is the event's own time. */
  async function send(project: Project, event: Record<string, unknown>, secondsAgo: number): Promise<string> {
    const id = randomUUID()
    const response = await fetch(`${server.url}/api/${project.id}/store/`, {
      method: 'POST',
      headers: { 'x-sentry-auth': `Sentry sentry_version=7, sentry_key=${project.publicKey}` },
      body: JSON.stringify({ event_id: id, timestamp: Date.now() / 1000 - secondsAgo, ...event }),
    })
    expect(response.status, await response.text()).toBe(200)
    return id
  }

  test('says so when there are none', async () => {
    expect(await list(await server.createProject('quiet'))).toEqual([])
  })

  test('shows events, newest first, with their users and tags', async () => {
    const project = await server.createProject('busy')
    const exception = { type: 'TypeError', value: 'x is not a function' }
    const older = await send(project, { message: 'Hello' }, 60)
    const newer = await send(
      project,
      { exception: [exception], environment: 'live', user: { id: '17', email: 'ann@example.net' } },
      30,
    )

    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$/)
    expect(await list(project)).toEqual([
      ['Event ID', 'Date', 'Title'],
      [newer, time, 'TypeError: x is not a function'],
      [older, time, 'Hello'],
    ])
    expect(await list(project, '--max-rows', '1')).toHaveLength(2)

    const [head, first, ...rest] = await list(project, '--show-user', '--show-tags')
    expect(head).toEqual(['Event ID', 'Date', 'Title', 'User', 'Tags'])
    expect(first).toEqual([
      newer,
      time,
      'TypeError: x is not a function',
      expect.stringContaining('17'),
      expect.any(String),
    ])
    // A cell of several lines continues in the rows below.
    const tags = [first, ...rest].map((row) => row?.[4])
    expect(tags).toEqual(expect.arrayContaining(['environment: live', 'level: error', 'user: id:17']))
  })

  test('shows what was sent with send-event', async () => {
    const project = await server.createProject('own')
    const sent = await run(program, ['send-event', '-m', 'from the command line'], {
      HOME: home,
      SENTRY_DSN: project.dsn,
    })
    expect(sent.code, sent.stdout + sent.stderr).toBe(0)
    const id = /Event id: ([0-9a-f-]{36})/.exec(sent.stdout)?.[1]
    const [, row] = await list(project)
    expect(row).toEqual([id, expect.any(String), 'from the command line'])
  })

  test('reads as many pages as it is told', async () => {
    const project = await server.createProject('many')
    const ids = await Promise.all(
      Array.from({ length: 230 }, (_, turn) => send(project, { message: `event ${turn}` }, turn)),
    )
    const rows = (await list(project)).slice(1)
    expect(rows.map(([id]) => id)).toEqual(ids)
    expect((await list(project, '--pages', '1')).slice(1)).toEqual(rows.slice(0, 100))
  })
})
