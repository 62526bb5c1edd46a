import { describe, expect, test } from 'vitest'
import { type ReportContext, reportBytes } from './browser-reports.ts'
import type { JsonObject } from './json.ts'
import { parseNelReport } from './nel-report.ts'
import { drop, isFate } from './outcome.ts'

const receivedAt = Date.UTC(2026, 0, 5, 9, 30)
const nobody: ReportContext = { receivedAt, headers: {}, item: {} }

function made(report: unknown, context: Partial<ReportContext> = {}): JsonObject {
  const parsed = parseNelReport(reportBytes(report), { ...nobody, ...context })
  if (isFate(parsed)) throw new Error(`The report was dropped: ${parsed.reason}`)
  return parsed.payload
}

test('a network error becomes an event of the time it happened', () => {
  const report = {
    age: 5000,
    type: 'network-error',
    url: 'https://shop.example/basket?id=1',
    user_agent: 'Mozilla/5.0 (of the report)',
    body: {
      elapsed_time: 37,
      method: 'POST',
      phase: 'application',
      protocol: 'http/1.1',
      referrer: 'https://search.example/',
      sampling_fraction: 0.5,
      server_ip: '192.0.2.1',
      status_code: 500,
      type: 'http.error',
    },
  }
  const context = {
    clientIp: '203.0.113.9',
    item: { sentry_release: 'shop@1', sentry_environment: 'staging' },
  }
  expect(made(report, context)).toEqual({
    type: 'nel',
    logger: 'nel',
    timestamp: receivedAt / 1000 - 5,
    logentry: { formatted: 'http.error / 500' },
    culprit: 'The answer has an error status',
    tags: [
      ['nel.type', 'http.error'],
      ['nel.phase', 'application'],
      ['http.response.status_code', '500'],
      ['url.domain', 'shop.example'],
    ],
    request: {
      url: 'https://shop.example/basket?id=1',
      method: 'POST',
      headers: [
        ['Referer', 'https://search.example/'],
        ['User-Agent', 'Mozilla/5.0 (of the report)'],
      ],
    },
    user: { ip_address: '203.0.113.9' },
    release: 'shop@1',
    environment: 'staging',
    contexts: {
      nel: {
        type: 'nel',
        error_type: 'http.error',
        phase: 'application',
        protocol: 'http/1.1',
        server_ip: '192.0.2.1',
        elapsed_time: 37,
        sampling_fraction: 0.5,
      },
      response: { type: 'response', status_code: 500 },
    },
  })
})

test('what is missing or of a wrong type is left out', () => {
  const empty = {
    type: 'nel',
    logger: 'nel',
    timestamp: receivedAt / 1000,
    logentry: { formatted: 'unknown' },
    culprit: 'The error is not known',
    tags: [['nel.type', 'unknown']],
    request: { headers: [] },
    contexts: { nel: { type: 'nel', error_type: 'unknown' } },
  }
  expect(made({ body: {} })).toEqual(empty)
  const wrong = {
    age: 'old',
    url: 5,
    body: { type: {}, phase: 7, status_code: '500', server_ip: [], method: 1 },
  }
  expect(made(wrong)).toEqual(empty)
})

test('a request without an answer has no status', () => {
  expect(made({ body: { type: 'tcp.refused', status_code: 0 } })).toMatchObject({
    logentry: { formatted: 'tcp.refused' },
    contexts: { nel: { type: 'nel', error_type: 'tcp.refused' } },
  })
})

test("the browser's own word on what it is counts before that of the report", () => {
  const { request } = made({ user_agent: 'a', body: {} }, { headers: { 'user-agent': 'b' } })
  expect(request).toEqual({ headers: [['User-Agent', 'b']] })
})

describe('each type of error', () => {
  const types =
    'dns.unreachable dns.name_not_resolved dns.failed dns.address_changed tcp.timed_out tcp.closed tcp.reset ' +
    'tcp.refused tcp.aborted tcp.address_invalid tcp.address_unreachable tcp.failed tls.version_or_cipher_mismatch ' +
    'tls.bad_client_auth_cert tls.cert.name_invalid tls.cert.date_invalid tls.cert.authority_invalid ' +
    'tls.cert.invalid tls.cert.revoked tls.cert.pinned_key_not_in_cert_chain tls.protocol.error tls.failed ' +
    'http.error http.protocol.error http.response.invalid http.response.redirect_loop http.failed abandoned unknown'

  test.each(types.split(' '))('is explained: %s', (type) => {
    const { culprit, level, logentry } = made({ type: 'network-error', body: { type } })
    expect({ logentry, level }).toEqual({ logentry: { formatted: type }, level: undefined })
    expect(culprit).toMatch(/^[A-Z].{10}/)
  })

  test('may be one that nobody has heard of', () => {
    const event = made({ body: { type: 'h4.ping_failed' } })
    expect(event.logentry).toEqual({ formatted: 'h4.ping_failed' })
    expect(event).not.toHaveProperty('culprit')
  })

  test('may be none', () => {
    expect(made({ body: { type: 'ok', status_code: 200 } })).toMatchObject({
      level: 'info',
      logentry: { formatted: 'ok / 200' },
    })
  })
})

test.each(['', 'not json', 'null', '[]', '5', '{}', '{"body":[]}', '{"type":"csp-violation","body":{}}'])(
  'is no network error: %j',
  (body) => {
    expect(parseNelReport(Buffer.from(body), nobody)).toEqual(drop('invalid', 'invalid_json'))
  },
)
