/** What people do in the web UI, from the first sign-in to the end of a project, on a server that `npm start` made. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { debianPackage } from './debian.ts'
import { browserProgram, launch } from './pages.ts'
import { node, root, sendEvent } from './server.ts'
import { npmStart, type Started, settled, signIn, watchFaults } from './web-ui.ts'

const isReady = debianPackage('chromium', browserProgram)
const run = promisify(execFile)
const PASSWORD = 'a password of my own'

/** One after the other, each where the one before has left the server. */
describe.skipIf(!isReady)('in the web UI', () => {
  let server: Started
  let browser: Browser
  let context: BrowserContext
  let tab: Page
  let faults: string[]

  beforeAll(async () => {
    server = await npmStart()
    browser = await launch()
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    // Refusals that a test asks for are told in the console too.
    faults = watchFaults(context, (text) => /status of 40[013]/.test(text))
    context.setDefaultTimeout(Number(process.env.UI_TIMEOUT ?? 15_000))
    tab = await context.newPage()
  })

  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  const dsn = () => tab.getByLabel('DSN', { exact: true }).first().inputValue()
  const heading = (name: string | RegExp) => tab.getByRole('heading', { level: 1, name })

  test('a wrong password is refused in words, and what was typed stays', async () => {
    await tab.goto(server.url)
    await tab.waitForURL(/\/sign-in/)
    await tab.getByLabel('Email address or user name').fill(server.email)
    await tab.getByLabel('Password', { exact: true }).fill('wrong')
    await tab.getByRole('button', { name: 'Sign in' }).click()
    await tab.getByRole('alert').filter({ hasText: 'The name or the password is wrong' }).waitFor()
    expect(await tab.getByLabel('Email address or user name').inputValue()).toBe(server.email)
  })

  test('the first sign-in leads to a password, a name and a first project', async () => {
    await signIn(tab, server.url, server)
    await heading('Welcome to Vedette').waitFor()
    await tab.getByLabel('Current password').fill(server.password)
    await tab.getByLabel('New password').fill(PASSWORD)
    await tab.getByRole('button', { name: 'Change password' }).click()

    await tab.getByLabel('Name of the organization').fill('Acme')
    await tab.getByRole('button', { name: 'Continue' }).click()

    await tab.getByRole('combobox', { name: 'Platform' }).fill('node')
    await tab.getByRole('option', { name: 'Node.js', exact: true }).click()
    await tab.getByLabel('Name of the project').fill('Shop')
    await tab.getByRole('button', { name: 'Continue to set-up' }).click()
    await heading('Connect Shop').waitFor()
  })

  test('the waiting line turns green when a real SDK sends its first event', async () => {
    await tab.getByText('Waiting for the first event', { exact: false }).first().waitFor()
    const script = `
      import * as Sentry from '@sentry/node'
      Sentry.init({ dsn: process.env.DSN, release: 'shop@1.0.0', environment: 'production' })
      Sentry.captureException(new RangeError('The basket is too heavy'))
      await Sentry.flush(5000)`
    await run(node, ['--input-type=module', '--eval', script], {
      cwd: root,
      env: { ...process.env, DSN: await dsn() },
    })
    await tab.getByText('RangeError: The basket is too heavy').first().waitFor({ timeout: 15_000 })
  })

  test('the chart of the project shows it, and its page shows where it happened', async () => {
    await tab.goto(`${server.url}/projects/first-project`)
    await settled(tab)
    await expect
      .poll(() => tab.getByLabel('Totals').innerText(), { timeout: 20_000 })
      .toMatch(/Accepted\s+1\b/)
    await tab.getByRole('application', { name: 'Errors of first-project' }).waitFor()
    await tab.getByText('Table', { exact: true }).click()
    await tab.getByRole('table').first().waitFor()
    await tab.getByRole('link', { name: 'RangeError: The basket is too heavy' }).click()
    await heading(/RangeError/).waitFor()
    await tab.getByText('Unhandled').or(tab.getByText('Handled')).first().waitFor()
    await tab.getByRole('button', { name: 'Show', exact: true }).click()
    await tab.getByText('"release": "shop@1.0.0"').waitFor()
  })

  test('a second project is made, and a twin is warned of', async () => {
    await tab.goto(`${server.url}/projects/new`)
    await tab.getByRole('combobox', { name: 'Platform' }).fill('django')
    await tab.keyboard.press('Enter')
    await tab.getByLabel('Name', { exact: true }).fill('Shop')
    await tab.getByText('There is one like it').waitFor()
    await tab.getByLabel('Name', { exact: true }).fill('Invoices')
    await tab.getByText('There is one like it').waitFor({ state: 'detached' })
    await tab.getByRole('button', { name: 'Create project' }).click()
    await tab.waitForURL(/\/projects\/invoices\/setup/)
    await heading('Connect Invoices').waitFor()
  })

  test('what is sent with a key that is switched off is seen among the dropped', async () => {
    await tab.goto(`${server.url}/projects/invoices/keys`)
    await settled(tab)
    const address = await dsn()
    await tab.getByRole('switch', { name: 'Key Default accepts events' }).click({ force: true })
    await tab.getByText('is off: what is sent with it is refused').waitFor()
    await expect(sendEvent(address, { message: 'too late' })).rejects.toThrow('403')
    await tab.goto(`${server.url}/projects/invoices`)
    await tab.getByRole('region', { name: 'Why dropped' }).getByText('is switched off').waitFor()
    await tab.getByText('The key “Default” is switched off. 1 event was refused in the last hour.').waitFor()
    await tab.getByRole('link', { name: 'Go to the keys' }).click()
    await tab.getByRole('switch', { name: 'Key Default accepts events' }).click({ force: true })
    await tab.getByText('is on: what is sent with it is taken').waitFor()
    await sendEvent(address, { message: 'in time' })
  })

  test('a filter is switched on, and its count rises', async () => {
    await tab.goto(`${server.url}/projects/invoices/keys`)
    await settled(tab)
    const address = await dsn()
    await tab.goto(`${server.url}/projects/invoices/filters`)
    await settled(tab)
    expect(await tab.getByTestId('taken-web-crawlers').innerText()).toMatch(/^0/)
    await tab.getByRole('switch', { name: 'Web crawlers' }).click({ force: true })
    await expect
      .poll(async () => {
        const response = await fetch(`${server.url}/api/0/projects/default/invoices/filters/`, {
          headers: { authorization: `Bearer ${server.token}` },
        })
        const all = (await response.json()) as { id: string; active: unknown }[]
        return all.find(({ id }) => id === 'web-crawlers')?.active
      })
      .toBe(true)
    const headers = {
      'User-Agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    }
    await sendEvent(address, { message: 'read by a robot', request: { headers } })
    await tab.reload()
    await expect
      .poll(() => tab.getByTestId('taken-web-crawlers').innerText(), { timeout: 20_000 })
      .toMatch(/^1/)
  })

  test('a rate limit is set, and lifted', async () => {
    await tab.goto(`${server.url}/projects/invoices/keys`)
    await settled(tab)
    await tab.getByRole('button', { name: 'Change the rate limit of key Default' }).click()
    await tab.getByLabel('Events', { exact: true }).fill('100')
    await tab.getByRole('button', { name: 'Save limit' }).click()
    await tab.getByText('100 per minute').waitFor()
    await tab.getByRole('button', { name: 'Change the rate limit of key Default' }).click()
    await tab.getByRole('button', { name: 'No limit' }).click()
    await tab.getByText('No limit').first().waitFor()
  })

  test('a key is handed over to its successor', async () => {
    await tab.getByRole('button', { name: 'More for key Default' }).click()
    await tab.getByRole('menuitem', { name: 'Rotate: make its successor' }).click()
    const handover = tab.getByRole('region', { name: 'Handing over to the new key' })
    await handover.waitFor()
    const successor = await handover.getByLabel('New DSN', { exact: true }).inputValue()
    await sendEvent(successor, { message: 'with the new key' })
    await expect
      .poll(() => handover.innerText(), { timeout: 20_000 })
      .toContain('events came with the old key')
    await handover.getByRole('button', { name: 'Switch off the old key' }).click()
    await tab.getByText('Switched off', { exact: true }).waitFor()
    await handover.waitFor({ state: 'detached' })
  })

  test('a token is made for reading, shown once, and works with curl', async () => {
    await tab.goto(`${server.url}/settings/tokens`)
    await settled(tab)
    await tab.getByRole('button', { name: 'New token' }).click()
    await tab.getByLabel('Name', { exact: true }).fill('dashboard')
    await tab.getByRole('button', { name: 'Make token' }).click()
    const line = await tab.getByLabel('Try it', { exact: true }).inputValue()
    const { stdout } = await run('bash', ['-c', `${line} --silent --fail`])
    expect((JSON.parse(stdout) as { slug: string }[]).map(({ slug }) => slug).sort()).toEqual([
      'first-project',
      'invoices',
    ])
    const token = await tab.getByLabel('Token', { exact: true }).inputValue()
    await tab.getByRole('button', { name: 'I have copied it' }).click()
    await tab.reload()
    await tab.getByRole('cell', { name: 'Read only' }).waitFor()
    expect(await tab.content()).not.toContain(token)
    const refused = await fetch(`${server.url}/api/0/projects/default/invoices/`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{"name":"x"}',
    })
    expect(refused.status).toBe(403)
  })

  test('somebody is invited as a member, comes in, and is offered only what a member may do', async () => {
    await tab.goto(`${server.url}/settings/members`)
    await settled(tab)
    await tab.getByRole('button', { name: 'Add member' }).click()
    await tab.getByLabel('Email address').fill('kofi@example.net')
    await tab.getByRole('dialog').getByLabel('Teams', { exact: true }).first().click()
    await tab.getByRole('option', { name: '#default' }).click()
    await tab.keyboard.press('Escape')
    await tab.getByRole('dialog').getByRole('button', { name: 'Add member' }).click()
    const link = await tab.getByLabel('Invitation link', { exact: true }).inputValue()
    await tab.getByRole('button', { name: 'Done' }).click()

    const theirs = await browser.newContext()
    const theirFaults = watchFaults(theirs, (text) => /status of 40[013]/.test(text))
    const other = await theirs.newPage()
    await other.goto(link)
    await other.getByLabel('Your name').fill('Kofi')
    await other.getByLabel('Password', { exact: true }).fill('the password of Kofi')
    await other.getByRole('button', { name: 'Make account and join' }).click()
    await other.getByRole('heading', { level: 1, name: 'Projects' }).waitFor()

    await other.goto(`${server.url}/projects/invoices/keys`)
    await settled(other)
    await other.getByText('You can look at the keys.').waitFor()
    expect(
      await other
        .getByRole('switch', { name: /accepts events/ })
        .first()
        .isDisabled(),
    ).toBe(true)
    expect(await other.getByRole('button', { name: /More for key/ }).count()).toBe(0)
    await other.goto(`${server.url}/settings/members`)
    await settled(other)
    expect(await other.getByRole('button', { name: /^Remove / }).count()).toBe(0)
    await other.goto(`${server.url}/settings/audit`)
    await other.getByText('The audit log is not for everybody').waitFor()
    const answer = await other.evaluate(
      async () => (await fetch('/api/0/projects/default/invoices/', { method: 'DELETE' })).status,
    )
    expect(answer).toBe(403)
    expect(theirFaults).toEqual([])
    await theirs.close()
  })

  test('the audit log says who did all that', async () => {
    await tab.goto(`${server.url}/settings/audit`)
    await settled(tab)
    const log = await tab.getByRole('table', { name: 'Changes' }).innerText()
    for (const deed of [
      'rotated project key',
      'added personal token',
      'accepted the invitation',
      'created project invoices',
    ])
      expect(log).toContain(deed)
  })

  test('a project is deleted when its name is typed', async () => {
    await tab.goto(`${server.url}/projects/invoices/settings`)
    await settled(tab)
    await tab.getByRole('button', { name: 'Delete project' }).click()
    const dialog = tab.getByRole('dialog')
    expect(await dialog.getByRole('button', { name: 'Delete project' }).isDisabled()).toBe(true)
    await dialog.getByRole('textbox').fill('invoices')
    await dialog.getByRole('button', { name: 'Delete project' }).click()
    await heading('Projects').waitFor()
    await expect.poll(() => tab.getByRole('link', { name: 'Invoices' }).count()).toBe(0)
  })

  test('signing out ends it', async () => {
    await tab.locator('[data-menu="user"]').click()
    await tab.getByRole('menuitem', { name: /Sign out/ }).click()
    await tab.waitForURL(/\/sign-in/)
    await tab.goto(`${server.url}/projects/first-project`)
    await tab.waitForURL(/\/sign-in/)
  })

  test('nothing went wrong in the browser meanwhile', () => {
    expect([...new Set(faults)]).toEqual([])
  })
})
