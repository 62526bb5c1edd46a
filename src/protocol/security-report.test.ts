import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ReportContext, reportBytes, reportsOfBatch } from './browser-reports.ts'
import { isObject, type JsonObject } from './json.ts'
import { parseNelReport } from './nel-report.ts'
import { isFate } from './outcome.ts'
import { parseSecurityReport } from './security-report.ts'

const receivedAt = Date.UTC(2026, 0, 5, 9, 30)
const nobody: ReportContext = { receivedAt, headers: {}, item: {} }

function made(report: JsonObject, context: Partial<ReportContext> = {}): JsonObject {
  const parsed = parseSecurityReport(reportBytes(report), { ...nobody, ...context })
  if (isFate(parsed)) throw new Error(`The report was dropped: ${parsed.reason}`)
  expect(JSON.parse(Buffer.from(parsed.bytes).toString())).toEqual(parsed.payload)
  return parsed.payload
}

function fateOf(body: string) {
  const parsed = parseSecurityReport(Buffer.from(body), nobody)
  return isFate(parsed) ? parsed : parsed.payload.type
}

const violation = { 'effective-directive': 'img-src', 'blocked-uri': 'https://evil.example/a.gif' }

describe('the kind of a report', () => {
  const filtered = { outcome: 'filtered', reason: 'invalid-csp' }
  const invalid = (reason: string) => ({ outcome: 'invalid', reason })

  test.each<[body: string, fate: unknown]>([
    [JSON.stringify({ 'csp-report': violation }), 'csp'],
    [JSON.stringify({ type: 'csp-violation', body: violation }), 'csp'],
    [JSON.stringify({ 'csp-report': violation, type: 'deprecation' }), 'csp'],
    ['{"expect-ct-report":{"hostname":"a.example"}}', 'expectct'],
    ['{"expect-staple-report":{"hostname":"a.example"}}', 'expectstaple'],
    ['{"known-pins":[],"hostname":"a.example"}', 'hpkp'],
    ['{"type":"deprecation","body":{}}', filtered],
    ['{"type":"network-error","body":{}}', filtered],
    ['not json', invalid('invalid_json')],
    ['', invalid('invalid_json')],
    ['{', invalid('invalid_json')],
    ['{}', invalid('security_report_type')],
    ['{"type":5}', invalid('security_report_type')],
    ['{"hostname":"a.example"}', invalid('security_report_type')],
    ['null', invalid('security_report_type')],
    ['"csp-report"', invalid('security_report_type')],
    ['[{"csp-report":{}}]', invalid('security_report_type')],
    ['{"csp-report":{}}', invalid('security_report')],
    ['{"csp-report":null}', invalid('security_report')],
    ['{"csp-report":{"blocked-uri":"self"}}', invalid('security_report')],
    ['{"type":"csp-violation"}', invalid('security_report')],
    ['{"type":"csp-violation","body":{"blockedURL":"self"}}', invalid('security_report')],
    ['{"expect-ct-report":{}}', invalid('security_report')],
    ['{"expect-staple-report":{"hostname":""}}', invalid('security_report')],
    ['{"known-pins":[]}', invalid('security_report')],
  ])('of %s', (body, fate) => {
    expect(fateOf(body)).toEqual(fate)
  })
})

describe('the event of a content security policy', () => {
  const report = {
    'csp-report': {
      'document-uri': 'https://shop.example/basket',
      referrer: 'https://search.example/',
      'violated-directive': 'img-src https://shop.example',
      'effective-directive': 'img-src',
      'blocked-uri': 'https://evil.example/a.gif',
      'status-code': '200',
    },
  }

  test('says what the report says, and who sent it', () => {
    const context = {
      clientIp: '203.0.113.9',
      headers: {
        origin: 'https://shop.example',
        'user-agent': 'Mozilla/5.0',
        'sec-ch-ua': '"Chromium";v="120"',
        'sec-ch-ua-platform': '"Linux"',
        'sec-ch-ua-platform-version': '"6.1"',
        'sec-ch-ua-model': '"Pixel"',
        cookie: 'secret=1',
      },
      item: { sentry_release: 'shop@1.2.3', sentry_environment: 'staging' },
    }
    expect(made(report, context)).toEqual({
      type: 'csp',
      logger: 'csp',
      logentry: { formatted: "Blocked 'image' from 'evil.example'" },
      culprit: "img-src 'self'",
      tags: [
        ['effective-directive', 'img-src'],
        ['blocked-uri', 'https://evil.example/a.gif'],
        ['blocked-host', 'evil.example'],
      ],
      request: {
        url: 'https://shop.example/basket',
        headers: [
          ['Referer', 'https://search.example/'],
          ['Origin', 'https://shop.example'],
          ['User-Agent', 'Mozilla/5.0'],
          ['Sec-CH-UA', '"Chromium";v="120"'],
          ['Sec-CH-UA-Platform', '"Linux"'],
          ['Sec-CH-UA-Platform-Version', '"6.1"'],
          ['Sec-CH-UA-Model', '"Pixel"'],
        ],
      },
      user: { ip_address: '203.0.113.9' },
      release: 'shop@1.2.3',
      environment: 'staging',
      csp: {
        document_uri: 'https://shop.example/basket',
        referrer: 'https://search.example/',
        violated_directive: 'img-src https://shop.example',
        effective_directive: 'img-src',
        blocked_uri: 'https://evil.example/a.gif',
        status_code: 200,
      },
    })
  })

  test('says no more than is known', () => {
    expect(
      made({ type: 'csp-violation', age: 5, url: 'https://a', body: { effectiveDirective: 'img-src' } }),
    ).toEqual({
      type: 'csp',
      logger: 'csp',
      logentry: { formatted: "Blocked inline 'image'" },
      culprit: 'img-src',
      tags: [
        ['effective-directive', 'img-src'],
        ['blocked-uri', 'self'],
      ],
      request: { headers: [] },
      csp: { effective_directive: 'img-src', violated_directive: '', blocked_uri: 'self' },
    })
  })

  test.each([
    ['an empty referrer', { referrer: '' }, {}],
    ['an origin that is none', {}, { origin: 'null' }],
    ['an empty user agent', {}, { 'user-agent': '' }],
  ])('has no header for %s', (_, fields, headers) => {
    const { request } = made({ 'csp-report': { ...violation, ...fields } }, { headers })
    expect(request).toEqual({ headers: [] })
  })
})

describe('events of certificates', () => {
  const about = { hostname: 'a.example', port: 443, 'date-time': '2026-01-05T09:30:00Z' }
  const storedAbout = { hostname: 'a.example', port: 443, date_time: '2026-01-05T09:30:00Z' }
  const common = { request: { url: 'a.example', headers: [] } }
  const where = [
    ['hostname', 'a.example'],
    ['port', '443'],
  ]

  test('Expect-CT', () => {
    const scts = [{ version: 1, status: 'invalid', source: 'embedded', serialized_sct: 'ABCD==' }]
    const report = { ...about, scheme: 'https', 'failure-mode': 'enforce', 'test-report': false, scts }
    expect(made({ 'expect-ct-report': report })).toEqual({
      ...common,
      type: 'expectct',
      logger: 'expectct',
      logentry: { formatted: "Expect-CT failed for 'a.example'" },
      culprit: 'a.example',
      tags: where,
      expectct: { ...storedAbout, scheme: 'https', failure_mode: 'enforce', test_report: false, scts },
    })
  })

  test('Expect-Staple', () => {
    const report = { ...about, 'response-status': 'ERROR_RESPONSE', 'cert-status': 'REVOKED' }
    expect(made({ 'expect-staple-report': report })).toEqual({
      ...common,
      type: 'expectstaple',
      logger: 'expectstaple',
      logentry: { formatted: "Expect-Staple failed for 'a.example'" },
      culprit: 'a.example',
      tags: [...where, ['response_status', 'ERROR_RESPONSE'], ['cert_status', 'REVOKED']],
      expectstaple: { ...storedAbout, response_status: 'ERROR_RESPONSE', cert_status: 'REVOKED' },
    })
  })

  test('HPKP, which names no culprit', () => {
    const pins = ['pin-sha256="d6qzRu9zOECb90Uez27xWltNsj0e1Md7GkYYkVoZWmM="']
    expect(
      made({ ...about, 'include-subdomains': true, 'noted-hostname': 'example', 'known-pins': pins }),
    ).toEqual({
      ...common,
      type: 'hpkp',
      logger: 'hpkp',
      logentry: { formatted: "Public key pinning validation failed for 'a.example'" },
      tags: [...where, ['include-subdomains', 'true']],
      hpkp: { ...storedAbout, include_subdomains: true, noted_hostname: 'example', known_pins: pins },
    })
  })

  test('without a port, or with one that is none', () => {
    for (const port of [undefined, null, {}])
      expect(made({ 'expect-ct-report': { hostname: 'a.example', port } }).tags).toEqual([
        ['hostname', 'a.example'],
      ])
  })
})

describe('a batch', () => {
  test.each([
    ['[]', []],
    [' \r\n\t[{"a":1},2]', [{ a: 1 }, 2]],
    ['{"a":[1]}', undefined],
    ['[1', undefined],
    ['', undefined],
    ['   ', undefined],
  ])('of %j', (body, reports) => {
    expect(reportsOfBatch(Buffer.from(body))).toEqual(reports)
  })

  test('has each report as it came, or empty when it is too deep to be written', () => {
    expect(Buffer.from(reportBytes({ a: ['ü'] })).toString()).toBe('{"a":["ü"]}')
    const deep: unknown = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)
    expect(reportBytes(deep).byteLength).toBe(0)
  })
})

describe('whatever a report is', () => {
  const name = fc.constantFrom(
    'csp-report',
    'expect-ct-report',
    'expect-staple-report',
    'known-pins',
    'type',
    'body',
    'effective-directive',
    'violatedDirective',
    'document-uri',
    'blockedURL',
    'line-number',
    'hostname',
    'port',
    'age',
    'url',
    'status_code',
    '__proto__',
  )
  const text = fc.constantFrom(
    'csp-violation',
    'network-error',
    'img-src',
    'script-src a b',
    'https://a.example',
    ':',
    '',
  )
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      text,
      fc.jsonValue({ maxDepth: 1 }),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.array(fc.tuple(name, tie('any')), { maxLength: 5 }).map((pairs) => Object.fromEntries(pairs)),
    ),
  })).any

  test.each([
    ['a security report', parseSecurityReport, ['invalid', 'filtered']],
    ['a network error', parseNelReport, ['invalid']],
  ] as const)(
    '%s becomes an event that can be written, or has a fate with a reason',
    (_, parse, outcomes) => {
      fc.assert(
        fc.property(value, (report) => {
          const parsed = parse(reportBytes(report), nobody)
          if (isFate(parsed)) {
            expect(outcomes).toContain(parsed.outcome)
            expect(parsed.reason).toMatch(/./)
          } else {
            const { type, logentry, tags } = parsed.payload
            expect(JSON.parse(Buffer.from(parsed.bytes).toString())).toMatchObject({ type, logentry })
            expect(isObject(logentry) && logentry.formatted).toMatch(/./)
            expect(tags).not.toEqual([])
          }
        }),
        { numRuns: 2000 },
      )
    },
  )
})
