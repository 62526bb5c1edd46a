/** The newer command line, `sentry`, against a real server. What it remembers goes to a temporary home. */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { admin, node, type RunningServer, root, run, startServer } from './server.ts'

const program = join(root, 'node_modules', 'sentry', 'dist', 'bin.cjs')
const isInstalled = existsSync(program)
if (!isInstalled) console.warn('Skipped: the command line `sentry` is not installed')

/** No reports about itself, no look-ups of newer versions, nothing remembered of earlier answers. */
const quiet = {
  SENTRY_CLI_NO_TELEMETRY: '1',
  SENTRY_CLI_NO_UPDATE_CHECK: '1',
  SENTRY_NO_CACHE: '1',
  SENTRY_DISABLE_TIPS: '1',
  NO_COLOR: '1',
}

interface Desk {
  /** Where the commands run. */
  readonly folder: string
  sentry(...args: string[]): Promise<{ code: number | null; output: string }>
  /** What a command that must succeed printed. */
  print(...args: string[]): Promise<string>
  json<T>(...args: string[]): Promise<T>
}

interface Page<T> {
  readonly data: T[]
  readonly hasMore: boolean
}

describe.skipIf(!isInstalled)('sentry', () => {
  let server: RunningServer
  let homes: string
  beforeAll(async () => {
    homes = await mkdtemp(join(tmpdir(), 'vedette-sentry-'))
    server = await startServer()
  })
  afterAll(async () => {
    await server?.close()
    await rm(homes, { recursive: true, force: true })
  })

  /** A fresh home with an empty folder to work in. Nobody has signed in there. */
  async function strangersDesk(env: Record<string, string> = {}): Promise<Desk> {
    const home = await mkdtemp(join(homes, 'home-'))
    const folder = join(home, 'work')
    await mkdir(folder)
    const settings = { HOME: home, SENTRY_CONFIG_DIR: join(home, 'config'), ...quiet, ...env }
    const start = (args: string[]) => run(node, [program, ...args], settings, folder)
    async function print(...args: string[]) {
      const { code, stdout, stderr } = await start(args)
      expect(code, stdout + stderr).toBe(0)
      return stdout
    }
    return {
      folder,
      print,
      async sentry(...args) {
        const { code, stdout, stderr } = await start(args)
        return { code, output: stdout + stderr }
      },
      json: async (...args) => JSON.parse(await print(...args, '--json')),
    }
  }

  /** The same with the server and the token in the environment, as in CI. */
  function desk(): Promise<Desk> {
    return strangersDesk({ SENTRY_HOST: server.url, SENTRY_AUTH_TOKEN: admin.token })
  }

  test('auth login accepts a token and remembers it with its server and user', async () => {
    const { print, json } = await strangersDesk()
    const login = await print('auth', 'login', '--url', server.url, '--token', admin.token)
    expect(login).toContain(`Logged in as: ${admin.email}`)

    expect(await print('auth', 'whoami')).toBe(`${admin.email} <${admin.email}>\n`)
    const status = await print('auth', 'status')
    expect(status).toContain(server.url)
    expect(status).toContain('Access verified — 1 organization(s)')
    expect(await json('org', 'list')).toMatchObject([{ slug: 'default' }])
  })

  test('auth login refuses a wrong token and remembers nothing of it', async () => {
    const { sentry } = await strangersDesk()
    const login = await sentry('auth', 'login', '--url', server.url, '--token', `sntryu_${'0'.repeat(64)}`)
    expect(login.output).toContain('Invalid API token')
    expect(login.code).not.toBe(0)
    const status = await sentry('auth', 'status')
    expect(status.output).toContain('Not authenticated')
    expect(status.code).not.toBe(0)
  })

  test('org list and org view show the organization and the role in it', async () => {
    const { json, print } = await desk()
    expect(await json('org', 'list')).toMatchObject([{ id: '1', slug: 'default', name: 'Default' }])
    expect(cell(await print('org', 'view', 'default'), 'Your Role')).toBe('owner')
  })

  test('team list shows the teams and how many members they have', async () => {
    const { json } = await desk()
    const teams = await json<Page<unknown>>('team', 'list', 'default/')
    expect(teams.data).toMatchObject([{ slug: 'default', name: 'Default', memberCount: 1 }])
  })

  test('project list goes through the pages of an organization', async () => {
    const { json } = await desk()
    await createOrganization('pages')
    for (const name of ['a', 'b', 'c']) await createProject('pages', `page-${name}`)
    const list = ['project', 'list', 'pages/', '--limit', '2', '--fields', 'slug,organization.slug,team.slug']

    const first = await json<Page<unknown>>(...list)
    expect(first).toMatchObject({ data: [{ slug: 'page-a' }, { slug: 'page-b' }], hasMore: true })
    const second = await json<Page<unknown>>(...list, '--cursor', 'next')
    expect(second).toMatchObject({ data: [{ slug: 'page-c', team: { slug: 'pages' } }], hasMore: false })
  })

  test('project list without an organization shows the projects of all', async () => {
    const { print } = await desk()
    await createOrganization('second')
    await createProject('second', 'in-the-second')
    const shown = await print('project', 'list')
    expect(shown).toMatch(/default\s*[|│]\s*first-project\s*[|│]\s*First project/)
    expect(shown).toMatch(/second\s*[|│]\s*in-the-second\s*[|│]\s*in-the-second/)
  })

  test('project view shows a project, its organization and its DSN', async () => {
    const { print } = await desk()
    const project = await server.createProject('viewed')
    const shown = await print('project', 'view', 'default/viewed')
    expect(cell(shown, 'Slug')).toBe('viewed')
    expect(cell(shown, 'ID')).toBe(String(project.id))
    expect(cell(shown, 'DSN')).toBe(project.dsn)
    expect(cell(shown, 'Organization')).toBe('Default (default)')
    expect(cell(shown, 'Status')).toBe('active')
  })

  test('project view passes on what the server says of an unknown project', async () => {
    const { sentry } = await desk()
    const { code, output } = await sentry('project', 'view', 'default/nowhere')
    expect(output).toContain('Project does not exist')
    expect(code).not.toBe(0)
  })

  test('project create makes one project per pair and prints the DSN of each', async () => {
    const { print } = await desk()
    const shown = await print('project', 'create', 'default/web:javascript-react', 'worker:python-celery')
    expect(shown.match(/Created project '[a-z]+' in default/g)).toEqual([
      "Created project 'web' in default",
      "Created project 'worker' in default",
    ])
    for (const [slug, platform] of [
      ['web', 'javascript-react'],
      ['worker', 'python-celery'],
    ]) {
      expect(await server.get(`/projects/default/${slug}/`)).toMatchObject({
        slug,
        platform,
        teams: [{ slug: 'default' }],
      })
      const [key] = await server.get<{ dsn: { public: string } }[]>(`/projects/default/${slug}/keys/`)
      expect(shown).toContain(key?.dsn.public)
    }
  })

  test('project create says which slug it got when the name is taken', async () => {
    const { print } = await desk()
    await server.createProject('taken')
    const shown = await print('project', 'create', 'default/taken:go')
    const slug = /Slug (taken-[a-z0-9]{2}) was assigned because taken is already taken/.exec(shown)?.[1]
    expect(slug, shown).toBeDefined()
    expect(await server.get(`/projects/default/${slug}/`)).toMatchObject({ slug, name: 'taken' })
  })

  test('project create makes the first team of an organization and its maker a member of it', async () => {
    const { sentry } = await desk()
    await post('/organizations/', { name: 'Newcomers', slug: 'newcomers' })
    const { code, output } = await sentry('project', 'create', 'newcomers/app:node')
    expect(code, output).toBe(0)
    expect(output).not.toContain('WARN')
    expect(await server.get('/projects/newcomers/app/')).toMatchObject({
      isMember: true,
      team: { slug: 'app' },
    })
  })

  test('project delete removes the project', async () => {
    const { print } = await desk()
    await server.createProject('unwanted')
    await print('project', 'delete', 'default/unwanted', '--yes')
    expect((await server.api('/projects/default/unwanted/')).status).toBe(404)
  })

  test('api answers statistics and takes what is posted', async () => {
    const { json } = await desk()
    await server.createProject('by-hand')
    const stats = '/projects/default/by-hand/stats/?stat=received&resolution=1d'
    const { status, body } = await json<{ status: number; body: [number, number][] }>('api', stats)
    expect({ status, counts: body.map(([, count]) => count) }).toEqual({ status: 200, counts: [0] })

    const key = ['api', '/projects/default/by-hand/keys/', '-X', 'POST', '-F', 'name=CI']
    expect(await json(...key, '-F', 'rateLimit[count]=10', '-F', 'rateLimit[window]=60')).toMatchObject({
      status: 201,
      body: { name: 'CI', rateLimit: { count: 10, window: 60 } },
    })
  })

  test('api prints the refusal and fails', async () => {
    const { sentry } = await desk()
    const { code, output } = await sentry('api', '/projects/default/nowhere/')
    expect(JSON.parse(output)).toEqual({ detail: 'Project does not exist' })
    expect(code).not.toBe(0)
  })

  test('a DSN in the working folder leads to its project', async () => {
    const { folder, print, json } = await desk()
    const project = await server.createProject('detected')
    await writeFile(join(folder, '.env'), `SENTRY_DSN=${project.dsn}\n`)
    const shown = await print('project', 'view')
    expect(cell(shown, 'Slug')).toBe('detected')
    expect(shown).toContain('Detected from: .env')
    expect(await json('dsn', 'list')).toMatchObject({
      data: [{ name: 'Default', isActive: true, dsn: project.dsn, org: 'default', project: 'detected' }],
    })
  })

  test('a DSN of nobody leads nowhere', async () => {
    const { folder, sentry } = await desk()
    const { host } = new URL(server.url)
    await writeFile(join(folder, '.env'), `SENTRY_DSN=http://${'0123456789abcdef'.repeat(2)}@${host}/1\n`)
    const { code, output } = await sentry('project', 'view')
    expect(output).toContain('Found 1 DSN(s) that could not be resolved')
    expect(code).not.toBe(0)
  })

  test('event send finds the DSN of a project by its name, and event view shows what was sent', async () => {
    const { print } = await desk()
    await server.createProject('sent-to')
    const event = ['-m', 'Over and out', '-l', 'warning', '-t', 'basket:full', '--no-environ']
    const sent = await print('event', 'send', 'default/sent-to', ...event)
    const id = /Event ID: ([0-9a-f]{32})/.exec(sent)?.[1] ?? ''
    await vi.waitFor(async () => expect(await server.stat('sent-to', 'generated')).toBe(1), {
      timeout: 1000,
      interval: 25,
    })
    const shown = await print('event', 'view', 'default/sent-to', id)
    expect(cell(shown, 'Event ID')).toBe(id)
    expect(cell(shown, 'level')).toBe('warning')
    expect(cell(shown, 'basket')).toBe('full')
  })

  test('token create prints a token that works, token list shows it and token delete revokes it', async () => {
    const { json, print } = await desk()
    const { id, token } = await json<{ id: string; token: string }>('token', 'create', 'default/nightly')
    expect(token).toMatch(/^sntrys_/)
    const scopes = async () => {
      const response = await server.api('/', { headers: { authorization: `Bearer ${token}` } })
      const index = (await response.json()) as { auth?: { scopes: string[] } }
      return index.auth?.scopes ?? response.status
    }
    expect(await scopes()).toEqual(['org:ci'])
    expect(await json('token', 'list', 'default')).toMatchObject([
      { id, name: 'nightly', scopes: ['org:ci'], tokenLastCharacters: token.slice(-4) },
    ])
    await print('token', 'delete', `default/${id}`, '--yes')
    expect(await scopes()).toBe(401)
    expect(await json('token', 'list', 'default')).toEqual([])
  })

  async function post<T>(path: string, body: unknown): Promise<T> {
    const response = await server.api(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect(response.status, path).toBe(201)
    return (await response.json()) as T
  }

  /** With a team of the same name. */
  async function createOrganization(slug: string): Promise<void> {
    await post('/organizations/', { name: slug, slug })
    await post(`/organizations/${slug}/teams/`, { slug })
  }

  function createProject(organization: string, slug: string): Promise<unknown> {
    return post(`/teams/${organization}/${organization}/projects/`, { name: slug, slug })
  }
})

/** The second column of the row that begins with `name`. */
function cell(table: string, name: string): string | undefined {
  return new RegExp(`[|│] *${name} *[|│] *(.*?) *[|│]`).exec(table)?.[1]
}
