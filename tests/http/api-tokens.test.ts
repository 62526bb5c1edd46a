/** Personal tokens: made, shown, renamed and revoked by people who are signed in. */
import { afterAll, describe, expect, test } from 'vitest'
import { hashToken } from '../../src/api/access.ts'
import { allScopes } from '../../src/protocol/scopes.ts'
import { DAY, HOUR, MINUTE } from '../../src/time.ts'
import { entriesOf, trailOf } from './audit-trail.ts'
import {
  addPerson,
  bearer,
  type Caller,
  enrol,
  found,
  type Installation,
  nobody,
  openInstallation,
  type Person,
  sessionOf,
} from './installation.ts'
import { unreadable, unreadableFields } from './unreadable.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

const path = '/api-tokens/'

interface Token {
  readonly id: string
  readonly name: string | null
  readonly scopes: readonly string[]
  readonly expiresAt: string | null
  readonly lastUsedAt: string | null
  readonly tokenLastCharacters: string
  readonly token: string
}

/** Somebody without a token, and signed in. */
async function signedIn(own: Installation = vedette): Promise<Person & { session: Caller }> {
  const person = await addPerson(own)
  await own.write((tx) => tx.deleteFrom('user_token').where('user_id', '=', person.userId).execute())
  return { ...person, session: await sessionOf(own, person) }
}

async function make(session: Caller, input: object = {}, own = vedette): Promise<Token> {
  const { status, body } = await own.post<Token>(path, session, { scopes: ['org:read'], ...input })
  expect(status).toBe(201)
  return body
}

async function listOf(session: Caller, own = vedette): Promise<readonly Token[]> {
  return (await own.get<Token[]>(path, session)).body
}

describe('making a token', () => {
  test('shows its text once, and keeps no more than a digest of it', async () => {
    const { session, userId } = await signedIn()
    const { token, ...shown } = await make(session, { name: 'Deploys', scopes: ['project:read', 'org:read'] })
    expect(token).toMatch(/^sntryu_[0-9a-f]{64}$/)
    expect(shown).toEqual({
      id: shown.id,
      name: 'Deploys',
      scopes: ['org:read', 'project:read'],
      application: null,
      expiresAt: null,
      dateCreated: '2026-01-05T09:30:00Z',
      lastUsedAt: null,
      state: null,
      tokenLastCharacters: token.slice(-4),
    })
    expect(await listOf(session)).toEqual([shown])
    expect(await vedette.get(`${path}${shown.id}/`, session)).toMatchObject({ status: 200, body: shown })
    const stored = await vedette.app.db.read
      .selectFrom('user_token')
      .selectAll()
      .where('user_id', '=', userId)
      .execute()
    expect(stored.map(({ token_hash }) => token_hash)).toEqual([hashToken(token)])
    expect(JSON.stringify(stored)).not.toContain(token)
  })

  test('gives it the scopes that were asked for, each once, or none', async () => {
    const { session } = await signedIn()
    expect((await make(session, { scopes: ['org:read', 'org:read'] })).scopes).toEqual(['org:read'])
    expect((await make(session, { scopes: [] })).scopes).toEqual([])
    expect((await make(session, { scopes: allScopes })).scopes).toEqual(allScopes)
  })

  test('makes one that works at once, as far as its scopes reach', async () => {
    const { session } = await signedIn()
    const caller = bearer((await make(session)).token)
    expect(await vedette.get('/', caller)).toMatchObject({ body: { auth: { scopes: ['org:read'] } } })
    expect((await vedette.get('/organizations/', caller)).status).toBe(200)
    expect((await vedette.get('/projects/', caller)).status).toBe(403)
  })

  test('a name may be left out or blank', async () => {
    const { session } = await signedIn()
    expect([(await make(session)).name, (await make(session, { name: '' })).name]).toEqual([null, null])
  })

  test('newest first, and only one’s own', async () => {
    const [ada, bob] = [await signedIn(), await signedIn()]
    await make(ada.session, { name: 'one' })
    await make(bob.session, { name: 'other' })
    await make(ada.session, { name: 'two' })
    expect((await listOf(ada.session)).map(({ name }) => name)).toEqual(['two', 'one'])
  })
})

const notNull = ['This field may not be null.']
const notInteger = ['A valid integer is required.']
const noDate = ['Expected a date in ISO 8601, with a time zone if it has a time.']

describe('what is wrong is said, and no token comes of it', () => {
  test.each<[object, unknown]>([
    [{}, { scopes: ['This field is required.'] }],
    [{ scopes: null }, { scopes: notNull }],
    [{ scopes: 'org:read' }, { scopes: ['Expected a list of items but got type "str".'] }],
    [{ scopes: ['org:read', 'org:rule'] }, { scopes: ['"org:rule" is not a valid choice.'] }],
    [{ scopes: [null] }, { scopes: notNull }],
    [{ scopes: [], name: null }, { name: notNull }],
    [{ scopes: [], name: {} }, { name: ['Not a valid string.'] }],
    [{ scopes: [], name: 'x'.repeat(256) }, { name: ['Ensure this field has no more than 255 characters.'] }],
    [{ scopes: [], expiresIn: 0 }, { expiresIn: ['Ensure this value is greater than or equal to 1.'] }],
    [{ scopes: [], expiresIn: 3651 }, { expiresIn: ['Ensure this value is less than or equal to 3650.'] }],
    [{ scopes: [], expiresIn: 'soon' }, { expiresIn: notInteger }],
    [{ scopes: [], expiresIn: 1.5 }, { expiresIn: notInteger }],
    [{ scopes: [], expiresAt: 'tomorrow' }, { expiresAt: noDate }],
    [{ scopes: [], expiresAt: '2026-02-31T25:00:00Z' }, { expiresAt: noDate }],
    [{ scopes: [], expiresAt: '2027-01-05T09:30:00' }, { expiresAt: noDate }],
    [{ scopes: [], expiresAt: '2026-01-05T09:30:00Z' }, { expiresAt: ['This moment has passed already.'] }],
    [
      { scopes: [], expiresAt: '2027-01-05', expiresIn: 1 },
      { non_field_errors: ['Give expiresAt or expiresIn, not both.'] },
    ],
  ])('%j', async (input, errors) => {
    const { session } = await signedIn()
    const { status, body } = await vedette.post(path, session, input)
    expect([status, body]).toEqual([400, errors])
    expect(await listOf(session)).toEqual([])
  })

  test.each(unreadableFields)('$name', async ({ sending, answer }) => {
    const { session } = await signedIn()
    expect(await vedette.send('POST', `/api/0${path}`, session, sending)).toMatchObject(answer)
    expect(await listOf(session)).toEqual([])
  })
})

describe('a token that expires', () => {
  test.each([
    [{ expiresIn: 30 }, '2026-02-04T09:30:00Z', 30 * DAY],
    [{ expiresAt: '2026-01-05T12:30:00+01:00' }, '2026-01-05T11:30:00Z', 2 * HOUR],
    [{ expiresAt: '2026-01-06' }, '2026-01-06T00:00:00Z', 14.5 * HOUR],
  ])('%j works until then, and shows when', async (input, expiresAt, lifetimeMs) => {
    await using own = await openInstallation()
    const person = await addPerson(own)
    const token = await make(await sessionOf(own, person), input, own)
    expect(token.expiresAt).toBe(expiresAt)
    own.clock.advance(lifetimeMs - 1)
    expect((await own.get('/', bearer(token.token))).status).toBe(200)
    own.clock.advance(1)
    expect(await own.get('/', bearer(token.token))).toMatchObject({
      status: 401,
      body: { detail: 'Token expired' },
    })
    const later = await sessionOf(own, person)
    expect(await listOf(later, own)).toMatchObject([{ id: token.id, expiresAt }, {}])
  })

  test('none is one that does not', async () => {
    const { session } = await signedIn()
    expect((await make(session, { expiresAt: null, expiresIn: null })).expiresAt).toBeNull()
  })
})

test('when it was used last is known to the minute', async () => {
  await using own = await openInstallation()
  const { session } = await signedIn(own)
  const { token } = await make(session, {}, own)
  const used = async (afterMs: number) => {
    own.clock.advance(afterMs)
    await own.get('/', bearer(token))
    return (await listOf(session, own))[0]?.lastUsedAt
  }
  expect([await used(MINUTE), await used(MINUTE - 1), await used(1)]).toEqual([
    '2026-01-05T09:31:00Z',
    '2026-01-05T09:31:00Z',
    '2026-01-05T09:32:00Z',
  ])
})

describe('renaming a token', () => {
  test('changes its name and nothing else', async () => {
    const { session } = await signedIn()
    const { token, ...made } = await make(session, { name: 'one' })
    const at = `${path}${made.id}/`
    for (const name of ['two', '']) {
      const { status, body } = await vedette.put(at, session, { name, tokenId: made.id })
      expect([status, body]).toEqual([200, { ...made, name: name || null }])
    }
    expect((await vedette.get('/', bearer(token))).status).toBe(200)
  })

  test.each<[unknown, number, unknown]>([
    [{}, 400, { name: ['This field is required.'] }],
    [{ name: null }, 400, { name: notNull }],
    [{ name: 'x'.repeat(256) }, 400, { name: ['Ensure this field has no more than 255 characters.'] }],
    [{ name: 'two', scopes: [] }, 403, { error: 'Only auth token name can be edited after creation' }],
  ])('refuses %j', async (input, expected, errors) => {
    const { session } = await signedIn()
    const { id } = await make(session, { name: 'one' })
    const { status, body } = await vedette.put(`${path}${id}/`, session, input)
    expect([status, body]).toEqual([expected, errors])
    expect(await listOf(session)).toMatchObject([{ name: 'one' }])
  })

  test.each(unreadableFields)('refuses $name', async ({ sending, answer }) => {
    const { session } = await signedIn()
    const { id } = await make(session)
    expect(await vedette.send('PUT', `/api/0${path}${id}/`, session, sending)).toMatchObject(answer)
  })
})

describe('revoking a token', () => {
  test('by the body or by the address ends it', async () => {
    const { session } = await signedIn()
    const [one, two, three] = [await make(session), await make(session), await make(session)]
    const answers = [
      await vedette.delete(path, session, { tokenId: one.id }),
      await vedette.delete(path, session, { tokenId: Number(two.id) }),
      await vedette.delete(`${path}${three.id}/`, session),
    ]
    expect(answers.map(({ status, text }) => [status, text])).toEqual(Array(3).fill([204, '']))
    for (const { token } of [one, two, three]) {
      expect(await vedette.get('/', bearer(token))).toMatchObject({
        status: 401,
        body: { detail: 'Invalid token' },
      })
    }
    expect(await listOf(session)).toEqual([])
  })

  test('of somebody else, or of nobody, is refused', async () => {
    const [ada, bob] = [await signedIn(), await signedIn()]
    const { id } = await make(bob.session)
    const { userId } = ada
    const remove = async (body: unknown) => {
      const answer = await vedette.delete(path, ada.session, body)
      return [answer.status, answer.body]
    }
    expect([
      await remove({}),
      await remove({ tokenId: null }),
      await remove({ tokenId: id }),
      await remove({ tokenId: 0 }),
      await remove({ tokenId: 'x' }),
    ]).toEqual([
      [400, { tokenId: null }],
      [400, { tokenId: null }],
      [400, { tokenId: id, userId }],
      [400, { tokenId: 0, userId }],
      [400, { tokenId: 'x', userId }],
    ])
    expect((await listOf(bob.session)).length).toBe(1)
  })

  test.each(unreadable)('refuses $name', async ({ sending, answer }) => {
    const { session } = await signedIn()
    expect(await vedette.send('DELETE', `/api/0${path}`, session, sending)).toMatchObject(answer)
  })

  test('other people’s tokens have no address', async () => {
    const [ada, bob] = [await signedIn(), await signedIn()]
    const { id } = await make(bob.session, { name: 'bob’s' })
    for (const each of [id, '0', 'x', '99999999999999999999']) {
      for (const [method, body] of [['GET'], ['PUT', { name: 'ada’s' }], ['DELETE']] as const) {
        const answer = await vedette.send(method, `/api/0${path}${each}/`, ada.session, { body })
        expect([answer.status, answer.body]).toEqual([404, { detail: 'Invalid token ID' }])
      }
    }
    expect(await listOf(bob.session)).toMatchObject([{ name: 'bob’s' }])
  })
})

describe('who has no session', () => {
  test.each([
    ['GET', path],
    ['POST', path],
    ['DELETE', path],
    ['GET', `${path}1/`],
    ['PUT', `${path}1/`],
    ['DELETE', `${path}1/`],
  ] as const)('%s %s is refused', async (method, address) => {
    const { caller, session } = await signedIn()
    const { token } = await make(session)
    const call = async (who: Caller) => {
      const { status, headers } = await vedette.send(method, `/api/0${address}`, who, { body: {} })
      return [status, headers['cache-control']]
    }
    const neverKept = 'max-age=0, no-cache, no-store, must-revalidate, private'
    expect(await call(nobody)).toEqual([401, neverKept])
    expect(await call(bearer(token))).toEqual([403, neverKept])
    expect(await call({ headers: { ...session.headers, ...bearer(token).headers } })).toEqual([
      403,
      neverKept,
    ])
    expect(caller.headers).not.toEqual({})
  })

  test('nobody on the way may keep an answer', async () => {
    const { session } = await signedIn()
    const { headers } = await vedette.get(path, session)
    expect(headers['cache-control']).toBe('max-age=0, no-cache, no-store, must-revalidate, private')
  })
})

test('what happens to a token is recorded in every organization of its owner, without its text', async () => {
  const [one, two, other] = [await found(vedette), await found(vedette), await found(vedette)]
  const { owner } = one
  await enrol(vedette, owner, { organization: two.organization })
  const session = await sessionOf(vedette, owner)
  const { id, token } = await make(session, { name: 'Deploys' })
  await vedette.put(`${path}${id}/`, session, { name: 'Releases' })
  await vedette.put(`${path}${id}/`, session, { name: 'Releases' })
  await vedette.delete(path, session, { tokenId: id })
  const scopes = ['org:read']
  const expected = [
    ['user-auth-token.create', { name: 'Deploys', scopes }],
    ['user-auth-token.edit', { name: 'Releases', scopes }],
    ['user-auth-token.remove', { name: 'Releases', scopes }],
  ]
  expect(await trailOf(vedette, one)).toEqual(expected)
  expect(await trailOf(vedette, two)).toEqual(expected)
  expect(await trailOf(vedette, other)).toEqual([])
  const entries = await entriesOf(vedette, one)
  expect(entries[0]).toMatchObject({
    actor: { id: String(owner.userId) },
    targetObject: Number(id),
    targetUser: { id: String(owner.userId) },
    note: 'added personal token Deploys',
  })
  expect(JSON.stringify(entries)).not.toContain(token.slice(0, 40))
})
