/** What the shop buys through: a Node server that was overrun twice, until its key's limit held the flood back. */
import { DAY, MINUTE } from '../../time.ts'
import { checkoutIssues } from '../events/checkout-api.ts'
import { logHeader, logsOf, sessionAggregates } from '../events/items.ts'
import { type DemoProject, discarded, type Flow, filtered, invalid } from '../project.ts'
import { type Episode, steady } from '../rhythm.ts'
import type { Timeline } from '../timeline.ts'
import { office, saleOf, shoppers } from './storefront.ts'

const sdk = { name: 'sentry.javascript.node', version: '10.22.0', share: 1 }

export function checkoutApi(time: Timeline): DemoProject {
  const { day, ago } = time
  const sale = saleOf(time)
  const offSince = day(5, 16.3)
  const limitedSince = day(24, 10.2)
  const outage = { from: day(9, 16.2), to: day(9, 19.4) }
  const relapse = { from: ago(81), to: ago(44) }
  const floods: readonly Episode[] = [
    { ...outage, factor: 18, shape: 'plateau' },
    { ...relapse, factor: 22, shape: 'plateau' },
  ]
  const shop = { key: 'default', episodes: [sale] } as const

  const kept: readonly Flow[] = [
    { ...shop, kind: 'error', perHour: 410, episodes: [sale, ...floods], limitedSince },
    { key: 'load', kind: 'error', perHour: 90, rhythm: office, until: offSince },
    { ...shop, kind: 'transaction', perHour: 5200 },
    { key: 'load', kind: 'transaction', perHour: 2400, rhythm: office, until: offSince },
    { ...shop, kind: 'span', perHour: 31_000, together: 260 },
    { ...shop, kind: 'session', perHour: 5400, together: 90 },
    { ...shop, kind: 'log', perHour: 9200, together: 90, bytes: 310, episodes: [sale, ...floods] },
    { ...shop, kind: 'profile', perHour: 24 },
  ]
  const lost: readonly Flow[] = [
    {
      key: 'default',
      kind: 'transaction',
      fate: filtered('filtered-transaction'),
      perHour: 120,
      rhythm: steady,
      bytes: 1400,
      details: ['GET /healthz', 'GET /healthz', 'GET /readyz'],
    },
    {
      key: 'default',
      kind: 'error',
      fate: filtered('localhost'),
      perHour: 3,
      rhythm: office,
      bytes: 9000,
      details: ['localhost:8080', 'localhost:8080', '127.0.0.1:8080'],
    },
    {
      key: 'default',
      kind: 'error',
      fate: filtered('ip-address'),
      perHour: 2.5,
      rhythm: steady,
      bytes: 4000,
    },
    {
      key: 'load',
      kind: 'error',
      fate: invalid('project_id'),
      perHour: 60,
      rhythm: office,
      since: offSince,
      bytes: 7000,
      details: ['the key is switched off'],
    },
    {
      key: 'load',
      kind: 'transaction',
      fate: invalid('project_id'),
      perHour: 140,
      rhythm: office,
      since: offSince,
      bytes: 5200,
      details: ['the key is switched off'],
    },
    { ...shop, kind: 'error', fate: invalid('too_large:event'), perHour: 0.4, bytes: 1_210_000 },
    { ...shop, kind: 'transaction', fate: invalid('invalid_transaction'), perHour: 0.6, bytes: 900 },
    { ...shop, kind: 'transaction', fate: discarded('sample_rate'), perHour: 19_000, together: 800 },
    { ...shop, kind: 'error', fate: discarded('network_error'), perHour: 3 },
    ...[outage, relapse].flatMap(({ from, to }): Flow[] => {
      const during = { key: 'default', since: from, until: to + 4 * MINUTE }
      return [
        { ...during, kind: 'error', fate: discarded('ratelimit_backoff'), perHour: 2400, together: 60 },
        { ...during, kind: 'transaction', fate: discarded('backpressure'), perHour: 1900, together: 80 },
      ]
    }),
  ]

  return {
    slug: 'checkout-api',
    name: 'Checkout API',
    platform: 'node',
    runtime: 'node',
    teams: ['payments', 'web'],
    keys: [
      { id: 'default', label: 'Default', rateLimit: { count: 60, window: 60, since: limitedSince } },
      { id: 'load', label: 'Load tests', createdAt: day(22, 14.1), offSince },
    ],
    options: { 'sentry:blacklisted_ips': ['192.0.2.0/28'], 'filters:localhost': '1' },
    rhythm: shoppers,
    environments: [
      { name: 'production', share: 0.9, leadMs: 0 },
      { name: 'staging', share: 0.1, leadMs: DAY },
    ],
    releases: [
      { version: 'checkout-api@2.38.0', at: day(40, 10), adoptionMs: 20 * MINUTE },
      { version: 'checkout-api@2.39.0', at: day(23, 9.2), adoptionMs: 20 * MINUTE },
      { version: 'checkout-api@2.40.0', at: day(15, 13), adoptionMs: 20 * MINUTE },
      { version: 'checkout-api@2.40.1', at: day(9, 19.3), adoptionMs: 20 * MINUTE },
      { version: 'checkout-api@2.41.0', at: day(2, 11), adoptionMs: 20 * MINUTE },
    ],
    sdks: [sdk],
    flows: [...kept, ...lost],
    stored: {
      errors: 190,
      transactions: 30,
      lastMs: 19_000,
      issues: checkoutIssues([
        { ...outage, count: 30 },
        { ...relapse, count: 55 },
      ]),
      transactionNames: [
        {
          name: 'POST /v2/orders',
          op: 'http.server',
          lasting: 420,
          spans: [
            ['db', 'INSERT INTO orders (customer_id, total, currency) VALUES ($1, $2, $3)', 0.2],
            ['http.client', 'POST https://payments.example/v1/charges', 0.55],
            ['queue.publish', 'order.created', 0.05],
          ],
        },
        {
          name: 'GET /v2/carts/:id',
          op: 'http.server',
          lasting: 38,
          spans: [['db', 'SELECT * FROM cart_items WHERE cart_id = $1', 0.6]],
        },
        {
          name: 'POST /v2/coupons/validate',
          op: 'http.server',
          lasting: 61,
          spans: [['cache.get', 'coupon:SUMMER', 0.1]],
        },
      ],
      others: [
        { type: 'sessions', count: 12, make: sessionAggregates },
        { type: 'log', count: 20, header: logHeader, make: logsOf('checkout-api') },
      ],
    },
  }
}
