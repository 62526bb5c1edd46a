/** Invoices and subscriptions: a Django application whose work is done at night, and whose key is being replaced. */
import { DAY, MINUTE } from '../../time.ts'
import { billingIssues } from '../events/billing.ts'
import { checkIn, logHeader, logsOf } from '../events/items.ts'
import { type DemoProject, discarded, type Flow, filtered, invalid } from '../project.ts'
import { type Episode, type Rhythm, steady } from '../rhythm.ts'
import type { Timeline } from '../timeline.ts'

const accountants: Rhythm = { peak: 13, night: 0.12, weekend: 0.35 }

export function billing(time: Timeline): DemoProject {
  const { day, start, now } = time
  const rotatedAt = day(6, 10)
  const nights = Array.from({ length: Math.ceil((now - start) / DAY) + 1 }, (_, ago) => day(ago, 2))
  const invoicing = (factor: number): readonly Episode[] =>
    nights.map((from) => ({ from, to: from + 50 * MINUTE, factor, shape: 'plateau' }))
  const busy = { key: 'default', episodes: invoicing(7) } as const

  const flows: readonly Flow[] = [
    { ...busy, kind: 'error', perHour: 34 },
    { ...busy, kind: 'transaction', perHour: 1350 },
    { ...busy, kind: 'span', perHour: 7800, together: 130 },
    { ...busy, kind: 'log', perHour: 1900, together: 40, bytes: 280, episodes: invoicing(20) },
    { key: 'default', kind: 'monitor', perHour: 14, rhythm: steady },
    {
      key: 'default',
      kind: 'transaction',
      fate: filtered('filtered-transaction'),
      perHour: 30,
      rhythm: steady,
      bytes: 1300,
      details: ['/healthz', '/healthz', '/ping'],
    },
    {
      ...busy,
      kind: 'error',
      fate: filtered('error-message'),
      perHour: 3.5,
      bytes: 16_000,
      details: ["DisallowedHost: Invalid HTTP_HOST header: '203.0.113.9'. You may need to add it."],
    },
    { ...busy, kind: 'error', fate: invalid('duplicate'), perHour: 0.3, bytes: 15_000 },
    { key: 'default', kind: 'monitor', fate: invalid('invalid_check_in'), perHour: 0.15, bytes: 90 },
    { ...busy, kind: 'transaction', fate: discarded('sample_rate'), perHour: 5400, together: 240 },
    { ...busy, kind: 'error', fate: discarded('before_send'), perHour: 6, together: 2 },
  ]

  return {
    slug: 'billing',
    name: 'Billing',
    platform: 'python-django',
    runtime: 'python',
    teams: ['payments'],
    keys: [
      { id: 'default', label: 'Default' },
      { id: 'successor', label: 'Default', createdAt: rotatedAt },
    ],
    handover: { from: 'default', to: 'successor', begin: rotatedAt, end: day(1, 9) },
    options: { 'sentry:error_messages': ['DisallowedHost*'] },
    rhythm: accountants,
    environments: [
      { name: 'production', share: 0.88, leadMs: 0 },
      { name: 'staging', share: 0.12, leadMs: 2 * DAY },
    ],
    releases: [
      { version: 'billing@4.21.0', at: day(38, 11), adoptionMs: 30 * MINUTE },
      { version: 'billing@4.22.0', at: day(25, 9.5), adoptionMs: 30 * MINUTE },
      { version: 'billing@4.23.0', at: day(11, 10), adoptionMs: 30 * MINUTE },
      { version: 'billing@4.24.0', at: day(4, 9.8), adoptionMs: 30 * MINUTE },
    ],
    sdks: [{ name: 'sentry.python.django', version: '2.44.0', share: 1 }],
    flows,
    stored: {
      errors: 170,
      transactions: 20,
      lastMs: 96_000,
      issues: billingIssues,
      transactionNames: [
        {
          name: '/invoices/{id}/',
          op: 'http.server',
          lasting: 140,
          spans: [
            [
              'db',
              'SELECT "invoices_invoice"."id" FROM "invoices_invoice" WHERE "invoices_invoice"."id" = %s',
              0.4,
            ],
            ['template.render', 'invoices/detail.html', 0.3],
          ],
        },
        {
          name: 'invoices.tasks.issue_invoices',
          op: 'queue.task.celery',
          lasting: 9 * 1000,
          spans: [['db', 'SELECT "subscriptions_subscription"."id" FROM "subscriptions_subscription"', 0.2]],
        },
      ],
      others: [
        { type: 'check_in', count: 24, make: checkIn },
        { type: 'log', count: 16, header: logHeader, make: logsOf('billing') },
      ],
    },
  }
}
