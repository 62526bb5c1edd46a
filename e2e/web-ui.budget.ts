/** How much the web UI loads and how quick it is, with the machine for itself: these run alone, after all others. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { debianPackage } from './debian.ts'
import { browserProgram, launch } from './pages.ts'
import { admin, node, type RunningServer, root, startServer } from './server.ts'
import { settled, signIn } from './web-ui.ts'

const isReady = debianPackage('chromium', browserProgram)
const run = promisify(execFile)

const KIB = 1024
const INITIAL_SCRIPT_LIMIT = 250 * KIB
const FIRST_PAGE_LIMIT_MS = 1000
const DRAWING_LIMIT_MS = 200
const FRAME_LIMIT_MS = 1000
/** The best of so many: the machine has other things to do as well. */
const TRIES = 5

describe.skipIf(!isReady)('the web UI with a month of data', () => {
  let server: RunningServer
  let browser: Browser

  beforeAll(async () => {
    server = await startServer()
    await run(node, ['bin/vedette.js', 'demo'], {
      cwd: root,
      env: { ...process.env, VEDETTE_DATA: server.dataDir, VEDETTE_URL: server.url },
    })
    browser = await launch()
  })

  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  const inDemo = (path: string) => `${server.url}${path}${path.includes('?') ? '&' : '?'}org=demo`

  async function visitor(): Promise<BrowserContext> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    await signIn(await context.newPage(), server.url, admin)
    return context
  }

  test('loads little, and can be used within a second with an empty cache', async () => {
    const times: number[] = []
    let scripts = 0
    for (let turn = 0; turn < TRIES; turn++) {
      const context = await visitor()
      const state = await context.storageState()
      await context.close()
      // The session, and nothing else of the visit before.
      const empty = await browser.newContext({ storageState: { ...state, origins: [] } })
      const tab = await empty.newPage()
      const startedAt = performance.now()
      await tab.goto(inDemo('/'), { waitUntil: 'commit' })
      await tab.getByRole('link', { name: 'Storefront' }).waitFor()
      times.push(performance.now() - startedAt)
      scripts = await tab.evaluate<number>(
        `performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js'))
          .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)`,
      )
      await empty.close()
    }
    expect(scripts).toBeGreaterThan(0)
    expect(scripts).toBeLessThan(INITIAL_SCRIPT_LIMIT)
    expect(Math.min(...times)).toBeLessThan(FIRST_PAGE_LIMIT_MS)
  })

  test('draws ninety days of five outcomes at once', async () => {
    const context = await visitor()
    const [tab] = context.pages() as [Page]
    const times: number[] = []
    for (let turn = 0; turn < TRIES; turn++) {
      await tab.goto(inDemo('/projects/storefront?statsPeriod=24h'))
      await settled(tab)
      await tab.evaluate(
        `globalThis.longest = 0
         new PerformanceObserver((list) => {
           for (const { duration } of list.getEntries()) globalThis.longest = Math.max(globalThis.longest, duration)
         }).observe({ type: 'longtask' })`,
      )
      await tab.getByRole('button', { name: /Range/ }).click()
      await tab.getByRole('button', { name: 'Last 90 days' }).click()
      await tab.waitForURL(/statsPeriod=90d/)
      await tab
        .getByText('1 day per bar')
        .or(tab.getByText(/per bar/))
        .first()
        .waitFor()
      await settled(tab)
      await tab.waitForTimeout(300)
      times.push(await tab.evaluate<number>('globalThis.longest'))
    }
    expect(Math.min(...times)).toBeLessThan(DRAWING_LIMIT_MS)
    await context.close()
  })

  test('scrolls through five hundred projects without stopping', async () => {
    await using large = await startServer()
    await large.kill('SIGTERM')
    addProjects(large.dataDir, 500)
    await large.restart()
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    const tab = await context.newPage()
    await signIn(tab, large.url, admin)
    await tab.goto(`${large.url}/`)
    await settled(tab)
    await tab.getByText('500 projects', { exact: false }).first().waitFor()
    const longest = await tab.evaluate<number>(`(async () => {
      let last = performance.now()
      let longest = 0
      const end = document.documentElement.scrollHeight - innerHeight
      for (let frame = 1; frame <= 120; frame++) {
        scrollTo(0, (end * frame) / 120)
        await new Promise(requestAnimationFrame)
        const now = performance.now()
        longest = Math.max(longest, now - last)
        last = now
      }
      return longest
    })()`)
    expect(longest).toBeLessThan(FRAME_LIMIT_MS)
    await tab.getByRole('link', { name: 'Shop 99', exact: true }).waitFor()
    await context.close()
  })
})

/** As many projects as a large company has, in the one team. */
function addProjects(dataDir: string, count: number): void {
  using database = new DatabaseSync(join(dataDir, 'vedette.sqlite'))
  database.exec(`
    with recursive turn(i) as (select 2 union all select i + 1 from turn where i < ${count})
    insert into project (organization_id, slug, name, platform, created_at)
      select 1, 'shop-' || i, 'Shop ' || i, 'python', created_at + i from turn, project where project.id = 1;
    insert into project_team (project_id, team_id) select id, 1 from project where id > 1;
    insert into client_key (project_id, public_key, secret_key, label, created_at)
      select id, printf('%032x', id), printf('f%031x', id), 'Default', created_at from project where id > 1;
    update config_version set version = version + 1;
  `)
}
