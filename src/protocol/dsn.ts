/** The DSN: the address and key that an SDK is configured with, taken apart and built. */
import { type PublicKey, parseNumericId, parsePublicKey } from './ids.ts'

export interface Dsn {
  readonly scheme: 'http' | 'https'
  readonly publicKey: PublicKey
  /** Only old DSNs carry one; it is accepted and not checked. */
  readonly secret?: string
  /** With the port, if one is stated. */
  readonly host: string
  /** What stands before `/api/`: empty, or starting with a slash and ending without one. */
  readonly path: string
  readonly projectId: number
}

const dsnPattern = /^(https?):\/\/([^:@/?#\s]+)(?::([^@/?#\s]*))?@([^@/?#\s]+)((?:\/[^/?#\s]+)*)\/(\d+)$/i

/**
 * Shape: `{scheme}://{public_key}[:{secret}]@{host}[:{port}]{path}/{project_id}`; the secret may be empty with
 * its colon kept.
 * Errors: undefined if it is anything else.
 */
export function parseDsn(text: string): Dsn | undefined {
  const match = dsnPattern.exec(text)
  if (match === null) return undefined
  const [, scheme = '', key = '', secret, host = '', path = '', id = ''] = match
  const publicKey = parsePublicKey(key)
  const projectId = parseNumericId(id)
  if (publicKey === undefined || projectId === undefined) return undefined
  return {
    scheme: scheme.toLowerCase() === 'https' ? 'https' : 'http',
    publicKey,
    ...(secret ? { secret } : {}),
    host,
    path,
    projectId,
  }
}

/** What a client key page offers to copy. Every value is a string, as clients require. */
export interface DsnVariants {
  readonly secret: string
  readonly public: string
  readonly csp: string
  readonly security: string
  readonly minidump: string
  readonly nel: string
  readonly unreal: string
  readonly crons: string
  readonly cdn: string
  readonly playstation: string
  readonly integration: string
  readonly otlp_traces: string
  readonly otlp_logs: string
}

/**
 * Builds every address of a client key.
 *
 * Shape: `endpoint` is the public base URL, with a path if the server stands behind one. Without scheme or host
 * `public` and `secret` are empty.
 */
export function dsnVariants(input: {
  endpoint: string
  projectId: number
  publicKey: string
  secretKey: string
}): DsnVariants {
  const { projectId, publicKey, secretKey } = input
  const base = input.endpoint.replace(/\/+$/, '')
  const api = `${base}/api/${projectId}`
  const withUser = (user: string) => {
    const match = /^([a-z][a-z0-9+.-]*):\/\/([^/].*)$/i.exec(base)
    return match === null ? '' : `${match[1]}://${user}@${match[2]}/${projectId}`
  }
  return {
    secret: withUser(`${publicKey}:${secretKey}`),
    public: withUser(publicKey),
    csp: `${api}/csp-report/?sentry_key=${publicKey}`,
    security: `${api}/security/?sentry_key=${publicKey}`,
    minidump: `${api}/minidump/?sentry_key=${publicKey}`,
    nel: `${api}/nel/?sentry_key=${publicKey}`,
    unreal: `${api}/unreal/${publicKey}/`,
    crons: `${api}/cron/___MONITOR_SLUG___/${publicKey}/`,
    cdn: `${base}/js-sdk-loader/${publicKey}.min.js`,
    playstation: `${api}/playstation/?sentry_key=${publicKey}`,
    integration: `${api}/integration/`,
    otlp_traces: `${api}/integration/otlp/v1/traces`,
    otlp_logs: `${api}/integration/otlp/v1/logs`,
  }
}
