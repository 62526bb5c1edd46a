/** Sound requests to each door, from which broken ones are made. */
import { randomUUID } from 'node:crypto'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import type { Random } from './random.ts'

export interface Sample {
  /** After `/api/{project}`. */
  readonly path: string
  readonly contentType: string
  readonly body: Buffer
}

const json = (value: unknown) => Buffer.from(JSON.stringify(value))

function event(): Record<string, unknown> {
  return {
    event_id: randomUUID().replaceAll('-', ''),
    timestamp: Date.now() / 1000,
    platform: 'python',
    level: 'error',
    tags: { shop: 'eu', lamp: 7 },
    release: 'shop@1.2.3',
    environment: 'production',
    exception: {
      values: [{ type: 'KeyError', value: "'lamp'", stacktrace: { frames: [{ function: 'light' }] } }],
    },
    request: { url: 'https://shop.example/lamp?id=1', headers: { 'User-Agent': 'Mozilla/5.0' } },
  }
}

function transaction(): Record<string, unknown> {
  const now = Date.now() / 1000
  return {
    ...event(),
    type: 'transaction',
    transaction: 'GET /lamp',
    start_timestamp: now - 1,
    timestamp: now,
    contexts: { trace: { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) } },
    spans: [],
  }
}

function envelope(random: Random): Buffer {
  const items: [Record<string, unknown>, Buffer][] = []
  const add = (header: Record<string, unknown>, payload: Buffer) =>
    items.push([{ ...header, length: payload.byteLength }, payload])
  if (random.chance(0.6)) add({ type: 'event' }, json(event()))
  else if (random.chance(0.5)) add({ type: 'transaction' }, json(transaction()))
  if (random.chance(0.4)) {
    add(
      { type: 'attachment', filename: 'lamp.bin', content_type: 'application/octet-stream' },
      random.bytes(40),
    )
  }
  if (random.chance(0.3)) add({ type: 'session' }, json({ sid: randomUUID(), status: 'ok', init: true }))
  if (random.chance(0.3)) {
    const logs = {
      items: [
        { timestamp: 1, level: 'info', body: 'lit' },
        { timestamp: 2, level: 'warn', body: 'dim' },
      ],
    }
    add({ type: 'log', item_count: 2, content_type: 'application/vnd.sentry.items.log+json' }, json(logs))
  }
  if (random.chance(0.2)) {
    add(
      { type: 'client_report' },
      json({ discarded_events: [{ reason: 'sample_rate', category: 'error', quantity: 3 }] }),
    )
  }
  if (random.chance(0.2))
    add({ type: 'check_in' }, json({ check_in_id: randomUUID(), monitor_slug: 'lamp', status: 'ok' }))
  if (random.chance(0.1)) add({ type: 'something_new' }, random.bytes(10))
  const header = { event_id: randomUUID().replaceAll('-', ''), sent_at: new Date().toISOString() }
  return Buffer.concat([
    json(header),
    Buffer.from('\n'),
    ...items.flatMap(([itemHeader, payload]) => [
      json(itemHeader),
      Buffer.from('\n'),
      payload,
      Buffer.from('\n'),
    ]),
  ])
}

function multipart(
  parts: readonly { readonly name: string; readonly file?: string; readonly value: Buffer }[],
): Buffer {
  return Buffer.concat([
    ...parts.flatMap(({ name, file, value }) => [
      Buffer.from(
        `--x\r\nContent-Disposition: form-data; name="${name}"${file ? `; filename="${file}"` : ''}\r\n\r\n`,
      ),
      value,
      Buffer.from('\r\n'),
    ]),
    Buffer.from('--x--\r\n'),
  ])
}

const csp = {
  'csp-report': {
    'document-uri': 'https://shop.example/',
    'violated-directive': 'img-src https://shop.example',
    'blocked-uri': 'https://evil.example/lamp.png',
  },
}

const spans = {
  resourceSpans: [
    {
      scopeSpans: [
        {
          spans: [
            {
              traceId: 'a'.repeat(32),
              spanId: 'b'.repeat(16),
              name: 'light',
              startTimeUnixNano: '1767605400000000000',
              endTimeUnixNano: '1767605400250000000',
            },
          ],
        },
      ],
    },
  ],
}

const others: readonly ((random: Random) => Sample)[] = [
  () => ({ path: '/security/', contentType: 'application/csp-report', body: json(csp) }),
  () => ({
    path: '/csp-report/',
    contentType: 'application/reports+json',
    body: json([
      {
        type: 'csp-violation',
        body: { documentURL: 'https://shop.example/', effectiveDirective: 'img-src' },
      },
    ]),
  }),
  () => ({
    path: '/nel/',
    contentType: 'application/reports+json',
    body: json([
      {
        type: 'network-error',
        age: 1,
        url: 'https://shop.example/',
        body: { type: 'http.error', phase: 'application' },
      },
    ]),
  }),
  (random) => ({
    path: '/minidump/',
    contentType: 'multipart/form-data; boundary=x',
    body: multipart([
      { name: 'sentry', value: json(event()) },
      { name: 'sentry[tags][lamp]', value: Buffer.from('7') },
      {
        name: 'upload_file_minidump',
        file: 'lamp.dmp',
        value: Buffer.concat([Buffer.from('MDMP\x93\xa7\0\0', 'latin1'), random.bytes(200)]),
      },
    ]),
  }),
  (random) => ({
    path: `/events/${randomUUID().replaceAll('-', '')}/attachments/`,
    contentType: 'multipart/form-data; boundary=x',
    body: multipart([{ name: 'lamp', file: 'lamp.txt', value: random.bytes(30) }]),
  }),
  () => ({ path: '/cron/lamp/', contentType: 'application/json', body: json({ status: 'ok', duration: 3 }) }),
  () => ({ path: '/integration/otlp/v1/traces', contentType: 'application/json', body: json(spans) }),
  (random) => ({
    path: '/integration/otlp/v1/logs',
    contentType: 'application/x-protobuf',
    body: random.bytes(60),
  }),
  (random) => ({
    path: `/unreal/KEY/`,
    contentType: 'application/octet-stream',
    body: deflateSync(random.bytes(100)),
  }),
]

/** A sound envelope or store body, whose items can be counted beforehand. */
export function countable(random: Random): Sample {
  if (random.chance(0.7)) {
    return { path: '/envelope/', contentType: 'application/x-sentry-envelope', body: envelope(random) }
  }
  const body = json(random.chance(0.8) ? event() : transaction())
  const form = random.below(3)
  const encoded = form === 0 ? body : Buffer.from((form === 1 ? body : deflateSync(body)).toString('base64'))
  return { path: '/store/', contentType: 'application/json', body: encoded }
}

export function other(random: Random): Sample {
  return random.pick(others)(random)
}

export const codings = {
  gzip: gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
} as const
