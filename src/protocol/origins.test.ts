import { describe, expect, test } from 'vitest'
import { ingestCorsHeaders, originAllowed, requestOrigin } from './origins.ts'

describe('requestOrigin', () => {
  test.each([
    ['the origin', { origin: 'http://valid.com' }, 'http://valid.com'],
    [
      'the origin before the referrer',
      { origin: 'https://a.com', referer: 'https://b.com/x' },
      'https://a.com',
    ],
    ['the origin with its port', { origin: 'http://localhost:8080' }, 'http://localhost:8080'],
    ['the referrer without its path', { referer: 'https://b.com:8443/path?q=1#f' }, 'https://b.com:8443'],
    ['the referrer when the origin is null', { origin: 'null', referer: 'https://b.com/' }, 'https://b.com'],
    [
      'the referrer when the origin is a file',
      { origin: 'file://', referer: 'https://b.com/' },
      'https://b.com',
    ],
    ['the host in lower case', { origin: 'HTTPS://A.COM' }, 'https://a.com'],
    ['nothing when there is none', {}, undefined],
    ['nothing for null', { origin: 'null' }, undefined],
    ['nothing for a file', { origin: 'file:///index.html' }, undefined],
    ['nothing for an extension', { origin: 'chrome-extension://abcdef' }, undefined],
    ['nothing for an address without scheme', { origin: 'a.com', referer: '//b.com' }, undefined],
    ['nothing for what is no address', { origin: 'http://', referer: 'https://[' }, undefined],
  ])('is %s', (_, headers, expected) => {
    expect(requestOrigin(headers)).toBe(expected)
  })
})

describe('originAllowed', () => {
  test.each([
    [['*'], 'http://valid.com', true],
    [[], 'http://valid.com', false],
    [['valid.com'], 'http://valid.com', true],
    [['valid.com'], 'https://valid.com', true],
    [['valid.com'], 'http://valid.com:8080', true],
    [['VALID.com'], 'http://valid.com', true],
    [['invalid.com'], 'http://valid.com', false],
    [['valid.com'], 'http://sub.valid.com', false],
    [['invalid.com', 'valid.com'], 'http://valid.com', true],
    [['*.example.com'], 'http://example.com', true],
    [['*.example.com'], 'http://a.example.com', true],
    [['*.example.com'], 'https://a.b.example.com:81', true],
    [['*.example.com'], 'http://badexample.com', false],
    [['*.example.com'], 'http://example.com.evil.org', false],
    [['valid.com:8080'], 'http://valid.com:8080', true],
    [['valid.com:8080'], 'http://valid.com:8081', false],
    [['valid.com:8080'], 'http://valid.com', false],
    [['valid.com:80'], 'http://valid.com', true],
    [['valid.com:443'], 'https://valid.com', true],
    [['*:8080'], 'http://any.org:8080', true],
    [['*:8080'], 'http://any.org:8081', false],
    [['https://valid.com'], 'https://valid.com', true],
    [['https://valid.com'], 'https://valid.com:8443', true],
    [['https://valid.com'], 'http://valid.com', false],
    [['https://valid.com/some/path'], 'https://valid.com', true],
    [['https://*.valid.com:8443'], 'https://a.valid.com:8443', true],
    [['https://*.valid.com:8443'], 'https://a.valid.com', false],
    [['https://*.valid.com:8443'], 'http://a.valid.com:8443', false],
    [['https://*.valid.com:8443'], 'https://a.invalid.com:8443', false],
    [['https://*'], 'https://any.org', true],
    [['https://*'], 'http://any.org', false],
    [['*://valid.com:*'], 'http://valid.com:5', true],
    [['*://*:*'], 'http://any.org', true],
    [['[::1]:9000'], 'http://[::1]:9000', true],
    [['[::1]:9000'], 'http://[::2]:9000', false],
  ])('with %j on the list, %s: %s', (allowed, origin, expected) => {
    expect(originAllowed(origin, allowed)).toBe(expected)
  })

  test.each([[['*']], [['a.com']], [[]]])('without an origin is true, with %j on the list', (allowed) => {
    expect(originAllowed(undefined, allowed)).toBe(true)
  })
})

test('every answer tells browsers that they may send, and read the limits', () => {
  expect(ingestCorsHeaders).toEqual({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': [
      'x-sentry-auth',
      'x-requested-with',
      'x-forwarded-for',
      'origin',
      'referer',
      'accept',
      'content-type',
      'authentication',
      'authorization',
      'content-encoding',
      'transfer-encoding',
    ].join(', '),
    'access-control-expose-headers': 'x-sentry-error, x-sentry-rate-limits, retry-after',
    'access-control-max-age': '3600',
    'cross-origin-resource-policy': 'cross-origin',
  })
})
