/** Envelopes like those of a web application's server: one exception with some thirty frames, about 14 KB. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

export interface GzipEnvelope {
  readonly eventId: string
  readonly body: Uint8Array
}

/** Real code for the lines around each frame, so that it compresses as real events do. */
const source = readFileSync(new URL('../node_modules/fastify/fastify.js', import.meta.url), 'utf8').split(
  '\n',
)
const FRAMES = 30
const CONTEXT_LINES = 2

/** An envelope with an id of its own; `turn` varies its content. */
export function makeEnvelope(turn: number): { eventId: string; text: string } {
  const eventId = randomUUID().replaceAll('-', '')
  const now = Date.now() / 1000
  const event = {
    event_id: eventId,
    timestamp: now,
    platform: 'python',
    level: 'error',
    release: `shop@2.${turn % 7}.0`,
    environment: turn % 5 === 0 ? 'staging' : 'production',
    transaction: `/orders/{order_id}/items/${turn % 40}`,
    server_name: `web-${turn % 12}.eu.example.net`,
    exception: {
      values: [
        {
          type: 'IntegrityError',
          value: `duplicate key value violates unique constraint "orders_pkey": Key (id)=(${turn}) already exists.`,
          mechanism: { type: 'django', handled: false },
          stacktrace: { frames: Array.from({ length: FRAMES }, (_, index) => frame(index, turn)) },
        },
      ],
    },
    breadcrumbs: {
      values: Array.from({ length: 14 }, (_, index) => ({
        type: 'default',
        category: index % 3 === 0 ? 'query' : 'httplib',
        level: 'info',
        timestamp: now - (14 - index) * 0.05,
        message: `SELECT "orders"."id", "orders"."total" FROM "orders" WHERE "orders"."customer_id" = ${turn * 31 + index}`,
      })),
    },
    request: {
      url: `https://shop.example.net/orders/${turn}/items/`,
      method: 'POST',
      headers: {
        Host: 'shop.example.net',
        'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
        'Content-Type': 'application/json',
        'X-Request-Id': randomUUID(),
      },
      data: { quantity: turn % 9, sku: `SKU-${turn * 7}` },
    },
    user: { id: String(turn % 5000), email: `customer${turn % 5000}@example.net`, ip_address: '192.0.2.17' },
    tags: {
      region: 'eu-west-1',
      plan: turn % 2 ? 'team' : 'business',
      queue: 'default',
      feature: 'checkout',
    },
    contexts: {
      runtime: {
        name: 'CPython',
        version: '3.12.4',
        build: '3.12.4 (main, Jun  8 2024, 18:29:57) [GCC 12.2.0]',
      },
      os: { name: 'Linux', version: '6.1.0-21-amd64' },
      trace: { trace_id: randomUUID().replaceAll('-', ''), span_id: eventId.slice(0, 16), op: 'http.server' },
    },
    extra: { 'sys.argv': ['manage.py', 'runserver'], attempt: turn % 4 },
    modules: { django: '5.0.6', psycopg: '3.1.19', 'sentry-sdk': '2.20.0', celery: '5.4.0', redis: '5.0.4' },
    sdk: {
      name: 'sentry.python.django',
      version: '2.20.0',
      packages: [{ name: 'pypi:sentry-sdk', version: '2.20.0' }],
    },
  }
  const payload = JSON.stringify(event)
  const header = JSON.stringify({ event_id: eventId, sent_at: new Date().toISOString() })
  const itemHeader = JSON.stringify({
    type: 'event',
    content_type: 'application/json',
    length: Buffer.byteLength(payload),
  })
  return { eventId, text: `${header}\n${itemHeader}\n${payload}\n` }
}

function frame(index: number, turn: number) {
  const line = 20 + ((index * 29 + turn) % (source.length - 40))
  return {
    filename: `shop/orders/views_${index % 11}.py`,
    abs_path: `/srv/app/releases/current/shop/orders/views_${index % 11}.py`,
    module: `shop.orders.views_${index % 11}`,
    function: `handle_step_${index}`,
    lineno: line,
    in_app: index % 3 !== 0,
    pre_context: source.slice(line - CONTEXT_LINES, line),
    context_line: source[line],
    post_context: source.slice(line + 1, line + 1 + CONTEXT_LINES),
  }
}

/** `count` envelopes, compressed as SDKs do. */
export function makeGzipEnvelopes(count: number, firstTurn: number): GzipEnvelope[] {
  return Array.from({ length: count }, (_, index) => {
    const { eventId, text } = makeEnvelope(firstTurn + index)
    return { eventId, body: gzipSync(text) }
  })
}
