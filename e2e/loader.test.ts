/** The loader in a real browser: what a page with its script tag sends, and what becomes of it. */
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { debianPackage } from './debian.ts'
import { browserProgram, type PageProject, Pages } from './pages.ts'
import { root } from './server.ts'

// They wait most of the time.
describe.skipIf(!debianPackage('chromium', browserProgram)).concurrent('a page', () => {
  let pages: Pages
  beforeAll(async () => {
    pages = await Pages.open()
  })
  afterAll(() => pages?.[Symbol.asyncDispose]())

  const tag = ({ cdn }: PageProject, attributes = '') =>
    `<script src="${cdn}" crossorigin="anonymous" ${attributes}></script>`

  /** The browser sends when it likes, and the first page that needs a bundle waits until it is made. */
  function soon(check: () => void | Promise<void>): Promise<void> {
    return vi.waitFor(check, { timeout: 45_000, interval: 50 })
  }

  function breadcrumbsOf({ breadcrumbs }: Record<string, unknown>): unknown[] {
    const list = Array.isArray(breadcrumbs) ? breadcrumbs : (breadcrumbs as { values: unknown[] }).values
    return list.map(({ message }: { message?: unknown }) => message)
  }

  function titleOf({ message, exception }: Record<string, unknown>): unknown {
    const { type, value } = (exception as { values?: Record<string, unknown>[] })?.values?.[0] ?? {}
    return message ?? `${type}: ${value}`
  }

  describe('with nothing but the tag', () => {
    test.each(['10.x', '9.x', '8.x', '7.x'])('sends what nobody caught (%s)', async (sdk) => {
      const project = await pages.openProject({ sdk })
      const html = `${tag(project)}
        <script>window.SENTRY_RELEASE = { id: 'shop@1.2.3' }</script>
        <script>throw new RangeError('The basket is empty')</script>`
      await pages.visit(html, async ({ tab, bundles }) => {
        await soon(() => expect(pages.countsOf(project)).toEqual({ 'accepted error': 1 }))
        expect(bundles).toEqual([expect.stringMatching(/\/bundle\.min\.js$/)])
        const version = bundles[0]?.split('/').at(-2)
        expect(version).toMatch(new RegExp(`^${sdk.replace('.x', '')}\\.\\d+\\.\\d+$`))
        expect((await pages.payloadsOf(project)).at(-1)).toMatchObject({
          platform: 'javascript',
          release: 'shop@1.2.3',
          exception: {
            values: [
              {
                type: 'RangeError',
                value: 'The basket is empty',
                mechanism: { type: expect.stringContaining('onerror'), handled: false },
              },
            ],
          },
          request: { headers: { 'User-Agent': expect.stringContaining('Chrome/') } },
          sdk: {
            name: 'sentry.javascript.browser',
            version,
            packages: [{ name: 'loader:@sentry/browser', version }],
          },
        })
        // Before all other scripts, and so that its errors can be read.
        const first = await tab.evaluate('[document.scripts[0].src, document.scripts[0].crossOrigin]')
        expect(first).toEqual([bundles[0], 'anonymous'])
      })
    })

    test.each(['10.x', '9.x', '8.x', '7.x'])('sends promises that were rejected (%s)', async (sdk) => {
      const project = await pages.openProject({ sdk })
      const html = `${tag(project)}<script>Promise.reject(new TypeError('No lamp'))</script>`
      await pages.visit(html, async () => {
        await soon(() => expect(pages.countsOf(project)).toEqual({ 'accepted error': 1 }))
        expect((await pages.payloadsOf(project)).at(-1)).toMatchObject({
          platform: 'javascript',
          exception: {
            values: [
              {
                type: 'TypeError',
                value: 'No lamp',
                mechanism: { type: expect.stringContaining('onunhandledrejection'), handled: false },
              },
            ],
          },
        })
      })
    })

    test('sends what happens before and after the SDK is there, each once', async () => {
      const project = await pages.openProject()
      const html = `${tag(project)}
        <script>
          setTimeout(() => { throw new Error('second') }, 1)
          throw new Error('first')
        </script>`
      await pages.visit(html, async ({ tab }) => {
        await soon(() => expect(pages.countsOf(project)).toEqual({ 'accepted error': 2 }))
        await tab.evaluate('void setTimeout(() => { throw new Error("third") })')
        await soon(() => expect(pages.countsOf(project)).toEqual({ 'accepted error': 3 }))
        expect(pages.titlesOf(project)).toEqual(['Error: first', 'Error: second', 'Error: third'])
      })
    })

    test('fetches nothing until something happens', async () => {
      const project = await pages.openProject()
      await pages.visit(
        `${tag(project)}<script>Sentry.addBreadcrumb({})</script>`,
        async ({ tab, bundles }) => {
          // Everything that a timer could have started has begun by then.
          await tab.evaluate('new Promise((done) => setTimeout(done, 50))')
          expect(bundles).toEqual([])
          await tab.evaluate('void Sentry.captureMessage("now")')
          await soon(() => expect(pages.titlesOf(project)).toEqual(['now']))
          expect(bundles).toHaveLength(1)
        },
      )
    })

    test('fetches the SDK at once when the tag says that it should not wait', async () => {
      const project = await pages.openProject()
      await pages.visit(tag(project, 'data-lazy="no"'), async ({ tab, bundles }) => {
        await tab.waitForFunction('Sentry.SDK_VERSION')
        expect(bundles).toHaveLength(1)
        expect(pages.countsOf(project)).toEqual({})
      })
    })

    test('does nothing when the key is not known', async () => {
      const project = await pages.openProject()
      const cdn = project.cdn.replace(project.publicKey, '0'.repeat(32))
      await pages.visit(tag({ ...project, cdn }), async ({ tab, bundles, complaints }) => {
        expect(await tab.evaluate('typeof Sentry')).toBe('undefined')
        expect({ bundles, complaints }).toEqual({ bundles: [], complaints: [] })
      })
    })

    test('takes the readable form of the loader as well', async () => {
      const project = await pages.openProject()
      const cdn = project.cdn.replace('.min.js', '.js')
      await pages.visit(`${tag({ ...project, cdn })}<script>throw new Error('read')</script>`, async () => {
        await soon(() => expect(pages.titlesOf(project)).toEqual(['Error: read']))
      })
    })
  })

  describe('that calls the SDK', () => {
    test.each(['10.x', '7.x'])('has its early calls made later, in their order (%s)', async (sdk) => {
      const project = await pages.openProject({ sdk })
      const html = `${tag(project)}
        <script>
          Sentry.addBreadcrumb({ message: 'Basket opened' })
          Sentry.captureException(new Error('first'))
          Sentry.captureEvent({ message: 'second' })
          Sentry.withScope((scope) => {
            scope.setTag('basket', 'full')
            Sentry.captureMessage('third', 'warning')
          })
          Sentry.init({ environment: 'staging' })
        </script>`
      await pages.visit(html, async () => {
        await soon(() => expect(pages.countsOf(project)).toEqual({ 'accepted error': 3 }))
        const payloads = await pages.payloadsOf(project)
        // What was sent before is among the breadcrumbs of what is sent after it.
        const sent = payloads.map((payload) => [...breadcrumbsOf(payload), titleOf(payload)])
        expect(sent.toSorted((one, other) => one.length - other.length)).toEqual([
          ['Basket opened', 'Error: first'],
          ['Basket opened', 'Error: first', 'second'],
          ['Basket opened', 'Error: first', 'second', 'third'],
        ])
        expect(payloads.map(({ environment }) => environment)).toEqual(['staging', 'staging', 'staging'])
        expect(payloads.find(({ message }) => message === 'third')).toMatchObject({
          level: 'warning',
          tags: { basket: 'full' },
        })
      })
    })

    test('is not stopped by one of its early calls', async () => {
      const project = await pages.openProject()
      const html = `${tag(project)}
        <script>
          Sentry.onLoad(() => { throw new Error('a callback') })
          Sentry.withScope(() => { throw new Error('a scope') })
          Sentry.captureMessage('sent')
        </script>
        <script>throw new Error('uncaught')</script>`
      await pages.visit(html, async ({ complaints }) => {
        await soon(() => expect(pages.titlesOf(project)).toEqual(['Error: uncaught', 'sent']))
        expect(complaints).toEqual([
          'Error: uncaught',
          expect.stringContaining('a callback'),
          expect.stringContaining('a scope'),
        ])
      })
    })

    test('is called back when the SDK is there, for which it need not have happened anything', async () => {
      const project = await pages.openProject()
      const html = `${tag(project)}
        <script>
          window.steps = []
          Sentry.onLoad(() => {
            steps.push('onLoad')
            Sentry.init({ environment: 'staging', initialScope: { tags: { basket: 'full' } } })
            Sentry.captureMessage('from the callback')
          })
          Sentry.forceLoad()
          steps.push('forceLoad')
        </script>`
      await pages.visit(html, async ({ tab, bundles }) => {
        await soon(() => expect(pages.titlesOf(project)).toEqual(['from the callback']))
        expect((await pages.payloadsOf(project)).at(-1)).toMatchObject({
          environment: 'staging',
          tags: { basket: 'full' },
        })
        expect(bundles).toHaveLength(1)
        expect(
          await tab.evaluate('Sentry.onLoad(() => steps.push("again")), Sentry.forceLoad(), steps'),
        ).toEqual(['forceLoad', 'onLoad', 'again'])
        expect(bundles).toHaveLength(1)
      })
    })

    test('is called back only when something has happened if it does not insist', async () => {
      const project = await pages.openProject()
      const html = `${tag(project)}<script>Sentry.onLoad(() => { window.isLoaded = true })</script>`
      await pages.visit(html, async ({ tab, bundles }) => {
        await tab.evaluate('new Promise((done) => setTimeout(done, 50))')
        expect(bundles).toEqual([])
        await tab.evaluate('void Sentry.captureMessage("now")')
        await tab.waitForFunction('window.isLoaded')
      })
    })

    test('may do without what its key has switched off', async () => {
      const project = await pages.openProject()
      const html = `${tag(project)}
        <script>
          Sentry.onLoad(() => {
            Sentry.init({
              environment: 'staging',
              tracesSampleRate: 1,
              integrations: [
                Sentry.browserTracingIntegration(),
                Sentry.replayIntegration(),
                Sentry.feedbackIntegration({ autoInject: false }),
              ],
            })
          })
          Sentry.captureMessage('all the same')
        </script>`
      await pages.visit(html, async ({ complaints }) => {
        await soon(() => expect(pages.titlesOf(project)).toEqual(['all the same']))
        expect((await pages.payloadsOf(project)).at(-1)).toMatchObject({ environment: 'staging' })
        expect(complaints).toEqual(
          ['BrowserTracing', 'Replay', 'Feedback'].map((name) =>
            expect.stringContaining(`${name} does nothing, because it is not switched on for this key`),
          ),
        )
      })
    })
  })

  describe('whose key has switched on', () => {
    test.each(['10.x', '9.x', '8.x', '7.x'])('performance sends a transaction (%s)', async (sdk) => {
      const project = await pages.openProject({ sdk, options: { hasPerformance: true } })
      await pages.visit(tag(project), async ({ bundles }) => {
        await soon(() => expect(pages.countsOf(project)).toMatchObject({ 'accepted transaction': 1 }))
        expect(bundles).toEqual([expect.stringMatching(/\/bundle\.tracing\.min\.js$/)])
        expect(pages.look((ledger) => ledger.events(project.id))).toMatchObject([
          { type: 'transaction', platform: 'javascript', title: '/' },
        ])
      })
    })

    test.each(['10.x', '9.x', '8.x', '7.x'])('replay sends one when there is an error (%s)', async (sdk) => {
      const project = await pages.openProject({ sdk, options: { hasReplay: true } })
      await pages.visit(`${tag(project)}<h1>Shop</h1>`, async ({ tab, bundles }) => {
        await tab.waitForFunction('Sentry.SDK_VERSION')
        await tab.evaluate('void setTimeout(() => { throw new Error("seen") })')
        await soon(() => expect(pages.countsOf(project)['accepted replay']).toBeGreaterThan(0))
        expect(pages.countsOf(project)).toMatchObject({ 'accepted error': 1 })
        expect(bundles).toEqual([expect.stringMatching(/\/bundle\.replay\.min\.js$/)])
        const types = pages.look((ledger) => ledger.itemTypes(project.id))
        expect(types).toEqual(expect.arrayContaining(['replay_event', 'replay_recording']))
      })
    })

    test('both sends both when the page wants to see every visit', async () => {
      const project = await pages.openProject({ options: { hasPerformance: true, hasReplay: true } })
      const html = `<script>
          window.sentryOnLoad = () => {
            Sentry.init({ tracesSampleRate: 1, replaysSessionSampleRate: 1, environment: 'staging' })
          }
        </script>
        ${tag(project)}<h1>Shop</h1>`
      await pages.visit(html, async ({ bundles }) => {
        await soon(() => expect(pages.countsOf(project)['accepted replay']).toBeGreaterThan(0))
        expect(pages.countsOf(project)).toMatchObject({ 'accepted transaction': 1 })
        expect(bundles).toEqual([expect.stringMatching(/\/bundle\.tracing\.replay\.min\.js$/)])
        expect((await pages.payloadsOf(project)).at(-1)).toMatchObject({
          type: 'transaction',
          environment: 'staging',
        })
      })
    })

    test('feedback has a button to write to us', async () => {
      const project = await pages.openProject({ options: { hasFeedback: true } })
      await pages.visit(`${tag(project)}<h1>Shop</h1>`, async ({ tab, bundles }) => {
        await tab.getByRole('button', { name: 'Report a Bug' }).first().click()
        await tab.getByLabel('Name').fill('Ada')
        await tab.getByLabel('Description').fill('The button does nothing')
        await tab.getByRole('button', { name: 'Send Bug Report' }).click()
        await soon(() => expect(pages.countsOf(project)).toEqual({ 'accepted feedback': 1 }))
        expect(bundles).toEqual([expect.stringMatching(/\/bundle\.feedback\.min\.js$/)])
      })
    })

    test('logs sends them', async () => {
      const project = await pages.openProject({ options: { hasLogsAndMetrics: true } })
      const html = `<script>
          window.sentryOnLoad = () => {
            Sentry.init({})
            Sentry.logger.warn('Basket is large', { basket: 7 })
            Sentry.flush()
          }
        </script>
        ${tag(project)}`
      await pages.visit(html, async () => {
        await soon(() => expect(pages.countsOf(project)).toMatchObject({ 'accepted log_item': 1 }))
        expect(pages.look((ledger) => ledger.itemsOf(project.id, 'log'))).toMatchObject([
          { items: [{ level: 'warn', body: 'Basket is large' }] },
        ])
      })
    })

    test('debugging says in the console what it does', async () => {
      const project = await pages.openProject({ options: { hasDebug: true } })
      const said: string[] = []
      await pages.visit(tag(project, 'data-lazy="no"'), async ({ tab, bundles }) => {
        tab.on('console', (message) => said.push(message.text()))
        await tab.waitForFunction('Sentry.SDK_VERSION')
        await tab.evaluate('void Sentry.captureMessage("now")')
        await soon(() => expect(pages.titlesOf(project)).toEqual(['now']))
        expect(bundles).toEqual([expect.stringMatching(/\/bundle\.debug\.min\.js$/)])
        expect(said.join('\n')).toContain('Sentry Logger')
      })
    })
  })

  test('with the SDK in its own bundle sends what nobody caught', async () => {
    const project = await pages.openProject()
    const { outputFiles } = await build({
      stdin: {
        contents: `
          import * as Sentry from '@sentry/browser'
          Sentry.init({ dsn: '${project.dsn}', release: 'shop@1.2.3', tracesSampleRate: 1,
            integrations: [Sentry.browserTracingIntegration()] })
          throw new RangeError('The basket is empty')`,
        resolveDir: root,
      },
      bundle: true,
      write: false,
      format: 'iife',
      minify: true,
    })
    const code = outputFiles[0]?.text.replaceAll('</script', '<\\/script')
    await pages.visit(`<script>${code}</script>`, async () => {
      await soon(() =>
        expect(pages.countsOf(project)).toMatchObject({ 'accepted error': 1, 'accepted transaction': 1 }),
      )
      expect(pages.look((ledger) => ledger.events(project.id))).toEqual([
        {
          type: 'error',
          level: 'error',
          platform: 'javascript',
          title: 'RangeError: The basket is empty',
        },
        expect.objectContaining({ type: 'transaction', platform: 'javascript', title: '/' }),
      ])
      expect(await pages.server.stat(project.slug, 'generated')).toBe(1)
    })
  })
})
