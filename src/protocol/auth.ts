/** Who sends: `X-Sentry-Auth`, `Authorization`, query or path → credentials. */
import { type Dsn, parseDsn } from './dsn.ts'
import { type PublicKey, parsePublicKey } from './ids.ts'

export interface Credentials {
  readonly publicKey: PublicKey
  /** Protocol version, at most 7. */
  readonly version: number
  /** SDK name and version, e.g. `sentry.python/1.45.0`. */
  readonly client?: string
}

export interface AuthFault {
  readonly status: 400 | 401
  readonly detail: string
  readonly causes?: readonly string[]
}

const PROTOCOL_VERSION = 7

/** Said when `readCredentials` found nothing and there is no envelope header to look into. */
export const missingCredentials: AuthFault = { status: 401, detail: 'missing authorization information' }

const multipleCredentials: AuthFault = { status: 401, detail: 'multiple authorization payloads detected' }
const badPublicKey: AuthFault = { status: 400, detail: 'bad sentry DSN public key' }
const badEnvelopeHeader: AuthFault = { status: 401, detail: 'bad envelope authentication header' }

function badHeader(cause: string): AuthFault {
  return { status: 401, detail: 'bad x-sentry-auth header', causes: [cause] }
}

/** What a source states, before it is checked. */
interface Stated {
  key?: string | undefined
  version?: string | undefined
  client?: string | undefined
}

/**
 * Finds the one source of credentials of a request and reads it.
 *
 * Shape: `query` is the raw query without `?`; `pathKey` only on routes with a key in the path.
 * Errors: an `AuthFault` if there are two sources, or one that cannot be used; undefined if there is none, in
 * which case the `dsn` of an envelope's header may still tell.
 */
export function readCredentials(input: {
  xSentryAuth?: string | undefined
  authorization?: string | undefined
  query: string
  pathKey?: string | undefined
}): Credentials | AuthFault | undefined {
  let found: Stated | undefined
  let sources = 0
  const consider = (stated: Stated | undefined) => {
    if (stated === undefined) return
    found = stated
    sources++
  }
  consider(sentryHeader(input.xSentryAuth))
  consider(sentryHeader(input.authorization) ?? basicHeader(input.authorization))
  consider(queryParameters(input.query))
  if (input.pathKey !== undefined) consider({ key: input.pathKey })
  if (sources > 1) return multipleCredentials
  return found && credentialsOf(found)
}

/** A header that does not start with `sentry ` is somebody else's and ignored. */
function sentryHeader(value: string | undefined): Stated | undefined {
  if (value === undefined || value.length < 7 || value.slice(0, 7).toLowerCase() !== 'sentry ')
    return undefined
  const stated: Stated = {}
  for (const item of value.slice(7).split(',')) {
    const [name, text] = item.split('=', 2)
    if (name !== undefined && text !== undefined) state(stated, name.trim(), text.trim())
  }
  return stated
}

/** `Basic base64(key:anything)`: the user name is the key. */
function basicHeader(value: string | undefined): Stated | undefined {
  if (value === undefined || value.slice(0, 6).toLowerCase() !== 'basic ') return undefined
  const text = Buffer.from(value.slice(6).trim(), 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 || text.includes('\ufffd') ? undefined : { key: text.slice(0, colon) }
}

/** Any `sentry_` in the query makes it a source, `sentry_release` included. */
function queryParameters(query: string): Stated | undefined {
  if (!query.includes('sentry_')) return undefined
  const stated: Stated = {}
  for (const [name, text] of new URLSearchParams(query)) state(stated, name, text)
  return stated
}

function state(stated: Stated, name: string, text: string): void {
  if (name === 'sentry_key') stated.key = text
  else if (name === 'sentry_version') stated.version = text
  else if (name === 'sentry_client') stated.client = text
}

function credentialsOf({ key, version, client }: Stated): Credentials | AuthFault {
  if (!key) return badHeader('missing public key in auth header')
  const number = version === undefined ? PROTOCOL_VERSION : parseVersion(version)
  if (number === undefined) return badHeader('invalid value for version')
  if (number > PROTOCOL_VERSION) return { status: 400, detail: `unsupported protocol version (${number})` }
  const publicKey = parsePublicKey(key)
  if (publicKey === undefined) return badPublicKey
  return client ? { publicKey, version: number, client } : { publicKey, version: number }
}

/** The number before the first dot: some SDKs say `7.1`. It is unsigned, 16 bits. */
function parseVersion(text: string): number | undefined {
  const [major = ''] = text.split('.', 1)
  if (!/^\d+$/.test(major)) return undefined
  const number = Number(major)
  return number <= 0xffff ? number : undefined
}

export interface DsnCredentials extends Credentials {
  readonly projectId: number
  readonly dsn: Dsn
}

/**
 * Credentials of an envelope whose request carried none: the `dsn` of its header.
 *
 * Errors: an `AuthFault` if the DSN is malformed.
 */
export function credentialsOfDsn(dsn: string | undefined): DsnCredentials | AuthFault {
  const parsed = dsn === undefined ? undefined : parseDsn(dsn)
  if (parsed === undefined) return badEnvelopeHeader
  return { publicKey: parsed.publicKey, projectId: parsed.projectId, version: PROTOCOL_VERSION, dsn: parsed }
}
