/** Which web pages may send: the origin of a request, and whether a project's list allows it. */

/** Headers of every answer of an ingest route, errors included: browser SDKs cannot read limits without them. */
export const ingestCorsHeaders = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers':
    'x-sentry-auth, x-requested-with, x-forwarded-for, origin, referer, accept, content-type, authentication, authorization, content-encoding, transfer-encoding',
  'access-control-expose-headers': 'x-sentry-error, x-sentry-rate-limits, retry-after',
  'access-control-max-age': '3600',
  'cross-origin-resource-policy': 'cross-origin',
} as const satisfies Readonly<Record<string, string>>

/**
 * The page a request comes from: its `Origin`, else its `Referer`, as `scheme://host[:port]`. Undefined if
 * neither is an http or https URL; the literal `null` and the schemes of files and extensions are not.
 */
export function requestOrigin(headers: {
  origin?: string | undefined
  referer?: string | undefined
}): string | undefined {
  return webOrigin(headers.origin) ?? webOrigin(headers.referer)
}

function webOrigin(text: string | undefined): string | undefined {
  if (text === undefined || !/^\s*https?:/i.test(text)) return undefined
  return URL.parse(text)?.origin
}

/** A part is undefined when it may be anything. */
interface OriginParts {
  readonly scheme: string | undefined
  readonly domain: string | undefined
  readonly port: string | undefined
}

const originPattern = /^(?:([^:/]*):\/\/)?(\[[^\]]*\]|[^:/]*)(?::([^/]*))?/

function partsOf(text: string): OriginParts {
  const [, scheme, domain, port] = originPattern.exec(text.trim().toLowerCase()) ?? []
  return { scheme: stated(scheme), domain: stated(domain), port: stated(port) }
}

function stated(part: string | undefined): string | undefined {
  return part === '' || part === '*' ? undefined : part
}

const defaultPorts: Readonly<Record<string, string>> = { http: '80', https: '443' }

/**
 * Whether a project takes events from an origin.
 *
 * Shape: `origin` as `requestOrigin` says it; entries of `allowed` are `*`, `domain`, `*.domain`,
 * `domain:port`, `*:port`, `scheme://domain`, `scheme://*.domain:port`. No origin is always allowed; an empty
 * list allows no other.
 */
export function originAllowed(origin: string | undefined, allowed: readonly string[]): boolean {
  if (origin === undefined || allowed.includes('*')) return true
  const page = partsOf(origin)
  return allowed.some((entry) => matches(partsOf(entry), page))
}

function matches(entry: OriginParts, page: OriginParts): boolean {
  if (entry.scheme !== undefined && entry.scheme !== page.scheme) return false
  if (entry.port !== undefined && entry.port !== (page.port ?? defaultPorts[page.scheme ?? ''])) return false
  if (entry.domain === undefined) return true
  if (page.domain === undefined) return false
  if (!entry.domain.startsWith('*.')) return entry.domain === page.domain
  const base = entry.domain.slice(2)
  return page.domain === base || page.domain.endsWith(`.${base}`)
}

/**
 * A test whether a URI, of any scheme or none, comes from one of the sources, which are written like the entries
 * of `originAllowed`. Undefined if there is no source.
 */
export function sourceMatcher(sources: readonly string[]): ((uri: string) => boolean) | undefined {
  if (sources.length === 0) return undefined
  const entries = sources.map(partsOf)
  return (uri) => {
    const parts = partsOf(uri)
    return entries.some((entry) => matches(entry, parts))
  }
}
