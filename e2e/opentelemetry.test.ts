/** What the OpenTelemetry SDK exports to the two addresses of a key, and what becomes of it. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openLedger } from './ledger.ts'
import { node, type RunningServer, root, run, startServer } from './server.ts'

let server: RunningServer
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server?.close())

/** Runs a program of sdks/opentelemetry against a project of its own; hands back what was counted and kept. */
async function exported(signal: 'spans' | 'logs', encoding: 'http' | 'proto') {
  const project = await server.createProject(`otlp-${signal}-${encoding}`)
  const [key] = await server.get<{ dsn: Record<'otlp_traces' | 'otlp_logs', string> }[]>(
    `/projects/default/${project.slug}/keys/`,
  )
  const { code, stdout, stderr } = await run(
    node,
    [join(root, 'e2e', 'sdks', 'opentelemetry', `${signal}.mjs`)],
    {
      ENCODING: encoding,
      URL: key?.dsn[signal === 'spans' ? 'otlp_traces' : 'otlp_logs'] ?? '',
      KEY: project.publicKey,
    },
  )
  // The SDK says here what could not be exported.
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' })
  using ledger = openLedger(server.dataDir)
  return {
    counts: ledger.counts(project.id),
    types: ledger.itemTypes(project.id),
    items: ledger.itemsOf(project.id, signal === 'spans' ? 'span' : 'log'),
  }
}

const hex = (digits: number) => expect.stringMatching(`^[0-9a-f]{${digits}}$`)
const attribute = (value: string | number | boolean, type = 'string') => ({ type, value })

/** What resource and scope say goes into each span and record. */
const shared = {
  'resource.service.name': attribute(expect.stringMatching('^unknown_service:')),
  'resource.telemetry.sdk.language': attribute('nodejs'),
  'resource.telemetry.sdk.name': attribute('opentelemetry'),
  'resource.telemetry.sdk.version': attribute(expect.stringMatching(/^\d+\.\d+\.\d+$/)),
  'instrumentation.name': attribute('shop'),
  'instrumentation.version': attribute('1.2.3'),
}

describe.each([
  ['JSON', 'http'],
  ['protocol buffers', 'proto'],
] as const)('in %s', (_, encoding) => {
  test('spans are counted one by one and kept with all they say', async () => {
    const startedAt = Date.now() / 1000
    const { counts, types, items } = await exported('spans', encoding)
    expect(counts).toEqual({ 'accepted span': 2, 'accepted span_indexed': 2 })
    expect(types).toEqual(['span'])
    const origin = { 'sentry.origin': attribute('auto.otlp.spans') }
    const times = { start_timestamp: expect.any(Number), end_timestamp: expect.any(Number) }
    const [container] = items as [{ items: Record<string, string & number>[] }]
    expect(container).toEqual({
      items: [
        {
          trace_id: hex(32),
          span_id: hex(16),
          parent_span_id: hex(16),
          name: 'select basket',
          status: 'error',
          kind: 'internal',
          is_segment: false,
          ...times,
          attributes: {
            ...shared,
            rows: attribute(7, 'integer'),
            ratio: attribute(0.5, 'double'),
            cached: attribute(false, 'boolean'),
            'sentry.status.message': attribute('The table is gone'),
            ...origin,
          },
        },
        {
          trace_id: hex(32),
          span_id: hex(16),
          name: 'GET /basket',
          status: 'ok',
          kind: 'server',
          is_segment: true,
          ...times,
          attributes: { ...shared, 'http.route': attribute('/basket'), ...origin },
        },
      ],
    })
    const [query, request] = container.items
    expect(query).toMatchObject({ trace_id: request?.trace_id, parent_span_id: request?.span_id })
    expect(request?.start_timestamp).toBeGreaterThan(startedAt - 1)
    expect(request?.end_timestamp).toBeLessThan(Date.now() / 1000 + 1)
  })

  test('log records are counted one by one and kept with all they say', async () => {
    const { counts, types, items } = await exported('logs', encoding)
    expect(counts).toEqual({ 'accepted log_item': 3, 'accepted log_byte': expect.any(Number) })
    expect(types).toEqual(['log'])
    const origin = { 'sentry.origin': attribute('auto.otlp.logs') }
    const timestamp = expect.any(Number)
    expect(items).toEqual([
      {
        items: [
          {
            timestamp,
            severity_number: 9,
            level: 'info',
            body: 'Basket opened',
            attributes: { ...shared, basket: attribute(7, 'integer'), ...origin },
          },
          {
            timestamp,
            severity_number: 13,
            level: 'warn',
            body: '{"basket":7,"items":["lamp","chair"]}',
            attributes: { ...shared, ...origin },
          },
          {
            timestamp,
            level: 'info',
            body: 'Basket closed',
            attributes: { ...shared, 'event.name': attribute('basket.closed'), ...origin },
          },
        ],
      },
    ])
    expect(counts['accepted log_byte']).toBe(Buffer.byteLength(JSON.stringify(items[0])))
  })
})
