/** The web shop: by far the most data, the noise of the web, and a release that went wrong. */
import { DAY, HOUR, MINUTE } from '../../time.ts'
import { cspReport, feedback, session } from '../events/items.ts'
import { storefrontIssues } from '../events/storefront.ts'
import { type DemoProject, discarded, type Flow, filtered, invalid } from '../project.ts'
import { type Episode, type Rhythm, steady } from '../rhythm.ts'
import type { Timeline } from '../timeline.ts'

export const shoppers: Rhythm = { peak: 19, night: 0.18, weekend: 1.25 }
export const office: Rhythm = { peak: 13, night: 0.05, weekend: 0.15 }

/** People buy: everything of the shop grows with them. */
export function saleOf({ day }: Timeline): Episode {
  return { from: day(11, 7), to: day(10, 23), factor: 1.7, shape: 'plateau' }
}

const browser = { name: 'sentry.javascript.react', version: '10.22.0', share: 0.93 }
const olderBrowser = { name: 'sentry.javascript.browser', version: '9.44.1', share: 0.07 }

export function storefront(time: Timeline): DemoProject {
  const { day, ago } = time
  const badRelease = day(6, 15)
  const goodRelease = day(1, 13.5)
  const sale = saleOf(time)
  const deploys: readonly Episode[] = [
    { from: badRelease, to: badRelease + 5 * HOUR, factor: 7, shape: 'burst' },
    { from: goodRelease, to: goodRelease + 3 * HOUR, factor: 1.9, shape: 'burst' },
    { from: ago(33), to: ago(21), factor: 1.6, shape: 'plateau' },
  ]
  const reloads: readonly Episode[] = deploys.map((deploy) => ({ ...deploy, factor: deploy.factor * 12 }))
  const crawl: Episode = { from: day(3, 0.5), to: day(3, 8), factor: 9, shape: 'plateau' }
  const shop = { key: 'default', episodes: [sale] } as const

  const kept: readonly Flow[] = [
    { ...shop, kind: 'error', perHour: 2300, episodes: [sale, ...deploys] },
    { key: 'campaign', kind: 'error', perHour: 130, episodes: [{ ...sale, factor: 4 }] },
    { ...shop, kind: 'transaction', perHour: 8600 },
    { key: 'campaign', kind: 'transaction', perHour: 700, episodes: [{ ...sale, factor: 4 }] },
    { ...shop, kind: 'session', perHour: 12_500, together: 4 },
    { ...shop, kind: 'span', perHour: 64_000, together: 160 },
    { ...shop, kind: 'replay', perHour: 70, episodes: [sale, ...deploys] },
    { ...shop, kind: 'security', perHour: 38, bytes: 1100 },
    { ...shop, kind: 'feedback', perHour: 1.4 },
  ]
  const unwanted: readonly Flow[] = [
    {
      key: 'default',
      kind: 'error',
      fate: filtered('web-crawlers'),
      perHour: 165,
      rhythm: steady,
      episodes: [crawl],
      bytes: 9000,
      details: ['Googlebot', 'Googlebot', 'bingbot', 'GPTBot', 'AhrefsBot', 'Applebot', 'Bytespider'],
    },
    { ...shop, kind: 'error', fate: filtered('browser-extensions'), perHour: 84, bytes: 7000 },
    {
      ...shop,
      kind: 'error',
      fate: filtered('legacy-browsers'),
      perHour: 31,
      bytes: 8000,
      details: ['Safari 13', 'Safari 14', 'Chrome 79', 'Chrome 96', 'Firefox 91', 'IE 11', 'Opera 68'],
    },
    {
      ...shop,
      kind: 'error',
      fate: filtered('error-message'),
      perHour: 46,
      bytes: 6000,
      details: ['ResizeObserver loop completed with undelivered notifications.', 'Script error.'],
    },
    {
      ...shop,
      kind: 'error',
      fate: filtered('chunk-load-error'),
      perHour: 5,
      bytes: 5000,
      episodes: reloads,
    },
    {
      key: 'default',
      kind: 'error',
      fate: filtered('localhost'),
      perHour: 4,
      rhythm: office,
      bytes: 12_000,
      details: ['localhost:5173', 'localhost:5173', 'localhost:3000', '127.0.0.1:8080'],
    },
    { ...shop, kind: 'security', fate: filtered('invalid-csp'), perHour: 21, bytes: 1100 },
  ]
  const refused: readonly Flow[] = [
    {
      key: 'default',
      kind: 'error',
      fate: invalid('cors'),
      perHour: 9,
      rhythm: steady,
      bytes: 6000,
      details: ['https://acme-outlet.example', 'https://translate.example', 'https://webcache.example'],
    },
    { ...shop, kind: 'error', fate: invalid('duplicate'), perHour: 3, bytes: 8000 },
    { ...shop, kind: 'error', fate: invalid('too_large:event'), perHour: 0.5, bytes: 1_480_000 },
    { ...shop, kind: 'transaction', fate: invalid('timestamp'), perHour: 2.2, bytes: 14_000 },
    {
      key: 'default',
      kind: 'default',
      fate: invalid('invalid_envelope'),
      perHour: 1,
      details: ['unexpected end of file (line 3)', 'invalid item header (line 2)'],
    },
  ]
  const neverSent: readonly Flow[] = [
    { ...shop, kind: 'transaction', fate: discarded('sample_rate'), perHour: 34_000, together: 900 },
    { ...shop, kind: 'replay', fate: discarded('sample_rate'), perHour: 620, together: 30 },
    { ...shop, kind: 'error', fate: discarded('before_send'), perHour: 115, together: 5 },
    { ...shop, kind: 'error', fate: discarded('event_processor'), perHour: 38, together: 3 },
    { ...shop, kind: 'error', fate: discarded('network_error'), perHour: 24, together: 2 },
    { ...shop, kind: 'session', fate: discarded('network_error'), perHour: 30, together: 3 },
  ]

  return {
    slug: 'storefront',
    name: 'Storefront',
    platform: 'javascript-react',
    runtime: 'javascript',
    teams: ['web'],
    keys: [
      { id: 'default', label: 'Default' },
      { id: 'campaign', label: 'Campaign pages', createdAt: day(26, 9.4) },
    ],
    options: {
      'sentry:origins': ['https://shop.acme.example', 'https://*.shop.acme.example'],
      'sentry:error_messages': ['*ResizeObserver loop*', 'Script error*'],
      'sentry:csp_ignored_sources': ['https://ads.example'],
      'filters:localhost': '1',
    },
    rhythm: shoppers,
    environments: [
      { name: 'production', share: 0.955, leadMs: 0 },
      { name: 'staging', share: 0.045, leadMs: DAY },
    ],
    releases: [
      { version: 'storefront@5.12.0', at: day(37, 13), adoptionMs: 2 * HOUR },
      { version: 'storefront@5.13.0', at: day(20, 12.6), adoptionMs: 2 * HOUR },
      { version: 'storefront@5.13.1', at: day(14, 9.7), adoptionMs: 2 * HOUR },
      { version: 'storefront@5.14.0', at: badRelease, adoptionMs: 50 * MINUTE },
      { version: 'storefront@5.14.1', at: badRelease + 3 * HOUR, adoptionMs: 90 * MINUTE },
      { version: 'storefront@5.15.0', at: goodRelease, adoptionMs: 2 * HOUR },
    ],
    sdks: [browser, olderBrowser],
    flows: [...kept, ...unwanted, ...refused, ...neverSent],
    stored: {
      errors: 300,
      transactions: 40,
      lastMs: 3200,
      issues: storefrontIssues({ badRelease, goodRelease }),
      transactionNames: [
        {
          name: '/products/:slug',
          op: 'pageload',
          lasting: 1900,
          spans: [
            ['http.client', 'GET /api/products/:slug', 0.3],
            ['resource.script', 'https://shop.acme.example/assets/product-8f2c.js', 0.2],
            ['ui.react.mount', '<ProductPage>', 0.1],
          ],
        },
        {
          name: '/cart',
          op: 'navigation',
          lasting: 640,
          spans: [
            ['http.client', 'GET /api/cart', 0.5],
            ['ui.react.render', '<CartPage>', 0.1],
          ],
        },
        { name: '/', op: 'pageload', lasting: 1300, spans: [['http.client', 'GET /api/home', 0.4]] },
      ],
      others: [
        { type: 'session', count: 24, make: session },
        { type: 'raw_security', count: 12, make: cspReport, requestHeaders: reportHeaders },
        { type: 'feedback', count: 6, make: feedback },
      ],
    },
  }
}

const reportHeaders = {
  'user-agent':
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
}
