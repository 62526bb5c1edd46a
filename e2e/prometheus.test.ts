/** A real Prometheus, set up as docs/operate/monitoring.md says, reads what the server tells about itself. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import dashboard from '../docs/operate/grafana-dashboard.json' with { type: 'json' }
import { debianPackage } from './debian.ts'
import { openLedger } from './ledger.ts'
import {
  cleanEnvironment,
  freePort,
  type Project,
  type RunningServer,
  root,
  run,
  sendEnvelope,
  sendEvent,
  startServer,
} from './server.ts'

const program = '/usr/bin/prometheus'
const isReady = debianPackage('prometheus', program)

const token = 'metrics-token-of-the-end-to-end-run'

interface Sample {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

interface Prometheus extends AsyncDisposable {
  /** What an expression is at this moment. Errors: throws what Prometheus says of an expression it cannot read. */
  ask(expression: string): Promise<readonly Sample[]>
  /** An answer of its web API. */
  get<T>(path: string): Promise<T>
}

/** The blocks of YAML in the page for operators: how to scrape, and what to be woken by. */
async function documented(): Promise<{ scraping: string; alerts: string }> {
  const page = await readFile(join(root, 'docs', 'operate', 'monitoring.md'), 'utf8')
  const [scraping = '', alerts = ''] = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(
    ([, block = '']) => block,
  )
  return { scraping, alerts }
}

/** Changes in a text what must be there to be changed. */
function changed(text: string, changes: Readonly<Record<string, string>>): string {
  return Object.entries(changes).reduce((before, [from, to]) => {
    if (!before.includes(from)) throw new Error(`${from} is not in:\n${before}`)
    return before.replace(from, to)
  }, text)
}

/** Scrapes the server every second, and keeps what it saw in a temporary folder. */
async function startPrometheus(server: RunningServer): Promise<Prometheus> {
  await using opened = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'vedette-prometheus-'))
  opened.defer(() => rm(folder, { recursive: true, force: true }))
  const { scraping, alerts } = await documented()
  const config = join(folder, 'prometheus.yml')
  await writeFile(join(folder, 'token'), token)
  await writeFile(join(folder, 'alerts.yml'), alerts)
  await writeFile(
    config,
    `global: { evaluation_interval: 1s }\nrule_files: [alerts.yml]\n${changed(scraping, {
      '15s': '1s',
      '/etc/prometheus/vedette-token': join(folder, 'token'),
      'localhost:9000': new URL(server.url).host,
    })}`,
  )
  const checked = await run('/usr/bin/promtool', ['check', 'config', config], {})
  expect([checked.code, checked.stderr]).toEqual([0, ''])

  const address = `127.0.0.1:${await freePort()}`
  const child = spawn(
    program,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--log.level=warn',
    ],
    { env: cleanEnvironment(), stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk
  })
  const orphan = () => child.kill('SIGKILL')
  process.once('exit', orphan)
  const ended = once(child, 'exit')
  opened.defer(async () => {
    child.kill('SIGTERM')
    await ended
    process.off('exit', orphan)
  })

  async function get<T>(path: string): Promise<T> {
    const response = await fetch(`http://${address}/api/v1${path}`)
    const answer = (await response.json()) as { status: string; data: T; error?: string }
    if (answer.status !== 'success') throw new Error(`${path}: ${answer.error}`)
    return answer.data
  }
  await vi.waitFor(
    async () => {
      if (child.exitCode !== null) throw new Error(`Prometheus ended with ${child.exitCode}:\n${said}`)
      expect((await fetch(`http://${address}/-/ready`)).status).toBe(200)
    },
    { timeout: 20_000, interval: 50 },
  )
  const lifetime = opened.move()
  return {
    get,
    ask: async (expression) =>
      (await get<{ result: Sample[] }>(`/query?${new URLSearchParams({ query: expression })}`)).result,
    [Symbol.asyncDispose]: () => lifetime[Symbol.asyncDispose](),
  }
}

describe.skipIf(!isReady)('prometheus', () => {
  let server: RunningServer
  let prometheus: Prometheus

  beforeAll(async () => {
    server = await startServer({ env: { VEDETTE_METRICS_TOKEN: token } })
    prometheus = await startPrometheus(server)
  })

  afterAll(async () => {
    await prometheus?.[Symbol.asyncDispose]()
    await server?.close()
  })

  /** What Prometheus has of a project's fates, as `outcome category`. */
  async function fatesOf({ slug }: Project): Promise<Record<string, number>> {
    const samples = await prometheus.ask(`vedette_fates_total{organization="default", project="${slug}"}`)
    return Object.fromEntries(
      samples.map(({ metric, value }) => [`${metric.outcome} ${metric.category}`, Number(value[1])]),
    )
  }

  /** What the ledger holds of a project, its reasons left out. */
  function countsOf({ id }: Project): Record<string, number> {
    using ledger = openLedger(server.dataDir)
    const sums: Record<string, number> = {}
    for (const [name, count] of Object.entries(ledger.counts(id))) {
      const fate = name.replace(/:\S+/, '')
      sums[fate] = (sums[fate] ?? 0) + count
    }
    return sums
  }

  function soon(check: () => Promise<void>): Promise<unknown> {
    return vi.waitFor(check, { timeout: 15_000, interval: 100 })
  }

  const eventId = (number: number) => number.toString(16).padStart(32, '0')
  const send = (project: Project, number: number, message = 'The lamp went out') =>
    sendEvent(project.dsn, { event_id: eventId(number), message })
  const sendAll = async (project: Project, numbers: readonly number[]) => {
    for (const number of numbers) await send(project, number)
  }

  async function put(path: string, body: unknown): Promise<void> {
    const response = await server.api(path, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    expect([path, response.status]).toEqual([path, 200])
  }

  test('sees the fates that the statistics tell, and goes on seeing them after a crash', async () => {
    const project = await server.createProject('lamps')
    await put('/projects/default/lamps/', { options: { 'filters:error_messages': '*secret*' } })
    await sendAll(project, [1, 2, 3])
    await send(project, 4, 'a secret lamp')
    await sendAll(project, [1, 2])
    await sendEnvelope(project.dsn, '{}\n{"type":"event"}\nno event\n')
    await sendEnvelope(project.dsn, '{}\n{"type":"session"}\n{"sid":"1"}\n')

    async function agree(): Promise<void> {
      const [received, rejected, blacklisted, generated] = await Promise.all(
        ['received', 'rejected', 'blacklisted', 'generated'].map((stat) => server.stat('lamps', stat)),
      )
      const counted = countsOf(project)
      await soon(async () => expect(await fatesOf(project)).toEqual(counted))
      const fates = await fatesOf(project)
      const errors = (outcome: string) => fates[`${outcome} error`] ?? 0
      expect({
        received: errors('accepted') + errors('filtered') + errors('rate_limited'),
        rejected: errors('rate_limited'),
        blacklisted: errors('filtered'),
        generated: errors('accepted'),
      }).toEqual({ received, rejected, blacklisted, generated })
    }

    await agree()
    expect(await fatesOf(project)).toEqual({
      'accepted error': 3,
      'accepted session': 1,
      'filtered error': 1,
      // Two that came twice, and one that is no event.
      'invalid error': 3,
    })

    await server.kill('SIGKILL')
    await server.restart()
    // A day, because a window of a minute might end in the middle.
    const rateLimit = { count: 1, window: 86_400 }
    await put(`/projects/default/lamps/keys/${project.publicKey}/`, { rateLimit })
    await sendAll(project, [5])
    await expect(send(project, 6)).rejects.toThrow('429')
    await agree()
    expect(await fatesOf(project)).toMatchObject({
      'accepted error': 4,
      'filtered error': 1,
      'rate_limited error': 1,
    })
    const falls = await prometheus.ask('sum(resets(vedette_fates_total{project="lamps"}[1h]))')
    const starts = await prometheus.ask('changes(process_start_time_seconds[1h])')
    expect([falls[0]?.value[1], starts[0]?.value[1]]).toEqual(['0', '1'])
  })

  test('reads every second what it was let in for, and all of it', async () => {
    await soon(async () => {
      const { activeTargets } = await prometheus.get<{
        activeTargets: { health: string; lastError: string; scrapeUrl: string }[]
      }>('/targets')
      expect(activeTargets.map(({ health, lastError, scrapeUrl }) => [health, lastError, scrapeUrl])).toEqual(
        [['up', '', `${server.url}/metrics`]],
      )
    })
    const metadata = await prometheus.get<Record<string, { type: string }[]>>('/metadata')
    const text = await (
      await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${token}` } })
    ).text()
    const told = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type])
    expect(told.map(([name = '']) => [name, metadata[name]?.[0]?.type])).toEqual(told)
  })

  test('understands the alerts of the documentation, none of which sounds', async () => {
    await soon(async () => {
      const { groups } = await prometheus.get<{
        groups: { rules: { name: string; health: string; state: string; lastError?: string }[] }[]
      }>('/rules')
      const rules = groups.flatMap((group) => group.rules)
      expect(rules.length).toBeGreaterThan(5)
      for (const { name, health, lastError } of rules)
        expect([name, health, lastError]).toEqual([name, 'ok', undefined])
      expect(rules.filter(({ state }) => state === 'firing')).toEqual([])
    })
  })

  test('has an answer to all that the dashboard asks', async () => {
    const project = await server.createProject('dashboard')
    await sendAll(project, [1])
    const attachment = 'twelve bytes'
    const header = { type: 'attachment', length: attachment.length, filename: 'a.txt' }
    const envelope = `{"event_id":"${eventId(2)}"}\n${JSON.stringify(header)}\n${attachment}\n`
    await sendEnvelope(project.dsn, envelope)

    /** As the dashboard does it when all is chosen. */
    const filledIn = (expression: string) =>
      expression.replaceAll('$__rate_interval', '1m').replaceAll('$__range', '1h').replaceAll(/\$\w+/g, '.+')
    const asked = dashboard.panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr }) => ({ title, expression: filledIn(expr) })),
    )
    expect(asked.length).toBeGreaterThan(20)
    // A rate needs two scrapes of a series.
    await soon(async () => {
      const silent = await Promise.all(
        asked.map(async ({ title, expression }) =>
          (await prometheus.ask(expression)).length === 0 ? [title] : [],
        ),
      )
      expect(silent.flat()).toEqual([])
    })
  })
})
