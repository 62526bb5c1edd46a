/** The web UI as a person meets it: a server as `npm start` makes it, and a browser at its door. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'
import { freePort, root } from './server.ts'

export interface Started extends AsyncDisposable {
  readonly url: string
  readonly dataDir: string
  /** As they are printed at the first start. */
  readonly email: string
  readonly password: string
  readonly token: string
}

const READY_LIMIT_MS = 60_000

/** `npm start` on an empty folder, with nothing chosen beforehand. */
export async function npmStart(): Promise<Started> {
  const dataDir = await mkdtemp(join(tmpdir(), 'vedette-ui-'))
  const port = await freePort()
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('VEDETTE_'))
  const server = spawn('npm', ['start'], {
    cwd: root,
    env: { ...Object.fromEntries(own), VEDETTE_DATA: dataDir, VEDETTE_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
    // npm does not pass on every signal: the whole group is stopped.
    detached: true,
  })
  let printed = ''
  const keep = (text: Buffer) => {
    printed += text
  }
  server.stdout.on('data', keep)
  server.stderr.on('data', keep)
  const close = async () => {
    await stop(server)
    await rm(dataDir, { recursive: true, force: true })
  }
  const startedAt = performance.now()
  while (!printed.includes('listens on')) {
    if (server.exitCode !== null || performance.now() - startedAt > READY_LIMIT_MS) {
      await close()
      throw new Error(`npm start did not get ready:\n${printed}`)
    }
    await delay(20)
  }
  const [, email = '', password = ''] = /sign-in +(\S+) \/ (\S+)/.exec(printed) ?? []
  const [, token = ''] = /API token +(\S+)/.exec(printed) ?? []
  return { url: `http://localhost:${port}`, dataDir, email, password, token, [Symbol.asyncDispose]: close }
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null || server.pid === undefined) return
  const ended = once(server, 'exit')
  process.kill(-server.pid, 'SIGTERM')
  await ended
}

export async function signIn(
  tab: Page,
  url: string,
  who: { email: string; password: string },
): Promise<void> {
  await tab.goto(`${url}/sign-in`)
  await tab.getByLabel('Email address or user name').fill(who.email)
  await tab.getByLabel('Password', { exact: true }).fill(who.password)
  await tab.getByRole('button', { name: 'Sign in' }).click()
  await tab.waitForURL((address) => !address.pathname.endsWith('/sign-in'))
}

/** Whatever a page says in the console or throws is a fault of ours. */
export function watchFaults(
  context: BrowserContext,
  isExpected: (text: string) => boolean = () => false,
): string[] {
  const faults: string[] = []
  const note = (text: string) => isExpected(text) || faults.push(text)
  context.on('console', (message) => {
    if (message.type() === 'error') note(message.text())
  })
  context.on('weberror', (error) => note(String(error.error())))
  return faults
}

/** The page has its data: nothing is busy, and its title stands. */
export async function settled(tab: Page): Promise<void> {
  await tab.locator('h1').first().waitFor()
  await expect.poll(() => tab.locator('[aria-busy="true"]').count(), { timeout: 15_000 }).toBe(0)
}
