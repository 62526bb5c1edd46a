/** Every setting of the server: its name, default, and what is wrong with it. The only reader of the environment. */
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import type { LogLevel } from './log.ts'

export interface Config {
  readonly host: string
  readonly port: number
  /** Public base URL without trailing slash; undefined means http://localhost:<port in use>. */
  readonly url: string | undefined
  /** Absolute path of the folder that holds everything the server keeps. */
  readonly dataDir: string
  readonly admin: {
    readonly email: string | undefined
    readonly password: string | undefined
    readonly token: string | undefined
  }
  readonly logLevel: LogLevel
  /** Addresses whose X-Forwarded-For is believed: `loopback`, addresses or CIDR ranges. */
  readonly trustedProxies: readonly string[]
  /** How long counts are kept, in days, per resolution; 0 keeps them for ever. */
  readonly statsRetentionDays: { readonly seconds10: number; readonly hours: number; readonly days: number }
  /** Stored events and their attachments are deleted after this many days. */
  readonly eventRetentionDays: number
  /** The largest envelope after decompression, in bytes. */
  readonly maxEnvelopeBytes: number
  /** Who may read /metrics: whoever gives the token, and whoever asks from an address. Nobody when both are unset. */
  readonly metrics: {
    readonly token: string | undefined
    /** `loopback`, addresses or CIDR ranges. */
    readonly allow: readonly string[]
  }
}

export interface Setting {
  readonly env: string
  readonly flag: string
  readonly value: string
  readonly default: string
  readonly meaning: string
}

/** Names, defaults and meanings: the source of `serve --help` and of docs/operate/configuration.md. */
export const settings: readonly Setting[] = [
  {
    env: 'VEDETTE_HOST',
    flag: 'host',
    value: 'ADDRESS',
    default: '127.0.0.1',
    meaning: 'address to listen on',
  },
  {
    env: 'VEDETTE_PORT',
    flag: 'port',
    value: 'PORT',
    default: '9000',
    meaning: 'port; 0 picks a free one and prints it',
  },
  {
    env: 'VEDETTE_URL',
    flag: 'url',
    value: 'URL',
    default: 'http://localhost:PORT',
    meaning: 'public base URL; DSNs and links are built from it; may carry a path',
  },
  {
    env: 'VEDETTE_DATA',
    flag: 'data',
    value: 'FOLDER',
    default: './data',
    meaning: 'folder that holds everything the server keeps',
  },
  {
    env: 'VEDETTE_DATABASE_URL',
    flag: 'database-url',
    value: 'URL',
    default: '(none)',
    meaning: 'reserved for PostgreSQL; not supported by this version, must be unset',
  },
  {
    env: 'VEDETTE_ADMIN_EMAIL',
    flag: 'admin-email',
    value: 'EMAIL',
    default: 'admin@localhost',
    meaning: 'first start only: sign-in of the superuser',
  },
  {
    env: 'VEDETTE_ADMIN_PASSWORD',
    flag: 'admin-password',
    value: 'PASSWORD',
    default: '(generated)',
    meaning: 'first start only: password of the superuser',
  },
  {
    env: 'VEDETTE_ADMIN_TOKEN',
    flag: 'admin-token',
    value: 'TOKEN',
    default: '(generated)',
    meaning: 'first start only: an API token of at least 20 characters, holding every scope',
  },
  {
    env: 'VEDETTE_LOG_LEVEL',
    flag: 'log-level',
    value: 'LEVEL',
    default: 'info',
    meaning: 'debug, info, warn or error',
  },
  {
    env: 'VEDETTE_TRUSTED_PROXIES',
    flag: 'trusted-proxies',
    value: 'LIST',
    default: 'loopback',
    meaning: 'comma-separated addresses or CIDR ranges whose X-Forwarded-For is believed; none for nobody',
  },
  {
    env: 'VEDETTE_STATS_RETENTION_DAYS',
    flag: 'stats-retention-days',
    value: 'D10S,D1H,D1D',
    default: '2,400,0',
    meaning: 'days to keep counts at 10 s, 1 h and 1 d; 0 keeps them for ever',
  },
  {
    env: 'VEDETTE_EVENT_RETENTION_DAYS',
    flag: 'event-retention-days',
    value: 'DAYS',
    default: '90',
    meaning: 'days to keep stored events and attachments',
  },
  {
    env: 'VEDETTE_MAX_ENVELOPE_MIB',
    flag: 'max-envelope-mib',
    value: 'MIB',
    default: '200',
    meaning: 'largest envelope after decompression, in MiB',
  },
  {
    env: 'VEDETTE_METRICS_TOKEN',
    flag: 'metrics-token',
    value: 'TOKEN',
    default: '(none)',
    meaning: 'lets whoever sends it read /metrics; at least 20 characters',
  },
  {
    env: 'VEDETTE_METRICS_ALLOW',
    flag: 'metrics-allow',
    value: 'LIST',
    default: '(none)',
    meaning: 'comma-separated addresses, CIDR ranges or loopback that may read /metrics without a token',
  },
]

/** A setting that is misspelt or malformed. The message says what was expected, what came, and what to do. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/** A value, under the name by which the operator gave it. */
interface Given {
  readonly name: string
  readonly text: string
}

/**
 * Reads the environment, with `flags` (camelCase names of the command line) winning over it. An empty variable
 * counts as unset.
 *
 * Errors: ConfigError for an unknown VEDETTE_ name or a malformed value; nothing is quietly replaced.
 */
export function readConfig(
  flags: Record<string, string | undefined> = {},
  env: NodeJS.ProcessEnv = process.env,
): Config {
  rejectUnknownNames(env)
  const given = (name: string): Given | undefined => {
    const flag = settings.find((setting) => setting.env === name)?.flag ?? ''
    const flagged = flags[camelCase(flag)]
    if (flagged === '') throw new ConfigError(`--${flag} is empty. Leave it out, or give it a value`)
    if (flagged !== undefined) return { name: `--${flag}`, text: flagged }
    const text = env[name]
    return text === undefined || text === '' ? undefined : { name, text }
  }
  const givenOr = (name: string, text: string): Given => given(name) ?? { name, text }

  const databaseUrl = given('VEDETTE_DATABASE_URL')
  if (databaseUrl !== undefined) {
    throw new ConfigError(
      `${databaseUrl.name} is set, but this version keeps its data in SQLite only. Unset it; the data folder is VEDETTE_DATA.`,
    )
  }
  return {
    host: hostName(givenOr('VEDETTE_HOST', '127.0.0.1')),
    port: wholeNumber(givenOr('VEDETTE_PORT', '9000'), 0, 65_535),
    url: publicUrl(given('VEDETTE_URL')),
    dataDir: resolve(givenOr('VEDETTE_DATA', './data').text),
    admin: {
      email: emailAddress(given('VEDETTE_ADMIN_EMAIL')),
      password: password(given('VEDETTE_ADMIN_PASSWORD')),
      token: personalToken(given('VEDETTE_ADMIN_TOKEN')),
    },
    logLevel: oneOf(givenOr('VEDETTE_LOG_LEVEL', 'info'), ['debug', 'info', 'warn', 'error']),
    trustedProxies: proxyList(givenOr('VEDETTE_TRUSTED_PROXIES', 'loopback')),
    statsRetentionDays: retention(givenOr('VEDETTE_STATS_RETENTION_DAYS', '2,400,0')),
    eventRetentionDays: wholeNumber(givenOr('VEDETTE_EVENT_RETENTION_DAYS', '90'), 1, 36_500),
    maxEnvelopeBytes: wholeNumber(givenOr('VEDETTE_MAX_ENVELOPE_MIB', '200'), 1, 1024) * 1024 * 1024,
    metrics: {
      token: token(given('VEDETTE_METRICS_TOKEN')),
      allow: metricsReaders(given('VEDETTE_METRICS_ALLOW')),
    },
  }
}

function rejectUnknownNames(env: NodeJS.ProcessEnv): void {
  const known = new Set(settings.map((setting) => setting.env))
  for (const name of Object.keys(env)) {
    if (!name.startsWith('VEDETTE_') || known.has(name)) continue
    const near = nearest(name, [...known])
    throw new ConfigError(
      `${name} is not a setting of Vedette.${near ? ` Did you mean ${near}?` : ''} Known: ${[...known].join(', ')}`,
    )
  }
}

function nearest(name: string, candidates: readonly string[]): string | undefined {
  const scored = candidates.map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
  scored.sort((a, b) => a.distance - b.distance)
  const best = scored[0]
  return best && best.distance <= 4 ? best.candidate : undefined
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}

function camelCase(flag: string): string {
  return flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function hostName({ name, text }: Given): string {
  if (isIP(text) === 0 && !/^[A-Za-z0-9_.-]+$/.test(text)) {
    throw new ConfigError(`${name} must be an address or a host name such as 0.0.0.0, got "${text}"`)
  }
  return text
}

function emailAddress(given: Given | undefined): string | undefined {
  if (given !== undefined && !/^[^@\s]+@[^@\s]+$/.test(given.text)) {
    throw new ConfigError(`${given.name} must be an email address, got "${given.text}"`)
  }
  return given?.text
}

function password(given: Given | undefined): string | undefined {
  if (given !== undefined && given.text.length < 8) {
    throw new ConfigError(`${given.name} must have at least 8 characters, got ${given.text.length}`)
  }
  return given?.text
}

function personalToken(given: Given | undefined): string | undefined {
  if (given?.text.startsWith('sntrys_')) {
    throw new ConfigError(`${given.name} must not begin with sntrys_: those are tokens of organizations`)
  }
  return token(given)
}

function token(given: Given | undefined): string | undefined {
  if (given !== undefined && (given.text.length < 20 || /\s/.test(given.text))) {
    throw new ConfigError(
      `${given.name} must be at least 20 characters without blanks, got ${given.text.length} characters`,
    )
  }
  return given?.text
}

function wholeNumber({ name, text }: Given, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= min && value <= max)) {
    throw new ConfigError(`${name} must be a whole number from ${min} to ${max}, got "${text}"`)
  }
  return value
}

function oneOf<T extends string>({ name, text }: Given, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text)
  if (found === undefined)
    throw new ConfigError(`${name} must be one of ${choices.join(', ')}, got "${text}"`)
  return found
}

function publicUrl(given: Given | undefined): string | undefined {
  if (given === undefined) return undefined
  const { name, text } = given
  const url = URL.parse(text)
  if (url === null) {
    throw new ConfigError(`${name} must be an absolute URL such as https://errors.example.net, got "${text}"`)
  }
  // Not repeated in the message: this is where a password would be.
  if (url.username || url.password) {
    throw new ConfigError(`${name} may have a scheme, host, port and path, but no user or password`)
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new ConfigError(`${name} must begin with http:// or https://, got "${text}"`)
  }
  if (url.search || url.hash) {
    throw new ConfigError(`${name} may have a scheme, host, port and path, nothing else, got "${text}"`)
  }
  return url.origin + url.pathname.replace(/\/+$/, '')
}

function proxyList(given: Given): readonly string[] {
  return given.text === 'none' ? [] : addressList(given, ', or be `none`')
}

function metricsReaders(given: Given | undefined): readonly string[] {
  return given === undefined ? [] : addressList(given)
}

/** `alternative` ends the sentence that says what was expected. */
function addressList({ name, text }: Given, alternative = ''): readonly string[] {
  const entries = text.split(',').map((entry) => entry.trim())
  for (const entry of entries) {
    if (entry !== 'loopback' && !isAddressRange(entry)) {
      throw new ConfigError(
        `${name} must list addresses, CIDR ranges or \`loopback\`${alternative}, got "${entry}"`,
      )
    }
  }
  return entries
}

/** An IP address, or one with the length of its prefix. */
function isAddressRange(text: string): boolean {
  const [address = '', length = '0', ...rest] = text.split('/')
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  return rest.length === 0 && /^\d{1,3}$/.test(length) && Number(length) <= bits
}

function retention({ name, text }: Given): Config['statsRetentionDays'] {
  const parts = text.split(',')
  if (parts.length !== 3) {
    throw new ConfigError(`${name} must be three numbers such as 2,400,0, got "${text}"`)
  }
  const [seconds10 = 0, hours = 0, days = 0] = parts.map((part) =>
    wholeNumber({ name, text: part.trim() }, 0, 36_500),
  )
  return { seconds10, hours, days }
}
