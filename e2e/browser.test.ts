/** What a real browser reports by itself, without an SDK, and what becomes of it. */
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { debianPackage } from './debian.ts'
import { openLedger } from './ledger.ts'
import { freePort, type RunningServer, startServer } from './server.ts'
import { newCertificate, openSite, page, passOn, type Site } from './web-sites.ts'

const program = '/usr/bin/chromium'
const isReady = debianPackage('chromium', program) && debianPackage('openssl', '/usr/bin/openssl')

describe.skipIf(!isReady)('chromium', () => {
  let certificate: Awaited<ReturnType<typeof newCertificate>>
  let server: RunningServer
  let front: Site
  let browser: Browser

  beforeAll(async () => {
    certificate = await newCertificate()
    const port = await freePort()
    server = await startServer({ env: { VEDETTE_URL: `https://127.0.0.1:${port}` } })
    // Browsers report to nothing but TLS where the Reporting API is concerned.
    front = await openSite(
      passOn(() => server.url),
      certificate,
      port,
    )
    browser = await chromium.launch({
      executablePath: program,
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--short-reporting-delay',
        `--ignore-certificate-errors-spki-list=${certificate.fingerprint}`,
      ],
    })
  })

  afterAll(async () => {
    await browser?.close()
    await front?.[Symbol.asyncDispose]()
    await server?.close()
  })

  /** A project that nobody has sent to, and the addresses that its key gives to browsers. */
  async function openProject(slug: string) {
    const { id } = await server.createProject(slug)
    const [key] = await server.get<{ dsn: Record<'csp' | 'security' | 'nel', string> }[]>(
      `/projects/default/${slug}/keys/`,
    )
    if (key === undefined) throw new Error(`Project ${slug} has no key`)
    const look = <T>(read: (ledger: ReturnType<typeof openLedger>) => T): T => {
      using ledger = openLedger(server.dataDir)
      return read(ledger)
    }
    return {
      dsn: key.dsn,
      counts: () => look((ledger) => ledger.counts(id)),
      events: () => look((ledger) => ledger.events(id).map(({ type, title }) => [type, title])),
      async payloads() {
        const path = `/projects/default/${slug}/events/`
        const list = await server.get<{ eventID: string }[]>(path)
        return Promise.all(
          list.map(({ eventID }) => server.get<Record<string, unknown>>(`${path}${eventID}/json/`)),
        )
      },
    }
  }

  /** The page stays open: what it has to report may be forgotten with it. */
  async function visit(url: string): Promise<AsyncDisposable> {
    const tab = await browser.newPage()
    await tab.goto(url)
    return { [Symbol.asyncDispose]: () => tab.close() }
  }

  function soon(check: () => void): Promise<unknown> {
    return vi.waitFor(check, { timeout: 15_000, interval: 50 })
  }

  /** Breaks a policy that allows nothing but what comes from the page's own host, twice. */
  const violations = '<script>document.title = "ran"</script><img src="https://evil.example/pixel.gif">'

  test('reports violations of a policy to its report-uri, each of which is an event', async () => {
    const project = await openProject('report-uri')
    const address = `${project.dsn.csp}&sentry_release=shop@1.2.3&sentry_environment=staging`
    const policy = `default-src 'self'; report-uri ${address}`
    await using site = await openSite(page({ 'content-security-policy': policy }, violations))
    await using _tab = await visit(`http://127.0.0.1:${site.port}/`)

    await soon(() => expect(project.counts()).toEqual({ 'accepted security': 2 }))
    expect(project.events().toSorted()).toEqual([
      ['csp', "Blocked 'image' from 'evil.example'"],
      ['csp', "Blocked 'script' from 'inline:'"],
    ])
    expect(await server.stat('report-uri', 'received')).toBe(2)
    for (const payload of await project.payloads()) {
      expect(payload).toMatchObject({
        type: 'csp',
        logger: 'csp',
        release: 'shop@1.2.3',
        environment: 'staging',
        user: { ip_address: '127.0.0.1' },
        request: {
          url: `http://127.0.0.1:${site.port}/`,
          headers: expect.arrayContaining([
            ['Origin', `http://127.0.0.1:${site.port}`],
            ['User-Agent', expect.stringContaining('Chrome/')],
          ]),
        },
        csp: { disposition: 'enforce', status_code: 200, original_policy: policy },
      })
    }
  })

  test('reports those of a page on localhost too, where they are filtered', async () => {
    const project = await openProject('localhost')
    const policy = `default-src 'self'; report-uri ${project.dsn.security}`
    await using site = await openSite(page({ 'content-security-policy': policy }, violations))
    await using _tab = await visit(`http://localhost:${site.port}/`)

    await soon(() => expect(project.counts()).toEqual({ 'filtered:invalid-csp security': 2 }))
    expect(project.events()).toEqual([])
  })

  test('reports them to the endpoint of report-to in batches, after it has asked whether it may', async () => {
    const project = await openProject('report-to')
    const headers = {
      'reporting-endpoints': `vedette="${project.dsn.security}"`,
      'content-security-policy': "default-src 'self'; report-to vedette",
    }
    await using site = await openSite(page(headers, violations), certificate)
    await using _tab = await visit(`https://127.0.0.1:${site.port}/`)

    await soon(() => expect(project.counts()).toEqual({ 'accepted security': 2 }))
    expect(project.events().toSorted()).toEqual([
      ['csp', "Blocked 'image' from 'evil.example'"],
      ['csp', "Blocked 'script' from 'inline:'"],
    ])
    for (const payload of await project.payloads()) {
      expect(payload).toMatchObject({
        request: { url: `https://127.0.0.1:${site.port}/` },
        csp: { document_uri: `https://127.0.0.1:${site.port}/`, violated_directive: '', status_code: 200 },
      })
    }
  })

  test('reports requests that fail, each of which is an event', async () => {
    const project = await openProject('nel')
    const headers = {
      'report-to': JSON.stringify({ group: 'vedette', max_age: 3600, endpoints: [{ url: project.dsn.nel }] }),
      nel: JSON.stringify({ report_to: 'vedette', max_age: 3600 }),
    }
    await using site = await openSite(page(headers, '<img src="/broken.gif">'), certificate)
    await using _tab = await visit(`https://localhost:${site.port}/`)

    await soon(() => expect(project.counts()).toEqual({ 'accepted error': 1 }))
    expect(project.events()).toEqual([['nel', 'http.error / 500']])
    expect(await project.payloads()).toMatchObject([
      {
        request: { url: `https://localhost:${site.port}/broken.gif`, method: 'GET' },
        contexts: { nel: { phase: 'application', server_ip: '127.0.0.1' }, response: { status_code: 500 } },
      },
    ])
  })
})
