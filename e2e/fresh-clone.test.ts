/** What a stranger does first: clone, `npm start`, paste the curl line, read the count. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { cleanEnvironment, freePort, root } from './server.ts'

const INSTALL_LIMIT_MS = 170_000

let folder = ''
let stop: () => Promise<unknown> = async () => {}

afterEach(async () => {
  await stop()
  await rm(folder, { recursive: true, force: true })
})

const hasCurl = spawnSync('curl', ['--version']).status === 0
if (!hasCurl) console.warn('Skipped: the first steps of a stranger need curl, which is not installed')

test.skipIf(!hasCurl)(
  'a fresh clone starts with one command and counts the event of the curl line it prints',
  async () => {
    folder = await mkdtemp(join(tmpdir(), 'vedette-clone-'))
    execFileSync('git', ['clone', '--quiet', root, 'vedette'], { cwd: folder })
    const port = await freePort()
    const child = spawn('npm', ['start'], {
      cwd: join(folder, 'vedette'),
      env: { ...cleanEnvironment(), PATH: pathOfTheMachine(), VEDETTE_PORT: String(port) },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const ended = once(child, 'exit')
    stop = () => {
      // npm, its shell and the server share a process group.
      const isRunning = child.exitCode === null && child.signalCode === null
      if (child.pid !== undefined && isRunning) process.kill(-child.pid, 'SIGTERM')
      return ended
    }
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))

    const giveUpAt = performance.now() + INSTALL_LIMIT_MS
    while (!output.includes('Vedette listens on')) {
      expect(child.exitCode, output).toBeNull()
      expect(performance.now(), output).toBeLessThan(giveUpAt)
      await delay(50)
    }
    expect(output).toMatch(/sign-in {4}admin@localhost \/ \S{12,}/)
    expect(output).toMatch(/API token {2}sntryu_[0-9a-f]{64}/)
    expect(output).toContain(`http://localhost:${port}`)
    const dsn = /DSN {8}(\S+)/.exec(output)?.[1] ?? ''
    expect(new URL(dsn).host).toBe(`localhost:${port}`)

    const [send = '', read = ''] = output.match(/curl '.*/g) ?? []
    const answer = JSON.parse(shell(send)) as { id: string }
    expect(answer.id).toMatch(/^[0-9a-f]{32}$/)
    const series = JSON.parse(shell(read)) as [number, number][]
    expect(series).toHaveLength(24)
    expect(series.at(-1)?.[1]).toBe(1)
    await stop()
    expect(child.exitCode ?? child.signalCode).not.toBe('SIGKILL')
  },
  240_000,
)

/** Without our own node_modules: the clone has to bring what the machine lacks. */
function pathOfTheMachine(): string {
  const entries = (process.env.PATH ?? '').split(delimiter)
  return entries.filter((entry) => !entry.includes('node_modules')).join(delimiter)
}

/** Runs a line as a person would paste it. */
function shell(line: string): string {
  return execFileSync('sh', ['-c', `${line} -s`], { encoding: 'utf8' })
}
