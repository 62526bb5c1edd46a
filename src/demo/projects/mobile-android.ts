/** The Android application: phones keep old versions for weeks, send late, and lose much on the way. */
import { DAY } from '../../time.ts'
import { feedback, session } from '../events/items.ts'
import { androidIssues } from '../events/mobile-android.ts'
import { type DemoProject, discarded, type Flow, filtered, invalid } from '../project.ts'
import type { Episode, Rhythm } from '../rhythm.ts'
import type { Timeline } from '../timeline.ts'

export const phones: Rhythm = { peak: 20, night: 0.2, weekend: 1.15 }

export function mobileAndroid(time: Timeline): DemoProject {
  const { day } = time
  const rollout: Episode = { from: day(8, 8), to: day(6, 8), factor: 2.1, shape: 'plateau' }
  const app = { key: 'default' } as const

  const flows: readonly Flow[] = [
    { ...app, kind: 'error', perHour: 560, episodes: [rollout] },
    { key: 'beta', kind: 'error', perHour: 24 },
    { ...app, kind: 'session', perHour: 5100, together: 2 },
    { key: 'beta', kind: 'session', perHour: 160, together: 2 },
    { ...app, kind: 'transaction', perHour: 1900 },
    { ...app, kind: 'attachment', perHour: 36, bytes: 84_000 },
    { ...app, kind: 'profile', perHour: 95 },
    { ...app, kind: 'replay', perHour: 26 },
    { ...app, kind: 'feedback', perHour: 0.7 },
    {
      ...app,
      kind: 'error',
      fate: filtered('release-version'),
      perHour: 31,
      bytes: 11_000,
      details: ['acme-android@7.2.0+7200', 'acme-android@7.1.3+7103', 'acme-android@7.0.1+7001'],
    },
    { ...app, kind: 'transaction', fate: invalid('timestamp'), perHour: 13, bytes: 6000 },
    { ...app, kind: 'error', fate: invalid('duplicate'), perHour: 8, bytes: 12_000 },
    { ...app, kind: 'error', fate: invalid('too_large:event'), perHour: 0.3, bytes: 1_160_000 },
    { ...app, kind: 'transaction', fate: discarded('sample_rate'), perHour: 11_500, together: 420 },
    { ...app, kind: 'error', fate: discarded('network_error'), perHour: 52, together: 3 },
    { ...app, kind: 'error', fate: discarded('cache_overflow'), perHour: 33, together: 4 },
    { ...app, kind: 'session', fate: discarded('cache_overflow'), perHour: 40, together: 6 },
    { ...app, kind: 'error', fate: discarded('before_send'), perHour: 10, together: 2 },
    { ...app, kind: 'error', fate: discarded('queue_overflow'), perHour: 3 },
  ]

  return {
    slug: 'mobile-android',
    name: 'Mobile Android',
    platform: 'android',
    runtime: 'java',
    teams: ['mobile'],
    keys: [
      { id: 'default', label: 'Default' },
      { id: 'beta', label: 'Beta channel', createdAt: day(27, 12.2) },
    ],
    options: { 'sentry:releases': ['acme-android@7.0.*', 'acme-android@7.1.*', 'acme-android@7.2.*'] },
    rhythm: phones,
    environments: [
      { name: 'production', share: 0.95, leadMs: 0 },
      { name: 'beta', share: 0.05, leadMs: 9 * DAY },
    ],
    releases: [
      { version: 'acme-android@7.3.1+7301', at: day(75, 9), adoptionMs: 6 * DAY },
      { version: 'acme-android@7.4.0+7400', at: day(46, 9), adoptionMs: 6 * DAY },
      { version: 'acme-android@7.5.0+7500', at: day(26, 9), adoptionMs: 5 * DAY },
      { version: 'acme-android@7.6.0+7600', at: day(8, 8), adoptionMs: 4 * DAY },
    ],
    sdks: [
      { name: 'sentry.java.android', version: '8.26.0', share: 0.9 },
      { name: 'sentry.native.android', version: '0.12.1', share: 0.1 },
    ],
    flows,
    stored: {
      errors: 230,
      transactions: 20,
      lastMs: 7000,
      issues: androidIssues({ rollout: day(8, 8) }),
      transactionNames: [
        {
          name: 'ProductActivity',
          op: 'ui.load',
          lasting: 820,
          spans: [
            ['ui.load.initial_display', 'ProductActivity initial display', 0.4],
            ['http.client', 'GET https://api.acme.example/v2/products', 0.45],
          ],
        },
        {
          name: 'MainActivity',
          op: 'ui.load',
          lasting: 1400,
          spans: [['app.start.cold', 'Cold Start', 0.7]],
        },
      ],
      others: [
        { type: 'session', count: 24, make: session },
        { type: 'feedback', count: 4, make: feedback },
      ],
    },
  }
}
