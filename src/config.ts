/** Every setting of the server: its name, default, and what is wrong with it. The only reader of the environment. */
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
]

/** A setting that is misspelt or malformed. The message says what was expected, what came, and what to do. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/**
 * Reads the environment, with `flags` (camelCase names of the command line) winning over it.
 *
 * Errors: ConfigError for an unknown VEDETTE_ name or a malformed value; nothing is quietly replaced.
 */
export function readConfig(
  flags: Record<string, string | undefined> = {},
  env: NodeJS.ProcessEnv = process.env,
): Config {
  rejectUnknownNames(env)
  const read = (name: string): string | undefined => {
    const setting = settings.find((candidate) => candidate.env === name)
    const flag = setting && flags[camelCase(setting.flag)]
    const value = flag ?? env[name]
    return value === undefined || value === '' ? undefined : value
  }
  if (read('VEDETTE_DATABASE_URL') !== undefined) {
    throw new ConfigError(
      'VEDETTE_DATABASE_URL is set, but this version keeps its data in SQLite only. Unset it; the data folder is VEDETTE_DATA.',
    )
  }
  const password = read('VEDETTE_ADMIN_PASSWORD')
  if (password !== undefined && password.length < 8) {
    throw new ConfigError('VEDETTE_ADMIN_PASSWORD must have at least 8 characters')
  }
  const token = read('VEDETTE_ADMIN_TOKEN')
  if (token !== undefined && (token.length < 20 || /\s/.test(token))) {
    throw new ConfigError(
      `VEDETTE_ADMIN_TOKEN must be at least 20 characters without blanks, got ${token.length} characters`,
    )
  }
  const email = read('VEDETTE_ADMIN_EMAIL')
  if (email !== undefined && !/^[^@\s]+@[^@\s]+$/.test(email)) {
    throw new ConfigError(`VEDETTE_ADMIN_EMAIL must be an email address, got "${email}"`)
  }
  return {
    host: read('VEDETTE_HOST') ?? '127.0.0.1',
    port: wholeNumber('VEDETTE_PORT', read('VEDETTE_PORT') ?? '9000', 0, 65_535),
    url: publicUrl(read('VEDETTE_URL')),
    dataDir: resolve(read('VEDETTE_DATA') ?? './data'),
    admin: { email, password, token },
    logLevel: oneOf('VEDETTE_LOG_LEVEL', read('VEDETTE_LOG_LEVEL') ?? 'info', [
      'debug',
      'info',
      'warn',
      'error',
    ]),
    trustedProxies: proxyList(read('VEDETTE_TRUSTED_PROXIES') ?? 'loopback'),
    statsRetentionDays: retention(read('VEDETTE_STATS_RETENTION_DAYS') ?? '2,400,0'),
    eventRetentionDays: wholeNumber(
      'VEDETTE_EVENT_RETENTION_DAYS',
      read('VEDETTE_EVENT_RETENTION_DAYS') ?? '90',
      1,
      36_500,
    ),
    maxEnvelopeBytes:
      wholeNumber('VEDETTE_MAX_ENVELOPE_MIB', read('VEDETTE_MAX_ENVELOPE_MIB') ?? '200', 1, 1024) *
      1024 *
      1024,
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

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= min && value <= max)) {
    throw new ConfigError(`${name} must be a whole number from ${min} to ${max}, got "${text}"`)
  }
  return value
}

function oneOf<T extends string>(name: string, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text)
  if (found === undefined)
    throw new ConfigError(`${name} must be one of ${choices.join(', ')}, got "${text}"`)
  return found
}

function publicUrl(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  let url: URL
  try {
    url = new URL(text)
  } catch (cause) {
    throw new ConfigError(
      `VEDETTE_URL must be an absolute URL such as https://errors.example.net, got "${text}"`,
      { cause },
    )
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new ConfigError(`VEDETTE_URL must begin with http:// or https://, got "${text}"`)
  }
  if (url.search || url.hash || url.username || url.password) {
    throw new ConfigError(`VEDETTE_URL may have a scheme, host, port and path, nothing else, got "${text}"`)
  }
  return url.origin + url.pathname.replace(/\/+$/, '')
}

function proxyList(text: string): readonly string[] {
  if (text === 'none') return []
  const entries = text.split(',').map((entry) => entry.trim())
  for (const entry of entries) {
    if (entry !== 'loopback' && !/^[0-9a-fA-F.:]+(\/\d{1,3})?$/.test(entry)) {
      throw new ConfigError(
        `VEDETTE_TRUSTED_PROXIES must list addresses, CIDR ranges, \`loopback\` or \`none\`, got "${entry}"`,
      )
    }
  }
  return entries
}

function retention(text: string): Config['statsRetentionDays'] {
  const parts = text.split(',')
  if (parts.length !== 3) {
    throw new ConfigError(`VEDETTE_STATS_RETENTION_DAYS must be three numbers such as 2,400,0, got "${text}"`)
  }
  const [seconds10 = 0, hours = 0, days = 0] = parts.map((part) =>
    wholeNumber('VEDETTE_STATS_RETENTION_DAYS', part.trim(), 0, 36_500),
  )
  return { seconds10, hours, days }
}
