/** Items beside events: sessions, check-ins, logs, feedback, reports of browsers. */
import type { JsonObject } from '../../protocol/json.ts'
import type { Occasion } from '../project.ts'
import { address, shopper, trace } from './surroundings.ts'

/** Of one run of an application. */
export function session({ at, random, release, environment }: Occasion): JsonObject {
  const status = random.weighted(['exited', 'ok', 'errored', 'crashed'], (each) =>
    each === 'exited' ? 80 : each === 'ok' ? 12 : each === 'errored' ? 6 : 2,
  )
  const seconds = 10 + random.below(1200)
  return {
    sid: uuid(random.hex(32)),
    did: random.hex(32),
    init: true,
    started: new Date(at - seconds * 1000).toISOString(),
    timestamp: new Date(at).toISOString(),
    status,
    errors: status === 'exited' || status === 'ok' ? 0 : 1,
    duration: seconds,
    attrs: { release, environment, ip_address: address(random) },
  }
}

/** A minute of a server's requests, told together. */
export function sessionAggregates({ at, random, release, environment }: Occasion): JsonObject {
  const started = Math.floor(at / 60_000) * 60_000 - 60_000
  return {
    aggregates: [
      {
        started: new Date(started).toISOString(),
        exited: 40 + random.below(90),
        errored: random.below(6),
        crashed: random.below(2),
      },
    ],
    attrs: { release, environment },
  }
}

function uuid(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

const monitors = [
  ['issue-invoices', '0 2 * * *'],
  ['sync-exchange-rates', '*/15 * * * *'],
  ['dunning-mails', '30 7 * * *'],
] as const

export function checkIn({ random, environment, release }: Occasion): JsonObject {
  const [slug, schedule] = random.pick(monitors)
  return {
    check_in_id: uuid(random.hex(32)),
    monitor_slug: slug,
    status: random.chance(0.95) ? 'ok' : 'error',
    duration: Math.round(random.next() * 90_000) / 1000,
    environment,
    release,
    monitor_config: {
      schedule: { type: 'crontab', value: schedule },
      checkin_margin: 5,
      max_runtime: 60,
      timezone: 'UTC',
    },
  }
}

/** Of a container of four logs. */
export const logHeader = { item_count: 4, content_type: 'application/vnd.sentry.items.log+json' }

const lines: Readonly<Record<string, readonly string[]>> = {
  'checkout-api': ['order placed', 'charge captured', 'cart expired', 'payment provider answered slowly'],
  billing: ['invoice issued', 'exchange rates updated', 'subscription renewed', 'card declined, will retry'],
  search: ['query served', 'index segment merged', 'suggestions refreshed', 'query took longer than 250ms'],
}

/** Makes containers of four logs. */
export function logsOf(service: keyof typeof lines): (occasion: Occasion) => JsonObject {
  return ({ at, random, release, environment }) => ({
    items: (lines[service] ?? []).map((body, index) => ({
      timestamp: at / 1000 - (4 - index) * random.next(),
      trace_id: random.hex(32),
      level: index === 3 ? 'warn' : 'info',
      severity_number: index === 3 ? 13 : 9,
      body,
      attributes: {
        'sentry.release': { value: release, type: 'string' },
        'sentry.environment': { value: environment, type: 'string' },
        'server.address': { value: `${service}-${random.hex(5)}`, type: 'string' },
        'duration.ms': { value: random.below(400), type: 'integer' },
      },
    })),
  })
}

const words = [
  'The voucher from the newsletter is refused, although it is valid until Sunday.',
  'I paid twice for the same order. Please have a look.',
  'The picture of the blue chair is that of the green one.',
  'Search finds nothing when I type with an accent.',
  'It logs me out whenever I open the basket.',
]

export function feedback({ at, random, release, environment }: Occasion): JsonObject {
  const { email = 'guest@example.com', username = 'Guest' } = shopper(random)
  return {
    type: 'feedback',
    level: 'info',
    timestamp: at / 1000,
    platform: 'javascript',
    release,
    environment,
    sdk: { name: 'sentry.javascript.react', version: '10.22.0' },
    contexts: {
      feedback: {
        message: random.pick(words),
        contact_email: email,
        name: username,
        source: 'widget',
        url: 'https://shop.acme.example/account/orders',
      },
      trace: trace(random),
    },
  }
}

const blocked = [
  ['script-src-elem', 'https://widgets.example/chat.js', '/products/oak-chair'],
  ['img-src', 'https://pixel.example/collect', '/'],
  ['connect-src', 'wss://live.example/socket', '/cart'],
  ['font-src', 'https://fonts.example/inter.woff2', '/products/wool-rug'],
  ['style-src-attr', 'inline', '/checkout'],
] as const

/** As a browser reports a violation of the page's policy. */
export function cspReport({ random }: Occasion): JsonObject {
  const [directive, uri, path] = random.pick(blocked)
  return {
    'csp-report': {
      'document-uri': `https://shop.acme.example${path}`,
      referrer: '',
      'violated-directive': directive,
      'effective-directive': directive,
      'original-policy':
        "default-src 'self'; script-src 'self'; img-src 'self' data: https://img.acme.example; connect-src 'self' https://api.acme.example; report-uri /csp",
      disposition: 'report',
      'blocked-uri': uri,
      'status-code': 200,
      'line-number': 1 + random.below(400),
      'column-number': 1 + random.below(90),
      'source-file': 'https://shop.acme.example/assets/index-8f2c41.js',
    },
  }
}
