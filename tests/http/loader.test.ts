/** The loader and its bundles, as a page's script tag asks for them. What they do in a page is shown in a browser. */
import { createContext, runInContext, Script } from 'node:vm'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { disableKey, type FrontDoor, openFrontDoor } from './front-door.ts'
import { nobody, openInstallation } from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

const loader = (publicKey: string, form = '.min.js') =>
  vedette.send('GET', `/js-sdk-loader/${publicKey}${form}`, nobody)

async function configure(door: FrontDoor, body: object): Promise<void> {
  const path = `/api/0/projects/${door.organization.slug}/web/keys/${door.key.publicKey}/`
  const { status, text } = await vedette.send('PUT', path, door.owner.caller, { body })
  expect(status, text).toBe(200)
}

const nothingOn = {
  hasPerformance: false,
  hasReplay: false,
  hasFeedback: false,
  hasLogsAndMetrics: false,
  hasDebug: false,
}

describe('the loader', () => {
  test.each(['.js', '.min.js'])(
    'of a key is a script that any page may use and keep for an hour (%s)',
    async (form) => {
      const door = await openFrontDoor(vedette)
      const { status, headers, text } = await loader(door.key.publicKey, form)
      expect(status).toBe(200)
      expect(headers).toMatchObject({
        'content-type': 'text/javascript; charset=utf-8',
        'access-control-allow-origin': '*',
        'cache-control':
          'public, max-age=3600, s-maxage=60, stale-while-revalidate=315360000, stale-if-error=315360000',
        'surrogate-key': expect.stringMatching(`^project/${door.projectId} sdk/10\\.\\d+\\.\\d+ sdk-loader$`),
      })
      expect(headers.vary).toBeUndefined()
      expect(headers['set-cookie']).toBeUndefined()
      expect(() => new Script(text)).not.toThrow()
      expect(text).not.toContain('__SETTINGS__')
      expect(text).toContain(`"dsn":"http://${door.key.publicKey}@localhost:9000/${door.projectId}"`)
    },
  )

  test.each([
    ['nothing', {}, '10.x', 'bundle', true, {}],
    ['performance', { hasPerformance: true }, '10.x', 'bundle.tracing', false, { tracesSampleRate: 1 }],
    [
      'replay',
      { hasReplay: true },
      '10.x',
      'bundle.replay',
      false,
      { replaysSessionSampleRate: 0.1, replaysOnErrorSampleRate: 1 },
    ],
    ['feedback', { hasFeedback: true }, '10.x', 'bundle.feedback', false, { autoInjectFeedback: true }],
    [
      'feedback and performance',
      { hasFeedback: true, hasPerformance: true },
      '9.x',
      'bundle.tracing.replay.feedback',
      false,
      { tracesSampleRate: 1, autoInjectFeedback: true },
    ],
    ['logs', { hasLogsAndMetrics: true }, '10.x', 'bundle.logs.metrics', false, { enableLogs: true }],
    [
      'feedback and logs',
      { hasFeedback: true, hasLogsAndMetrics: true },
      '10.x',
      'bundle.tracing.replay.feedback.logs.metrics',
      false,
      { autoInjectFeedback: true, enableLogs: true },
    ],
    ['logs on an SDK that has none', { hasLogsAndMetrics: true }, '9.x', 'bundle', true, {}],
    ['debugging', { hasDebug: true }, '8.x', 'bundle.debug', true, { debug: true }],
    [
      'an old major',
      { hasPerformance: true, hasReplay: true },
      '7.x',
      'bundle.tracing.replay',
      false,
      {
        tracesSampleRate: 1,
        replaysSessionSampleRate: 0.1,
        replaysOnErrorSampleRate: 1,
      },
    ],
  ])('with %s fetches its bundle', async (_, options, major, bundle, isLazy, config) => {
    const door = await openFrontDoor(vedette)
    await configure(door, { browserSdkVersion: major, dynamicSdkLoaderOptions: { ...nothingOn, ...options } })
    const { text } = await loader(door.key.publicKey)
    const settings = JSON.parse(/\{"publicKey".*?\}\}/.exec(text)?.[0] ?? '')
    const number = major.replace('.x', '')
    expect(settings.bundleUrl).toMatch(
      new RegExp(`^http://localhost:9000/js-sdk/${number}\\.\\d+\\.\\d+/${bundle}\\.min\\.js$`),
    )
    expect(settings.isLazy).toBe(isLazy)
    expect({ ...settings.options, dsn: undefined }).toEqual(config)
  })

  test.each(['an unknown key', 'no key at all', 'a key that is switched off', 'a project that is removed'])(
    'of %s does nothing and does not throw',
    async (which) => {
      const door = await openFrontDoor(vedette)
      if (which === 'a key that is switched off') await disableKey(vedette, door.key)
      if (which === 'a project that is removed') {
        const path = `/projects/${door.organization.slug}/web/`
        expect((await vedette.delete(path, door.owner.caller)).status).toBe(204)
      }
      const name =
        { 'an unknown key': '0'.repeat(32), 'no key at all': 'jquery' }[which] ?? door.key.publicKey
      const { status, headers, text } = await loader(name)
      expect(status).toBe(200)
      expect(headers['content-type']).toBe('text/javascript; charset=utf-8')
      const page = createContext({})
      runInContext(text, page)
      expect(Object.keys(page)).toEqual([])
    },
  )
})

describe('a bundle', () => {
  test('is the SDK of that version, to be kept for ever', async () => {
    const door = await openFrontDoor(vedette)
    await configure(door, { dynamicSdkLoaderOptions: nothingOn })
    const path = new URL(/http[^"]+bundle\.min\.js/.exec((await loader(door.key.publicKey)).text)?.[0] ?? '')
      .pathname
    const { status, headers, text } = await vedette.send('GET', path, nobody)
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      'access-control-allow-origin': '*',
    })
    const warn = vi.fn()
    const sdk = runInContext(`${text}; Sentry`, createContext({ console: { warn } }))
    expect(sdk.SDK_VERSION).toBe(path.split('/')[2])
    expect(typeof sdk.captureException).toBe('function')
    // The loader has to wrap it.
    sdk.init = () => 'wrapped'
    expect(sdk.init()).toBe('wrapped')
    // A page that still asks for what is not there anymore goes on working.
    expect(sdk.replayIntegration().name).toBe('Replay')
    expect(new sdk.replayIntegration().name).toBe('Replay')
    expect(warn).toHaveBeenCalledTimes(2)
    const again = await vedette.send('GET', path, nobody, {
      headers: { 'if-none-match': headers.etag ?? '' },
    })
    expect(again.status).toBe(304)
  }, 60_000)

  test('is made while others are', async () => {
    const door = await openFrontDoor(vedette)
    const version = /js-sdk\/([\d.]+)\//.exec((await loader(door.key.publicKey)).text)?.[1] ?? ''
    const names = ['bundle.debug', 'bundle.feedback', 'bundle.tracing', 'bundle.tracing', 'bundle.feedback']
    const answers = await Promise.all(
      names.map((name) => vedette.send('GET', `/js-sdk/${version}/${name}.min.js`, nobody)),
    )
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200))
    const texts = answers.map(({ text }) => text)
    expect(texts.slice(3)).toEqual([texts[2], texts[1]])
    expect(new Set(texts).size).toBe(3)
  }, 60_000)

  test.each([
    '10.0.0/bundle.min.js',
    '10.x/bundle.min.js',
    '../package.json',
    'VERSION/bundle.nothing.min.js',
    'VERSION/bundle.replay.tracing.min.js',
  ])('%s does not exist', async (name) => {
    const door = await openFrontDoor(vedette)
    const version = /js-sdk\/([\d.]+)\//.exec((await loader(door.key.publicKey)).text)?.[1] ?? ''
    expect((await vedette.send('GET', `/js-sdk/${name.replace('VERSION', version)}`, nobody)).status).toBe(
      404,
    )
  })
})
