/** Search: a small Go service that seldom fails and logs a lot. */
import { MINUTE } from '../../time.ts'
import { checkIn, logHeader, logsOf } from '../events/items.ts'
import { searchIssues } from '../events/search-go.ts'
import { type DemoProject, discarded, type Flow, filtered, invalid } from '../project.ts'
import { type Episode, steady } from '../rhythm.ts'
import type { Timeline } from '../timeline.ts'
import { shoppers } from './storefront.ts'

export function searchGo(time: Timeline): DemoProject {
  const { day } = time
  const reindexing: readonly Episode[] = [
    { from: day(12, 3), to: day(12, 6), factor: 8, shape: 'plateau' },
    { from: day(1, 3.2), to: day(1, 4.6), factor: 6, shape: 'plateau' },
  ]
  const service = { key: 'default' } as const

  const flows: readonly Flow[] = [
    { ...service, kind: 'error', perHour: 13, episodes: reindexing },
    { ...service, kind: 'transaction', perHour: 3100 },
    { ...service, kind: 'span', perHour: 9800, together: 140 },
    { ...service, kind: 'log', perHour: 2600, together: 50, bytes: 240, episodes: reindexing },
    { ...service, kind: 'monitor', perHour: 4, rhythm: steady },
    {
      ...service,
      kind: 'transaction',
      fate: filtered('filtered-transaction'),
      perHour: 60,
      rhythm: steady,
      bytes: 900,
      details: ['GET /livez', 'GET /readyz'],
    },
    {
      ...service,
      kind: 'error',
      fate: filtered('web-crawlers'),
      perHour: 1.8,
      rhythm: steady,
      bytes: 5000,
      details: ['Googlebot', 'bingbot', 'PetalBot'],
    },
    { ...service, kind: 'transaction', fate: invalid('invalid_transaction'), perHour: 0.2, bytes: 800 },
    { ...service, kind: 'transaction', fate: discarded('sample_rate'), perHour: 8700, together: 330 },
    { ...service, kind: 'error', fate: discarded('network_error'), perHour: 0.4 },
  ]

  return {
    slug: 'search-go',
    name: 'Search',
    platform: 'go',
    runtime: 'go',
    teams: ['search'],
    keys: [{ id: 'default', label: 'Default' }],
    options: { 'filters:web-crawlers': '1' },
    rhythm: { ...shoppers, night: 0.3 },
    environments: [
      { name: 'production', share: 0.92, leadMs: 0 },
      { name: 'staging', share: 0.08, leadMs: 20 * 60 * MINUTE },
    ],
    releases: [
      { version: 'search@0.47.0', at: day(50, 14), adoptionMs: 10 * MINUTE },
      { version: 'search@0.48.0', at: day(21, 14.5), adoptionMs: 10 * MINUTE },
      { version: 'search@0.48.1', at: day(12, 6), adoptionMs: 10 * MINUTE },
      { version: 'search@0.49.0', at: day(3, 13), adoptionMs: 10 * MINUTE },
    ],
    sdks: [{ name: 'sentry.go', version: '0.36.2', share: 1 }],
    flows,
    stored: {
      errors: 90,
      transactions: 15,
      lastMs: 260_000,
      issues: searchIssues({ reindexing: day(1, 3.2) }),
      transactionNames: [
        {
          name: 'GET /v1/search',
          op: 'http.server',
          lasting: 27,
          spans: [
            ['db.redis', 'GET query:*', 0.1],
            ['index.query', 'products', 0.7],
          ],
        },
        { name: 'GET /v1/suggest', op: 'http.server', lasting: 6, spans: [['index.query', 'terms', 0.8]] },
      ],
      others: [
        { type: 'check_in', count: 6, make: checkIn },
        { type: 'log', count: 16, header: logHeader, make: logsOf('search') },
      ],
    },
  }
}
