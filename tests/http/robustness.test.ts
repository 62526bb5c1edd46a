/** Whatever is asked, the answer is one that a client can read, and never that the server failed. */
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { allScopes } from '../../src/protocol/scopes.ts'
import { apiKeyOf, type Caller, found, openInstallation, sessionOf } from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

/** Numbers at the edges, pieces of cursors and queries, and text of every alphabet. */
const words = fc.oneof(
  fc.constantFrom(
    ...[
      '',
      '0',
      '-1',
      '1.5',
      '1e400',
      '9007199254740993',
      '99999999999999999999',
      'null',
      'true',
      '1',
      '24h',
    ],
    ...['100:0:0', '0:0:0', '1:0:1', '-5:3:1', '5:9007199254740991:0', '9007199254740991:1:0'],
    ...[
      ':',
      '"',
      'a:"b',
      'slug:',
      'id:1',
      'id:-1',
      'id:99999999999999999999',
      '!team:x',
      'status:x',
      '%',
      '\\',
    ],
    ...['\u0000', 'a\u0000b', '\ufffd', 'crew', 'web', 'x'.repeat(3000)],
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 8 }).map((text) => text.toWellFormed()),
)

async function place() {
  const { organization, owner } = await found(vedette)
  const callers: readonly Caller[] = [
    owner.caller,
    await sessionOf(vedette, owner),
    await apiKeyOf(vedette, organization, allScopes),
  ]
  return { org: organization.slug, owner, callers }
}

test('to any parameters', async () => {
  const { org, callers } = await place()
  const paths = [
    ...['/', '/projects/', '/organizations/', `/organizations/${org}/`, `/organizations/${org}/projects/`],
    ...[`/organizations/${org}/teams/`, `/organizations/${org}/members/`, `/teams/${org}/crew/`],
    ...[`/teams/${org}/crew/projects/`, `/projects/${org}/web/`, `/projects/${org}/web/keys/`],
    ...[`/projects/${org}/web/stats/`],
  ]
  const names = fc.constantFrom(
    ...['cursor', 'per_page', 'query', 'status', 'statsPeriod', 'options', 'all_projects', 'show', 'sortBy'],
    ...['owner', 'organizationId', 'expand', 'collapse', 'include', 'detailed', 'stat', 'since', 'until'],
    ...['resolution', 'environment', 'dataset', 'transactionStats', '__proto__', 'constructor'],
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...paths),
      fc.constantFrom(...callers),
      fc.array(fc.tuple(names, words), { maxLength: 4 }),
      async (path, caller, parameters) => {
        const { status } = await vedette.get(`${path}?${new URLSearchParams(parameters)}`, caller)
        expect([200, 400, 404]).toContain(status)
      },
    ),
    { numRuns: 300 },
  )
  expect(vedette.errors).toEqual([])
})

test('to any body', async () => {
  const { org, callers } = await place()
  const paths = [
    ...['/organizations/', `/organizations/${org}/projects/`, `/organizations/${org}/teams/`],
    ...[`/organizations/${org}/members/`, `/teams/${org}/crew/projects/`],
  ]
  const names = fc.constantFrom(
    ...['name', 'slug', 'platform', 'default_rules', 'origin', 'email', 'orgRole', 'role', 'teamRoles'],
    ...['teams', 'defaultTeam', 'sendInvite', '__proto__', 'constructor'],
  )
  const leaves = fc.oneof(
    words,
    fc.boolean(),
    fc.double(),
    fc.constant(null),
    fc.array(words, { maxLength: 3 }),
    fc.constantFrom<unknown>({}, [null], [{}], [{ teamSlug: 'crew' }], [{ teamSlug: 'crew', role: 'x' }]),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...paths),
      fc.constantFrom(...callers),
      fc.oneof(leaves, fc.dictionary(names, leaves)),
      fc.boolean(),
      async (path, caller, body, isForm) => {
        const isObject = typeof body === 'object' && body !== null && !Array.isArray(body)
        const fields = isObject
          ? Object.entries(body).map(([name, value]): [string, string] => [name, String(value)])
          : []
        const sending =
          isForm && isObject
            ? {
                headers: { 'content-type': 'application/x-www-form-urlencoded' },
                body: String(new URLSearchParams(fields)),
              }
            : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
        const { status } = await vedette.send('POST', `/api/0${path}`, caller, sending)
        expect([201, 400, 401, 409]).toContain(status)
      },
    ),
    { numRuns: 300 },
  )
  expect(vedette.errors).toEqual([])
})

describe('to any address', () => {
  test.each([
    ['/projects/%ZZ/web/', 400],
    ['/projects/%C3/web/', 400],
    ['/projects/%00/web/', 404],
    ['/projects/%2F/web/', 404],
    [`/projects/${'x'.repeat(300)}/web/`, 414],
    ['/projects/acme/%F0%9F%98%80/', 404],
    [`/projects/${'9'.repeat(60)}/1/`, 404],
  ])('%s', async (path, expected) => {
    const { owner } = await place()
    const { status, body } = await vedette.get(path, owner.caller)
    expect({ status, body }).toEqual({ status: expected, body: { detail: expect.any(String) } })
  })
})

test.each<Record<string, string>>([
  { host: '' },
  { host: 'a b' },
  { host: '[::1' },
  { 'x-forwarded-host': '[::1' },
  { origin: '::::' },
  { cookie: ';;;=%ZZ' },
  { 'content-type': 'garbage' },
])('to any headers: %j', async (headers) => {
  const { owner } = await place()
  const answer = await vedette.get('/projects/', owner.caller, { headers })
  expect(answer).toMatchObject({ status: 200, body: [{ slug: 'web' }] })
  expect(answer.headers.link).toMatch(/^<[a-z]+:\/\/[^>]*\/api\/0\/projects\/\?&cursor=/)
})

/** What a megabyte holds of the shortest. */
const parts = Array.from(
  { length: 17_000 },
  (_, turn) => `--x\r\ncontent-disposition: form-data; name="${turn}"\r\n\r\n\r\n`,
)
const names = Array.from({ length: 110_000 }, (_, turn) => `a${turn}=`)

test.each([
  [
    'a form of many parts',
    'POST',
    '/auth/login/',
    'multipart/form-data; boundary=x',
    `${parts.join('')}--x--`,
  ],
  [
    'a form of many fields',
    'PUT',
    '/projects/ORG/web/',
    'application/x-www-form-urlencoded',
    names.join('&'),
  ],
  ['a query that says one thing often', 'GET', `/?${'a&'.repeat(20_000)}`, undefined, undefined],
] as const)('to %s, soon: the next in line is waiting', async (_, method, path, type, body) => {
  const { org, owner } = await place()
  const sending = type === undefined ? {} : { headers: { 'content-type': type }, body }
  const before = process.threadCpuUsage()
  const { status } = await vedette.send(method, `/api/0${path.replace('ORG', org)}`, owner.caller, sending)
  const { user } = process.threadCpuUsage(before)
  expect(status).not.toBe(413)
  expect(user / 1000).toBeLessThan(1000)
})

test('to lists of very many', async () => {
  const { org, owner } = await place()
  const many = Array.from({ length: 40_000 }, (_, turn) => `t${turn}`)
  const refusal = (field: string, max: number) => ({
    status: 400,
    body: { [field]: [`Ensure this field has no more than ${max} elements.`] },
  })
  const member = (body: object) =>
    vedette.post(`/organizations/${org}/members/`, owner.caller, { email: 'a@example.net', ...body })
  expect(await member({ teams: many })).toMatchObject(refusal('teams', 1000))
  expect(await member({ teamRoles: many.slice(0, 1001).map((teamSlug) => ({ teamSlug })) })).toMatchObject(
    refusal('teamRoles', 1000),
  )
  const path = `/organizations/${org}/spike-protections/`
  expect(await vedette.post(path, owner.caller, { projects: many })).toMatchObject(
    refusal('projects', 10_000),
  )
})
