/** The iOS application: quieter than its sister. */
import { DAY } from '../../time.ts'
import { iosIssues } from '../events/ios-app.ts'
import { session } from '../events/items.ts'
import { type DemoProject, discarded, type Flow, filtered, invalid } from '../project.ts'
import type { Episode } from '../rhythm.ts'
import type { Timeline } from '../timeline.ts'
import { phones } from './mobile-android.ts'

export function iosApp(time: Timeline): DemoProject {
  const { day } = time
  const systemUpdate: Episode = { from: day(16, 17), to: day(13, 8), factor: 2.6, shape: 'burst' }
  const app = { key: 'default' } as const

  const flows: readonly Flow[] = [
    { ...app, kind: 'error', perHour: 150, episodes: [systemUpdate] },
    { ...app, kind: 'session', perHour: 2700, together: 2 },
    { ...app, kind: 'transaction', perHour: 760 },
    { ...app, kind: 'attachment', perHour: 13, bytes: 121_000 },
    { ...app, kind: 'profile', perHour: 34 },
    { ...app, kind: 'replay', perHour: 11 },
    {
      ...app,
      kind: 'error',
      fate: filtered('release-version'),
      perHour: 7,
      bytes: 14_000,
      details: ['com.acme.shop@5.8.0+412', 'com.acme.shop@5.7.2+398'],
    },
    { ...app, kind: 'error', fate: invalid('duplicate'), perHour: 1.6, bytes: 15_000 },
    { ...app, kind: 'transaction', fate: invalid('timestamp'), perHour: 3, bytes: 7000 },
    { ...app, kind: 'transaction', fate: discarded('sample_rate'), perHour: 3900, together: 190 },
    { ...app, kind: 'error', fate: discarded('network_error'), perHour: 15, together: 2 },
    { ...app, kind: 'error', fate: discarded('cache_overflow'), perHour: 5, together: 2 },
    { ...app, kind: 'error', fate: discarded('before_send'), perHour: 2.5 },
  ]

  return {
    slug: 'ios-app',
    name: 'iOS App',
    platform: 'apple-ios',
    runtime: 'cocoa',
    teams: ['mobile'],
    keys: [{ id: 'default', label: 'Default' }],
    options: { 'sentry:releases': ['com.acme.shop@5.7.*', 'com.acme.shop@5.8.*'] },
    rhythm: { ...phones, peak: 21 },
    environments: [
      { name: 'production', share: 0.93, leadMs: 0 },
      { name: 'testflight', share: 0.07, leadMs: 8 * DAY },
    ],
    releases: [
      { version: 'com.acme.shop@5.9.0+431', at: day(60, 9), adoptionMs: 4 * DAY },
      { version: 'com.acme.shop@5.10.0+440', at: day(34, 9), adoptionMs: 4 * DAY },
      { version: 'com.acme.shop@5.11.0+452', at: day(18, 9), adoptionMs: 3 * DAY },
      { version: 'com.acme.shop@5.12.0+460', at: day(5, 9), adoptionMs: 3 * DAY },
    ],
    sdks: [{ name: 'sentry.cocoa', version: '8.57.2', share: 1 }],
    flows,
    stored: {
      errors: 160,
      transactions: 15,
      lastMs: 41_000,
      issues: iosIssues({ systemUpdate: day(16, 17) }),
      transactionNames: [
        {
          name: 'Shop.ProductViewController',
          op: 'ui.load',
          lasting: 510,
          spans: [
            ['ui.load.initial_display', 'Shop.ProductViewController initial display', 0.5],
            ['http.client', 'GET https://api.acme.example/v2/products', 0.4],
          ],
        },
      ],
      others: [{ type: 'session', count: 18, make: session }],
    },
  }
}
