/**
 * Violations of a page's content security policy: what browsers report of them, in either of two spellings, and
 * how that is said to people.
 *
 * Source: https://www.w3.org/TR/CSP3/#reporting
 */
import type { Reported } from './browser-reports.ts'
import { freeData, type Pair } from './event-values.ts'
import { isObject, type JsonObject } from './json.ts'

const directives: ReadonlySet<string> = new Set([
  'base-uri',
  'block-all-mixed-content',
  'child-src',
  'connect-src',
  'default-src',
  'fenced-frame-src',
  'font-src',
  'form-action',
  'frame-ancestors',
  'frame-src',
  'img-src',
  'manifest-src',
  'media-src',
  'navigate-to',
  'object-src',
  'plugin-types',
  'prefetch-src',
  'referrer',
  'report-to',
  'report-uri',
  'require-sri-for',
  'require-trusted-types-for',
  'sandbox',
  'script-src',
  'script-src-attr',
  'script-src-elem',
  'style-src',
  'style-src-attr',
  'style-src-elem',
  'trusted-types',
  'upgrade-insecure-requests',
  'worker-src',
])

type Text =
  | 'document_uri'
  | 'referrer'
  | 'violated_directive'
  | 'effective_directive'
  | 'original_policy'
  | 'blocked_uri'
  | 'source_file'
  | 'script_sample'
  | 'disposition'
type Count = 'status_code' | 'line_number' | 'column_number'

/** The names by which a field is sent: of `report-uri`, then of the Reporting API. */
const textNames: Readonly<Record<Text, readonly string[]>> = {
  document_uri: ['document-uri', 'documentURL'],
  referrer: [],
  violated_directive: ['violated-directive', 'violatedDirective'],
  effective_directive: ['effective-directive', 'effectiveDirective'],
  original_policy: ['original-policy', 'originalPolicy'],
  blocked_uri: ['blocked-uri', 'blockedURL'],
  source_file: ['source-file', 'sourceFile'],
  script_sample: ['script-sample', 'scriptSample', 'sample'],
  disposition: [],
}
const countNames: Readonly<Record<Count, readonly string[]>> = {
  status_code: ['status-code', 'statusCode'],
  line_number: ['line-number', 'lineNumber'],
  column_number: ['column-number', 'columnNumber'],
}

type Csp = { readonly [name in Text]?: string } & { readonly [name in Count]?: number } & Readonly<
    Record<'violated_directive' | 'effective_directive' | 'blocked_uri', string>
  >

/**
 * Reads a violation in either spelling.
 *
 * Errors: undefined if it is no object, a field has the wrong type, or no known directive was violated.
 */
export function readCspReport(report: unknown): Reported | undefined {
  const csp = isObject(report) ? fieldsOf(report) : undefined
  if (csp === undefined) return undefined
  const { document_uri: url, referrer } = csp
  return {
    type: 'csp',
    message: messageOf(csp),
    culprit: culpritOf(csp),
    tags: tagsOf(csp),
    request: { url, referrer },
    own: { csp },
  }
}

/** The fields as they are stored; unknown ones are kept. */
function fieldsOf(report: JsonObject): Csp | undefined {
  const known = [...fieldsNamed(report, textNames, readText), ...fieldsNamed(report, countNames, readCount)]
  if (known.some(({ value }) => value === undefined)) return undefined
  const names = new Set(known.flatMap(({ names }) => names))
  const fields: { readonly [name in Text]?: string } = Object.fromEntries(
    known.flatMap(({ stored, value }) => (value === null ? [] : [[stored, value]])),
  )
  const { violated_directive = '', blocked_uri = 'self' } = fields
  const effective_directive = [fields.effective_directive ?? '', violated_directive]
    .map(firstWord)
    .find((word) => directives.has(word))
  if (effective_directive === undefined) return undefined
  const others = Object.entries(report).filter(([name]) => !names.has(name))
  return {
    ...Object.fromEntries(others.map(([name, value]) => [name, freeData(value)])),
    ...fields,
    effective_directive,
    violated_directive,
    blocked_uri,
  }
}

/** `value` is null where the report has none, and undefined where it has a wrong one. */
function fieldsNamed<Value>(
  report: JsonObject,
  table: Readonly<Record<string, readonly string[]>>,
  read: (value: unknown) => Value | undefined,
): { stored: string; names: readonly string[]; value: Value | null | undefined }[] {
  return Object.entries(table).map(([stored, aliases]) => {
    const names = [stored, ...aliases]
    const sent = names.map((name) => report[name]).find((value) => value !== undefined && value !== null)
    return { stored, names, value: sent === undefined ? null : read(sent) }
  })
}

function readText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function readCount(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined
}

function firstWord(text: string): string {
  return text.trim().split(/\s/, 1)[0] ?? ''
}

/** What is said of the page's own sources, and of those at an address; the address follows. */
type Sentences = readonly [own: string, foreign: string]

// The texts of elements and attributes look swapped; they are so in Sentry, where people search for them.
const sentences: Readonly<Record<string, Sentences>> = {
  'script-src': ["unsafe (eval() or inline) 'script'", "'script' from"],
  'script-src-elem': ['inline script attribute', "'script' from"],
  'script-src-attr': ["unsafe 'script' element", 'inline script attribute from'],
  'style-src': ["inline 'style'", "'style' from"],
  'style-src-elem': ["'style' or 'link' element", "'style' from"],
  'style-src-attr': ['style attribute', 'style attribute from'],
  'child-src': ["inline 'child'", "'child' from"],
  'connect-src': ["inline 'connect'", "'connect' from"],
  'font-src': ["inline 'font'", "'font' from"],
  'img-src': ["inline 'image'", "'image' from"],
  'manifest-src': ["inline 'manifest'", "'manifest' from"],
  'media-src': ["inline 'media'", "'media' from"],
  'object-src': ["inline 'object'", "'object' from"],
  'form-action': ["inline 'form-action'", "'form' action to"],
}

function messageOf({ effective_directive: directive, blocked_uri: uri }: Csp): string {
  if (directive === 'script-src' && uri === 'inline') return "Blocked unsafe inline 'script'"
  if (directive === 'script-src' && uri === 'eval') return "Blocked unsafe eval() 'script'"
  const [own, foreign] = sentences[directive] ?? [`inline '${directive}'`, `'${directive}' from`]
  return isOwn(uri) ? `Blocked ${own}` : `Blocked ${foreign} '${blockedSource(uri)}'`
}

function isOwn(uri: string): boolean {
  return uri === '' || uri === 'self' || uri === "'self'"
}

/** Schemes whose addresses have a host. */
const hostSchemes: ReadonlySet<string> = new Set(['http', 'https', 'ws', 'wss', 'ftp', 'file'])

/** The host of a web address, the scheme of any other, `'self'` for the page itself. */
export function blockedSource(uri: string): string {
  if (isOwn(uri)) return "'self'"
  // Browsers often report no more than a scheme: `data`, `blob`.
  if (!uri.includes(':')) return `${uri}:${hostSchemes.has(uri) ? '//' : ''}`
  const url = URL.parse(uri)
  if (url === null) return uri
  const { protocol, host } = url
  if (protocol === 'http:' || protocol === 'https:') return host
  return host === '' && !hostSchemes.has(protocol.slice(0, -1)) ? protocol : `${protocol}//${host}`
}

/** The directive as it stands in the policy, so that all browsers name the page's own host in the same way. */
function culpritOf({
  violated_directive: violated,
  effective_directive,
  document_uri: page = '',
}: Csp): string {
  const [directive = effective_directive, ...sources] = violated.split(/\s+/).filter((word) => word !== '')
  const host = blockedSource(page)
  const scheme = /^([^:]+):/.exec(page)?.[1]
  return [directive, ...sources.map((source) => policySource(source, { host, scheme }))].join(' ')
}

function policySource(source: string, page: { host: string; scheme: string | undefined }): string {
  const isKeyword = source.startsWith("'")
  if (isKeyword) return source
  const hasScheme = /^(data|mediastream|blob|filesystem|https?|file):|:\/\//.test(source)
  if ((hasScheme ? blockedSource(source) : source) === page.host) return "'self'"
  const isWebPage = page.scheme === undefined || page.scheme === 'http' || page.scheme === 'https'
  return hasScheme || isWebPage ? source : `${page.scheme}://${source}`
}

function tagsOf({ effective_directive, blocked_uri: uri }: Csp): readonly Pair[] {
  const url = URL.parse(uri)
  const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:'
  return [
    ['effective-directive', effective_directive],
    ['blocked-uri', withoutSecrets(uri)],
    ...(url !== null && isWeb ? [['blocked-host', url.hostname] as const] : []),
  ]
}

/** Stripe's addresses carry what nobody should read in a list of tags. */
function withoutSecrets(uri: string): string {
  return uri.startsWith('https://api.stripe.com/') ? (uri.split(/[?#]/, 1)[0] ?? uri) : uri
}
