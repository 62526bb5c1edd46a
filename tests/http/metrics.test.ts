/** `/metrics`: who may read it, what it says, and how much it can become. */
import { readFileSync, statSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { openApp } from '../../src/app.ts'
import { silentLog } from '../../src/log.ts'
import { buildServer } from '../../src/server.ts'
import { envelope, eventEnvelope, item, newId, openFrontDoor } from './front-door.ts'
import { basic, bearer, type Installation, nobody, openInstallation } from './installation.ts'

const token = 'metrics-0123456789abcdef'

/** Every series of a text, by its name and labels as they are written, with its value. */
function seriesOf(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ')
      return [line.slice(0, space), Number(line.slice(space + 1))]
    }),
  )
}

/** The series of one name, by their labels alone. */
function valuesOf(text: string, name: string): Readonly<Record<string, number>> {
  const found = [...seriesOf(text)].filter(([series]) => series.startsWith(`${name}{`))
  return Object.fromEntries(found.map(([series, value]) => [series.slice(name.length), value]))
}

function openReadable(): Promise<Installation> {
  return openInstallation({ env: { VEDETTE_METRICS_ALLOW: 'loopback' } })
}

async function read(vedette: Installation): Promise<string> {
  const { status, text } = await vedette.send('GET', '/metrics')
  expect(status).toBe(200)
  return text
}

describe('who may read', () => {
  test('nobody by default: there seems to be no such address, and nothing is measured', async () => {
    await using vedette = await openInstallation()
    const [metrics, unknown] = await Promise.all([
      vedette.send('GET', '/metrics'),
      vedette.send('GET', '/no-such-address'),
    ])
    expect([metrics.status, metrics.text]).toEqual([404, ''])
    expect([metrics.status, metrics.text, metrics.headers]).toEqual([
      unknown.status,
      unknown.text,
      { ...unknown.headers, date: metrics.headers.date },
    ])
    expect(vedette.app.metrics).toBeUndefined()
  })

  test('with a token: whoever sends it', async () => {
    await using vedette = await openInstallation({ env: { VEDETTE_METRICS_TOKEN: token } })
    const statusFor = async (headers: Readonly<Record<string, string>>) =>
      (await vedette.send('GET', '/metrics', { headers })).status
    expect(await statusFor(bearer(token).headers)).toBe(200)
    expect(await statusFor({ authorization: `bearer  ${token}` })).toBe(200)
    for (const headers of [
      {},
      bearer(`${token}x`).headers,
      bearer(token.slice(0, -1)).headers,
      bearer(token.toUpperCase()).headers,
      bearer('').headers,
      bearer(`${token} ${token}`).headers,
      basic(token).headers,
      { authorization: token },
      { 'x-forwarded-for': '127.0.0.1' },
    ] as readonly Readonly<Record<string, string>>[]) {
      expect([headers, await statusFor(headers)]).toEqual([headers, 401])
    }
    const refused = await vedette.send('GET', '/metrics', bearer('wrong'))
    expect([refused.body, refused.headers['www-authenticate']]).toEqual([
      { detail: 'Send VEDETTE_METRICS_TOKEN as `Authorization: Bearer TOKEN`' },
      'Bearer realm="metrics"',
    ])
  })

  test('tokens of the web API open nothing here, and this one opens nothing there', async () => {
    await using vedette = await openInstallation({ env: { VEDETTE_METRICS_TOKEN: token } })
    const { owner, organization } = await openFrontDoor(vedette)
    expect((await vedette.send('GET', '/metrics', owner.caller)).status).toBe(401)
    expect((await vedette.get(`/organizations/${organization.slug}/`, bearer(token))).status).toBe(401)
  })

  async function statusFrom(
    { server }: Installation,
    remoteAddress: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<number> {
    return (await server.inject({ url: '/metrics', remoteAddress, headers })).statusCode
  }

  test('with a list: whoever asks from an address on it', async () => {
    await using vedette = await openInstallation({
      env: { VEDETTE_METRICS_ALLOW: 'loopback, 10.0.0.0/8,192.0.2.7,fd00::/8' },
    })
    for (const [address, status] of [
      ['127.0.0.1', 200],
      ['127.1.2.3', 200],
      ['::1', 200],
      ['::ffff:127.0.0.1', 200],
      ['10.255.0.1', 200],
      ['::ffff:10.0.0.1', 200],
      ['192.0.2.7', 200],
      ['fd00::1', 200],
      ['11.0.0.1', 403],
      ['192.0.2.8', 403],
      ['fe00::1', 403],
      ['::2', 403],
    ] as const) {
      expect([address, await statusFrom(vedette, address)]).toEqual([address, status])
    }
    const { body } = await vedette.server.inject({ url: '/metrics', remoteAddress: '192.0.2.8' })
    expect(JSON.parse(body)).toEqual({
      detail: 'VEDETTE_METRICS_ALLOW does not list your address, 192.0.2.8',
    })
    // A token that was never set opens nothing.
    expect(await statusFrom(vedette, '192.0.2.8', { authorization: 'Bearer undefined' })).toBe(403)
  })

  test('the address is that of the sender, as far as proxies are trusted', async () => {
    await using vedette = await openReadable()
    const forwarded = (list: string) => ({ 'x-forwarded-for': list })
    expect(await statusFrom(vedette, '127.0.0.1', forwarded('192.0.2.8'))).toBe(403)
    expect(await statusFrom(vedette, '127.0.0.1', forwarded('127.0.0.1, 192.0.2.8'))).toBe(403)
    expect(await statusFrom(vedette, '192.0.2.8', forwarded('127.0.0.1'))).toBe(403)
  })

  test('with both, either is enough', async () => {
    await using vedette = await openInstallation({
      env: { VEDETTE_METRICS_TOKEN: token, VEDETTE_METRICS_ALLOW: '192.0.2.7' },
    })
    expect([
      await statusFrom(vedette, '192.0.2.7'),
      await statusFrom(vedette, '192.0.2.7', bearer('wrong').headers),
      await statusFrom(vedette, '192.0.2.8', bearer(token).headers),
      await statusFrom(vedette, '192.0.2.8', bearer('wrong').headers),
      await statusFrom(vedette, '192.0.2.8'),
    ]).toEqual([200, 200, 200, 401, 401])
  })

  test('only GET is there', async () => {
    await using vedette = await openReadable()
    for (const method of ['HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'] as const) {
      expect([method, (await vedette.send(method, '/metrics')).status]).toEqual([method, 404])
    }
  })
})

describe('fates', () => {
  /** Fates of one project, as the front door counts them but for their reasons. */
  const ofProject = (text: string, organization: string) =>
    Object.fromEntries(
      Object.entries(valuesOf(text, 'vedette_fates_total')).flatMap(([labels, value]) => {
        const [, project, category, outcome] =
          new RegExp(`^{organization="${organization}",project="(.*)",category="(.*)",outcome="(.*)"}$`).exec(
            labels,
          ) ?? []
        return project === undefined ? [] : [[`${project} ${outcome} ${category}`, value]]
      }),
    )

  test('are what the ledger holds, for each project, also of two with one name', async () => {
    await using vedette = await openReadable()
    const [first, second] = [await openFrontDoor(vedette), await openFrontDoor(vedette)]
    const id = newId()
    await first.deliver(eventEnvelope(id))
    await first.deliver(eventEnvelope(id))
    await first.deliver(eventEnvelope())
    await first.deliver('not an envelope')
    await first.deliver(
      envelope(
        { event_id: newId() },
        item('event', { message: 'With something' }),
        item('attachment', 'twelve bytes', { filename: 'a.txt' }),
        item('client_report', {
          discarded_events: [
            { category: 'error', reason: 'sample_rate', quantity: 5 },
            { category: 'transaction', reason: 'queue_overflow', quantity: 7 },
          ],
        }),
      ),
    )
    await second.deliver(eventEnvelope())

    expect(first.counts()).toEqual({
      'accepted error': 3,
      'invalid:duplicate error': 1,
      'invalid:invalid_envelope default': 1,
      'accepted attachment': 12,
      'accepted attachment_item': 1,
      'client_discard:sample_rate error': 5,
      'client_discard:queue_overflow transaction': 7,
    })
    const text = await read(vedette)
    expect(ofProject(text, first.organization.slug)).toEqual({
      'web accepted error': 3,
      'web invalid error': 1,
      'web invalid default': 1,
      'web accepted attachment': 12,
      'web accepted attachment_item': 1,
      'web client_discard error': 5,
      'web client_discard transaction': 7,
    })
    expect(ofProject(text, second.organization.slug)).toEqual({ 'web accepted error': 1 })
  })

  test('agree with the statistics of the project', async () => {
    await using vedette = await openReadable()
    const door = await openFrontDoor(vedette)
    const { organization, project, key, owner } = door
    const path = `/projects/${organization.slug}/${project.slug}/`
    const stat = async (name: string) => {
      const { body } = await vedette.get<[number, number][]>(`${path}stats/?stat=${name}`, owner.caller)
      return body.reduce((sum, [, count]) => sum + count, 0)
    }
    await vedette.put(`${path}keys/${key.publicKey}/`, owner.caller, { rateLimit: { count: 3, window: 60 } })
    for (let left = 5; left > 0; left--) await door.deliver(eventEnvelope())
    const fates = ofProject(await read(vedette), organization.slug)
    expect(fates).toEqual({ 'web accepted error': 3, 'web rate_limited error': 2 })
    expect([await stat('generated'), await stat('rejected'), await stat('received')]).toEqual([3, 2, 5])
  })

  test('go on after a restart; what the process measures begins anew', async () => {
    await using vedette = await openReadable()
    const door = await openFrontDoor(vedette)
    await door.deliver(eventEnvelope())
    const before = await read(vedette)

    await using app = await openApp(vedette.app.config, silentLog, vedette.clock)
    const server = await buildServer(app)
    const { body: after } = await server.inject('/metrics')
    await server.close()
    expect(ofProject(before, door.organization.slug)).toEqual({ 'web accepted error': 1 })
    expect(valuesOf(after, 'vedette_fates_total')).toEqual(valuesOf(before, 'vedette_fates_total'))
    const commits = (text: string) => seriesOf(text).get('vedette_writer_commit_duration_seconds_count')
    expect([commits(before), commits(after)]).toEqual([1, 0])
    expect(valuesOf(after, 'vedette_http_responses_total')).toEqual({})
  })

  test('have no series of a project that was given up', async () => {
    await using vedette = await openReadable()
    const { organization, project, owner, deliver } = await openFrontDoor(vedette)
    await deliver(eventEnvelope())
    const { status } = await vedette.delete(`/projects/${organization.slug}/${project.slug}/`, owner.caller)
    expect([status, valuesOf(await read(vedette), 'vedette_fates_total')]).toEqual([204, {}])
  })
})

describe('the server', () => {
  test('answers are counted by their status, and those of DSNs timed by endpoint and class', async () => {
    await using vedette = await openReadable()
    const door = await openFrontDoor(vedette)
    await door.deliver(eventEnvelope())
    await door.post(door.envelopePath.slice(0, -1), eventEnvelope())
    await door.deliver('not an envelope')
    await door.post(door.storePath, '{"message":"The lamp went out"}')
    await vedette.send('OPTIONS', door.envelopePath)
    await vedette.send('DELETE', door.envelopePath)
    await vedette.get('/')
    await vedette.get('/organizations/', nobody)
    await vedette.send('GET', '/no/such/address')
    await vedette.send('GET', '/broken/%zz')

    const text = await read(vedette)
    // One that was not sent above: an installation asks for its own document when it opens.
    expect(valuesOf(text, 'vedette_http_responses_total')).toEqual({
      '{area="ingest",code="200"}': 4,
      '{area="ingest",code="400"}': 1,
      '{area="ingest",code="405"}': 1,
      '{area="api",code="200"}': 2,
      '{area="api",code="401"}': 1,
      '{area="unknown",code="400"}': 1,
      '{area="unknown",code="404"}': 1,
    })
    const name = 'vedette_ingest_request_duration_seconds'
    expect(valuesOf(text, `${name}_count`)).toEqual({
      '{endpoint="/api/{project}/envelope/",status="2xx"}': 2,
      '{endpoint="/api/{project}/envelope/",status="4xx"}': 1,
      '{endpoint="/api/{project}/store/",status="2xx"}': 1,
    })
    for (const [labels, seconds] of Object.entries(valuesOf(text, `${name}_sum`))) {
      expect([labels, seconds > 0 && seconds < 10]).toEqual([labels, true])
    }
    // The scrape itself is an answer too.
    expect(valuesOf(await read(vedette), 'vedette_http_responses_total')).toMatchObject({
      '{area="api",code="200"}': 3,
    })
  })

  test('tells what the writer and the files hold, and how commits went', async () => {
    await using vedette = await openReadable()
    const door = await openFrontDoor(vedette)
    await Promise.all([1, 2, 3, 4, 5].map(() => door.deliver(eventEnvelope())))

    const text = await read(vedette)
    const series = seriesOf(text)
    const commits = series.get('vedette_writer_commit_duration_seconds_count') ?? 0
    expect(commits).toBeGreaterThan(0)
    expect(commits).toBeLessThanOrEqual(5)
    expect({
      batches: series.get('vedette_writer_batch_parcels_count'),
      parcels: series.get('vedette_writer_batch_parcels_sum'),
      waiting: [series.get('vedette_writer_queue_parcels'), series.get('vedette_writer_queue_bytes')],
      events: series.get('vedette_stored_events'),
      database: series.get('vedette_database_size_bytes'),
      wal: series.get('vedette_database_wal_size_bytes'),
    }).toEqual({
      batches: commits,
      parcels: 5,
      waiting: [0, 0],
      events: 5,
      database: statSync(vedette.file).size,
      wal: statSync(`${vedette.file}-wal`).size,
    })
  })

  test('sees the queue while the writer is at work', async () => {
    await using vedette = await openReadable()
    const door = await openFrontDoor(vedette)
    const release = Promise.withResolvers<void>()
    const held = Promise.withResolvers<void>()
    const holding = vedette.write(async () => {
      held.resolve()
      await release.promise
    })
    await held.promise
    const delivered = door.deliver(eventEnvelope())
    while (vedette.app.writer.backlog().parcels === 0) await new Promise(setImmediate)
    const during = seriesOf(await read(vedette))
    release.resolve()
    await Promise.all([holding, delivered])
    const after = seriesOf(await read(vedette))
    const queued = (series: ReadonlyMap<string, number>) => series.get('vedette_writer_queue_parcels')
    expect([queued(during), queued(after)]).toEqual([1, 0])
  })

  test('tells of its process, in a format and under names that Prometheus knows', async () => {
    await using vedette = await openReadable()
    const { headers, text } = await vedette.send('GET', '/metrics')
    expect([headers['content-type'], headers['cache-control']]).toEqual([
      'text/plain; version=0.0.4; charset=utf-8',
      'no-store',
    ])
    const series = seriesOf(text)
    for (const name of [
      'process_resident_memory_bytes',
      'process_cpu_seconds_total',
      'process_start_time_seconds',
      'nodejs_heap_size_used_bytes',
      'nodejs_eventloop_lag_p99_seconds',
    ]) {
      expect([name, series.get(name)]).toEqual([name, expect.any(Number)])
    }
    const described = text.split('\n').filter((line) => line.startsWith('# HELP vedette_'))
    expect(described.map((line) => line.split(' ')[2])).toEqual([
      'vedette_fates_total',
      'vedette_build_info',
      'vedette_ingest_request_duration_seconds',
      'vedette_http_responses_total',
      'vedette_writer_queue_parcels',
      'vedette_writer_queue_bytes',
      'vedette_writer_commit_duration_seconds',
      'vedette_writer_batch_parcels',
      'vedette_database_size_bytes',
      'vedette_database_wal_size_bytes',
      'vedette_stored_events',
    ])
  })

  test('no sender can add series: labels take no value of theirs', async () => {
    await using vedette = await openReadable()
    const door = await openFrontDoor(vedette)
    const knock = async (round: number) => {
      const own = Array.from({ length: 20 }, (_, turn) => `${round}-${turn}`)
      for (const name of own) {
        await door.deliver(
          envelope(
            {},
            item('client_report', {
              discarded_events: [
                { category: 'error', reason: `reason-${name}`, quantity: 1 },
                { category: `category-${name}`, reason: 'sample_rate', quantity: 1 },
              ],
            }),
            item(`type-${name}`, {}),
          ),
        )
        await vedette.send('POST', `/api/${name}/envelope/`, { headers: door.auth })
        await vedette.send('POST', `/api/9${name.replace('-', '')}/cron/monitor-${name}/`, {
          headers: door.auth,
        })
        await vedette.send('GET', `/somewhere/${name}`)
        await vedette.send('GET', `/api/0/projects/${name}/${name}/stats/`, door.owner.caller)
      }
      const text = await read(vedette)
      return [...seriesOf(text).keys()].filter((series) => series.startsWith('vedette_')).sort()
    }
    // What the second answer counts is the first one's, so that series is there from then on.
    await read(vedette)
    await read(vedette)
    const first = await knock(1)
    expect(await knock(2)).toEqual(first)
    expect(first.filter((series) => /1-\d|911?\d/.test(series))).toEqual([])
  })
})

describe('the dashboard for Grafana', () => {
  interface Panel {
    readonly id: number
    readonly type: string
    readonly title: string
    readonly gridPos: { readonly x: number; readonly w: number }
    readonly datasource?: { readonly uid: string }
    readonly targets?: readonly { readonly expr: string; readonly refId: string }[]
  }
  const dashboard = JSON.parse(
    readFileSync(new URL('../../docs/operate/grafana-dashboard.json', import.meta.url), 'utf8'),
  ) as {
    readonly id: null
    readonly panels: readonly Panel[]
    readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] }
  }
  const expressions = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))

  test('asks for nothing that the server does not tell', async () => {
    await using vedette = await openReadable()
    const told = (await read(vedette)).matchAll(/^# TYPE (\S+) (\S+)$/gm)
    const names = new Set(
      [...told].flatMap(([, name = '', type]) =>
        type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
      ),
    )
    const asked = expressions.flatMap((expr) => expr.match(/\b(vedette|process|nodejs)_[a-z_0-9]+/g) ?? [])
    expect(asked.length).toBeGreaterThan(10)
    expect(asked.filter((name) => !names.has(name))).toEqual([])
  })

  test('can be imported anywhere: its source is a variable, its panels are told apart and fit', () => {
    const [source] = dashboard.templating.list
    expect([dashboard.id, source]).toMatchObject([null, { type: 'datasource', query: 'prometheus' }])
    const ids = dashboard.panels.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const { title, type, gridPos, datasource } of dashboard.panels) {
      expect([title, gridPos.x + gridPos.w <= 24]).toEqual([title, true])
      if (type !== 'row') expect([title, datasource?.uid]).toEqual([title, `\${${source?.name}}`])
    }
    const variables = new Set(dashboard.templating.list.map(({ name }) => name))
    const used = expressions.flatMap((expr) => [...expr.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name))
    expect(used.filter((name) => !variables.has(name) && !name.startsWith('__'))).toEqual([])
  })
})
