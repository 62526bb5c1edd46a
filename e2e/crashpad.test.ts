/** A real crash: Chromium is killed, Crashpad writes its dump and uploads it to the address of the DSN. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { debianPackage } from './debian.ts'
import { cleanEnvironment, type RunningServer, startServer } from './server.ts'

const program = '/usr/bin/chromium'
const handler = '/usr/lib/chromium/chrome_crashpad_handler'

describe.skipIf(!debianPackage('chromium', program))('Crashpad', () => {
  let server: RunningServer
  let folder: string
  const children: ChildProcess[] = []
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vedette-crash-'))
    server = await startServer()
  })
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL')
    await server?.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  test('uploads the crash of Chromium, and the event says what crashed', async () => {
    const dumps = join(folder, 'dumps')
    await mkdir(dumps)
    const { size, pid } = await crash(dumps)
    const { id, slug } = await server.createProject('chromium')
    const [key] = await server.get<{ dsn: { minidump: string } }[]>(`/projects/default/${slug}/keys/`)
    await upload(dumps, key?.dsn.minidump ?? '')

    const event = await vi.waitFor(
      async () => {
        const [listed] = await server.get<{ eventID: string }[]>(`/projects/default/${slug}/events/`)
        if (listed === undefined) throw new Error(`No event of project ${id}:\n${server.output()}`)
        return server.get<Record<string, unknown>>(`/projects/default/${slug}/events/${listed.eventID}/json/`)
      },
      { timeout: 20_000, interval: 100 },
    )
    expect(event).toMatchObject({
      platform: 'native',
      level: 'fatal',
      timestamp: expect.closeTo(Date.now() / 1000, -2),
      sdk: { name: 'minidump.crashpad' },
      // Whichever thread the system gave the signal to.
      exception: {
        values: [{ type: 'SIGSEGV', thread_id: expect.any(Number), mechanism: { type: 'minidump' } }],
      },
      contexts: {
        os: { name: 'Linux' },
        crashpad: { prod: 'Chrome_Linux' },
        chromium: { type: 'crashpad', ptype: 'browser', pid: String(pid) },
      },
      extra: { prod: 'Chrome_Linux', guid: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    })
    const { images } = event.debug_meta as { images: { code_file?: string; code_id?: string }[] }
    expect(images).toContainEqual(
      expect.objectContaining({
        type: 'elf',
        code_file: '/usr/lib/chromium/chromium',
        code_id: expect.stringMatching(/^[0-9a-f]{40}$/),
      }),
    )

    const [listed] = await server.get<{ eventID: string }[]>(`/projects/default/${slug}/events/`)
    const attachments = await server.get<unknown[]>(
      `/projects/default/${slug}/events/${listed?.eventID}/attachments/`,
    )
    expect(attachments).toEqual([
      expect.objectContaining({ type: 'event.minidump', mimetype: 'application/x-dmp', size }),
    ])
    expect(await server.stat(slug, 'received')).toBe(1)
  })

  function start(command: string, args: readonly string[], env: Record<string, string> = {}): ChildProcess {
    const child = spawn(command, args, {
      // The fourth is the socket that a handler talks to its program through.
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      env: { ...cleanEnvironment(), ...env },
    })
    children.push(child)
    return child
  }

  /** Kills a browser that is up and waits for the dump. */
  async function crash(dumps: string): Promise<{ size: number; pid: number }> {
    const browser = start(
      program,
      [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--enable-crash-reporter',
        '--remote-debugging-port=0',
        `--user-data-dir=${join(folder, 'profile')}`,
        `--crash-dumps-dir=${dumps}`,
        'about:blank',
      ],
      { BREAKPAD_DUMP_LOCATION: dumps },
    )
    let said = ''
    browser.stderr?.on('data', (text: Buffer) => {
      said += text
    })
    await vi.waitFor(() => expect(said).toContain('DevTools listening'), { timeout: 20_000, interval: 50 })
    browser.kill('SIGSEGV')
    await once(browser, 'exit')
    const pending = join(dumps, 'pending')
    const file = await vi.waitFor(
      async () => {
        const dump = (await readdir(pending)).find((name) => name.endsWith('.dmp'))
        if (dump === undefined) throw new Error(`No dump in ${pending}:\n${said}`)
        return dump
      },
      { timeout: 10_000, interval: 50 },
    )
    return { size: (await readFile(join(pending, file))).byteLength, pid: browser.pid ?? 0 }
  }

  /** Chromium does not send its reports anywhere; a handler of ours on the same folder does. */
  async function upload(dumps: string, url: string): Promise<void> {
    const settings = join(dumps, 'settings.dat')
    const bytes = await readFile(settings)
    const UPLOADS_ENABLED = 1
    bytes.writeUInt32LE(UPLOADS_ENABLED, 8)
    await writeFile(settings, bytes)
    start(handler, [`--database=${dumps}`, `--url=${url}`, '--no-rate-limit', '--initial-client-fd=3'])
  }
})
