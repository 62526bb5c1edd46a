import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ConfigError, readConfig, settings } from './config.ts'

const defaults = {
  host: '127.0.0.1',
  port: 9000,
  url: undefined,
  dataDir: resolve('data'),
  admin: { email: undefined, password: undefined, token: undefined },
  logLevel: 'info',
  trustedProxies: ['loopback'],
  statsRetentionDays: { seconds10: 2, hours: 400, days: 0 },
  eventRetentionDays: 90,
  maxEnvelopeBytes: 200 * 1024 * 1024,
  metrics: { token: undefined, allow: [] },
}

/** The message of the ConfigError that these settings end in. */
function problem(env: Record<string, string>, flags: Record<string, string> = {}): string {
  try {
    readConfig(flags, env)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
  throw new Error('These settings are fine')
}

/** The flag of a setting as the command line hands it over. */
function flagOf(env: string): string {
  const flag = settings.find((setting) => setting.env === env)?.flag ?? ''
  return flag.replaceAll(/-[a-z]/g, ([, letter = '']) => letter.toUpperCase())
}

/** Setting, text, and what becomes of it. */
const valid: [string, string, object][] = [
  ['VEDETTE_HOST', '0.0.0.0', { host: '0.0.0.0' }],
  ['VEDETTE_HOST', '::1', { host: '::1' }],
  ['VEDETTE_HOST', 'errors.example.net', { host: 'errors.example.net' }],
  ['VEDETTE_PORT', '0', { port: 0 }],
  ['VEDETTE_PORT', '65535', { port: 65_535 }],
  ['VEDETTE_URL', 'https://errors.example.net', { url: 'https://errors.example.net' }],
  ['VEDETTE_URL', 'http://example.net:8080/sentry/', { url: 'http://example.net:8080/sentry' }],
  ['VEDETTE_DATA', '/var/lib/vedette', { dataDir: '/var/lib/vedette' }],
  ['VEDETTE_DATA', 'here', { dataDir: resolve('here') }],
  ['VEDETTE_ADMIN_EMAIL', 'ada@example.net', { admin: { ...defaults.admin, email: 'ada@example.net' } }],
  ['VEDETTE_ADMIN_PASSWORD', 'eight by', { admin: { ...defaults.admin, password: 'eight by' } }],
  ['VEDETTE_ADMIN_TOKEN', 'x'.repeat(20), { admin: { ...defaults.admin, token: 'x'.repeat(20) } }],
  ['VEDETTE_LOG_LEVEL', 'debug', { logLevel: 'debug' }],
  ['VEDETTE_LOG_LEVEL', 'error', { logLevel: 'error' }],
  ['VEDETTE_TRUSTED_PROXIES', 'none', { trustedProxies: [] }],
  [
    'VEDETTE_TRUSTED_PROXIES',
    'loopback, 10.0.0.0/8,192.0.2.7, fd00::/8',
    { trustedProxies: ['loopback', '10.0.0.0/8', '192.0.2.7', 'fd00::/8'] },
  ],
  [
    'VEDETTE_STATS_RETENTION_DAYS',
    '7, 0,36500',
    { statsRetentionDays: { seconds10: 7, hours: 0, days: 36_500 } },
  ],
  ['VEDETTE_EVENT_RETENTION_DAYS', '1', { eventRetentionDays: 1 }],
  ['VEDETTE_MAX_ENVELOPE_MIB', '1024', { maxEnvelopeBytes: 1024 * 1024 * 1024 }],
  ['VEDETTE_METRICS_TOKEN', 'x'.repeat(20), { metrics: { token: 'x'.repeat(20), allow: [] } }],
  ['VEDETTE_METRICS_ALLOW', 'loopback', { metrics: { token: undefined, allow: ['loopback'] } }],
  [
    'VEDETTE_METRICS_ALLOW',
    '10.0.0.0/8, 192.0.2.7,fd00::/8',
    { metrics: { token: undefined, allow: ['10.0.0.0/8', '192.0.2.7', 'fd00::/8'] } },
  ],
]

const port = 'must be a whole number from 0 to 65535, got'
const address = 'must be an address or a host name such as 0.0.0.0, got'
const proxies = 'must list addresses, CIDR ranges or `loopback`, or be `none`, got'
const readers = 'must list addresses, CIDR ranges or `loopback`, got'
const absolute = 'must be an absolute URL such as https://errors.example.net, got'

/** Setting, text, and what is said after its name. */
const malformed: [string, string, string][] = [
  ['VEDETTE_HOST', '0.0.0.0:9000', `${address} "0.0.0.0:9000"`],
  ['VEDETTE_HOST', 'my host', `${address} "my host"`],
  ['VEDETTE_PORT', '80a', `${port} "80a"`],
  ['VEDETTE_PORT', '65536', `${port} "65536"`],
  ['VEDETTE_PORT', '-1', `${port} "-1"`],
  ['VEDETTE_PORT', '80.5', `${port} "80.5"`],
  ['VEDETTE_PORT', ' 80', `${port} " 80"`],
  ['VEDETTE_URL', 'errors.example.net', `${absolute} "errors.example.net"`],
  ['VEDETTE_URL', '/sentry', `${absolute} "/sentry"`],
  ['VEDETTE_URL', 'ftp://example.net', 'must begin with http:// or https://, got "ftp://example.net"'],
  [
    'VEDETTE_URL',
    'https://example.net/?a=b',
    'may have a scheme, host, port and path, nothing else, got "https://example.net/?a=b"',
  ],
  [
    'VEDETTE_URL',
    'https://ada:secret@example.net',
    'may have a scheme, host, port and path, but no user or password',
  ],
  ['VEDETTE_ADMIN_EMAIL', 'ada', 'must be an email address, got "ada"'],
  ['VEDETTE_ADMIN_EMAIL', 'a b@example.net', 'must be an email address, got "a b@example.net"'],
  ['VEDETTE_ADMIN_PASSWORD', 'seven77', 'must have at least 8 characters, got 7'],
  ['VEDETTE_ADMIN_TOKEN', 'x'.repeat(19), 'must be at least 20 characters without blanks, got 19 characters'],
  [
    'VEDETTE_ADMIN_TOKEN',
    `${'x'.repeat(20)} y`,
    'must be at least 20 characters without blanks, got 22 characters',
  ],
  [
    'VEDETTE_ADMIN_TOKEN',
    `sntrys_${'x'.repeat(20)}`,
    'must not begin with sntrys_: those are tokens of organizations',
  ],
  ['VEDETTE_LOG_LEVEL', 'verbose', 'must be one of debug, info, warn, error, got "verbose"'],
  ['VEDETTE_LOG_LEVEL', 'INFO', 'must be one of debug, info, warn, error, got "INFO"'],
  ['VEDETTE_TRUSTED_PROXIES', 'proxy.example.net', `${proxies} "proxy.example.net"`],
  ['VEDETTE_TRUSTED_PROXIES', '10.0.0.1,', `${proxies} ""`],
  ['VEDETTE_TRUSTED_PROXIES', '10.0.0.256', `${proxies} "10.0.0.256"`],
  ['VEDETTE_TRUSTED_PROXIES', '10.0.0.0/33', `${proxies} "10.0.0.0/33"`],
  ['VEDETTE_TRUSTED_PROXIES', '10.0.0.0/8/8', `${proxies} "10.0.0.0/8/8"`],
  ['VEDETTE_TRUSTED_PROXIES', 'cafe', `${proxies} "cafe"`],
  ['VEDETTE_TRUSTED_PROXIES', 'loopback,none', `${proxies} "none"`],
  ['VEDETTE_STATS_RETENTION_DAYS', '2,400', 'must be three numbers such as 2,400,0, got "2,400"'],
  ['VEDETTE_STATS_RETENTION_DAYS', '2,400,-1', 'must be a whole number from 0 to 36500, got "-1"'],
  ['VEDETTE_STATS_RETENTION_DAYS', '2,,0', 'must be a whole number from 0 to 36500, got ""'],
  ['VEDETTE_EVENT_RETENTION_DAYS', '0', 'must be a whole number from 1 to 36500, got "0"'],
  ['VEDETTE_EVENT_RETENTION_DAYS', '90d', 'must be a whole number from 1 to 36500, got "90d"'],
  ['VEDETTE_MAX_ENVELOPE_MIB', '1025', 'must be a whole number from 1 to 1024, got "1025"'],
  [
    'VEDETTE_METRICS_TOKEN',
    'x'.repeat(19),
    'must be at least 20 characters without blanks, got 19 characters',
  ],
  [
    'VEDETTE_METRICS_TOKEN',
    `${'x'.repeat(20)} y`,
    'must be at least 20 characters without blanks, got 22 characters',
  ],
  ['VEDETTE_METRICS_ALLOW', 'none', `${readers} "none"`],
  ['VEDETTE_METRICS_ALLOW', 'prometheus.example.net', `${readers} "prometheus.example.net"`],
  ['VEDETTE_METRICS_ALLOW', '10.0.0.0/33', `${readers} "10.0.0.0/33"`],
  ['VEDETTE_METRICS_ALLOW', 'loopback,', `${readers} ""`],
]

test('without any setting the defaults hold', () => {
  expect(readConfig({}, {})).toEqual(defaults)
  expect(readConfig({}, { PATH: '/bin', VEDETTE: 'not ours', MY_VEDETTE_PORT: '1' })).toEqual(defaults)
})

test('the defaults that help and documentation show are those that hold', () => {
  const shown = settings.filter((setting) => !/^\(|PORT$/.test(setting.default) && !/ADMIN/.test(setting.env))
  expect(shown).toHaveLength(8)
  const env = Object.fromEntries(shown.map((setting) => [setting.env, setting.default]))
  expect(readConfig({}, env)).toEqual(defaults)
})

test('every setting is tried here, right and wrong', () => {
  const names = settings.map(({ env }) => env).filter((env) => env !== 'VEDETTE_DATABASE_URL')
  expect([...new Set(valid.map(([env]) => env))]).toEqual(names)
  // Any text may be the name of a folder.
  expect([...new Set(malformed.map(([env]) => env))]).toEqual(names.filter((env) => env !== 'VEDETTE_DATA'))
})

test.each(valid)('%s=%s is understood, as a variable and as a flag', (env, text, changed) => {
  expect(readConfig({}, { [env]: text })).toEqual({ ...defaults, ...changed })
  expect(readConfig({ [flagOf(env)]: text }, {})).toEqual({ ...defaults, ...changed })
})

test.each(malformed)('%s=%s stops the start with a message that names what was wrong', (env, text, said) => {
  expect(problem({ [env]: text })).toBe(`${env} ${said}`)
  const flag = settings.find((setting) => setting.env === env)?.flag
  expect(problem({}, { [flagOf(env)]: text })).toBe(`--${flag} ${said}`)
})

test('no message repeats a secret', () => {
  const messages = [
    problem({ VEDETTE_ADMIN_PASSWORD: 'hidden!' }),
    problem({ VEDETTE_ADMIN_TOKEN: 'hidden!' }),
    problem({ VEDETTE_METRICS_TOKEN: 'hidden!' }),
    problem({ VEDETTE_URL: 'https://ada:hidden!@example.net' }),
    problem({ VEDETTE_URL: 'postgres://ada:hidden!@example.net' }),
    problem({ VEDETTE_DATABASE_URL: 'postgres://ada:hidden!@example.net/vedette' }),
  ]
  for (const message of messages) expect(message).not.toContain('hidden!')
})

test('a database URL is refused and says where the data is kept', () => {
  expect(problem({ VEDETTE_DATABASE_URL: 'postgres://localhost/vedette' })).toBe(
    'VEDETTE_DATABASE_URL is set, but this version keeps its data in SQLite only. Unset it; the data folder is VEDETTE_DATA.',
  )
})

describe('precedence', () => {
  test('a flag wins over its variable', () => {
    expect(readConfig({ port: '8080' }, { VEDETTE_PORT: '80' }).port).toBe(8080)
    expect(readConfig({ statsRetentionDays: '1,2,3' }, {}).statsRetentionDays.hours).toBe(2)
  })

  test('a flag wins over a malformed variable, and an undefined one does not count', () => {
    expect(readConfig({ port: '8080' }, { VEDETTE_PORT: '80a' }).port).toBe(8080)
    expect(readConfig({ port: undefined }, { VEDETTE_PORT: '80' }).port).toBe(80)
  })

  test('an empty variable counts as unset, an empty flag is a mistake', () => {
    const empty = Object.fromEntries(settings.map(({ env }) => [env, '']))
    expect(readConfig({}, empty)).toEqual(defaults)
    expect(problem({ VEDETTE_PORT: '80' }, { port: '' })).toBe(
      '--port is empty. Leave it out, or give it a value',
    )
  })
})

test.each([
  ['VEDETTE_PROT', 'VEDETTE_PORT'],
  ['VEDETTE_HOSTNAME', 'VEDETTE_HOST'],
  ['VEDETTE_DATA_DIR', 'VEDETTE_DATA'],
  ['VEDETTE_EVENT_RETENTION_DAY', 'VEDETTE_EVENT_RETENTION_DAYS'],
  ['VEDETTE_ADMIN_PASWORD', 'VEDETTE_ADMIN_PASSWORD'],
])('%s stops the start and asks whether %s was meant', (name, meant) => {
  expect(problem({ [name]: '1' })).toBe(
    `${name} is not a setting of Vedette. Did you mean ${meant}? Known: ${settings.map(({ env }) => env).join(', ')}`,
  )
})

test('an unknown name that is like none stops the start without a guess', () => {
  expect(problem({ VEDETTE_SMTP_PASSWORD_FILE: 'x' })).toMatch(
    /^VEDETTE_SMTP_PASSWORD_FILE is not a setting of Vedette\. Known: VEDETTE_HOST, /,
  )
})
