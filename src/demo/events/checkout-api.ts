/** What goes wrong in the server that takes orders. */
import type { JsonObject } from '../../protocol/json.ts'
import type { Issue, Occasion } from '../project.ts'
import { breadcrumbs, eventOf, exception, fetched, frame } from './parts.ts'
import { address, onServer } from './surroundings.ts'

const sdk = { name: 'sentry.javascript.node', version: '10.22.0' } as const
const home = '/srv/checkout-api'

const source = (file: string, fn: string, line: number, col: number) => ({
  file: `${home}/${file}`,
  fn,
  line,
  col,
  module: file.replaceAll('/', '.').replace(/\.ts$/, ''),
})
const library = (file: string, fn: string, line: number, col: number) => ({
  file: `${home}/node_modules/${file}`,
  fn,
  line,
  col,
  inApp: false,
})

const route = [
  frame({
    file: 'node:internal/process/task_queues',
    fn: 'process.processTicksAndRejections',
    line: 105,
    col: 5,
    inApp: false,
  }),
  frame(library('fastify/lib/handle-request.js', 'preHandlerCallback', 137, 28)),
]

const createOrder = frame(
  source('src/orders/create-order.ts', 'createOrder', 71, 24),
  `
  const order = await insertOrder(pool, cart)
  try {
>   const charge = await payments.charge({ orderId: order.id, amount: order.total, token })
    await markPaid(pool, order.id, charge.id)
  } catch (error) {
    await markFailed(pool, order.id, error)`,
)

function asked(o: Occasion, method: string, path: string): JsonObject {
  const { random } = o
  return {
    request: {
      method,
      url: `https://api.acme.example${path}`,
      headers: {
        Host: 'api.acme.example',
        'User-Agent': random.pick([
          'acme-storefront/5.15',
          'okhttp/5.1.0',
          'Shop/5.12.0 CFNetwork/3826 Darwin/24.5.0',
        ]),
        'Content-Type': 'application/json',
        'X-Request-Id': random.hex(24),
      },
      ...(method === 'POST' ? { data: { cart_id: random.hex(12), currency: 'EUR' } } : {}),
      env: { REMOTE_ADDR: address(random) },
    },
    user: { id: String(10_000 + random.below(4000)), ip_address: address(random) },
    transaction: `${method} ${path}`,
  }
}

const server = (o: Occasion) => onServer(o, 'checkout-api', { name: 'node', version: 'v22.20.0' })

export function checkoutIssues(
  outages: readonly { readonly from: number; readonly to: number; readonly count: number }[],
): readonly Issue[] {
  const timeout = (o: Occasion) =>
    eventOf(o, {
      sdk,
      platform: 'node',
      ...server(o),
      ...asked(o, 'POST', '/v2/orders'),
      tags: { provider: 'payments.example', region: o.random.pick(['eu-central', 'eu-west']) },
      breadcrumbs: breadcrumbs(o.at, [
        [31.2, 'query', 'INSERT INTO orders (customer_id, total, currency) VALUES ($1, $2, $3)'],
        [30.9, 'http', undefined, fetched('POST', 'https://payments.example/v1/charges', 503)],
        [20.4, 'http', undefined, fetched('POST', 'https://payments.example/v1/charges', 503)],
        [0.1, 'console', 'giving up after 3 attempts', { level: 'warning' }],
      ]),
      exception: {
        values: [
          exception(
            'ConnectTimeoutError',
            'Connect Timeout Error (attempted address: payments.example:443, timeout: 10000ms)',
            [
              frame(library('undici/lib/core/connect.js', 'onConnectTimeout', 236, 23)),
              frame({ file: 'node:internal/timers', fn: 'listOnTimeout', line: 588, col: 17, inApp: false }),
            ],
          ),
          exception(
            'PaymentUnavailable',
            'The payment provider did not answer within 10 s (attempt 3 of 3)',
            [
              ...route,
              createOrder,
              frame(
                source('src/payments/client.ts', 'charge', 48, 11),
                `
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const answer = await post('/v1/charges', body).catch((error) => error)
      if (!(answer instanceof Error)) return answer
      if (attempt === ATTEMPTS) {
>       throw new PaymentUnavailable(describe(attempt), { cause: answer })
      }
      await delay(attempt * 250)`,
              ),
            ],
            { type: 'auto.http.fastify', handled: false },
          ),
        ],
      },
    })

  return [
    ...outages.map(
      ({ from, to, count }): Issue => ({ weight: 0, burst: { from, to, count }, make: timeout }),
    ),
    { weight: 3, make: timeout },
    {
      weight: 6,
      make: (o) =>
        eventOf(o, {
          sdk,
          platform: 'node',
          ...server(o),
          ...asked(o, 'POST', '/v2/coupons/validate'),
          exception: {
            values: [
              exception(
                'ZodError',
                '[\n  {\n    "expected": "string",\n    "code": "invalid_type",\n    "path": ["code"],\n    "message": "Invalid input: expected string, received undefined"\n  }\n]',
                [
                  ...route,
                  frame(
                    source('src/coupons/validate.ts', 'validate', 17, 32),
                    `
export async function validate(request: FastifyRequest) {
> const { code, cartId } = couponBody.parse(request.body)
  const coupon = await couponByCode(pool, code)
  return { isValid: coupon !== undefined, discount: coupon?.discount ?? 0, cartId }
}`,
                  ),
                ],
                { type: 'auto.http.fastify', handled: false },
              ),
            ],
          },
        }),
    },
    {
      weight: 5,
      make: (o) =>
        eventOf(o, {
          sdk,
          platform: 'node',
          ...server(o),
          ...asked(o, 'POST', '/v2/orders'),
          exception: {
            values: [
              exception(
                'error',
                'deadlock detected',
                [
                  frame(library('pg/lib/client.js', 'Client._handleErrorMessage', 339, 17)),
                  ...route,
                  frame(
                    source('src/stock/reserve.ts', 'reserve', 29, 9),
                    `
  for (const { sku, quantity } of items) {
>   await tx.query('UPDATE stock SET reserved = reserved + $1 WHERE sku = $2', [quantity, sku])
  }`,
                  ),
                ],
                { type: 'auto.http.fastify', handled: false },
              ),
            ],
          },
          extra: { code: '40P01', detail: 'Process 2211 waits for ShareLock on transaction 90411.' },
        }),
    },
    {
      weight: 4,
      make: (o) =>
        eventOf(o, {
          sdk,
          platform: 'node',
          level: 'fatal',
          ...server(o),
          exception: {
            values: [
              exception(
                'TypeError',
                "Cannot destructure property 'vatRate' of 'countries[order.country]' as it is undefined.",
                [
                  frame(library('bullmq/dist/cjs/classes/worker.js', 'Worker.processJob', 559, 34)),
                  frame(
                    source('src/invoices/totals.ts', 'totalsOf', 12, 11),
                    `
export function totalsOf(order: Order): Totals {
  const net = order.items.reduce((sum, item) => sum + item.price * item.quantity, 0)
> const { vatRate } = countries[order.country]
  return { net, vat: net * vatRate, gross: net * (1 + vatRate) }
}`,
                  ),
                ],
                { type: 'onuncaughtexception', handled: false },
              ),
            ],
          },
          tags: { queue: 'invoices', country: o.random.pick(['XK', 'GG', 'AX']) },
        }),
    },
    {
      weight: 4,
      make: (o) =>
        eventOf(o, {
          sdk,
          platform: 'node',
          level: 'warning',
          ...server(o),
          logentry: {
            message: 'Slow query: %s took %d ms',
            params: ['SELECT * FROM cart_items', 1200 + o.random.below(5000)],
          },
          logger: 'pg',
        }),
    },
    {
      weight: 2,
      make: (o) =>
        eventOf(o, {
          sdk,
          platform: 'node',
          ...server(o),
          ...asked(o, 'GET', '/v2/carts/:id'),
          exception: {
            values: [
              exception(
                'RedisError',
                "READONLY You can't write against a read only replica.",
                [
                  frame(library('@redis/client/dist/lib/client/index.js', 'Commander.sendCommand', 612, 19)),
                  frame(
                    source('src/carts/cache.ts', 'remember', 22, 3),
                    `
async function remember(cart: Cart): Promise<void> {
> await redis.set(keyOf(cart.id), JSON.stringify(cart), { EX: 900 })
}`,
                  ),
                ],
                { type: 'generic', handled: true },
              ),
            ],
          },
        }),
    },
  ]
}
