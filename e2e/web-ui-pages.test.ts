/** Every page of the web UI with a month of data in it: for everybody, and closed to other sites. */
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { debianPackage } from './debian.ts'
import { browserProgram, launch } from './pages.ts'
import { admin, node, type RunningServer, root, startServer } from './server.ts'
import { openSite, page } from './web-sites.ts'
import { settled, signIn, watchFaults } from './web-ui.ts'

const isReady = debianPackage('chromium', browserProgram)
const run = promisify(execFile)
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Where pictures for the documents go, when they are to be made anew: `npm run screenshots`. */
const pictureFolder = process.env.UI_SCREENSHOTS

/** Those that the documents show. */
const pictured: ReadonlySet<string> = new Set([
  'projects-light',
  'overview-light',
  'overview-dark',
  'overview-30-days-light',
  'setup-light',
  'event-light',
  'keys-light',
  'filters-light',
  'usage-dark',
])

interface Demo {
  readonly people: readonly { readonly email: string; readonly role: string }[]
  readonly password: string
}

describe.skipIf(!isReady)('the web UI with a month of data', () => {
  let server: RunningServer
  let browser: Browser
  let demo: Demo
  let event: string

  beforeAll(async () => {
    server = await startServer()
    const { stdout } = await run(node, ['bin/vedette.js', 'demo', '--json'], {
      cwd: root,
      env: { ...process.env, VEDETTE_DATA: server.dataDir, VEDETTE_URL: server.url },
    })
    demo = JSON.parse(stdout) as Demo
    const events = await server.get<{ eventID: string; title: string }[]>(
      '/projects/demo/checkout-api/events/',
    )
    event =
      events.find(({ title }) => title.startsWith('PaymentUnavailable'))?.eventID ?? events[0]?.eventID ?? ''
    browser = await launch()
  })

  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  const pages = (): readonly (readonly [name: string, path: string])[] => [
    ['projects', '/'],
    ['new-project', '/projects/new'],
    ['overview', '/projects/storefront'],
    ['overview-30-days', '/projects/checkout-api?statsPeriod=30d&compare=1'],
    ['setup', '/projects/storefront/setup'],
    ['events', '/projects/checkout-api/events'],
    ['event', `/projects/checkout-api/events/${event}`],
    ['keys', '/projects/checkout-api/keys'],
    ['filters', '/projects/storefront/filters'],
    ['project-settings', '/projects/storefront/settings'],
    ['usage', '/usage?compare=1'],
    ['organization', '/settings/organization'],
    ['members', '/settings/members'],
    ['teams', '/settings/teams'],
    ['tokens', '/settings/tokens'],
    ['audit', '/settings/audit'],
    ['account', '/account'],
  ]

  const inDemo = (path: string) => `${server.url}${path}${path.includes('?') ? '&' : '?'}org=demo`

  async function visitor(options: Parameters<Browser['newContext']>[0] = {}): Promise<BrowserContext> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
    context.setDefaultTimeout(Number(process.env.UI_TIMEOUT ?? 15_000))
    await signIn(await context.newPage(), server.url, admin)
    return context
  }

  test.each(['light', 'dark'] as const)('has nothing that keeps anybody out, in %s', async (colorScheme) => {
    const context = await visitor({ colorScheme, bypassCSP: true })
    const faults = watchFaults(context)
    const [tab] = context.pages() as [Page]
    const violations: string[] = []
    for (const [name, path] of pages()) {
      await tab.goto(inDemo(path))
      await settled(tab)
      if (pictureFolder !== undefined && pictured.has(`${name}-${colorScheme}`))
        await picture(tab, `${name}-${colorScheme}`)
      for (const each of await judge(tab)) violations.push(`${name}: ${each}`)
    }
    await tab.goto(`${server.url}/nowhere`)
    for (const each of await judge(tab)) violations.push(`not found: ${each}`)
    const stranger = await (await browser.newContext({ colorScheme, bypassCSP: true })).newPage()
    await stranger.goto(`${server.url}/sign-in`)
    await settled(stranger)
    for (const each of await judge(stranger)) violations.push(`sign-in: ${each}`)
    expect(violations).toEqual([])
    expect([...new Set(faults)]).toEqual([])
    await stranger.context().close()
    await context.close()
  })

  test('scrolls in one direction only on a phone', async () => {
    const context = await visitor({ viewport: { width: 360, height: 740 }, hasTouch: true })
    const [tab] = context.pages() as [Page]
    const wide: string[] = []
    for (const [name, path] of pages()) {
      await tab.goto(inDemo(path))
      await settled(tab)
      const excess = await tab.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
      if (excess > 0) wide.push(`${name} by ${excess} pixels`)
    }
    expect(wide).toEqual([])
    await context.close()
  })

  test('can be used without a mouse', async () => {
    const context = await visitor()
    const [tab] = context.pages() as [Page]
    await tab.goto(inDemo('/'))
    await settled(tab)
    await tab.keyboard.press('/')
    await tab.keyboard.type('check')
    await expect.poll(() => tab.getByRole('list', { name: 'Projects' }).getByRole('listitem').count()).toBe(1)
    await tab.getByRole('link', { name: 'Checkout API' }).focus()
    await tab.keyboard.press('Enter')
    await tab.getByRole('heading', { level: 1, name: 'Checkout API' }).waitFor()
    await tab.locator('#page-title').focus()
    await tab.keyboard.press('g')
    await tab.keyboard.press('p')
    await tab.getByRole('heading', { level: 1, name: 'Projects' }).waitFor()
    await tab.keyboard.press('Control+k')
    await tab.getByRole('dialog').waitFor()
    await tab.keyboard.type('Billing')
    await tab.getByText('Billing').first().waitFor()
    await tab.keyboard.press('Escape')
    await tab.getByRole('dialog').waitFor({ state: 'detached' })
    await tab.locator('#page-title').focus()
    await tab.keyboard.press('?')
    await tab.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    await context.close()
  })

  test('shows the same picture to whom a link is given, and goes back and forward', async () => {
    const context = await visitor()
    const [tab] = context.pages() as [Page]
    await tab.goto(inDemo('/projects/checkout-api?statsPeriod=7d&category=transaction'))
    await settled(tab)
    await tab.getByText('Last 7 days').first().waitFor()
    expect(await tab.getByLabel('What is counted').first().inputValue()).toBe('Transactions')
    await tab.getByRole('link', { name: 'Keys', exact: true }).click()
    await tab.waitForURL(/\/keys/)
    await tab.goBack()
    await tab.waitForURL(/statsPeriod=7d/)
    await tab.getByText('Last 7 days').first().waitFor()
    await context.close()
  })

  test('has no secret in a page before it is asked for', async () => {
    const context = await visitor()
    const [tab] = context.pages() as [Page]
    const [key] = await server.get<{ secret: string; public: string }[]>('/projects/demo/checkout-api/keys/')
    await tab.goto(inDemo('/projects/checkout-api/keys'))
    await settled(tab)
    expect(await tab.content()).toContain(key?.public)
    expect(await tab.content()).not.toContain(key?.secret)
    await context.close()
  })

  test('lets nobody do more than their role, whatever they ask for', async () => {
    // Of one team, and it has nothing to do with the project that is asked for.
    const member = demo.people.find(({ email }) => email.startsWith('sam@'))
    const context = await browser.newContext()
    const tab = await context.newPage()
    await signIn(tab, server.url, { email: member?.email ?? '', password: demo.password })
    const answers = await tab.evaluate(async () => {
      const ask = async (method: string, path: string, body?: unknown) =>
        (
          await fetch(`/api/0${path}`, {
            method,
            ...(body === undefined
              ? {}
              : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
          })
        ).status
      return [
        await ask('PUT', '/organizations/demo/', { name: 'Mine' }),
        await ask('POST', '/organizations/demo/members/', { email: 'x@example.net', orgRole: 'owner' }),
        await ask('DELETE', '/projects/demo/storefront/'),
        await ask('GET', '/organizations/demo/audit-logs/'),
        await ask('GET', '/organizations/default/'),
      ]
    })
    expect(answers).toEqual([403, 400, 403, 403, 403])
    await context.close()
  })

  test('obeys no other site in the name of who is signed in', async () => {
    const context = await visitor()
    const tab = await context.newPage()
    const target = `${server.url}/api/0/projects/default/first-project/`
    // Another port of the same host is the same site to the browser, which sends the cookie.
    await using site = await openSite(
      page(
        {},
        `<form method="post" enctype="text/plain" action="${target}keys/"><input name='{"name":"theirs","x":"' value='"}'></form>`,
      ),
    )
    for (const host of ['localhost', '127.0.0.1']) {
      await tab.goto(`http://${host}:${site.port}/`)
      const outcomes = await tab.evaluate(async (address) => {
        const attempt = (init: RequestInit) =>
          fetch(address, { credentials: 'include', ...init }).then(
            ({ status, type }) => (type === 'opaque' ? 'sent' : String(status)),
            () => 'blocked',
          )
        const body = '{"name":"Theirs"}'
        return [
          await attempt({ method: 'PUT', body, headers: { 'content-type': 'application/json' } }),
          await attempt({ method: 'POST', mode: 'no-cors', body, headers: { 'content-type': 'text/plain' } }),
          await attempt({ method: 'DELETE' }),
        ]
      }, target)
      expect(outcomes).not.toContain('200')
      const posted = tab.waitForURL((address) => String(address).startsWith(target))
      await tab.evaluate('document.forms[0].submit()')
      await posted
    }
    const project = await server.get<{ name: string }>('/projects/default/first-project/')
    const keys = await server.get<{ name: string }[]>('/projects/default/first-project/keys/')
    expect([project.name, keys.map(({ name }) => name)]).toEqual(['First project', ['Default']])
    await context.close()
  })
})

/** What axe finds serious or worse. */
async function judge(tab: Page): Promise<string[]> {
  await tab.evaluate(axe)
  const { violations } = await tab.evaluate<AxeResults>('axe.run()')
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id} at ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string
    readonly impact: string
    readonly nodes: readonly { readonly target: readonly string[] }[]
  }[]
}

async function picture(tab: Page, name: string): Promise<void> {
  const folder = join(root, pictureFolder ?? '')
  mkdirSync(folder, { recursive: true })
  // What was just done is told at the edge for a while.
  await tab.waitForTimeout(300)
  await tab.screenshot({ path: join(folder, `${name}.png`) })
}
