/** What holds for every address of the web API: routing, bodies, and what is said when nothing fits. */
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, test } from 'vitest'
import { addPerson, bearer, found, nobody, openInstallation, sessionOf, tokenOf } from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

describe('a missing trailing slash', () => {
  test('is pointed out in plain text, with a pointer under the slash', async () => {
    const { status, headers, text } = await vedette.send('GET', '/api/0/projects/acme/web')
    expect(status).toBe(404)
    expect(headers['content-type']).toMatch(/^text\/plain/)
    expect(text).toBe(
      [
        'Route not found, did you forget a trailing slash?',
        '',
        'try: /api/0/projects/acme/web/',
        '                             ^',
        '',
      ].join('\n'),
    )
  })

  test.each(['application/json', 'application/json; charset=utf-8'])(
    'is pointed out in JSON to %s',
    async (type) => {
      const { status, headers, text } = await vedette.send('POST', '/api/0/projects?status=active', nobody, {
        headers: { 'content-type': type },
      })
      expect(status).toBe(404)
      expect(headers['content-type']).toMatch(/^application\/json/)
      expect(text).toBe('{"info":"Route not found, did you forget a trailing slash? try: /api/0/projects/"}')
    },
  )

  test.each([
    ['application/json', '{"name": '],
    ['application/xml', '<name/>'],
    ['multipart/form-data', 'x'],
  ])('is pointed out whatever is sent: %s', async (type, body) => {
    const sending = { headers: { 'content-type': type }, body }
    expect((await vedette.send('POST', '/api/0/projects', nobody, sending)).status).toBe(404)
  })

  test.each(['GET', 'POST', 'PUT', 'DELETE'] as const)('is never redirected for %s', async (method) => {
    const { status, headers } = await vedette.send(method, '/api/0/organizations')
    expect({ status, location: headers.location }).toEqual({ status: 404, location: undefined })
  })

  test('is forgiven for the health check alone, which infrastructure tools ask for without it', async () => {
    for (const path of ['/internal/health/', '/internal/health']) {
      const { status, body } = await vedette.get(path)
      expect({ status, body }).toEqual({ status: 200, body: { problems: [], healthy: { database: true } } })
    }
  })
})

describe('an unknown address', () => {
  test.each(['/api/0/nothing/', '/api/0/projects/acme/web/nothing/', '/nothing/', '/nothing'])(
    '%s answers 404 with an empty body',
    async (path) => {
      const { status, text } = await vedette.send('GET', path)
      expect({ status, text }).toEqual({ status: 404, text: '' })
    },
  )

  test('is unknown before anybody is asked who they are', async () => {
    const { status } = await vedette.get('/nothing/', bearer('no-such-token'))
    expect(status).toBe(404)
  })
})

test('serves addresses with repeated slashes, which careless joins make', async () => {
  const { status } = await vedette.send('GET', '//api//0/')
  expect(status).toBe(200)
})

test('serves addresses with and without the path of its public URL', async () => {
  await using behind = await openInstallation({ url: 'https://errors.example.net/sentry' })
  for (const path of ['/api/0/', '/sentry/api/0/']) expect((await behind.send('GET', path)).status).toBe(200)
})

describe('a method that an address does not have', () => {
  test.each(['POST', 'PUT', 'DELETE'] as const)('%s is refused with 405 after the gate', async (method) => {
    const { owner } = await found(vedette)
    const { status, headers, body } = await vedette.send(method, '/api/0/projects/', owner.caller)
    expect({ status, body }).toEqual({ status: 405, body: { detail: `Method "${method}" not allowed.` } })
    expect(headers.allow?.split(', ').sort()).toEqual(['GET', 'HEAD', 'OPTIONS'])
  })

  test('is refused before anything in the path is looked up', async () => {
    const { owner } = await found(vedette)
    const { status } = await vedette.delete('/projects/no-such/thing/stats/', owner.caller)
    expect(status).toBe(405)
  })

  test('is refused with 401 to nobody and with 403 to a token without scopes', async () => {
    const { owner } = await found(vedette)
    const without = await tokenOf(vedette, owner, [])
    expect((await vedette.delete('/projects/', nobody)).status).toBe(401)
    expect((await vedette.delete('/projects/', without)).status).toBe(403)
  })

  test('PATCH is 405 for a session, and fails the gate for a token, whose scopes never name it', async () => {
    const { organization, owner } = await found(vedette)
    const path = `/api/0/projects/${organization.slug}/web/`
    const session = await vedette.send('PATCH', path, await sessionOf(vedette, owner))
    expect(session).toMatchObject({ status: 405, body: { detail: 'Method "PATCH" not allowed.' } })
    const token = await vedette.send('PATCH', path, owner.caller)
    expect(token).toMatchObject({
      status: 403,
      body: { detail: 'You do not have permission to perform this action.' },
    })
    expect((await vedette.send('PATCH', path)).status).toBe(401)
  })

  test('HEAD is GET without a body for a session, and fails the gate for a token', async () => {
    const { organization, owner } = await found(vedette)
    const path = `/api/0/projects/${organization.slug}/web/`
    const session = await vedette.send('HEAD', path, await sessionOf(vedette, owner))
    expect(session).toMatchObject({ status: 200, text: '' })
    expect((await vedette.send('HEAD', path, owner.caller)).status).toBe(403)
    expect((await vedette.send('HEAD', path)).status).toBe(401)
  })

  test('HEAD of the index is open to everybody', async () => {
    const { owner } = await found(vedette)
    expect((await vedette.send('HEAD', '/api/0/', owner.caller)).status).toBe(200)
    expect((await vedette.send('HEAD', '/api/0/')).status).toBe(200)
  })
})

describe('a body', () => {
  /** Creates a team, which reads a name and a slug. */
  async function post(sending: { headers?: Record<string, string>; body: string | Buffer }) {
    const { organization, owner } = await found(vedette)
    return vedette.send('POST', `/api/0/organizations/${organization.slug}/teams/`, owner.caller, sending)
  }

  test('is read as JSON', async () => {
    const answer = await post({ headers: { 'content-type': 'application/json' }, body: '{"slug":"blue"}' })
    expect(answer).toMatchObject({ status: 201, body: { slug: 'blue', name: 'blue' } })
  })

  test('is read as a form', async () => {
    const answer = await post({
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'slug=blue&name=Blue+Gr%C3%B6%C3%9Fe',
    })
    expect(answer).toMatchObject({ status: 201, body: { slug: 'blue', name: 'Blue Größe' } })
  })

  test('is read as multipart', async () => {
    const body = new FormData()
    body.set('slug', 'blue')
    body.set('name', 'Blue ✓')
    const request = new Request('http://localhost', { method: 'POST', body })
    const answer = await post({
      headers: { 'content-type': request.headers.get('content-type') ?? '' },
      body: Buffer.from(await request.arrayBuffer()),
    })
    expect(answer).toMatchObject({ status: 201, body: { slug: 'blue', name: 'Blue ✓' } })
  })

  test('of malformed multipart is refused', async () => {
    const answer = await post({
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      body: '--x\r\nContent-Disposition: form-data; name="slug"\r\n\r\nblue',
    })
    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({ detail: expect.stringMatching(/^Multipart form parse error - .+/) })
  })

  test('may be empty', async () => {
    const answer = await post({ headers: { 'content-type': 'application/json' }, body: '' })
    expect(answer).toMatchObject({
      status: 400,
      body: { non_field_errors: ['Name or slug is required'] },
    })
  })

  test('of malformed JSON is refused', async () => {
    const answer = await post({ headers: { 'content-type': 'application/json' }, body: '{"slug": ' })
    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({ detail: expect.stringMatching(/^JSON parse error - .+/) })
  })

  test.each([
    ['[]', 'list'],
    ['"text"', 'str'],
    ['7', 'int'],
  ])('of JSON that is no object is refused: %s', async (body, type) => {
    const answer = await post({ headers: { 'content-type': 'application/json' }, body })
    expect(answer).toMatchObject({
      status: 400,
      body: { non_field_errors: [`Invalid data. Expected a dictionary, but got ${type}.`] },
    })
  })

  test.each(['text/plain', 'application/xml'])('of type %s is refused with 415', async (type) => {
    const answer = await post({ headers: { 'content-type': type }, body: 'slug=blue' })
    expect(answer).toMatchObject({
      status: 415,
      body: { detail: `Unsupported media type "${type}" in request.` },
    })
  })

  test('is not looked at before permission is', async () => {
    const { organization } = await found(vedette)
    const stranger = await addPerson(vedette)
    const path = `/api/0/organizations/${organization.slug}/teams/`
    for (const type of ['application/json', 'text/plain']) {
      const sending = { headers: { 'content-type': type }, body: '{' }
      expect((await vedette.send('POST', path, stranger.caller, sending)).status).toBe(403)
    }
  })
})

test('answers compact JSON with letters of every alphabet as they are', async () => {
  const { organization, owner } = await found(vedette)
  const path = `/organizations/${organization.slug}/teams/`
  const { text } = await vedette.post(path, owner.caller, { slug: 'blue', name: 'Größe ✓ 大' })
  expect(text).toContain('"slug":"blue","name":"Größe ✓ 大"')
})

test('answers 500 with the number under which the failure is logged', async () => {
  await using broken = await openInstallation()
  const { organization, owner } = await found(broken)
  const path = `/projects/${organization.slug}/web/stats/`
  expect((await broken.get(path, owner.caller)).status).toBe(200)

  const other = new DatabaseSync(broken.file)
  other.exec('drop table outcome_count')
  other.close()
  const { status, body } = await broken.get<{ errorId: string }>(path, owner.caller)
  expect(status).toBe(500)
  expect(body).toEqual({ detail: 'Internal Error', errorId: expect.stringMatching(/^[0-9a-f]{32}$/) })
  expect(broken.errors).toMatchObject([{ fields: { errorId: body.errorId, method: 'GET' } }])
  expect(String(broken.errors[0]?.cause)).toContain('outcome_count')

  const unharmed = await broken.get(`/projects/${organization.slug}/web/`, owner.caller)
  expect(unharmed.status).toBe(200)
})

describe('requests from pages in a browser', () => {
  const foreign = { headers: { origin: 'https://elsewhere.example' } }

  test('ask for permission and get it, with what the address has', async () => {
    const { status, headers } = await vedette.send('OPTIONS', '/api/0/organizations/acme/teams/', nobody, {
      headers: {
        origin: 'https://elsewhere.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    })
    expect(status).toBe(200)
    expect(headers).toMatchObject({
      'access-control-max-age': '3600',
      'access-control-allow-origin': 'https://elsewhere.example',
      'access-control-allow-headers':
        'X-Sentry-Auth, X-Requested-With, Origin, Accept, Content-Type, Authentication, Authorization, Content-Encoding, sentry-trace, baggage, X-CSRFToken',
      'access-control-expose-headers':
        'X-Sentry-Error, X-Sentry-Direct-Hit, X-Hits, X-Max-Hits, Endpoint, Retry-After, Link',
    })
    const methods = ['GET', 'HEAD', 'OPTIONS', 'POST']
    expect(headers.allow?.split(', ').sort()).toEqual(methods)
    expect(headers['access-control-allow-methods']?.split(', ').sort()).toEqual(methods)
  })

  test('are answered for any origin when none is stated', async () => {
    const { status, headers } = await vedette.send('OPTIONS', '/api/0/projects/')
    expect({ status, origin: headers['access-control-allow-origin'] }).toEqual({ status: 200, origin: '*' })
  })

  test('may use a token from anywhere', async () => {
    const { owner } = await found(vedette)
    const { status, headers } = await vedette.get('/projects/', owner.caller, foreign)
    expect({ status, origin: headers['access-control-allow-origin'] }).toEqual({
      status: 200,
      origin: 'https://elsewhere.example',
    })
    expect(headers['access-control-allow-credentials']).toBeUndefined()
  })

  test('may read why a token is refused', async () => {
    const { status, headers } = await vedette.get('/projects/', bearer('no-such-token'), foreign)
    expect({ status, origin: headers['access-control-allow-origin'] }).toEqual({
      status: 401,
      origin: 'https://elsewhere.example',
    })
  })

  test('are refused the visitor’s session and anonymous reading', async () => {
    const { owner } = await found(vedette)
    for (const caller of [await sessionOf(vedette, owner), nobody]) {
      const { status, text } = await vedette.get('/', caller, foreign)
      expect({ status, text }).toEqual({ status: 400, text: '"Invalid origin: https://elsewhere.example"' })
    }
  })

  test('have the session on the server’s own pages', async () => {
    const { owner } = await found(vedette)
    const session = await sessionOf(vedette, owner)
    const own = { headers: { origin: vedette.app.baseUrl } }
    expect((await vedette.get('/', session, own)).status).toBe(200)
  })
})
