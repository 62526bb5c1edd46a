/** The server that offers Sentry's web API to language models, `sentry-mcp`, as a client of ours over stdio. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  admin,
  cleanEnvironment,
  node,
  type RunningServer,
  root,
  sendEnvelope,
  startServer,
} from './server.ts'

const program = join(root, 'node_modules', '@sentry', 'mcp-server', 'dist', 'index.js')
const isInstalled = existsSync(program)
if (!isInstalled) console.warn('Skipped: sentry-mcp is not installed')

interface ToolAnswer {
  readonly isError?: boolean
  readonly content: readonly { readonly text: string }[]
}

/** One running `sentry-mcp`: JSON-RPC 2.0, one message per line. */
interface Assistant extends AsyncDisposable {
  request<T>(method: string, params?: unknown): Promise<T>
  /** The Markdown of a tool that must succeed. */
  ask(tool: string, input?: Readonly<Record<string, unknown>>): Promise<string>
}

describe.skipIf(!isInstalled)('sentry-mcp', () => {
  let server: RunningServer
  let home: string
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'vedette-mcp-'))
    server = await startServer()
  })
  afterAll(async () => {
    await server?.close()
    await rm(home, { recursive: true, force: true })
  })

  /** Starts it and shakes hands. It reports about itself only where it is given a DSN, and here it is not. */
  async function assistant(...flags: string[]): Promise<Assistant> {
    const { host } = new URL(server.url)
    const connection = [`--host=${host}`, '--insecure-http', `--access-token=${admin.token}`]
    const child = spawn(node, [program, ...connection, ...flags], {
      env: { ...cleanEnvironment(), HOME: home },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const started = speak(child)
    const hello = await started.request('initialize', {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'vedette', version: '1' },
    })
    expect(hello).toMatchObject({ serverInfo: { name: 'Sentry MCP' } })
    started.notify('notifications/initialized')
    return {
      request: started.request,
      async ask(tool, input = {}) {
        const answer = await started.request<ToolAnswer>('tools/call', { name: tool, arguments: input })
        const text = answer.content.map((part) => part.text).join('\n')
        expect(answer.isError ?? false, text).toBe(false)
        return text
      },
      async [Symbol.asyncDispose]() {
        const ended = once(child, 'exit')
        child.kill('SIGTERM')
        await ended
      },
    }
  }

  test('it offers the tools that need organizations, teams, projects and keys', async () => {
    await using mcp = await assistant()
    const { tools } = await mcp.request<{ tools: { name: string }[] }>('tools/list')
    const names = tools.map(({ name }) => name)
    expect(names).toEqual(
      expect.arrayContaining([
        'whoami',
        'find_organizations',
        'find_teams',
        'find_projects',
        'find_dsns',
        'create_team',
        'create_project',
        'create_dsn',
        'update_project',
      ]),
    )
  })

  test('whoami shows the user of the token', async () => {
    await using mcp = await assistant()
    const text = await mcp.ask('whoami')
    expect(text).toContain(`You are authenticated as ${admin.email} (${admin.email}).`)
    expect(text).toContain('Your Sentry User ID is 1.')
  })

  test('organizations, teams, projects and DSNs are found', async () => {
    await using mcp = await assistant()
    const organizations = await mcp.ask('find_organizations')
    expect(organizations).toContain('## **default**')
    expect(organizations).toContain(`**Web URL:** ${server.url}`)
    expect(organizations).toContain(`**Region URL:** ${server.url}`)

    const organizationSlug = 'default'
    expect(await mcp.ask('find_teams', { organizationSlug })).toContain('- default (ID: 1)')
    expect(await mcp.ask('find_projects', { organizationSlug })).toContain('- **first-project**')
    const dsns = await mcp.ask('find_dsns', { organizationSlug, projectSlug: 'first-project' })
    expect(dsns).toContain(`## Default\n**ID**: ${server.publicKey}\n**DSN**: ${server.dsn}`)
  })

  test('projects and teams are searched by a part of their name', async () => {
    await using mcp = await assistant()
    await server.createProject('needle-in-haystack')
    const organizationSlug = 'default'
    const found = await mcp.ask('find_projects', { organizationSlug, query: 'needle' })
    expect(found.match(/- \*\*.*\*\*/g)).toEqual(['- **needle-in-haystack**'])
    expect(await mcp.ask('find_teams', { organizationSlug, query: 'nobody' })).not.toContain('ID: 1')
    expect(await mcp.ask('find_organizations', { query: 'nobody' })).not.toContain('**default**')
  })

  test('a team, a project in it and a second DSN are created and can be used', async () => {
    await using mcp = await assistant()
    const organizationSlug = 'default'
    const team = await mcp.ask('create_team', { organizationSlug, name: 'Night shift' })
    expect(team).toContain('**Slug**: night-shift\n**Name**: Night shift')

    const project = await mcp.ask('create_project', {
      organizationSlug,
      teamSlug: 'night-shift',
      name: 'Watch Tower',
      platform: 'node',
    })
    expect(project).toContain('**Slug**: watch-tower\n**Name**: Watch Tower')
    const dsn = await mcp.ask('create_dsn', {
      organizationSlug,
      projectSlug: 'watch-tower',
      name: 'Staging',
    })
    expect(dsn).toContain('**Name**: Staging')

    expect(await server.get('/projects/default/watch-tower/')).toMatchObject({
      name: 'Watch Tower',
      platform: 'node',
      teams: [{ slug: 'night-shift' }],
    })
    const keys = await server.get<{ name: string; dsn: { public: string } }[]>(
      '/projects/default/watch-tower/keys/',
    )
    // The key of every new project, the one that create_project adds, and ours; newest first.
    expect(keys.map(({ name }) => name)).toEqual(['Staging', 'Default', 'Default'])
    expect(dsn).toContain(`**DSN**: ${keys[0]?.dsn.public}`)
    expect(project).toContain(`**SENTRY_DSN**: ${keys[1]?.dsn.public}`)
  })

  test('a project changes its name, slug, platform and team', async () => {
    await using mcp = await assistant()
    const organizationSlug = 'default'
    await server.createProject('before')
    await mcp.ask('create_team', { organizationSlug, name: 'heirs' })
    const text = await mcp.ask('update_project', {
      organizationSlug,
      projectSlug: 'before',
      name: 'After the change',
      slug: 'after',
      platform: 'python-django',
      teamSlug: 'heirs',
    })
    expect(text).toContain('**Slug**: after\n**Name**: After the change\n**Platform**: python-django')
    expect(await server.get('/projects/default/after/')).toMatchObject({
      name: 'After the change',
      slug: 'after',
      platform: 'python-django',
      teams: [{ slug: 'default' }, { slug: 'heirs' }],
    })
  })

  test('the attachments of an event are listed and read', async () => {
    await using mcp = await assistant()
    const eventId = '9ec79c33ec9942ab8353589fcb2e04dc'
    const words = 'the last words'
    const project = await server.createProject('attachments')
    await sendEnvelope(
      project.dsn,
      `{"event_id":"${eventId}"}\n{"type":"event"}\n{"message":"lost"}\n` +
        `{"type":"attachment","length":${words.length},"filename":"words.txt","content_type":"text/plain"}\n${words}\n`,
    )
    const event = { organizationSlug: 'default', projectSlug: project.slug, eventId }
    const list = await mcp.ask('get_event_attachment', event)
    expect(list).toContain('words.txt')
    expect(list).toContain(`**Size:** ${words.length} bytes`)
    expect(list).toContain(`**SHA1:** ${createHash('sha1').update(words).digest('hex')}`)

    const attachmentId = /\*\*ID:\*\* (\d+)/.exec(list)?.[1]
    expect(await mcp.ask('get_event_attachment', { ...event, attachmentId })).toContain(words)
  })

  test('a refusal reaches the model in the words of the server', async () => {
    await using mcp = await assistant()
    const answer = await mcp.request<ToolAnswer>('tools/call', {
      name: 'find_dsns',
      arguments: { organizationSlug: 'default', projectSlug: 'nowhere' },
    })
    expect(answer.isError).toBe(true)
    expect(answer.content[0]?.text).toContain('Project does not exist')
  })

  test('it can be bound to one organization and one project', async () => {
    await using mcp = await assistant('--organization-slug=default', '--project-slug=first-project')
    expect(await mcp.ask('find_dsns')).toContain(`**DSN**: ${server.dsn}`)
  })
})

/** Matches answers to requests by their ids. Fails what is unanswered when the process ends. */
function speak(child: ChildProcess) {
  const { stdin, stdout, stderr } = child
  if (stdin === null || stdout === null || stderr === null) throw new Error('sentry-mcp has no pipes')
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let lastId = 0
  let complaints = ''
  stderr.on('data', (text) => {
    complaints += text
  })
  createInterface(stdout).on('line', (line) => {
    const { id, result, error } = JSON.parse(line) as { id?: number; result?: unknown; error?: unknown }
    if (id === undefined) return
    if (error === undefined) waiting.get(id)?.resolve(result)
    else waiting.get(id)?.reject(new Error(`sentry-mcp refuses: ${JSON.stringify(error)}`))
    waiting.delete(id)
  })
  child.once('exit', (code) => {
    for (const { reject } of waiting.values()) {
      reject(new Error(`sentry-mcp ended with ${code}:\n${complaints}`))
    }
  })
  const write = (message: object) => stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  return {
    notify: (method: string) => write({ method }),
    request<T>(method: string, params: unknown = {}): Promise<T> {
      const answer = Promise.withResolvers<unknown>()
      lastId += 1
      waiting.set(lastId, answer)
      write({ id: lastId, method, params })
      return answer.promise as Promise<T>
    },
  }
}
