/** The real server as its own process, on a temporary folder and a free port. Knows the contract and no more. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
/** The Node the server runs on, whatever the one on the PATH is. */
export const node = join(root, 'node_modules', '.bin', 'node')

export const admin = {
  email: 'admin@example.net',
  password: 'correct horse battery staple',
  token: 'e2e-token-0123456789abcdef0123456789abcdef',
} as const

export interface ServerOptions {
  /** Further VEDETTE_ variables. */
  readonly env?: Readonly<Record<string, string>>
  /** A folder of the caller's; it is left in place by `close()`. */
  readonly dataDir?: string
}

export interface Project {
  readonly id: number
  readonly slug: string
  readonly publicKey: string
  readonly dsn: string
}

export interface RunningServer extends AsyncDisposable {
  readonly url: string
  readonly token: string
  readonly dataDir: string
  /** The project of the first start, and its key. */
  readonly projectId: number
  readonly publicKey: string
  readonly dsn: string
  readonly pid: number
  /** From the start of the process to the first 200, at the last start. */
  readonly readyMs: number
  /** The tail of what the process has printed since the first start. */
  output(): string
  /** `path` is below /api/0. Sends the admin's token. */
  api(path: string, init?: RequestInit): Promise<Response>
  /** The JSON of a GET that must answer 200. */
  get<T>(path: string): Promise<T>
  /** Sum of a project's series. */
  stat(project: string, stat: string, query?: Record<string, string | number>): Promise<number>
  createProject(slug: string): Promise<Project>
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Starts again on the same folder and port, after a SIGTERM if it is still running. */
  restart(): Promise<void>
  close(): Promise<void>
}

const READY_LIMIT_MS = 20_000
const STOP_LIMIT_MS = 10_000
const OUTPUT_LIMIT = 64 * 1024

/** Starts a server and waits until it answers. */
export async function startServer(options: ServerOptions = {}): Promise<RunningServer> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'vedette-')))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const env = {
    ...cleanEnvironment(),
    VEDETTE_HOST: '127.0.0.1',
    VEDETTE_PORT: String(port),
    VEDETTE_URL: url,
    VEDETTE_DATA: dataDir,
    VEDETTE_ADMIN_EMAIL: admin.email,
    VEDETTE_ADMIN_PASSWORD: admin.password,
    VEDETTE_ADMIN_TOKEN: admin.token,
    ...options.env,
  }
  let child: ChildProcess | undefined
  let readyMs = Number.NaN
  let output = ''

  async function boot(): Promise<void> {
    const startedAt = performance.now()
    const starting = spawn(node, ['bin/vedette.js', 'serve'], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child = starting
    const keep = (text: Buffer) => {
      output = (output + text).slice(-OUTPUT_LIMIT)
    }
    starting.stdout.on('data', keep)
    starting.stderr.on('data', keep)
    const orphan = () => starting.kill('SIGKILL')
    process.once('exit', orphan)
    starting.once('exit', () => process.off('exit', orphan))
    while (!(await answers(`${url}/api/0/`))) {
      const failed = starting.exitCode ?? starting.signalCode
      if (failed !== null) throw new Error(`The server ended with ${failed} before it was ready:\n${output}`)
      if (performance.now() - startedAt > READY_LIMIT_MS) {
        starting.kill('SIGKILL')
        throw new Error(`The server was not ready within ${READY_LIMIT_MS} ms:\n${output}`)
      }
      await delay(5)
    }
    readyMs = performance.now() - startedAt
  }

  async function kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const running = child
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return
    const ended = once(running, 'exit')
    running.kill(signal)
    const patience = setTimeout(() => running.kill('SIGKILL'), STOP_LIMIT_MS)
    await ended
    clearTimeout(patience)
  }

  async function close(): Promise<void> {
    await kill('SIGTERM')
    if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true })
  }

  const api = (path: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers)
    if (!headers.has('authorization')) headers.set('authorization', `Bearer ${admin.token}`)
    return fetch(`${url}/api/0${path}`, { ...init, headers })
  }

  async function get<T>(path: string): Promise<T> {
    const response = await api(path)
    if (response.status !== 200) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }

  async function projectOf(slug: string): Promise<Project> {
    const [key] = await get<{ public: string; projectId: number; dsn: { public: string } }[]>(
      `/projects/default/${slug}/keys/`,
    )
    if (key === undefined) throw new Error(`Project ${slug} has no key`)
    return { id: key.projectId, slug, publicKey: key.public, dsn: key.dsn.public }
  }

  try {
    await boot()
    const first = await projectOf('first-project')
    return {
      url,
      token: admin.token,
      dataDir,
      projectId: first.id,
      publicKey: first.publicKey,
      dsn: first.dsn,
      get pid() {
        return child?.pid ?? Number.NaN
      },
      get readyMs() {
        return readyMs
      },
      output: () => output,
      api,
      get,
      async stat(project, stat, query = {}) {
        const search = new URLSearchParams({ stat })
        for (const [name, value] of Object.entries(query)) search.set(name, String(value))
        const series = await get<[number, number][]>(`/projects/default/${project}/stats/?${search}`)
        return series.reduce((sum, [, count]) => sum + count, 0)
      },
      async createProject(slug) {
        const response = await api('/teams/default/default/projects/', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ name: slug, slug }),
        })
        if (response.status !== 201)
          throw new Error(`Creating ${slug}: ${response.status} ${await response.text()}`)
        return projectOf(slug)
      },
      kill,
      async restart() {
        await kill('SIGTERM')
        await boot()
      },
      close,
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Sends one event to a DSN as an SDK does. Errors: as `sendEnvelope`. */
export function sendEvent(dsn: string, event: Readonly<Record<string, unknown>>): Promise<void> {
  // Servers believe the id of the envelope, not the one of the event.
  const header = JSON.stringify({ event_id: event.event_id })
  const payload = JSON.stringify({ platform: 'node', level: 'error', ...event })
  return sendEnvelope(dsn, `${header}\n{"type":"event"}\n${payload}\n`)
}

/** Errors: throws what the server says when it does not take it. */
export async function sendEnvelope(dsn: string, envelope: string): Promise<void> {
  const { origin, pathname, username } = new URL(dsn)
  const response = await fetch(`${origin}/api${pathname}/envelope/`, {
    method: 'POST',
    headers: { 'x-sentry-auth': `Sentry sentry_version=7, sentry_key=${username}` },
    body: envelope,
  })
  if (response.status !== 200) throw new Error(`Sending: ${response.status} ${await response.text()}`)
}

/** Runs an operator command beside the server, as `npx vedette` does; hands back what it printed. */
export async function vedette(server: RunningServer, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(node, ['bin/vedette.js', ...args], {
    VEDETTE_DATA: server.dataDir,
    VEDETTE_URL: server.url,
  })
  if (code !== 0) throw new Error(`vedette ${args.join(' ')} ended with ${code}:\n${stdout}${stderr}`)
  return stdout
}

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program until it ends: in the repository, unless another folder is named. */
export async function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string = root,
): Promise<Finished> {
  const child = spawn(program, args, {
    cwd,
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const text = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => {
    text.stdout += chunk
  })
  child.stderr.on('data', (chunk: Buffer) => {
    text.stderr += chunk
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...text }
}

/** Ours without the settings of a server, an SDK or the test runner. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(VEDETTE|SENTRY|VITEST)|^(NODE_ENV|NODE_OPTIONS|TEST|MODE|DEV|PROD|SSR|BASE_URL)$/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url)
    await response.arrayBuffer()
    return response.status === 200
  } catch {
    return false
  }
}

export async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  listener.close()
  if (address === null || typeof address === 'string') throw new Error('No free port')
  return address.port
}
