/** Organization tokens: made, shown, renamed and revoked. */
import { afterAll, describe, expect, test } from 'vitest'
import { hashToken } from '../../src/api/access.ts'
import { allScopes, type OrganizationRole } from '../../src/protocol/scopes.ts'
import { MINUTE } from '../../src/time.ts'
import { entriesOf, trailOf } from './audit-trail.ts'
import {
  addPerson,
  apiKeyOf,
  bearer,
  type Caller,
  type Founded,
  found,
  openInstallation,
  organizationTokenOf,
  sessionOf,
  tokenOf,
} from './installation.ts'
import { unreadable } from './unreadable.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

interface Token {
  readonly id: string
  readonly name: string
  readonly token: string
  readonly dateLastUsed: string | null
}

const listAt = ({ organization }: Pick<Founded, 'organization'>) =>
  `/organizations/${organization.slug}/org-auth-tokens/`

async function make(place: Founded, name = 'CI', own = vedette): Promise<Token> {
  const { status, body } = await own.post<Token>(listAt(place), place.owner.caller, { name })
  expect(status).toBe(201)
  return body
}

async function listOf(place: Founded, own = vedette): Promise<readonly Token[]> {
  return (await own.get<Token[]>(listAt(place), place.owner.caller)).body
}

test('a new token says where the server is and whom it acts for, and its text is shown once', async () => {
  const place = await found(vedette)
  const { organization, owner } = place
  const { token, ...shown } = await make(place, ' Deploys ')
  const [kind, payload = '', secret] = token.split('_')
  expect([kind, JSON.parse(Buffer.from(payload, 'base64').toString())]).toEqual([
    'sntrys',
    {
      iat: vedette.clock.now() / 1000,
      url: vedette.app.baseUrl,
      region_url: vedette.app.baseUrl,
      org: organization.slug,
    },
  ])
  expect(secret).toMatch(/^[A-Za-z0-9+/]{43}$/)
  expect(shown).toEqual({
    id: shown.id,
    name: 'Deploys',
    scopes: ['org:ci'],
    tokenLastCharacters: token.slice(-4),
    dateCreated: '2026-01-05T09:30:00Z',
    dateLastUsed: null,
    projectLastUsedId: null,
    createdBy: { id: String(owner.userId), name: owner.email, email: owner.email },
  })
  expect(await listOf(place)).toEqual([shown])
  expect(await vedette.get(`${listAt(place)}${shown.id}/`, owner.caller)).toMatchObject({ body: shown })
  const stored = await vedette.app.db.read
    .selectFrom('organization_token')
    .selectAll()
    .where('organization_id', '=', organization.id)
    .execute()
  expect(stored.map(({ token_hash }) => token_hash)).toEqual([hashToken(token)])
  expect(JSON.stringify(stored)).not.toContain(secret)
})

test('a new token works at once, for the one thing it is for', async () => {
  const place = await found(vedette)
  const caller = bearer((await make(place)).token)
  expect(await vedette.get('/', caller)).toMatchObject({
    status: 200,
    body: { auth: { scopes: ['org:ci'] }, user: null },
  })
  expect((await vedette.get(listAt(place), caller)).status).toBe(403)
})

test('the list has the last used first, then by name; no API keys, no revoked ones, none of others', async () => {
  await using own = await openInstallation()
  const [place, other] = [await found(own), await found(own)]
  const tokens = new Map<string, Token>()
  for (const name of ['d', 'b', 'c', 'a', 'gone']) tokens.set(name, await make(place, name, own))
  await make(other, 'other', own)
  await apiKeyOf(own, place.organization, ['org:read'])
  for (const name of ['c', 'd', 'gone']) {
    own.clock.advance(MINUTE)
    await own.get('/', bearer(tokens.get(name)?.token ?? ''))
  }
  await own.delete(`${listAt(place)}${tokens.get('gone')?.id}/`, place.owner.caller)
  const list = await listOf(place, own)
  expect(list.map(({ name, dateLastUsed }) => [name, dateLastUsed])).toEqual([
    ['d', '2026-01-05T09:32:00Z'],
    ['c', '2026-01-05T09:31:00Z'],
    ['a', null],
    ['b', null],
  ])
})

test('a token whose maker is an API key, or gone, is nobody’s', async () => {
  const place = await found(vedette)
  const key = await apiKeyOf(vedette, place.organization, ['org:read'])
  const made = await vedette.post(listAt(place), key, { name: 'By key' })
  expect(made).toMatchObject({ status: 201, body: { createdBy: null } })
  const person = await addPerson(vedette, { organization: place.organization, name: 'Ada' })
  await vedette.post(listAt(place), person.caller, { name: 'By Ada' })
  expect((await listOf(place))[0]).toMatchObject({ createdBy: { name: 'Ada' } })
  await vedette.write((tx) => tx.deleteFrom('user').where('id', '=', person.userId).execute())
  expect((await listOf(place))[0]).toMatchObject({ name: 'By Ada', createdBy: null })
})

const badNames: readonly (readonly [unknown, string])[] = [
  [{}, 'The name cannot be blank.'],
  [{ name: null }, 'The name cannot be blank.'],
  [{ name: '  ' }, 'The name cannot be blank.'],
  [[], 'The name cannot be blank.'],
  [{ name: 7 }, 'The name must be a string.'],
  [{ name: ['CI'] }, 'The name must be a string.'],
  [{ name: 'a\0b' }, 'The name must be plain text.'],
  [{ name: 'x'.repeat(256) }, 'The name cannot be longer than 255 characters.'],
]

describe('making a token', () => {
  test.each(badNames)('refuses %j', async (input, text) => {
    const place = await found(vedette)
    const { status, body } = await vedette.post(listAt(place), place.owner.caller, input)
    expect([status, body]).toEqual([400, { detail: [text] }])
    expect(await listOf(place)).toEqual([])
    expect(await trailOf(vedette, place)).toEqual([])
  })

  test.each(unreadable)('refuses $name', async ({ sending, answer }) => {
    const place = await found(vedette)
    expect(await vedette.send('POST', `/api/0${listAt(place)}`, place.owner.caller, sending)).toMatchObject(
      answer,
    )
    expect(await listOf(place)).toEqual([])
  })
})

describe('renaming a token', () => {
  test('is answered with 204', async () => {
    const place = await found(vedette)
    const { id } = await make(place)
    const answer = await vedette.put(`${listAt(place)}${id}/`, place.owner.caller, { name: 'x'.repeat(255) })
    expect([answer.status, answer.text]).toEqual([204, ''])
    expect(await listOf(place)).toMatchObject([{ id, name: 'x'.repeat(255) }])
  })

  test.each(badNames)('refuses %j', async (input, text) => {
    const place = await found(vedette)
    const { id } = await make(place)
    const { status, body } = await vedette.put(`${listAt(place)}${id}/`, place.owner.caller, input)
    expect([status, body]).toEqual([400, { detail: text }])
    expect(await listOf(place)).toMatchObject([{ name: 'CI' }])
  })

  test.each(unreadable)('refuses $name', async ({ sending, answer }) => {
    const place = await found(vedette)
    const { id } = await make(place)
    const path = `/api/0${listAt(place)}${id}/`
    expect(await vedette.send('PUT', path, place.owner.caller, sending)).toMatchObject(answer)
  })
})

test('a revoked token is refused, and has no address any more', async () => {
  const place = await found(vedette)
  const { id, token } = await make(place)
  const at = `${listAt(place)}${id}/`
  const answer = await vedette.delete(at, place.owner.caller)
  expect([answer.status, answer.text]).toEqual([204, ''])
  expect(await vedette.get('/', bearer(token))).toMatchObject({
    status: 401,
    body: { detail: 'Invalid org token' },
  })
  for (const method of ['GET', 'PUT', 'DELETE'] as const) {
    const { status } = await vedette.send(method, `/api/0${at}`, place.owner.caller, { body: { name: 'x' } })
    expect(status).toBe(404)
  }
})

test('tokens of others, API keys and what is no number have no address', async () => {
  const [place, other] = [await found(vedette), await found(vedette)]
  const { id } = await make(other)
  await apiKeyOf(vedette, place.organization, ['org:read'])
  const key = await vedette.app.db.read
    .selectFrom('organization_token')
    .select('id')
    .where('organization_id', '=', place.organization.id)
    .executeTakeFirstOrThrow()
  for (const each of [id, key.id, '0', 'x', '99999999999999999999']) {
    const { status } = await vedette.delete(`${listAt(place)}${each}/`, place.owner.caller)
    expect(status).toBe(404)
  }
  expect((await listOf(other)).length).toBe(1)
})

describe('who may do what', () => {
  async function statusesOf(place: Founded, caller: Caller): Promise<readonly number[]> {
    const { id } = await make(place)
    const at = `${listAt(place)}${id}/`
    return [
      (await vedette.get(listAt(place), caller)).status,
      (await vedette.post(listAt(place), caller, { name: 'x' })).status,
      (await vedette.get(at, caller)).status,
      (await vedette.put(at, caller, { name: 'y' })).status,
      (await vedette.delete(at, caller)).status,
    ]
  }
  const all = [200, 201, 200, 204, 204]
  const butRevoking = [200, 201, 200, 204, 403]
  const nothing = [403, 403, 403, 403, 403]

  test.each<[OrganizationRole, readonly number[]]>([
    ['member', butRevoking],
    ['admin', butRevoking],
    ['manager', all],
    ['owner', all],
  ])('%s', async (role, expected) => {
    const place = await found(vedette)
    const person = await addPerson(vedette, { organization: place.organization, role })
    expect(await statusesOf(place, person.caller)).toEqual(expected)
    expect(await statusesOf(place, await sessionOf(vedette, person))).toEqual(expected)
  })

  test.each(allScopes)('a token of the owner with %s', async (scope) => {
    const place = await found(vedette)
    const expected =
      { 'org:read': butRevoking, 'org:write': all, 'org:admin': all }[scope as string] ?? nothing
    expect(await statusesOf(place, await tokenOf(vedette, place.owner, [scope]))).toEqual(expected)
  })

  test('strangers and organization tokens: nothing', async () => {
    const place = await found(vedette)
    const stranger = await addPerson(vedette)
    expect(await statusesOf(place, stranger.caller)).toEqual(nothing)
    expect(await statusesOf(place, await organizationTokenOf(vedette, place.organization))).toEqual(nothing)
  })
})

test('nobody on the way may keep an answer', async () => {
  const place = await found(vedette)
  const { headers } = await vedette.get(listAt(place), place.owner.caller)
  expect(headers['cache-control']).toBe('max-age=0, no-cache, no-store, must-revalidate, private')
})

test('what happens to a token is recorded, without its text', async () => {
  const place = await found(vedette)
  const { caller, userId } = place.owner
  const { id, token } = await make(place)
  const at = `${listAt(place)}${id}/`
  for (const name of ['Releases', 'Releases']) await vedette.put(at, caller, { name })
  await vedette.delete(at, caller)
  expect(await trailOf(vedette, place)).toEqual([
    ['org-auth-token.create', { name: 'CI' }],
    ['org-auth-token.edit', { name: 'Releases' }],
    ['org-auth-token.remove', { name: 'Releases' }],
  ])
  const entries = await entriesOf(vedette, place)
  expect(entries[0]).toMatchObject({ actor: { id: String(userId) }, targetObject: Number(id) })
  expect(JSON.stringify(entries)).not.toContain(token.split('_')[2])
})
