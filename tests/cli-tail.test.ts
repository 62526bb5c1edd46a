/** `vedette tail` as a real process beside a real server. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  cleanEnvironment,
  type Finished,
  node,
  type RunningServer,
  root,
  run,
  sendEvent,
  startServer,
} from '../e2e/server.ts'
import type { LiveSecond } from '../src/ingest/live.ts'
import { newKey } from '../src/protocol/ids.ts'

// Several processes start at the same time, beside those of other test files.
vi.setConfig({ testTimeout: 60_000 })

let server: RunningServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.close())

const project = 'default/first-project'

function tail(...args: string[]): Promise<Finished> {
  return run(node, ['bin/vedette.js', 'tail', ...args], {})
}

interface Tailing extends AsyncDisposable {
  readonly process: ChildProcess
  /** Resolves when something of that kind is on standard output or error. */
  said(pattern: RegExp): Promise<string>
  /** How it ended. */
  end(): Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

function startTail(target: RunningServer, ...args: string[]): Tailing {
  const child = spawn(
    node,
    ['bin/vedette.js', 'tail', '--project', project, '--token', target.token, '--url', target.url, ...args],
    { cwd: root, env: cleanEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let text = ''
  const closed = once(child, 'close')
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (piece: Buffer) => {
      text += piece
    })
  }
  async function end() {
    await closed
    return { code: child.exitCode, signal: child.signalCode }
  }
  return {
    process: child,
    async said(pattern) {
      for (;;) {
        const match = pattern.exec(text)
        if (match !== null) return match[0]
        const ended = await Promise.race([
          once(child.stdout, 'data'),
          once(child.stderr, 'data'),
          closed.then(() => 'ended' as const),
        ])
        if (ended === 'ended' && !pattern.test(text)) throw new Error(`It ended:\n${text}`)
      }
    },
    end,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await closed
    },
  }
}

/** Sends events until something has heard of one. */
async function sendUntil(target: RunningServer, heard: Promise<unknown>): Promise<void> {
  const state = { isHeard: false }
  const done = heard.then(() => {
    state.isHeard = true
  })
  while (!state.isHeard) {
    await sendEvent(target.dsn, { event_id: newKey(), message: 'The lamp went out' })
    await Promise.race([done, new Promise((resolve) => setTimeout(resolve, 200))])
  }
}

describe.concurrent('tail', () => {
  test('prints a line of JSON for each second, and ends after as many as it is told to', async () => {
    const { code, stdout, stderr } = await tail(
      ...['--project', project, '--token', server.token, '--url', server.url, '--json', '--count', '2'],
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const seconds = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as LiveSecond)
    expect(seconds).toHaveLength(2)
    const [first, second] = seconds
    expect(second?.at).toBeGreaterThan(first?.at ?? Number.POSITIVE_INFINITY)
    expect(Object.keys(first ?? {})).toEqual(['at', 'counts'])
  })

  test('shows what comes, as lines where there is no terminal, until it is interrupted', async () => {
    await using tailing = startTail(server)
    const line = tailing.said(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ +\d+\/s {2}[1-9]\d* accepted$/m)
    await sendUntil(server, line)
    expect(await line).toContain('accepted')
    tailing.process.kill('SIGINT')
    expect(await tailing.end()).toEqual({ code: 0, signal: null })
  })

  test('finds the server by its folder, and reads the token from standard input', async () => {
    const child = spawn(
      node,
      ['bin/vedette.js', 'tail', '--project', project, '--token', '-', '--count', '1', '--json'],
      {
        cwd: root,
        env: { ...cleanEnvironment(), VEDETTE_DATA: server.dataDir },
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    )
    let stdout = ''
    child.stdout.on('data', (piece: Buffer) => {
      stdout += piece
    })
    child.stdin.end(`${server.token}\n`)
    expect(await once(child, 'close')).toEqual([0, null])
    expect(JSON.parse(stdout)).toMatchObject({ counts: {} })
  })

  test('goes on when the server comes back, and the server is not held up by it', async () => {
    await using own = await startServer()
    await using tailing = startTail(own, '--json')
    await tailing.said(/"at"/)
    const stoppedAt = performance.now()
    await own.kill('SIGTERM')
    // Stopping waits five seconds for those who dawdle.
    expect(performance.now() - stoppedAt).toBeLessThan(4000)
    await own.restart()
    const line = tailing.said(/"accepted":\{"error":[1-9]/)
    await sendUntil(own, line)
    await line
    tailing.process.kill('SIGINT')
    expect(await tailing.end()).toEqual({ code: 0, signal: null })
  })

  test.each<[args: () => string[], message: () => string | RegExp]>([
    [() => ['--project', 'web', '--token', 'x'], () => '--project must look like my-team/my-app, got "web"'],
    [
      () => ['--project', 'a/b/c', '--token', 'x'],
      () => '--project must look like my-team/my-app, got "a/b/c"',
    ],
    [
      () => ['--project', project, '--token', 'x', '--count', '0'],
      () => '--count must be a whole number from 1, got "0"',
    ],
    [
      () => ['--project', project, '--token', 'x', '--url', 'http://127.0.0.1:1'],
      () => /^nobody answers at http:\/\/127\.0\.0\.1:1\/api\/0\/.*: (ECONNREFUSED|bad port)$/,
    ],
    [
      () => ['--project', project, '--token', 'x', '--url', server.url],
      () =>
        `${server.url}/api/0/projects/default/first-project/usage/live/ answered 401: {"detail":"Invalid token"}`,
    ],
    [
      () => ['--project', 'default/no-such', '--token', server.token, '--url', server.url],
      () =>
        `${server.url}/api/0/projects/default/no-such/usage/live/ answered 404: {"detail":"Project does not exist"}`,
    ],
  ])('refuses what cannot be done', async (args, message) => {
    const { code, stdout, stderr } = await tail(...args())
    const expected = message()
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    const said = stderr.replace(/^vedette: /, '').trimEnd()
    if (typeof expected === 'string') expect(said).toBe(expected)
    else expect(said).toMatch(expected)
  })
})
