/** The pages of the web UI: what is served, how it may be kept, and what they never stand in front of. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { found, nobody, openInstallation } from './installation.ts'

const page = '<!doctype html>\n<html>\n  <head>\n    <title>Vedette</title>\n  </head>\n</html>\n'
const script = 'console.log("a script that is long enough to be worth packing")'

const folder = await mkdtemp(join(tmpdir(), 'vedette-ui-'))
await mkdir(join(folder, 'assets'))
await writeFile(join(folder, 'index.html'), page)
await writeFile(join(folder, 'mark.svg'), '<svg/>')
await writeFile(join(folder, 'assets', 'main-Ab1_2.js'), script)
await writeFile(join(folder, 'assets', 'main-Ab1_2.js.br'), brotliCompressSync(script))
await writeFile(join(folder, 'assets', 'main-Ab1_2.js.gz'), gzipSync(script))

const vedette = await openInstallation({ ui: folder })
afterAll(async () => {
  await vedette.close()
  await rm(folder, { recursive: true })
})

const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
const go = (path: string, headers: Record<string, string> = {}) =>
  vedette.send('GET', path, nobody, { headers: { ...browser, ...headers } })

describe('a page', () => {
  test.each(['/', '/projects/web/keys', '/projects/web/?statsPeriod=7d', '/no/such/page', '/a.b/c'])(
    'is at %s, the same one everywhere',
    async (path) => {
      const { status, headers, text } = await go(path)
      expect({ status, type: headers['content-type'], text }).toEqual({
        status: 200,
        type: 'text/html; charset=utf-8',
        text: page.replace('<head>', '<head>\n    <base href="/">'),
      })
    },
  )

  test('says that it runs scripts of this server only, and stands in nobody’s frame', async () => {
    const { headers } = await go('/')
    const policy = String(headers['content-security-policy']).split('; ')
    expect(policy).toContain("default-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy.filter((each) => each.startsWith('script-src'))).toEqual([])
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'same-origin' })
  })

  test('is asked for again each time, and not sent again while it is the same', async () => {
    const { headers } = await go('/')
    expect(headers['cache-control']).toBe('no-cache')
    const again = await go('/projects/web', { 'if-none-match': String(headers.etag) })
    expect({ status: again.status, text: again.text }).toEqual({ status: 304, text: '' })
  })

  test('has no body for HEAD', async () => {
    const { status, headers, text } = await vedette.send('HEAD', '/', nobody, { headers: browser })
    expect({ status, type: headers['content-type'], text }).toEqual({
      status: 200,
      type: 'text/html; charset=utf-8',
      text: '',
    })
  })

  test('finds its files below the path of the public URL, whether a proxy keeps that or not', async () => {
    await using behind = await openInstallation({ url: 'https://example.net/a&b', ui: folder })
    for (const path of ['/a&b/projects', '/projects']) {
      const { text } = await behind.send('GET', path, nobody, { headers: browser })
      expect(text).toContain('<base href="/a&amp;b/">')
    }
  })

  test('says how to build the pages when they are not built', async () => {
    await using bare = await openInstallation({})
    const { status, text } = await bare.send('GET', '/', nobody, { headers: browser })
    expect(status).toBe(503)
    expect(text).toContain('node scripts/setup.js')
    expect((await bare.get('/')).status).toBe(200)
  })
})

describe('a file', () => {
  test.each([
    ['br', 'gzip, deflate, br, zstd', brotliDecompressSync],
    ['gzip', 'gzip, br;q=0', gunzipSync],
  ])('is sent packed as %s to whoever takes %s', async (coding, accepted, unpack) => {
    const response = await vedette.server.inject({
      url: '/assets/main-Ab1_2.js',
      headers: { 'accept-encoding': accepted },
    })
    expect(response.headers).toMatchObject({
      'content-encoding': coding,
      'content-type': 'text/javascript; charset=utf-8',
      'x-content-type-options': 'nosniff',
      vary: 'Accept-Encoding',
    })
    expect(unpack(response.rawPayload).toString()).toBe(script)
  })

  test('is sent as it is to everybody else, and kept for ever when its name holds its hash', async () => {
    const { status, headers, text } = await vedette.send('GET', '/assets/main-Ab1_2.js')
    expect({ status, text }).toEqual({ status: 200, text: script })
    expect(headers['content-encoding']).toBeUndefined()
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(headers['content-length']).toBe(String(script.length))
  })

  test('without a hash in its name is asked for again', async () => {
    const { headers } = await vedette.send('GET', '/mark.svg')
    expect(headers).toMatchObject({ 'cache-control': 'no-cache', 'content-type': 'image/svg+xml' })
    const again = await vedette.send('GET', '/mark.svg', nobody, {
      headers: { 'if-none-match': String(headers.etag) },
    })
    expect({ status: again.status, text: again.text }).toEqual({ status: 304, text: '' })
  })

  test('has no body for HEAD', async () => {
    const { status, headers, text } = await vedette.send('HEAD', '/assets/main-Ab1_2.js')
    expect({ status, length: headers['content-length'], text }).toEqual({
      status: 200,
      length: String(script.length),
      text: '',
    })
  })

  test.each([
    '/assets/gone-123.js',
    '/assets/../index.html',
    '/assets/main-Ab1_2.js.br',
    '/assets/%2e%2e%2fmark.svg',
    '/assets',
    '/assets/sub/mark.svg',
    '/index.html',
  ])('that does not exist is not found: %s', async (path) => {
    expect((await vedette.send('GET', path)).status).toBe(404)
  })
})

describe('what is not a page stays as it is', () => {
  test.each(['/api/0/nothing/', '/api/nothing', '/api', '/api/1/nothing/', '/api/0/projects'])(
    '%s is not found by a browser either',
    async (path) => {
      const { status, headers } = await go(path)
      expect(status).toBe(404)
      expect(String(headers['content-type'])).toMatch(/^text\/plain/)
    },
  )

  test('the doors of a DSN answer as they do', async () => {
    const path = '/api/1/envelope/'
    const [asked, sent] = [await go(path), await vedette.send('POST', path, nobody, { headers: browser })]
    expect([asked.status, sent.status]).toEqual([405, 401])
  })

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'] as const)('%s finds nothing', async (method) => {
    const { status, text } = await vedette.send(method, '/projects/web/', nobody, { headers: browser })
    expect({ status, text }).toEqual({ status: 404, text: '' })
  })

  test.each(['*/*', 'application/json', ''])('a program that takes "%s" finds nothing', async (accept) => {
    const { status, text } = await vedette.send('GET', '/projects/', nobody, { headers: { accept } })
    expect({ status, text }).toEqual({ status: 404, text: '' })
  })

  test('the API answers browsers', async () => {
    const { organization, owner } = await found(vedette)
    const path = `/api/0/projects/${organization.slug}/web/`
    const answer = await vedette.send('GET', path, owner.caller, { headers: browser })
    expect(answer).toMatchObject({ status: 200, body: { slug: 'web' } })
  })
})
