/** The inbound filters in words: what each takes out, with an example, and under which reason it is counted. */

export interface SwitchedFilter {
  readonly id: string
  readonly name: string
  readonly explanation: string
  readonly example: string
  /** Where it is kept: a filter of its own, or an option of the project. */
  readonly kind: 'filter' | 'option'
  /** Of the option. */
  readonly option?: string
}

/** Reasons are the ids: `GET …/usage/?groupBy=reason` names filters by them. */
export const switchedFilters: readonly SwitchedFilter[] = [
  {
    id: 'browser-extensions',
    name: 'Browser extensions',
    explanation: 'Errors of extensions and of what else puts scripts into other people’s pages.',
    example: 'A stack trace that ends in chrome-extension://…',
    kind: 'filter',
  },
  {
    id: 'web-crawlers',
    name: 'Web crawlers',
    explanation: 'Errors that robots meet while they read your pages.',
    example: 'A user agent with Googlebot or Bytespider in it',
    kind: 'filter',
  },
  {
    id: 'localhost',
    name: 'Local development',
    explanation: 'Errors of programs on a developer’s own machine.',
    example: 'A page at http://localhost:3000, or a user at 127.0.0.1',
    kind: 'filter',
  },
  {
    id: 'filtered-transaction',
    name: 'Health checks',
    explanation: 'Transactions that only ask whether the service is alive.',
    example: 'GET /healthz, /ping or /ready',
    kind: 'filter',
  },
  {
    id: 'react-hydration-errors',
    name: 'React hydration errors',
    explanation: 'What React says when the page of the server and the one in the browser differ.',
    example: 'Minified React error #418',
    kind: 'option',
    option: 'filters:react-hydration-errors',
  },
  {
    id: 'chunk-load-error',
    name: 'Chunks that could not be loaded',
    explanation: 'Parts of a page that were gone because a newer version was deployed meanwhile.',
    example: 'ChunkLoadError: Loading chunk 42 failed',
    kind: 'option',
    option: 'filters:chunk-load-error',
  },
]

export interface ListFilter {
  readonly id: string
  readonly name: string
  readonly explanation: string
  readonly placeholder: string
  readonly option: string
  /** What a line is called: `address`. */
  readonly line: string
}

export const listFilters: readonly ListFilter[] = [
  {
    id: 'error-message',
    name: 'Error messages',
    explanation: 'Errors whose message, or “type: message”, matches one of these. * stands for anything.',
    placeholder: '*ResizeObserver loop*\nTypeError: Failed to fetch',
    option: 'filters:error_messages',
    line: 'pattern',
  },
  {
    id: 'release-version',
    name: 'Releases',
    explanation: 'Everything that old or broken releases send. * stands for anything.',
    placeholder: 'shop@1.*\nshop@2.4.0',
    option: 'filters:releases',
    line: 'pattern',
  },
  {
    id: 'ip-address',
    name: 'IP addresses',
    explanation: 'Everything that comes from these addresses or networks.',
    placeholder: '198.51.100.7\n203.0.113.0/24\n2001:db8::/32',
    option: 'filters:blacklisted_ips',
    line: 'address',
  },
  {
    id: 'log-message',
    name: 'Log messages',
    explanation: 'Logs whose message matches one of these. * stands for anything.',
    placeholder: '*heartbeat*',
    option: 'filters:log_messages',
    line: 'pattern',
  },
  {
    id: 'trace-metric-name',
    name: 'Metric names',
    explanation: 'Metrics whose name matches one of these. * stands for anything.',
    placeholder: 'debug.*',
    option: 'filters:trace_metric_names',
    line: 'pattern',
  },
  {
    id: 'invalid-csp',
    name: 'Sources of policy violations',
    explanation: 'Security reports that blame one of these sources. * stands for anything.',
    placeholder: 'chrome-extension://*\n*.example.com',
    option: 'sentry:csp_ignored_sources',
    line: 'source',
  },
]

export interface OldBrowser {
  /** As the API names the part of the filter. */
  readonly id: string
  readonly label: string
}

export const oldBrowsers: readonly OldBrowser[] = [
  { id: 'chrome', label: 'Chrome 110 and older' },
  { id: 'edge', label: 'Edge 110 and older' },
  { id: 'firefox', label: 'Firefox 110 and older' },
  { id: 'safari', label: 'Safari 15 and older' },
  { id: 'opera', label: 'Opera 99 and older' },
  { id: 'opera_mini', label: 'Opera Mini 34 and older' },
  { id: 'android', label: 'Android browser 3 and older' },
  { id: 'ie', label: 'Internet Explorer, every version' },
]

/** Lines that say something. */
export function countLines(text: string): number {
  return text.split('\n').filter((line) => line.trim() !== '').length
}

/** What is switched on among old browsers. On without a choice means the oldest of them, which are no part here. */
export function chosenBrowsers(active: boolean | readonly string[]): readonly string[] {
  return typeof active === 'boolean' ? [] : active
}

/** Parts of the filter that were named by older versions of the API, or by its default. */
export function otherParts(active: boolean | readonly string[]): readonly string[] {
  return chosenBrowsers(active).filter((part) => !oldBrowsers.some(({ id }) => id === part))
}
