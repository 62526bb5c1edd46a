/** The operator's commands as real processes on real data folders, beside a running server and without one. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openLedger } from '../e2e/ledger.ts'
import { admin, type Finished, node, type RunningServer, root, run, startServer } from '../e2e/server.ts'
import { passwordMatches } from '../src/api/passwords.ts'
import { newKey } from '../src/protocol/ids.ts'
import { allScopes } from '../src/protocol/scopes.ts'
import { userByEmail } from '../src/store/accounts.ts'
import { listAuditEntries } from '../src/store/audit-log.ts'
import { digest } from '../src/store/blobs.ts'
import { openDatabase } from '../src/store/database.ts'
import { openFlush } from '../src/store/flush.ts'
import { insertMember } from '../src/store/members.ts'
import { insertOrganization } from '../src/store/organizations.ts'
import { insertTeam } from '../src/store/teams.ts'
import { DAY } from '../src/time.ts'
import { attachmentOf, countOf, eventOf, itemOf, storeEvents } from './store.fixtures.ts'

interface Folder extends AsyncDisposable {
  readonly path: string
  /** Names in it. */
  names(): Promise<string[]>
}

async function temporaryFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'vedette-cli-'))
  return {
    path,
    names: async () => (await readdir(path)).toSorted(),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}

/** Runs one command to its end. */
function vedette(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  return run(node, ['bin/vedette.js', ...args], env)
}

/** What a command prints for machines. */
async function machine<T>(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<T> {
  const { code, stdout, stderr } = await vedette([...args, '--json'], env)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/^[^\n]+\n$/)
  return JSON.parse(stdout) as T
}

/** A command that was refused: nothing on standard output, one plain line on the other, exit code 2. */
function refused(message: string): Finished {
  return { code: 2, stdout: '', stderr: `vedette: ${message}\n` }
}

interface Serving extends AsyncDisposable {
  readonly url: string
  readonly stdout: () => string
  readonly stderr: () => string
  /** Resolves when standard error matches. */
  said(pattern: RegExp): Promise<void>
  /** Sends the signal and waits for the end. */
  stop(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  readonly process: ChildProcess
}

/** `vedette serve` on a free port, with these arguments and no setting from outside. */
async function serve(...args: string[]): Promise<Serving> {
  const child = spawn(node, ['bin/vedette.js', 'serve', '--port', '0', ...args], {
    cwd: root,
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const text = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      text[name] += chunk
    })
  }
  async function said(pattern: RegExp, name: 'stdout' | 'stderr' = 'stderr'): Promise<void> {
    while (!pattern.test(text[name])) {
      const [chunk] = await Promise.race([once(child[name], 'data'), once(child[name], 'end')])
      if (chunk === undefined) throw new Error(`The server ended:\n${text.stdout}${text.stderr}`)
    }
  }
  async function stop(signal: NodeJS.Signals) {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'close')
      child.kill(signal)
      await ended
    }
    return { code: child.exitCode, signal: child.signalCode }
  }
  await said(/Vedette listens on .*\n/, 'stdout')
  return {
    url: /Vedette listens on (\S+),/.exec(text.stdout)?.[1] ?? '',
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    said,
    stop,
    process: child,
    [Symbol.asyncDispose]: async () => void (await stop('SIGKILL')),
  }
}

/** The value after a label of the first start's text. */
function shown(text: string, label: string): string {
  return new RegExp(`^ +${label} +(.+)$`, 'm').exec(text)?.[1] ?? ''
}

// Several processes start at the same time, beside those of other test files.
vi.setConfig({ testTimeout: 60_000 })

let server: RunningServer
let beside: Record<string, string>
beforeAll(async () => {
  server = await startServer()
  beside = { VEDETTE_DATA: server.dataDir, VEDETTE_URL: server.url }
})
afterAll(() => server?.close())

function get(path: string, authorization: string): Promise<Response> {
  return fetch(`${server.url}/api/0${path}`, { headers: { authorization } })
}

/** A database with its tables, made without a server. */
async function migrated(): Promise<Folder> {
  const folder = await temporaryFolder()
  await (await openDatabase(join(folder.path, 'vedette.sqlite')))[Symbol.asyncDispose]()
  return folder
}

describe.concurrent('serve', () => {
  test('the first start shows once where to go, how to sign in and where to send events', async () => {
    await using folder = await temporaryFolder()
    let token: string
    {
      await using first = await serve('--data', folder.path)
      const text = first.stdout()
      const port = new URL(first.url).port
      expect(Number(port)).toBeGreaterThan(0)
      expect(shown(text, 'URL')).toBe(`http://localhost:${port}`)
      expect(shown(text, 'DSN')).toMatch(new RegExp(`^http://[0-9a-f]{32}@localhost:${port}/1$`))
      token = shown(text, 'API token')
      const [email, password] = shown(text, 'sign-in').split(' / ')
      expect([email, token]).toEqual(['admin@localhost', expect.stringMatching(/^sntryu_[0-9a-f]{64}$/)])
      await using database = await openDatabase(join(folder.path, 'vedette.sqlite'))
      const user = await userByEmail(database.read, 'admin@localhost')
      expect(await passwordMatches(password ?? '', user?.passwordHash ?? null)).toBe(true)
      expect(user?.hasGeneratedPassword).toBe(true)

      // The two lines for curl, done as it would.
      const [send, read] = [...text.matchAll(/curl '(\S+)' -H '([\w-]+): ([^']+)'(?: -d '([^']+)')?/g)]
      const curl = ([, url = '', name = '', value = '', body]: readonly string[]) =>
        fetch(url.replace('localhost', '127.0.0.1'), {
          headers: { [name]: value },
          ...(body === undefined ? {} : { method: 'POST', body }),
        })
      expect((await curl(send ?? [])).status).toBe(200)
      const series = (await (await curl(read ?? [])).json()) as [number, number][]
      expect(series.reduce((sum, [, count]) => sum + count, 0)).toBe(1)

      expect(await first.stop('SIGTERM')).toEqual({ code: 0, signal: null })
      expect(first.stderr()).toMatch(/^\{[^\n]*"message":"Stopping","signal":"SIGTERM"\}\n$/)
    }
    // The log has gone into the database: everybody has closed it.
    expect(await folder.names()).toEqual(['server.json', 'vedette.sqlite'])

    await using second = await serve('--data', folder.path)
    expect(second.stdout()).toBe(
      `Vedette listens on ${second.url}, public URL ${second.url.replace('127.0.0.1', 'localhost')}, data in ${folder.path}\n`,
    )
    const index = await fetch(`${second.url}/api/0/`, { headers: { authorization: `Bearer ${token}` } })
    expect(await index.json()).toMatchObject({ auth: { scopes: allScopes.toSorted() } })
    expect(await second.stop('SIGINT')).toEqual({ code: 0, signal: null })
  })

  test('secrets that the operator chose are used and not printed', async () => {
    expect(server.output()).toContain(`${admin.email} / (the password you set)`)
    for (const secret of [admin.password, admin.token]) expect(server.output()).not.toContain(secret)
    expect(await (await get('/', `Bearer ${admin.token}`)).json()).toMatchObject({
      user: { email: admin.email, isSuperuser: true },
      auth: { scopes: allScopes.toSorted() },
    })
  })

  test('a request that is under way when the signal comes is answered first', async () => {
    await using folder = await temporaryFolder()
    await using running = await serve('--data', folder.path)
    const { port } = new URL(running.url)
    const key = /sentry_key=([0-9a-f]{32})/.exec(running.stdout())?.[1]
    const event = JSON.stringify({ event_id: newKey(), message: 'just in time' })

    const socket = connect(Number(port), '127.0.0.1')
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk
    })
    socket.write(
      `POST /api/1/store/?sentry_key=${key} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${event.length}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n`,
    )
    // The server asks for the rest: it has taken the request on.
    while (!answer.includes('100 Continue')) await once(socket, 'data')
    const ended = running.stop('SIGTERM')
    await running.said(/"message":"Stopping"/)
    socket.write(event)
    await once(socket, 'close')
    expect(answer).toContain('HTTP/1.1 200 OK')
    expect(await ended).toEqual({ code: 0, signal: null })
    using ledger = openLedger(folder.path)
    expect(ledger.events(1)).toMatchObject([{ title: 'just in time' }])
  })

  test('help is no start', async () => {
    await using folder = await temporaryFolder()
    const { code, stdout, stderr } = await vedette(['serve', '--help', '--data', folder.path])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^Usage: vedette serve \[options\]\n/)
    expect(await folder.names()).toEqual([])
  })

  test('a malformed setting stops the start with one plain line', async () => {
    await using folder = await temporaryFolder()
    const env = { VEDETTE_PORT: '80a', VEDETTE_DATA: join(folder.path, 'data') }
    expect(await vedette(['serve'], env)).toEqual(
      refused('VEDETTE_PORT must be a whole number from 0 to 65535, got "80a"'),
    )
    expect(await folder.names()).toEqual([])
  })

  test('a misspelt setting stops the start and names the one that was meant', async () => {
    const { code, stdout, stderr } = await vedette(['serve'], { VEDETTE_PROT: '80' })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(
      /^vedette: VEDETTE_PROT is not a setting of Vedette\. Did you mean VEDETTE_PORT\? Known: [^\n]+\n$/,
    )
  })

  test('a misspelt flag stops the start and names the one that was meant', async () => {
    const flag = await vedette(['serve', '--prot', '80'])
    expect([flag.code, flag.stdout]).toEqual([1, ''])
    expect(flag.stderr).toContain("error: unknown option '--prot'\n(Did you mean --port?)")
  })

  test('a port that is taken is said plainly, and the first start shows its secrets all the same', async () => {
    await using folder = await temporaryFolder()
    const { port } = new URL(server.url)
    const args = ['serve', '--data', folder.path, '--port', port]
    const first = await vedette(args)
    const again = await vedette(args)
    expect(again).toEqual(
      refused(
        `cannot listen on 127.0.0.1, port ${port}: somebody listens there already. Stop them, or choose another port with --port or VEDETTE_PORT`,
      ),
    )
    expect([first.code, first.stderr]).toEqual([again.code, again.stderr])
    expect(shown(first.stdout, 'API token')).toMatch(/^sntryu_[0-9a-f]{64}$/)
    expect(shown(first.stdout, 'sign-in')).toMatch(/^admin@localhost \/ \S{16}$/)
  })

  test('a file that is no database is said plainly and left alone', async () => {
    await using folder = await temporaryFolder()
    const file = join(folder.path, 'vedette.sqlite')
    await writeFile(file, 'This is not a database, however long one looks at it. '.repeat(20))
    const before = await readFile(file)
    expect(await vedette(['serve', '--data', folder.path])).toEqual(
      refused(`cannot use ${file}: it is not a database`),
    )
    expect(await readFile(file)).toEqual(before)
  })
})

describe.concurrent('accounts', () => {
  test('user create makes a user who signs in with the password and takes up invitations', async () => {
    const email = 'Grace@Example.net'
    const invited = await server.api('/organizations/default/members/', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'grace@example.net', orgRole: 'member', teamRoles: [] }),
    })
    expect(invited.status).toBe(201)
    const args = ['user', 'create', '--email', email, '--password', 'long enough', '--name', 'Grace']
    const made = await machine<{ id: string }>(args, beside)
    expect(made).toEqual({
      id: expect.stringMatching(/^\d+$/),
      email: 'grace@example.net',
      isSuperuser: false,
    })
    const { token } = await machine<{ token: string }>(
      ['token', 'create', '--user', email, '--scope', 'org:read', 'member:read', '--scope', 'project:read'],
      beside,
    )
    expect(token).toMatch(/^sntryu_[0-9a-f]{64}$/)
    expect(await (await get('/', `Bearer ${token}`)).json()).toMatchObject({
      user: { id: made.id, email: 'grace@example.net', name: 'Grace', isSuperuser: false },
      auth: { scopes: ['member:read', 'org:read', 'project:read'] },
    })
    expect((await get('/organizations/default/', `Bearer ${token}`)).status).toBe(200)
    await using database = await openDatabase(join(server.dataDir, 'vedette.sqlite'))
    const user = await userByEmail(database.read, email)
    expect(await passwordMatches('long enough', user?.passwordHash ?? null)).toBe(true)
  })

  test('user create makes superusers, and tokens may hold every scope', async () => {
    const args = ['user', 'create', '--email', 'root@example.net', '--password', 'long enough', '--superuser']
    expect(await machine(args, beside)).toMatchObject({ isSuperuser: true })
    const { token } = await machine<{ token: string }>(
      ['token', 'create', '--user', 'root@example.net', '--scope', 'all'],
      beside,
    )
    expect(await (await get('/', `Bearer ${token}`)).json()).toMatchObject({
      user: { isSuperuser: true },
      auth: { scopes: allScopes.toSorted() },
    })
  })

  test('user set-password lets in with the new password and ends what the old one had opened', async () => {
    const email = 'forgetful@example.net'
    await machine(['user', 'create', '--email', email, '--password', 'the old one'], beside)
    const signIn = (password: string) =>
      fetch(`${server.url}/api/0/auth/login/`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ username: email, password }),
      })
    const before = await signIn('the old one')
    expect(before.status).toBe(200)
    const cookie = before.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    expect(
      await machine(['user', 'set-password', '--email', email, '--password', 'the new one'], beside),
    ).toEqual({
      id: expect.stringMatching(/^\d+$/),
      email,
    })
    expect((await fetch(`${server.url}/api/0/auth/`, { headers: { cookie } })).status).toBe(401)
    expect((await signIn('the old one')).status).toBe(400)
    expect((await signIn('the new one')).status).toBe(200)
    const unknown = await vedette(
      ['user', 'set-password', '--email', 'x@y.z', '--password', 'long enough'],
      beside,
    )
    expect(unknown).toMatchObject({ code: 2, stderr: 'vedette: there is no user x@y.z\n' })
  })

  test('an option that is missing is named', async () => {
    const { code, stderr } = await vedette(['user', 'create', '--password', 'long enough'], beside)
    expect(code).toBe(1)
    expect(stderr).toContain("error: required option '--email <email>' not specified")
  })

  test('org-token create makes a token that knows its server and organization', async () => {
    const args = ['org-token', 'create', '--org', 'default', '--name', 'ci']
    const { token } = await machine<{ token: string }>(args, beside)
    const [prefix, claims = ''] = token.split('_')
    expect([prefix, JSON.parse(Buffer.from(claims, 'base64').toString())]).toEqual([
      'sntrys',
      { iat: expect.any(Number), url: server.url, region_url: server.url, org: 'default' },
    ])
    expect(await (await get('/', `Bearer ${token}`)).json()).toMatchObject({
      user: null,
      auth: { scopes: ['org:ci'] },
    })
  })

  test('api-key create makes the user name of Basic authentication', async () => {
    const args = ['api-key', 'create', '--org', 'default', '--scope', 'project:read']
    const { key } = await machine<{ key: string }>(args, beside)
    const authorization = `Basic ${Buffer.from(`${key}:`).toString('base64')}`
    expect((await get('/organizations/default/projects/', authorization)).status).toBe(403)
    expect((await get('/projects/default/first-project/', authorization)).status).toBe(200)
  })

  test('what commands make is in the audit log, as made from the command line', async () => {
    await using folder = await migrated()
    const data = { VEDETTE_DATA: folder.path }
    const email = 'ada@example.net'
    await machine(['user', 'create', '--email', email, '--password', 'correct horse'], data)
    await using database = await openDatabase(join(folder.path, 'vedette.sqlite'))
    const organizationId = await database.write(async (tx) => {
      const { id } = await insertOrganization(tx, { slug: 'acme', name: 'Acme', now: 0 })
      await insertTeam(tx, { organizationId: id, slug: 'crew', name: 'Crew', now: 0 })
      const userId = (await userByEmail(tx, email))?.id ?? null
      await insertMember(tx, { organizationId: id, userId, email, role: 'owner', inviterId: null, now: 0 })
      return id
    })
    const org = ['--org', 'acme']
    await machine(['project', 'create', ...org, '--team', 'crew', '--name', 'Web'], data)
    await machine(['token', 'create', '--user', email, '--scope', 'org:read', '--name', 'deploys'], data)
    await machine(['org-token', 'create', ...org, '--name', 'ci'], data)
    await machine(['api-key', 'create', ...org, '--scope', 'org:read', '--name', 'old'], data)
    const newest = { limit: 9, position: undefined, backwards: false }
    const { rows } = await listAuditEntries(database.read, { organizationId }, newest)
    const changer = { userId: null, label: 'command line', ipAddress: null }
    expect(rows.map((row) => [row.event, row.data, row.changer])).toEqual([
      ['api-key.create', { name: 'old' }, changer],
      ['org-auth-token.create', { name: 'ci' }, changer],
      ['user-auth-token.create', { name: 'deploys', scopes: ['org:read'] }, changer],
      ['project.create', { slug: 'web', name: 'Web', platform: null }, changer],
    ])
  })
})

interface MadeProject {
  readonly id: string
  readonly slug: string
  readonly organization: string
  readonly dsn: string
}

describe.concurrent('projects', () => {
  test('project create makes a project whose DSN accepts events, and test-event sends one', async () => {
    const made = await machine<MadeProject>(['project', 'create', '--name', 'Web Shop'], beside)
    expect(made).toEqual({
      id: expect.stringMatching(/^\d+$/),
      slug: 'web-shop',
      organization: 'default',
      dsn: expect.stringMatching(/^http:\/\/[0-9a-f]{32}@127\.0\.0\.1:\d+\/\d+$/),
    })
    expect(made.dsn).toContain(`@${new URL(server.url).host}/${made.id}`)
    const sent = await machine<{ eventId: string; status: number }>([
      'test-event',
      '--dsn',
      made.dsn,
      '--message',
      'Is anybody there?',
    ])
    expect(sent.status).toBe(200)
    using ledger = openLedger(server.dataDir)
    expect(ledger.eventIds(Number(made.id))).toEqual([sent.eventId])
    expect(ledger.events(Number(made.id))).toMatchObject([{ level: 'info', title: 'Is anybody there?' }])
    expect(await server.stat('web-shop', 'received')).toBe(1)
  })

  test('a project that moves here keeps id and keys, so that its applications keep their DSN', async () => {
    const [publicKey, secretKey] = [newKey(), newKey()]
    const dsn = `http://${publicKey}@${new URL(server.url).host}/450111`
    const before = await vedette(['test-event', '--dsn', dsn])
    expect(before).toEqual(
      refused(
        `${server.url}/api/450111/envelope/ answered 403: {"detail":"event submission rejected with_reason: ProjectId"}`,
      ),
    )
    const args = ['project', 'create', '--name', 'Moved', '--platform', 'python-django', '--id', '450111']
    const keys = ['--public-key', publicKey.toUpperCase(), '--secret-key', secretKey]
    expect(await machine<MadeProject>([...args, ...keys], beside)).toMatchObject({ id: '450111', dsn })
    const [key] = await server.get<{ secret: string }[]>('/projects/default/moved/keys/')
    expect(key).toMatchObject({ public: publicKey, secret: secretKey })
    expect(await server.get('/projects/default/moved/')).toMatchObject({ platform: 'python-django' })
    // A running server knows the key within a moment.
    await vi.waitFor(async () => expect((await vedette(['test-event', '--dsn', dsn])).code).toBe(0), {
      timeout: 5000,
    })
  })

  test('key list shows keys with their DSN, and for machines all that the web API shows', async () => {
    const { stdout } = await vedette(['key', 'list'], beside)
    expect(stdout).toBe(`active    Default  ${server.dsn}\n`)
    const keys = await machine<object[]>(['key', 'list', '--project', String(server.projectId)], beside)
    const shownOverHttp = await server.get<object[]>('/projects/default/first-project/keys/')
    expect(keys).toEqual(shownOverHttp)
  })

  test('commands build DSNs from the address of the server that runs', async () => {
    await using folder = await temporaryFolder()
    await using running = await serve('--data', folder.path)
    const keys = await machine<{ dsn: { public: string } }[]>(['key', 'list', '--data', folder.path])
    expect(keys.map(({ dsn }) => dsn.public)).toEqual([shown(running.stdout(), 'DSN')])
    const url = 'https://errors.example.net/sentry'
    const moved = await machine<{ dsn: { public: string } }[]>([
      'key',
      'list',
      '--data',
      folder.path,
      '--url',
      url,
    ])
    expect(moved[0]?.dsn.public).toMatch(/^https:\/\/[0-9a-f]{32}@errors\.example\.net\/sentry\/1$/)
  })

  test('test-event says who does not answer', async () => {
    // Nobody listens on the port of a server that has stopped.
    await using folder = await temporaryFolder()
    const stopped = await serve('--data', folder.path)
    await stopped.stop('SIGTERM')
    const { host } = new URL(stopped.url)
    expect(await vedette(['test-event', '--dsn', `http://${'a'.repeat(32)}@${host}/1`])).toEqual(
      refused(`nobody answers at http://${host}/api/1/envelope/: ECONNREFUSED`),
    )
  })
})

describe.concurrent('the data folder', () => {
  test('commands that make the same new database at once all succeed', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'new')
    const made = { database: join(path, 'vedette.sqlite'), status: 'up to date' }
    const all = await Promise.all([1, 2, 3].map(() => machine(['migrate', '--data', path])))
    expect(all).toEqual([made, made, made])
    expect(await machine(['migrate'], beside)).toMatchObject({ status: 'up to date' })
  })

  test('everything can be set up before a server runs', async () => {
    await using folder = await migrated()
    const env = { VEDETTE_DATA: folder.path }
    await machine(['user', 'create', '--email', 'ada@example.net', '--password', 'long enough'], env)
    const { token } = await machine<{ token: string }>(
      ['token', 'create', '--user', 'ada@example.net', '--scope', 'org:read'],
      env,
    )
    await using running = await serve('--data', folder.path)
    // There is a user, so this is no first start.
    expect(running.stdout()).toMatch(/^Vedette listens on [^\n]*\n$/)
    const index = await fetch(`${running.url}/api/0/`, { headers: { authorization: `Bearer ${token}` } })
    expect(await index.json()).toMatchObject({ user: { email: 'ada@example.net' } })
  })

  test('a backup of a running server is whole', async () => {
    await using folder = await temporaryFolder()
    const project = await server.createProject('backed-up')
    const eventId = newKey()
    const core = Buffer.alloc(200_000, 'core')
    const event = JSON.stringify({ event_id: eventId, message: 'with a core' })
    const sent = await fetch(`${server.url}/api/${project.id}/envelope/?sentry_key=${project.publicKey}`, {
      method: 'POST',
      body: Buffer.concat([
        Buffer.from(`{"event_id":"${eventId}"}\n{"type":"event","length":${event.length}}\n${event}\n`),
        Buffer.from(`{"type":"attachment","length":${core.length},"filename":"core"}\n`),
        core,
      ]),
    })
    expect(sent.status).toBe(200)

    const target = join(folder.path, 'vedette-backup.sqlite')
    expect(await machine(['backup', '--to', target], beside)).toEqual({
      backup: target,
      blobs: `${target}.blobs`,
    })
    expect(await folder.names()).toEqual(['vedette-backup.sqlite', 'vedette-backup.sqlite.blobs'])
    const sha256 = digest(core)
    expect(await readFile(join(`${target}.blobs`, sha256.slice(0, 2), sha256))).toEqual(core)

    // Restored as its documentation says, it knows what the server knew.
    await using restored = await temporaryFolder()
    await writeFile(join(restored.path, 'vedette.sqlite'), await readFile(target))
    const keys = await machine<object[]>(['key', 'list', '--project', 'backed-up', '--data', restored.path])
    expect(keys).toMatchObject([{ public: project.publicKey }])
    using ledger = openLedger(restored.path)
    expect(ledger.eventIds(project.id)).toEqual([eventId])
    expect(ledger.attachments(project.id)).toMatchObject([{ name: 'core', size_bytes: core.length }])
    expect(ledger.check()).toBe('ok')
  })

  test('a backup without large attachments is one file', async () => {
    await using folder = await migrated()
    const target = join(folder.path, 'backup')
    expect(await machine(['backup', '--to', target, '--data', folder.path])).toEqual({ backup: target })
    expect(existsSync(`${target}.blobs`)).toBe(false)
  })

  test('prune deletes what is past its retention and says how much', async () => {
    await using folder = await migrated()
    const old = Date.now() - 8 * DAY
    {
      using handle = openFlush(join(folder.path, 'vedette.sqlite'))
      handle.transaction((into) => {
        storeEvents(into, eventOf(1, { receivedAt: old }), eventOf(1, { receivedAt: old + 2 * DAY }))
        into.insertItem(itemOf(1, { receivedAt: old }))
        into.insertAttachment(attachmentOf(1, { receivedAt: old }))
        into.addOutcomes(countOf(1, { bucket: Math.floor(old / 10_000) * 10 }))
      })
    }
    const env = { VEDETTE_DATA: folder.path, VEDETTE_EVENT_RETENTION_DAYS: '7' }
    expect(await machine(['prune'], env)).toEqual({
      events: 1,
      items: 1,
      attachments: 1,
      counts: 0,
      sessions: 0,
    })
    const { stdout } = await vedette(['prune'], env)
    expect(stdout).toBe('events       0\nitems        0\nattachments  0\ncounts       0\nsessions     0\n')
  })
})
