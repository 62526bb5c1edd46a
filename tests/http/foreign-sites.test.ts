/** What a page of another site can do with a visitor who is signed in here: nothing. */
import { afterAll, describe, expect, test } from 'vitest'
import { setPassword } from '../../src/store/accounts.ts'
import {
  type Answer,
  addPerson,
  type Caller,
  type Founded,
  found,
  type Method,
  nobody,
  openInstallation,
  type Sending,
  sessionOf,
} from './installation.ts'
import { quickHash } from './quick-password.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

const own = vedette.app.baseUrl
const password = 'correct horse battery'
const passwordHash = quickHash(password)

/** Headers that a browser adds by itself, and no script can take away. */
type Said = Readonly<Record<string, string>>

const elsewhere = 'https://elsewhere.example'
const fromElsewhere: Said = { origin: elsewhere, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }

/** Whose doing a request is, by what the browser says of it; and the origin that a refusal names. */
const foreign: readonly (readonly [what: string, said: Said, named: string])[] = [
  ['a script of another site', fromElsewhere, elsewhere],
  ['a form of another site', { ...fromElsewhere, 'sec-fetch-mode': 'navigate' }, elsewhere],
  ['an old browser on another site', { origin: elsewhere }, elsewhere],
  ['an older one, which names the page only', { referer: `${elsewhere}/page?a=b` }, elsewhere],
  ['a page that names nothing readable', { referer: 'about:client' }, 'null'],
  [
    'another port of this host',
    { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' },
    'http://localhost:3000',
  ],
  ['this host by another scheme', { origin: 'https://localhost:9000' }, 'https://localhost:9000'],
  ['a host whose name begins like this one', { origin: `${own}.example` }, `${own}.example`],
  [
    'a host whose name ends like this one',
    { origin: 'http://not-localhost:9000' },
    'http://not-localhost:9000',
  ],
  ['an origin with a path', { origin: `${own}/` }, `${own}/`],
  ['two origins', { origin: `${own}, ${elsewhere}` }, `${own}, ${elsewhere}`],
  ['an empty origin', { origin: '' }, ''],
  ['a page that hides where it is from', { origin: 'null' }, 'null'],
  ['one that a redirection came by', { origin: 'null', 'sec-fetch-site': 'cross-site' }, 'null'],
  ['a sandboxed frame of this site', { origin: 'null', 'sec-fetch-site': 'same-origin' }, 'null'],
  ['another site that leaves the origin out', { 'sec-fetch-site': 'cross-site' }, 'cross-site'],
  ['a neighbouring host that leaves it out', { 'sec-fetch-site': 'same-site' }, 'same-site'],
  [
    'a word that browsers do not say',
    { 'sec-fetch-site': 'same-origin, cross-site' },
    'same-origin, cross-site',
  ],
]

const friendly: readonly (readonly [what: string, said: Said])[] = [
  ['a script of this site', { origin: own, 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }],
  ['a script at the address that was asked for', { origin: 'http://192.0.2.1:9000', host: '192.0.2.1:9000' }],
  ['an old browser on this site', { origin: own }],
  ['an older one', { referer: `${own}/projects/new` }],
  ['a person who typed the address', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }],
  ['a program that is no browser', {}],
]

interface Place extends Founded {
  readonly session: Caller
  readonly path: string
}

async function settle(): Promise<Place> {
  const founded = await found(vedette)
  const { organization, owner } = founded
  await vedette.write((tx) => setPassword(tx, { userId: owner.userId, passwordHash }))
  const session = await sessionOf(vedette, owner)
  return { ...founded, session, path: `/api/0/organizations/${organization.slug}/` }
}

/** Everything that a change could be seen by. */
async function stateOf({ path, session, owner }: Place): Promise<unknown> {
  const { body } = await vedette.send<{ name: string; teams: unknown[]; projects: unknown[] }>(
    'GET',
    path,
    session,
  )
  const tokens = await vedette.get<unknown[]>('/api-tokens/', session)
  const me = await vedette.get<{ name: string }>('/users/me/', session)
  return [body.name, body.teams.length, body.projects.length, tokens.body.length, me.body.name, owner.userId]
}

const writes: readonly (readonly [method: Method, path: (place: Place) => string, body: unknown])[] = [
  ['PUT', ({ path }) => path, { name: 'Taken' }],
  ['POST', ({ path }) => `${path}teams/`, { name: 'Taken' }],
  ['DELETE', ({ organization }) => `/api/0/teams/${organization.slug}/crew/`, {}],
  ['DELETE', ({ organization }) => `/api/0/projects/${organization.slug}/web/`, {}],
  ['POST', () => '/api/0/api-tokens/', { name: 'Taken', scopes: ['org:admin'] }],
  ['PUT', () => '/api/0/users/me/', { name: 'Taken' }],
  [
    'PUT',
    () => '/api/0/users/me/password/',
    { password, passwordNew: 'taken by somebody', passwordVerify: 'taken by somebody' },
  ],
  ['DELETE', () => '/api/0/users/me/sessions/', undefined],
  ['DELETE', () => '/api/0/auth/', { all: true }],
  ['PUT', () => '/api/0/auth/', { password }],
]

describe('a change with the visitor’s session', () => {
  test.each(foreign)('is refused from %s', async (_, said, named) => {
    const place = await settle()
    const before = await stateOf(place)
    for (const [method, path, body] of writes) {
      const answer = await vedette.send(method, path(place), place.session, { headers: said, body })
      expect([method, path(place), answer.status, answer.text]).toEqual([
        method,
        path(place),
        400,
        JSON.stringify(`Invalid origin: ${named}`),
      ])
      expect(answer.headers['set-cookie']).toBeUndefined()
    }
    expect(await stateOf(place)).toEqual(before)
  })

  test.each(friendly)('is made from %s', async (_, headers) => {
    const { session, path } = await settle()
    const { status } = await vedette.send('PUT', path, session, { headers, body: { name: 'Ours' } })
    expect(status).toBe(200)
  })
})

describe('signing in', () => {
  const credentials = async () => {
    const person = await addPerson(vedette)
    await vedette.write((tx) => setPassword(tx, { userId: person.userId, passwordHash }))
    return { username: person.email, password }
  }

  test.each(foreign)('as somebody else is not done to a visitor by %s', async (_, headers) => {
    const { status, headers: answered } = await vedette.send('POST', '/api/0/auth/login/', nobody, {
      headers,
      body: await credentials(),
    })
    expect([status, answered['set-cookie']]).toEqual([400, undefined])
  })

  test.each(friendly)('works for %s', async (_, headers) => {
    const sending = { headers, body: await credentials() }
    expect((await vedette.send('POST', '/api/0/auth/login/', nobody, sending)).status).toBe(200)
  })
})

describe('what a form can send without asking first', () => {
  const name = 'Taken'
  test.each<[string, Sending, number]>([
    ['text/plain', { headers: { 'content-type': 'text/plain' }, body: JSON.stringify({ name }) }, 415],
    [
      'application/x-www-form-urlencoded',
      { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `name=${name}` },
      400,
    ],
    [
      'multipart/form-data',
      {
        headers: { 'content-type': 'multipart/form-data; boundary=x' },
        body: `--x\r\ncontent-disposition: form-data; name="name"\r\n\r\n${name}\r\n--x--\r\n`,
      },
      400,
    ],
  ])('is refused: %s', async (_, sending, status) => {
    const place = await settle()
    const before = await stateOf(place)
    const url = `${place.path}teams/`
    // Whoever is at home may not send text/plain either: nothing takes it for JSON.
    const isText = status === 415
    const headers = { ...sending.headers, ...(isText ? {} : fromElsewhere) }
    const answer = await vedette.send('POST', url, place.session, { ...sending, headers })
    expect(answer.status).toBe(status)
    expect(await stateOf(place)).toEqual(before)
  })

  test.each(['x-http-method-override', 'x-http-method', 'x-method-override'])(
    'has the method that it has, whatever %s says',
    async (header) => {
      const place = await settle()
      const before = await stateOf(place)
      const url = `/api/0/teams/${place.organization.slug}/crew/`
      const sending = { headers: { [header]: 'DELETE' } }
      expect((await vedette.send('GET', url, place.session, sending)).status).toBe(200)
      expect((await vedette.send('GET', `${url}?_method=DELETE`, place.session)).status).toBe(200)
      expect((await vedette.send('POST', url, place.session, { ...sending, body: {} })).status).toBe(405)
      expect((await vedette.send('POST', url, place.session, { body: { _method: 'DELETE' } })).status).toBe(
        405,
      )
      expect(await stateOf(place)).toEqual(before)
    },
  )
})

describe('reading with the visitor’s session', () => {
  test.each<[string, Said, number]>([
    ['a script of another site', fromElsewhere, 400],
    ['a script of another port', { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' }, 400],
    ['a picture on another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 400],
    ['a script element on another port', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }, 400],
    [
      'a script that hides where it is from',
      { origin: 'null', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' },
      400,
    ],
    ['a link on another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 200],
    ['a link in an old browser', { referer: `${elsewhere}/page` }, 200],
    ['a page of this site', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }, 200],
  ])('by %s', async (_, headers, status) => {
    const { session, path } = await settle()
    expect((await vedette.send('GET', path, session, { headers })).status).toBe(status)
  })

  test('is not offered to scripts of other sites, nor is anything embedded, kept or guessed at', async () => {
    const { session, path, owner } = await settle()
    const answers: readonly Answer[] = [
      await vedette.send('GET', path, session, { headers: fromElsewhere }),
      await vedette.send('GET', path, owner.caller, { headers: fromElsewhere }),
      await vedette.send('OPTIONS', path, nobody, {
        headers: { ...fromElsewhere, 'access-control-request-method': 'PUT' },
      }),
      await vedette.send('GET', path, session),
      await vedette.send('GET', '/api/0/users/me/', session),
    ]
    for (const { headers } of answers) {
      expect(headers['access-control-allow-credentials']).toBeUndefined()
      expect(headers).toMatchObject({
        'cross-origin-resource-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'cache-control': expect.stringContaining('no-store'),
        vary: expect.stringContaining('Cookie'),
      })
    }
  })
})

test('a page of another site may use a token that it was given', async () => {
  const { owner, path, session } = await settle()
  const headers = { ...fromElsewhere, ...owner.caller.headers }
  const { status, headers: answered } = await vedette.send('PUT', path, session, {
    headers,
    body: { name: 'Ours' },
  })
  expect([status, answered['access-control-allow-origin']]).toEqual([200, elsewhere])
})
