import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dsnVariants, parseDsn } from './dsn.ts'

const publicKey = '0123456789abcdef0123456789abcdef'
const secretKey = 'fedcba9876543210fedcba9876543210'

describe('parseDsn', () => {
  const plain = { scheme: 'https', publicKey, host: 'host', path: '', projectId: 42 }

  test.each([
    [`https://${publicKey}@host/42`, plain],
    [`http://${publicKey}@host/42`, { ...plain, scheme: 'http' }],
    [`HTTPS://${publicKey}@host/42`, plain],
    [`https://${publicKey}@host:9000/42`, { ...plain, host: 'host:9000' }],
    [`https://${publicKey}@127.0.0.1:9000/42`, { ...plain, host: '127.0.0.1:9000' }],
    [`https://${publicKey}@[::1]:9000/42`, { ...plain, host: '[::1]:9000' }],
    [`https://${publicKey}:${secretKey}@host/42`, { ...plain, secret: secretKey }],
    [`https://${publicKey}:@host/42`, plain],
    [`https://${publicKey}@host/sentry/42`, { ...plain, path: '/sentry' }],
    [`https://${publicKey}@host/a/b/42`, { ...plain, path: '/a/b' }],
    [`https://${publicKey}@host/7/42`, { ...plain, path: '/7' }],
    [`https://${publicKey.toUpperCase()}@host/42`, plain],
  ])('reads %s', (text, expected) => {
    expect(parseDsn(text)).toEqual(expected)
  })

  test.each([
    '',
    'nonsense',
    `https://${publicKey}@host`,
    `https://${publicKey}@host/`,
    `https://${publicKey}@host/name`,
    `https://${publicKey}@host/-1`,
    `https://${publicKey}@host/1.5`,
    `https://${publicKey}@/42`,
    `https://host/42`,
    `https://@host/42`,
    `https://xyz@host/42`,
    `https://${publicKey}0@host/42`,
    `ftp://${publicKey}@host/42`,
    `//${publicKey}@host/42`,
    `${publicKey}@host/42`,
    ` https://${publicKey}@host/42`,
    `https://${publicKey}@host/99999999999999999999`,
  ])('refuses %j', (text) => {
    expect(parseDsn(text)).toBeUndefined()
  })
})

describe('dsnVariants', () => {
  test('builds every address of a key of a self-hosted server', () => {
    const endpoint = 'https://errors.example.net'
    expect(dsnVariants({ endpoint, projectId: 7, publicKey, secretKey })).toEqual({
      secret: `https://${publicKey}:${secretKey}@errors.example.net/7`,
      public: `https://${publicKey}@errors.example.net/7`,
      csp: `https://errors.example.net/api/7/csp-report/?sentry_key=${publicKey}`,
      security: `https://errors.example.net/api/7/security/?sentry_key=${publicKey}`,
      minidump: `https://errors.example.net/api/7/minidump/?sentry_key=${publicKey}`,
      nel: `https://errors.example.net/api/7/nel/?sentry_key=${publicKey}`,
      unreal: `https://errors.example.net/api/7/unreal/${publicKey}/`,
      crons: `https://errors.example.net/api/7/cron/___MONITOR_SLUG___/${publicKey}/`,
      cdn: `https://errors.example.net/js-sdk-loader/${publicKey}.min.js`,
      playstation: `https://errors.example.net/api/7/playstation/?sentry_key=${publicKey}`,
      integration: 'https://errors.example.net/api/7/integration/',
      otlp_traces: 'https://errors.example.net/api/7/integration/otlp/v1/traces',
      otlp_logs: 'https://errors.example.net/api/7/integration/otlp/v1/logs',
    })
  })

  test('keeps port and path of the endpoint in every address', () => {
    const endpoint = 'http://host:9000/sentry'
    expect(dsnVariants({ endpoint, projectId: 7, publicKey, secretKey })).toEqual({
      secret: `http://${publicKey}:${secretKey}@host:9000/sentry/7`,
      public: `http://${publicKey}@host:9000/sentry/7`,
      csp: `http://host:9000/sentry/api/7/csp-report/?sentry_key=${publicKey}`,
      security: `http://host:9000/sentry/api/7/security/?sentry_key=${publicKey}`,
      minidump: `http://host:9000/sentry/api/7/minidump/?sentry_key=${publicKey}`,
      nel: `http://host:9000/sentry/api/7/nel/?sentry_key=${publicKey}`,
      unreal: `http://host:9000/sentry/api/7/unreal/${publicKey}/`,
      crons: `http://host:9000/sentry/api/7/cron/___MONITOR_SLUG___/${publicKey}/`,
      cdn: `http://host:9000/sentry/js-sdk-loader/${publicKey}.min.js`,
      playstation: `http://host:9000/sentry/api/7/playstation/?sentry_key=${publicKey}`,
      integration: 'http://host:9000/sentry/api/7/integration/',
      otlp_traces: 'http://host:9000/sentry/api/7/integration/otlp/v1/traces',
      otlp_logs: 'http://host:9000/sentry/api/7/integration/otlp/v1/logs',
    })
  })

  test('a slash at the end of the endpoint changes nothing', () => {
    const input = { projectId: 7, publicKey, secretKey }
    expect(dsnVariants({ endpoint: 'https://host/sentry/', ...input })).toEqual(
      dsnVariants({ endpoint: 'https://host/sentry', ...input }),
    )
  })

  test.each(['', 'errors.example.net', '/sentry', 'https://'])(
    'leaves both DSNs empty for the endpoint %j without scheme or host',
    (endpoint) => {
      const { public: open, secret } = dsnVariants({ endpoint, projectId: 7, publicKey, secretKey })
      expect([open, secret]).toEqual(['', ''])
    },
  )

  test('both DSNs are read back as what they were built from', () => {
    const name = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,20}$/)
    const key = fc.stringMatching(/^[0-9a-f]{32}$/)
    const input = fc.record({
      scheme: fc.constantFrom('http', 'https'),
      host: fc.tuple(name, fc.constantFrom('', ':80', ':9000')).map((parts) => parts.join('')),
      path: fc.array(name, { maxLength: 3 }).map((parts) => parts.map((part) => `/${part}`).join('')),
      projectId: fc.nat(),
      publicKey: key,
      secretKey: key,
    })
    fc.assert(
      fc.property(input, ({ scheme, host, path, ...rest }) => {
        const variants = dsnVariants({ endpoint: `${scheme}://${host}${path}`, ...rest })
        const dsn = { scheme, host, path, publicKey: rest.publicKey, projectId: rest.projectId }
        expect(parseDsn(variants.public)).toEqual(dsn)
        expect(parseDsn(variants.secret)).toEqual({ ...dsn, secret: rest.secretKey })
      }),
    )
  })
})
