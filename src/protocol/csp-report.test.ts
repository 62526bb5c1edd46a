import { describe, expect, test } from 'vitest'
import { blockedSource, readCspReport } from './csp-report.ts'
import type { JsonObject } from './json.ts'

function read(report: JsonObject) {
  const reported = readCspReport(report)
  if (reported === undefined) throw new Error('The report was refused')
  return reported
}

/** As a browser reports a blocked source, when the page has no other say in it. */
function blocked(directive: string, uri: string): JsonObject {
  return { 'effective-directive': directive, 'blocked-uri': uri }
}

const stored = {
  document_uri: 'https://shop.example/basket?id=1',
  referrer: 'https://search.example/',
  violated_directive: 'img-src https://cdn.example',
  effective_directive: 'img-src',
  original_policy: "default-src 'self'; img-src https://cdn.example",
  blocked_uri: 'https://evil.example/pixel.gif',
  status_code: 200,
  source_file: 'https://shop.example/app.js',
  line_number: 12,
  column_number: 7,
  script_sample: 'alert(1)',
  disposition: 'enforce',
}

describe('fields', () => {
  const classic = {
    'document-uri': stored.document_uri,
    referrer: stored.referrer,
    'violated-directive': stored.violated_directive,
    'effective-directive': stored.effective_directive,
    'original-policy': stored.original_policy,
    'blocked-uri': stored.blocked_uri,
    'status-code': stored.status_code,
    'source-file': stored.source_file,
    'line-number': stored.line_number,
    'column-number': stored.column_number,
    'script-sample': stored.script_sample,
    disposition: stored.disposition,
  }
  const reportingApi = {
    documentURL: stored.document_uri,
    referrer: stored.referrer,
    violatedDirective: stored.violated_directive,
    effectiveDirective: stored.effective_directive,
    originalPolicy: stored.original_policy,
    blockedURL: stored.blocked_uri,
    statusCode: stored.status_code,
    sourceFile: stored.source_file,
    lineNumber: stored.line_number,
    columnNumber: stored.column_number,
    sample: stored.script_sample,
    disposition: stored.disposition,
  }

  test.each([
    ['classic', classic],
    ['of the Reporting API', reportingApi],
    ['as stored', stored],
  ])('have one form when stored, whatever their names: %s', (_, report) => {
    expect(read(report).own).toEqual({ csp: stored })
  })

  test.each([
    ['a missing blocked URI is the page itself', {}, { blocked_uri: 'self' }],
    ['null is as good as missing', { blockedURL: null, lineNumber: null }, { blocked_uri: 'self' }],
    ['an empty blocked URI is kept', { 'blocked-uri': '' }, { blocked_uri: '' }],
    [
      'numbers may be text',
      { 'status-code': '200', 'line-number': '12', 'column-number': '0' },
      { blocked_uri: 'self', status_code: 200, line_number: 12, column_number: 0 },
    ],
    ['the classic sample has a second name', { sample: 'x' }, { blocked_uri: 'self', script_sample: 'x' }],
    [
      'unknown ones are kept',
      { 'x-browser': { version: 3 } },
      { blocked_uri: 'self', 'x-browser': { version: 3 } },
    ],
  ])('%s', (_, report, fields) => {
    expect(read({ 'effective-directive': 'img-src', ...report }).own).toEqual({
      csp: { effective_directive: 'img-src', violated_directive: '', ...fields },
    })
  })

  test('a name that objects have of their own is an unknown one', () => {
    const report = JSON.parse('{"effective-directive":"img-src","__proto__":{"polluted":true}}') as JsonObject
    expect(JSON.stringify(read(report).own)).toContain('"__proto__":{"polluted":true}')
  })

  test('unknown ones are kept to the depth that can be shown', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)
    expect(JSON.stringify(read({ 'effective-directive': 'img-src', deep }).own)).toContain('[Array]')
  })

  test.each([
    ['no directive', {}],
    ['an unknown directive', { 'effective-directive': 'lamp-src', 'violated-directive': 'lamp-src a b' }],
    ['a directive that objects have of their own', { 'effective-directive': 'constructor' }],
    ['a directive that is no text', { 'effective-directive': 5 }],
    ['a blocked URI that is no text', { ...blocked('img-src', ''), 'blocked-uri': {} }],
    ['a status that is no number', { ...blocked('img-src', ''), 'status-code': 'fine' }],
    ['a line before the first', { ...blocked('img-src', ''), 'line-number': -1 }],
    ['half a column', { ...blocked('img-src', ''), 'column-number': 0.5 }],
  ])('a report is broken with %s', (_, report) => {
    expect(readCspReport(report)).toBeUndefined()
  })

  test.each([[undefined], [null], [[]], ['img-src'], [5]])('a report cannot be %j', (report) => {
    expect(readCspReport(report)).toBeUndefined()
  })
})

describe('the effective directive', () => {
  const directives =
    'base-uri child-src connect-src default-src fenced-frame-src font-src form-action frame-ancestors frame-src ' +
    'img-src manifest-src media-src object-src plugin-types prefetch-src referrer script-src script-src-attr ' +
    'script-src-elem style-src style-src-elem style-src-attr upgrade-insecure-requests worker-src sandbox ' +
    'navigate-to report-uri report-to block-all-mixed-content require-sri-for require-trusted-types-for trusted-types'
  const ofReport = (report: JsonObject) => (read(report).own.csp as JsonObject).effective_directive

  test.each(directives.split(' '))('may be %s', (directive) => {
    expect(ofReport({ 'effective-directive': directive })).toBe(directive)
  })

  test.each([
    ['the first word of its own field', 'img-src https://a.example', 'style-src', 'img-src'],
    [
      'the first word of the violated directive if it has no field',
      undefined,
      "style-src 'self'",
      'style-src',
    ],
    ['the violated directive if its own is unknown', 'lamp-src', 'style-src', 'style-src'],
    ['the violated directive if its own is empty', '', 'style-src', 'style-src'],
  ])('is %s', (_, effective, violated, expected) => {
    expect(ofReport({ 'effective-directive': effective, 'violated-directive': violated })).toBe(expected)
  })
})

describe('the message', () => {
  const evil = 'https://evil.example/a.js'
  const local: [directive: string, message: string][] = [
    ['script-src', "Blocked unsafe (eval() or inline) 'script'"],
    ['script-src-elem', 'Blocked inline script attribute'],
    ['script-src-attr', "Blocked unsafe 'script' element"],
    ['style-src', "Blocked inline 'style'"],
    ['style-src-elem', "Blocked 'style' or 'link' element"],
    ['style-src-attr', 'Blocked style attribute'],
    ['child-src', "Blocked inline 'child'"],
    ['connect-src', "Blocked inline 'connect'"],
    ['font-src', "Blocked inline 'font'"],
    ['manifest-src', "Blocked inline 'manifest'"],
    ['media-src', "Blocked inline 'media'"],
    ['object-src', "Blocked inline 'object'"],
    ['img-src', "Blocked inline 'image'"],
    ['form-action', "Blocked inline 'form-action'"],
    ['default-src', "Blocked inline 'default-src'"],
    ['worker-src', "Blocked inline 'worker-src'"],
  ]
  const foreign: [directive: string, message: string][] = [
    ['script-src', "Blocked 'script' from 'evil.example'"],
    ['script-src-elem', "Blocked 'script' from 'evil.example'"],
    ['script-src-attr', "Blocked inline script attribute from 'evil.example'"],
    ['style-src', "Blocked 'style' from 'evil.example'"],
    ['style-src-elem', "Blocked 'style' from 'evil.example'"],
    ['style-src-attr', "Blocked style attribute from 'evil.example'"],
    ['child-src', "Blocked 'child' from 'evil.example'"],
    ['connect-src', "Blocked 'connect' from 'evil.example'"],
    ['font-src', "Blocked 'font' from 'evil.example'"],
    ['manifest-src', "Blocked 'manifest' from 'evil.example'"],
    ['media-src', "Blocked 'media' from 'evil.example'"],
    ['object-src', "Blocked 'object' from 'evil.example'"],
    ['img-src', "Blocked 'image' from 'evil.example'"],
    ['form-action', "Blocked 'form' action to 'evil.example'"],
    ['default-src', "Blocked 'default-src' from 'evil.example'"],
    ['worker-src', "Blocked 'worker-src' from 'evil.example'"],
  ]

  test.each(local)('speaks of the page itself: %s', (directive, message) => {
    for (const uri of ['', 'self', "'self'"]) expect(read(blocked(directive, uri)).message).toBe(message)
    expect(read({ 'effective-directive': directive }).message).toBe(message)
  })

  test.each(foreign)('names who was blocked: %s', (directive, message) => {
    expect(read(blocked(directive, evil)).message).toBe(message)
  })

  test.each([
    ['script-src', 'inline', "Blocked unsafe inline 'script'"],
    ['script-src', 'eval', "Blocked unsafe eval() 'script'"],
    ['script-src-elem', 'inline', "Blocked 'script' from 'inline:'"],
    ['style-src', 'inline', "Blocked 'style' from 'inline:'"],
    ['img-src', 'data', "Blocked 'image' from 'data:'"],
  ])('of %s with %j: %j', (directive, uri, message) => {
    expect(read(blocked(directive, uri)).message).toBe(message)
  })
})

test.each([
  ['', "'self'"],
  ['self', "'self'"],
  ["'self'", "'self'"],
  ['data', 'data:'],
  ['blob', 'blob:'],
  ['http', 'http://'],
  ['https', 'https://'],
  ['http://a.example/b.css', 'a.example'],
  ['https://a.example:8443/b.css', 'a.example:8443'],
  ['https://a.example:443/b.css', 'a.example'],
  ['http://[::1]:8000/', '[::1]:8000'],
  ['chrome-extension://abcdef/content.js', 'chrome-extension://abcdef'],
  ['data:text/plain,lamp', 'data:'],
  ['blob:https://a.example/1', 'blob:'],
  ['wss://a.example/live', 'wss://a.example'],
  ['file:///etc/passwd', 'file://'],
  ['http://', 'http://'],
  ['://a', '://a'],
])('the source %j is called %j', (uri, source) => {
  expect(blockedSource(uri)).toBe(source)
})

describe('the culprit', () => {
  const page = 'https://shop.example/basket'
  test.each([
    [
      'is the directive as it was violated',
      'img-src a.example b.example',
      page,
      'img-src a.example b.example',
    ],
    [
      'keeps keywords',
      "script-src 'none' 'self' 'unsafe-inline' 'nonce-x'",
      page,
      "script-src 'none' 'self' 'unsafe-inline' 'nonce-x'",
    ],
    ["calls the page's own host 'self'", 'img-src shop.example a.example', page, "img-src 'self' a.example"],
    ["calls the page's own address 'self'", 'img-src https://shop.example/', page, "img-src 'self'"],
    [
      'keeps the addresses of others',
      'img-src http://a.example data:',
      page,
      'img-src http://a.example data:',
    ],
    [
      'tells ports apart',
      'img-src http://localhost:80 http://localhost:9000',
      'http://localhost:9000/',
      "img-src http://localhost:80 'self'",
    ],
    [
      'gives others the scheme of a page that is not of the web',
      'img-src a.example data: http://b.example *',
      'file:///index.html',
      'img-src file://a.example data: http://b.example file://*',
    ],
    ['needs no page', 'img-src  a.example', undefined, 'img-src a.example'],
    ['is the effective directive if no other is known', '', page, 'style-src'],
  ])('%s', (_, violated, documentUri, culprit) => {
    const report = {
      'effective-directive': 'style-src',
      'violated-directive': violated,
      'document-uri': documentUri,
    }
    expect(read(report).culprit).toBe(culprit)
  })
})

describe('tags', () => {
  test.each<[uri: string, tags: Record<string, string>]>([
    ['self', { 'blocked-uri': 'self' }],
    [
      'https://a.example:8443/b?c#d',
      { 'blocked-uri': 'https://a.example:8443/b?c#d', 'blocked-host': 'a.example' },
    ],
    ['http://a.example/', { 'blocked-uri': 'http://a.example/', 'blocked-host': 'a.example' }],
    ['chrome-extension://abcdef/x.js', { 'blocked-uri': 'chrome-extension://abcdef/x.js' }],
    ['data', { 'blocked-uri': 'data' }],
    [
      'https://api.stripe.com/v1/tokens?card=4242',
      { 'blocked-uri': 'https://api.stripe.com/v1/tokens', 'blocked-host': 'api.stripe.com' },
    ],
    [
      'https://api.stripe.com/v1/tokens#card=4242',
      { 'blocked-uri': 'https://api.stripe.com/v1/tokens', 'blocked-host': 'api.stripe.com' },
    ],
  ])('of %s', (uri, tags) => {
    expect(Object.fromEntries(read(blocked('connect-src', uri)).tags)).toEqual({
      'effective-directive': 'connect-src',
      ...tags,
    })
  })
})
