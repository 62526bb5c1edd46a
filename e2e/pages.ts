/** Web pages in a real browser that send to projects of a real server. */
import { type Browser, chromium, type Page } from 'playwright-core'
import { type Ledger, openLedger } from './ledger.ts'
import { type Project, type RunningServer, startServer } from './server.ts'
import { openSite, page } from './web-sites.ts'

/** Where Debian has it. */
export const browserProgram = '/usr/bin/chromium'

const nothingOn = {
  hasPerformance: false,
  hasReplay: false,
  hasFeedback: false,
  hasLogsAndMetrics: false,
  hasDebug: false,
}

export interface KeySettings {
  /** A major, like `9.x`; the newest unless stated. */
  readonly sdk?: string
  /** What is switched on. */
  readonly options?: Partial<typeof nothingOn>
}

export interface PageProject extends Project {
  /** The address of the loader. */
  readonly cdn: string
}

export interface Visit {
  readonly tab: Page
  /** Addresses of the bundles that the page has asked for. */
  readonly bundles: readonly string[]
  /** What the browser has complained about. */
  readonly complaints: readonly string[]
}

export class Pages implements AsyncDisposable {
  readonly server: RunningServer
  readonly #browser: Browser

  private constructor(server: RunningServer, browser: Browser) {
    this.server = server
    this.#browser = browser
  }

  static async open(): Promise<Pages> {
    const server = await startServer()
    try {
      return new Pages(server, await launch())
    } catch (error) {
      await server.close()
      throw error
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close()
    await this.server.close()
  }

  /** A project that nobody has sent to, whose key has these settings for its pages. */
  async openProject({ sdk = '10.x', options = {} }: KeySettings = {}): Promise<PageProject> {
    const project = await this.server.createProject(`page-${crypto.randomUUID().slice(0, 8)}`)
    const path = `/projects/default/${project.slug}/keys/${project.publicKey}/`
    const response = await this.server.api(path, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        browserSdkVersion: sdk,
        dynamicSdkLoaderOptions: { ...nothingOn, ...options },
      }),
    })
    if (response.status !== 200) throw new Error(`PUT ${path}: ${response.status} ${await response.text()}`)
    const key = (await response.json()) as { dsn: { cdn: string } }
    return { ...project, cdn: key.dsn.cdn }
  }

  /** Visits a page of another origin; the tab is open while `use` runs. */
  async visit(
    html: string,
    use: (visit: Visit) => Promise<unknown>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    await using site = await openSite(page(headers, html))
    const tab = await this.#browser.newPage()
    const bundles: string[] = []
    const complaints: string[] = []
    tab.on('request', (request) => {
      if (request.url().includes('/js-sdk/')) bundles.push(request.url())
    })
    tab.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
    })
    tab.on('pageerror', (error) => complaints.push(String(error)))
    try {
      await tab.goto(`http://127.0.0.1:${site.port}/`)
      await use({ tab, bundles, complaints })
    } finally {
      await tab.close({ runBeforeUnload: false })
    }
  }

  look<T>(read: (ledger: Ledger) => T): T {
    using ledger = openLedger(this.server.dataDir)
    return read(ledger)
  }

  /** Without sessions, of which SDKs send as many as they like. */
  countsOf({ id }: Project): Record<string, number> {
    const { 'accepted session': _, ...counts } = this.look((ledger) => ledger.counts(id))
    return counts
  }

  /** In alphabetical order: a browser sends several at once. */
  titlesOf({ id }: Project): string[] {
    return this.look((ledger) => ledger.events(id).map(({ title }) => title)).toSorted()
  }

  /** Events as they were sent, in the order of their arrival. */
  payloadsOf({ id, slug }: Project): Promise<Record<string, unknown>[]> {
    const ids = this.look((ledger) => ledger.eventIds(id))
    return Promise.all(
      ids.map((eventId) =>
        this.server.get<Record<string, unknown>>(`/projects/default/${slug}/events/${eventId}/json/`),
      ),
    )
  }
}

/** Headless, and silent towards the rest of the world. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: browserProgram,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
