/** Who is asking: every kind of credentials, every way in which they fail, and what is checked before what. */
import { afterAll, describe, expect, test } from 'vitest'
import { hashToken } from '../../src/api/access.ts'
import { describeToken, newApiKey, newOrganizationToken, newUserToken } from '../../src/api/tokens.ts'
import { allScopes } from '../../src/protocol/scopes.ts'
import { insertOrganizationToken, insertUserToken } from '../../src/store/tokens.ts'
import { HOUR } from '../../src/time.ts'
import { version } from '../../src/version.ts'
import {
  addPerson,
  addProject,
  apiKeyOf,
  basic,
  bearer,
  type Caller,
  found,
  methodsOf,
  nobody,
  openInstallation,
  organizationTokenOf,
  sessionOf,
  startAt,
  tokenOf,
} from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

const notProvided = 'Authentication credentials were not provided.'
const notPermitted = { detail: 'You do not have permission to perform this action.' }
const noResource = { detail: 'The requested resource does not exist' }
const noProject = { detail: 'Project does not exist' }

/** Everything that a refusal for want of good credentials says. */
async function refusal(path: string, caller: Caller) {
  const { status, headers, body } = await vedette.get(path, caller)
  return { status, challenge: headers['www-authenticate'], body }
}

function unauthenticated(detail: string) {
  return { status: 401, challenge: 'xBasic realm="api"', body: { detail } }
}

describe('credentials that fail', () => {
  const header = (authorization: string): Caller => ({ headers: { authorization } })

  test.each<[string, Caller, string]>([
    ['none', nobody, notProvided],
    ['an unknown token', bearer('sntryu_0000'), 'Invalid token'],
    ['an unknown organization token', bearer('sntrys_e30=_secret'), 'Invalid org token'],
    ['nothing after Bearer', header('Bearer'), 'Invalid token header. No credentials provided.'],
    ['blanks after Bearer', header('Bearer   '), 'Invalid token header. No credentials provided.'],
    [
      'two words after Bearer',
      header('Bearer a b'),
      'Invalid token header. Token string should not contain spaces.',
    ],
    ['an unknown API key', basic('0123456789abcdef'), 'API key is not valid'],
    ['an API key with a password, which is ignored', basic('0123456789abcdef', 'secret'), notProvided],
    ['an unknown scheme, which is ignored', header('Digest username="me"'), notProvided],
    ['a DSN, which is for other endpoints', header('DSN https://key@errors.example.net/1'), notProvided],
    ['an unknown session', { headers: { cookie: 'vedette_session=0000' } }, notProvided],
  ])('%s', async (_, caller, detail) => {
    expect(await refusal('/projects/', caller)).toEqual(unauthenticated(detail))
  })

  test('an invalid token is refused even where nobody need sign in', async () => {
    for (const path of ['/', '/internal/health/']) {
      expect(await refusal(path, bearer('no-such-token'))).toEqual(unauthenticated('Invalid token'))
    }
  })

  test('an expired token, from the very moment', async () => {
    await using own = await openInstallation()
    const { owner } = await found(own)
    const caller = await tokenOf(own, owner, allScopes, startAt + HOUR)
    own.clock.set(startAt + HOUR - 1)
    expect((await own.get('/projects/', caller)).status).toBe(200)
    own.clock.set(startAt + HOUR)
    const { status, body } = await own.get('/projects/', caller)
    expect({ status, body }).toEqual({ status: 401, body: { detail: 'Token expired' } })
  })

  test('an expired session is nobody’s', async () => {
    await using own = await openInstallation()
    const { owner } = await found(own)
    const caller = await sessionOf(own, owner, HOUR)
    own.clock.set(startAt + HOUR - 1)
    expect((await own.get('/projects/', caller)).status).toBe(200)
    own.clock.set(startAt + HOUR)
    const { status, body } = await own.get('/projects/', caller)
    expect({ status, body }).toEqual({ status: 401, body: { detail: notProvided } })
  })

  test('the token and the session of a deactivated user', async () => {
    const { owner } = await found(vedette)
    const session = await sessionOf(vedette, owner)
    await vedette.write((tx) =>
      tx.updateTable('user').set({ is_active: 0 }).where('id', '=', owner.userId).execute(),
    )
    expect(await refusal('/projects/', owner.caller)).toEqual(unauthenticated('User inactive or deleted'))
    expect(await refusal('/projects/', session)).toEqual(unauthenticated(notProvided))
  })

  test('a deleted token', async () => {
    const { owner } = await found(vedette)
    await vedette.write((tx) => tx.deleteFrom('user_token').where('user_id', '=', owner.userId).execute())
    expect(await refusal('/projects/', owner.caller)).toEqual(unauthenticated('Invalid token'))
  })

  test('a revoked organization token and a disabled API key', async () => {
    const { organization } = await found(vedette)
    const token = await organizationTokenOf(vedette, organization)
    const key = await apiKeyOf(vedette, organization, ['project:read'])
    expect((await vedette.get('/', token)).status).toBe(200)
    expect((await vedette.get('/projects/', key)).status).toBe(200)
    await vedette.write((tx) =>
      tx
        .updateTable('organization_token')
        .set({ deactivated_at: startAt })
        .where('organization_id', '=', organization.id)
        .execute(),
    )
    expect(await refusal('/', token)).toEqual(unauthenticated('Invalid org token'))
    expect(await refusal('/projects/', key)).toEqual(unauthenticated('Key is disabled'))
  })

  test('an API key on the address of another organization', async () => {
    const mine = await found(vedette)
    const other = await found(vedette)
    const key = await apiKeyOf(vedette, mine.organization, allScopes)
    for (const path of [
      `/organizations/${other.organization.slug}/`,
      `/teams/${other.organization.slug}/crew/`,
      `/projects/${other.organization.slug}/web/`,
    ]) {
      expect(await refusal(path, key)).toEqual(unauthenticated('Unauthorized organization access.'))
    }
  })

  test('an Authorization header outweighs the cookie that comes with it', async () => {
    const { owner } = await found(vedette)
    const session = await sessionOf(vedette, owner)
    const both = { headers: { ...session.headers, authorization: 'Digest username="me"' } }
    expect(await refusal('/projects/', both)).toEqual(unauthenticated(notProvided))
  })
})

describe('tokens', () => {
  test('of users are `sntryu_` and 64 hex digits', () => {
    expect(newUserToken().token).toMatch(/^sntryu_[0-9a-f]{64}$/)
  })

  test.each(['f'.repeat(64), 'any-text-the-operator-chose'])(
    'of users work without the prefix: %s',
    async (text) => {
      const { owner } = await found(vedette)
      await vedette.write((tx) =>
        insertUserToken(tx, {
          userId: owner.userId,
          name: '',
          ...describeToken(text),
          scopes: ['project:read'],
          now: startAt,
        }),
      )
      expect((await vedette.get('/projects/', bearer(text))).status).toBe(200)
    },
  )

  test.each(['bearer', 'BEARER', 'Bearer'])('are announced by %s in any case', async (scheme) => {
    const { owner } = await found(vedette)
    const [, token = ''] = owner.caller.headers.authorization?.split(' ') ?? []
    const caller = { headers: { authorization: `${scheme} ${token}` } }
    expect((await vedette.get('/projects/', caller)).status).toBe(200)
  })

  test('of organizations tell sentry-cli the server and the organization', () => {
    const baseUrl = 'https://errors.example.net/sentry'
    const { token, tokenHash, tokenLast4 } = newOrganizationToken({
      baseUrl,
      organizationSlug: 'acme',
      now: startAt + 250,
    })
    const [prefix, payload = '', secret = '', ...more] = token.split('_')
    expect({ prefix, more }).toEqual({ prefix: 'sntrys', more: [] })
    expect(secret).toMatch(/^[A-Za-z0-9+/]{43}$/)
    expect(payload).toMatch(/^[A-Za-z0-9+/]+={0,2}$/)
    expect(payload.length % 4).toBe(0)
    expect(JSON.parse(Buffer.from(payload, 'base64').toString('ascii'))).toEqual({
      iat: startAt / 1000 + 0.25,
      url: baseUrl,
      region_url: baseUrl,
      org: 'acme',
    })
    expect({ tokenHash, tokenLast4 }).toEqual({
      tokenHash: hashToken(token),
      tokenLast4: token.slice(-4),
    })
  })

  test.each(['sntrys_e30=', 'sntrys_not-json_secret', 'sntrys_', 'sntrys_e30=_a_b'])(
    'of organizations that are malformed are refused: %s',
    async (token) => {
      expect(await refusal('/', bearer(token))).toEqual(unauthenticated('Invalid org token'))
    },
  )

  test('are each looked up among their own kind only', async () => {
    const { organization, owner } = await found(vedette)
    const asUser = describeToken('sntrys_looks-like-an-organization-token')
    const asOrganization = describeToken('sntryu_looks-like-a-user-token')
    const key = newApiKey()
    const common = { organizationId: organization.id, name: '', createdBy: null, now: startAt }
    await vedette.write(async (tx) => {
      const scopes = ['org:ci']
      await insertUserToken(tx, { userId: owner.userId, name: '', ...asUser, scopes, now: startAt })
      await insertOrganizationToken(tx, { ...common, kind: 'token', ...asOrganization, scopes })
      await insertOrganizationToken(tx, { ...common, kind: 'api-key', ...key, scopes })
    })
    expect(await refusal('/', bearer(asUser.token))).toEqual(unauthenticated('Invalid org token'))
    expect(await refusal('/', bearer(asOrganization.token))).toEqual(unauthenticated('Invalid token'))
    expect(await refusal('/', bearer(key.token))).toEqual(unauthenticated('Invalid token'))
    expect(await refusal('/', basic(asOrganization.token))).toEqual(unauthenticated('API key is not valid'))
  })

  test('are nowhere in the database', async () => {
    const { organization, owner } = await found(vedette)
    const [, key = ''] = (await apiKeyOf(vedette, organization, [])).headers.authorization?.split(' ') ?? []
    const [, token = ''] = owner.caller.headers.authorization?.split(' ') ?? []
    const { read } = vedette.app.db
    const stored = JSON.stringify([
      await read.selectFrom('user_token').selectAll().execute(),
      await read.selectFrom('organization_token').selectAll().execute(),
    ])
    expect(stored).toContain(hashToken(token))
    expect(stored).not.toContain(token)
    expect(stored).not.toContain(Buffer.from(key, 'base64').toString().slice(0, -1))
  })

  test('note when they were used, once a minute at most', async () => {
    await using own = await openInstallation()
    const { owner } = await found(own)
    const lastUsed = async () => {
      // The note is not waited for; a write of our own is queued behind it.
      await own.write(async () => {})
      const row = await own.app.db.read
        .selectFrom('user_token')
        .select('last_used_at')
        .where('user_id', '=', owner.userId)
        .executeTakeFirstOrThrow()
      return row.last_used_at
    }
    const seen: (number | null)[] = []
    for (const at of [startAt, startAt + 59_999, startAt + 60_000]) {
      own.clock.set(at)
      await own.get('/projects/', owner.caller)
      seen.push(await lastUsed())
    }
    expect(seen).toEqual([startAt, startAt, startAt + 60_000])
  })
})

describe('the index', () => {
  test('answers anybody', async () => {
    const { status, text } = await vedette.get('/')
    const body = { version: '0', auth: null, user: null, serverVersion: version }
    expect({ status, text }).toEqual({ status: 200, text: JSON.stringify(body) })
  })

  test('tells a user token its scopes, sorted, and its user', async () => {
    const { owner } = await found(vedette)
    const caller = await tokenOf(vedette, owner, ['project:read', 'event:admin', 'org:read'])
    const { body } = await vedette.get('/', caller)
    expect(body).toMatchObject({
      version: '0',
      auth: { scopes: ['event:admin', 'org:read', 'project:read'] },
      user: { id: String(owner.userId), email: owner.email },
    })
  })

  test('tells a session its user and no scopes', async () => {
    const { owner } = await found(vedette)
    const { body } = await vedette.get('/', await sessionOf(vedette, owner))
    expect(body).toMatchObject({ version: '0', auth: null, user: { email: owner.email } })
  })

  test('tells organization tokens and API keys their scopes and no user', async () => {
    const { organization } = await found(vedette)
    const token = await vedette.get('/', await organizationTokenOf(vedette, organization))
    expect(token.body).toMatchObject({ version: '0', auth: { scopes: ['org:ci'] }, user: null })
    const key = await vedette.get('/', await apiKeyOf(vedette, organization, ['project:write', 'org:read']))
    expect(key.body).toMatchObject({
      version: '0',
      auth: { scopes: ['org:read', 'project:write'] },
      user: null,
    })
  })

  test('describes the user in full', async () => {
    const ada = await addPerson(vedette, { email: 'Ada@Example.net', name: 'Ada' })
    const { body } = await vedette.get<{ user: unknown }>('/', await sessionOf(vedette, ada))
    expect(body.user).toEqual({
      id: String(ada.userId),
      name: 'Ada',
      username: 'ada@example.net',
      email: 'ada@example.net',
      avatarUrl: expect.any(String),
      isActive: true,
      isSuspended: false,
      hasPasswordAuth: false,
      isManaged: false,
      dateJoined: '2026-01-05T09:30:00Z',
      lastLogin: null,
      has2fa: false,
      lastActive: null,
      isSuperuser: false,
      isStaff: false,
      experiments: {},
      emails: [{ id: expect.any(String), email: 'ada@example.net', is_verified: true }],
      avatar: { avatarType: 'letter_avatar', avatarUuid: null, avatarUrl: null },
      identities: [],
      options: {
        theme: expect.any(String),
        language: 'en',
        stacktraceOrder: expect.any(Number),
        defaultIssueEvent: expect.any(String),
        timezone: 'UTC',
        clock24Hours: false,
      },
      flags: { newsletter_consent_prompt: false, has_generated_password: false },
    })
  })
})

describe('the scopes', async () => {
  interface Scope {
    readonly id: string
    readonly description: string
    readonly isUsed: boolean
  }
  const { body } = await vedette.get<readonly Scope[]>('/scopes/')

  test('are all there, each with what it is for', () => {
    expect(body.map(({ id }) => id)).toEqual([...allScopes])
    expect(body.filter(({ description }) => description === '')).toEqual([])
  })

  test('are those that the addresses of the API ask for, and some that none does', async () => {
    const document = await vedette.get<{
      paths: Record<string, Record<string, { security?: { token?: string[] }[] }>>
    }>('/openapi.json')
    const asked = Object.values(document.body.paths)
      .flatMap((methods) => Object.values(methods))
      .flatMap(({ security = [] }) => security.flatMap(({ token = [] }) => token))
    expect(
      body
        .filter(({ isUsed }) => isUsed)
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...new Set(asked)].sort())
  })
})

describe('what clients ask before anything else', () => {
  test('/auth/ describes the user of a token and refuses whoever has none', async () => {
    const { organization, owner } = await found(vedette)
    const { status, body } = await vedette.get('/auth/', owner.caller)
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { id: String(owner.userId), email: owner.email, name: expect.any(String) },
    })
    for (const caller of [nobody, await organizationTokenOf(vedette, organization)]) {
      expect(await refusal('/auth/', caller)).toEqual(unauthenticated(notProvided))
    }
  })

  test('/users/me/regions/ names this server as the one region', async () => {
    await using behind = await openInstallation({ url: 'https://errors.example.net/sentry' })
    const { owner } = await found(behind)
    const { status, body } = await behind.get('/users/me/regions/', owner.caller)
    expect({ status, body }).toEqual({
      status: 200,
      body: { regions: [{ name: expect.any(String), url: 'https://errors.example.net/sentry' }] },
    })
  })

  test('/internal/health/ answers any valid token', async () => {
    const { owner } = await found(vedette)
    for (const path of ['/internal/health/', '/internal/health']) {
      expect((await vedette.get(path, await tokenOf(vedette, owner, []))).status).toBe(200)
    }
  })
})

describe('the order of checks', () => {
  test('an under-scoped token is refused before the path is looked up', async () => {
    const { owner } = await found(vedette)
    const caller = await tokenOf(vedette, owner, ['event:read'])
    for (const path of ['/projects/no-such/thing/', '/teams/no-such/thing/', '/organizations/no-such/']) {
      expect(await vedette.get(path, caller)).toMatchObject({ status: 403, body: notPermitted })
      expect(await refusal(path, nobody)).toEqual(unauthenticated(notProvided))
    }
  })

  test('what does not exist is 404, with the text of its kind', async () => {
    const { organization, owner } = await found(vedette)
    const org = organization.slug
    const texts = {
      '/organizations/no-such/': noResource,
      '/organizations/no-such/projects/': noResource,
      '/organizations/no-such/members/': noResource,
      '/organizations/no-such/teams/': noResource,
      '/teams/no-such/crew/': noResource,
      [`/teams/${org}/no-such/`]: noResource,
      [`/teams/${org}/no-such/projects/`]: noResource,
      '/projects/no-such/web/': noProject,
      [`/projects/${org}/no-such/`]: noProject,
      [`/projects/${org}/no-such/keys/`]: noProject,
      [`/projects/${org}/no-such/stats/`]: noProject,
    }
    const answers = await Promise.all(
      Object.keys(texts).map(async (path) => {
        const { status, body } = await vedette.get(path, owner.caller)
        return [path, status === 404 ? body : status]
      }),
    )
    expect(Object.fromEntries(answers)).toEqual(texts)
  })

  test('what is being deleted does not exist any more', async () => {
    const { organization, owner, team, project } = await found(vedette)
    const status = 'pending_deletion'
    const paths = [
      [`/projects/${organization.slug}/web/`, noProject],
      [`/teams/${organization.slug}/crew/`, noResource],
      [`/organizations/${organization.slug}/`, noResource],
    ] as const
    for (const [path] of paths) expect((await vedette.get(path, owner.caller)).status).toBe(200)
    await vedette.write((tx) =>
      tx.updateTable('project').set({ status }).where('id', '=', project.id).execute(),
    )
    await vedette.write((tx) => tx.updateTable('team').set({ status }).where('id', '=', team.id).execute())
    for (const [path, body] of paths.slice(0, 2)) {
      expect(await vedette.get(path, owner.caller)).toMatchObject({ status: 404, body })
    }
    await vedette.write((tx) =>
      tx.updateTable('organization').set({ status }).where('id', '=', organization.id).execute(),
    )
    for (const [path, body] of paths) {
      expect(await vedette.get(path, owner.caller)).toMatchObject({ status: 404, body })
    }
  })

  test('a stranger learns what exists, and gets nothing of it', async () => {
    const { organization } = await found(vedette)
    const org = organization.slug
    const stranger = await addPerson(vedette)
    for (const caller of [stranger.caller, await sessionOf(vedette, stranger)]) {
      for (const path of [`/projects/${org}/web/`, `/teams/${org}/crew/`, `/organizations/${org}/`]) {
        expect(await vedette.get(path, caller)).toMatchObject({ status: 403, body: notPermitted })
      }
      expect(await vedette.get(`/projects/${org}/no-such/`, caller)).toMatchObject({ status: 404 })
    }
  })

  test('a path that names nothing is 404 before its body is read, a forbidden one 403', async () => {
    const { organization, owner } = await found(vedette)
    const body = { name: '' }
    const missing = await vedette.post(`/teams/${organization.slug}/no-such/projects/`, owner.caller, body)
    expect(missing.status).toBe(404)
    const stranger = await addPerson(vedette)
    const path = `/teams/${organization.slug}/crew/projects/`
    expect((await vedette.post(path, stranger.caller, body)).status).toBe(403)
    expect((await vedette.post(path, owner.caller, body)).status).toBe(400)
  })
})

describe('a path names things by id or by slug', () => {
  test('in any mixture', async () => {
    const { organization, owner, team, project } = await found(vedette)
    for (const org of [organization.slug, organization.id]) {
      expect((await vedette.get(`/organizations/${org}/`, owner.caller)).body).toMatchObject({
        id: String(organization.id),
      })
      for (const idOrSlug of ['web', project.id]) {
        expect((await vedette.get(`/projects/${org}/${idOrSlug}/`, owner.caller)).body).toMatchObject({
          id: String(project.id),
        })
      }
      for (const idOrSlug of ['crew', team.id]) {
        expect((await vedette.get(`/teams/${org}/${idOrSlug}/`, owner.caller)).body).toMatchObject({
          id: String(team.id),
        })
      }
    }
  })

  test('slugs are compared exactly', async () => {
    const { organization, owner } = await found(vedette)
    const org = organization.slug
    for (const path of [
      `/organizations/${org.toUpperCase()}/`,
      `/projects/${org}/WEB/`,
      `/teams/${org}/Crew/`,
      `/projects/${org}/%20web/`,
    ]) {
      expect((await vedette.get(path, owner.caller)).status).toBe(404)
    }
  })

  test('digits are an id, never a slug, and only within the organization', async () => {
    const { organization, owner, project } = await found(vedette)
    const other = await found(vedette)
    await vedette.write((tx) =>
      tx.updateTable('project').set({ slug: '424242' }).where('id', '=', project.id).execute(),
    )
    for (const id of ['424242', other.project.id, '99999999999999999999999', '0']) {
      const path = `/projects/${organization.slug}/${id}/`
      expect(await vedette.get(path, owner.caller)).toMatchObject({ status: 404, body: noProject })
    }
  })

  test('percent-encoded segments are decoded', async () => {
    const { organization, owner, project } = await found(vedette)
    const { body } = await vedette.get(`/projects/${organization.slug}/w%65b/`, owner.caller)
    expect(body).toMatchObject({ id: String(project.id) })
  })
})

describe('a renamed project', () => {
  /** A project `new`, formerly `web`. */
  async function renamed(own = vedette) {
    const standing = await found(own)
    const { organization, project } = standing
    await own.write(async (tx) => {
      await tx.updateTable('project').set({ slug: 'new' }).where('id', '=', project.id).execute()
      await tx
        .insertInto('project_redirect')
        .values({ organization_id: organization.id, slug: 'web', project_id: project.id })
        .execute()
    })
    return standing
  }

  test.each(['', 'keys/', 'stats/'])(
    'redirects every method below its old slug, query included: %s',
    async (rest) => {
      const { organization, owner } = await renamed()
      const at = (slug: string) =>
        `/api/0/projects/${organization.slug}/${slug}/${rest}?status=active&cursor=`
      const methods = await methodsOf(vedette, `/projects/${organization.slug}/web/${rest}`)
      expect(methods).toContain('GET')
      for (const method of methods) {
        const { status, headers, body } = await vedette.send(method, at('web'), owner.caller)
        expect({ status, location: headers.location, body }).toEqual({
          status: 302,
          location: at('new'),
          body: {
            slug: 'new',
            detail: {
              code: 'resource-moved',
              message: 'Resource has been moved',
              extra: { url: at('new'), slug: 'new' },
            },
          },
        })
      }
    },
  )

  test('redirects its own address', async () => {
    const { organization, owner } = await renamed()
    const { status, headers } = await vedette.get(`/projects/${organization.slug}/web/`, owner.caller)
    expect({ status, location: headers.location }).toEqual({
      status: 302,
      location: `/api/0/projects/${organization.slug}/new/`,
    })
  })

  test('keeps the organization as it was written, and the path of the public URL', async () => {
    await using behind = await openInstallation({ url: 'https://errors.example.net/sentry' })
    const { organization, owner } = await renamed(behind)
    const { headers } = await behind.get(`/projects/${organization.id}/web/stats/`, owner.caller)
    expect(headers.location).toBe(`/sentry/api/0/projects/${organization.id}/new/stats/`)
  })

  test('is found by its id and its new slug without a redirect', async () => {
    const { organization, owner, project } = await renamed()
    for (const idOrSlug of [project.id, 'new']) {
      expect((await vedette.get(`/projects/${organization.slug}/${idOrSlug}/`, owner.caller)).status).toBe(
        200,
      )
    }
  })

  test('gives way to a living project of its old slug', async () => {
    const { organization, owner } = await renamed()
    const heir = await addProject(vedette, organization, { slug: 'web' })
    const { status, body } = await vedette.get(`/projects/${organization.slug}/web/`, owner.caller)
    expect({ status, body }).toMatchObject({ status: 200, body: { id: String(heir.id) } })
  })

  test('is not revealed to those who may not see it', async () => {
    const { organization } = await renamed()
    const stranger = await addPerson(vedette)
    const { status, headers, body } = await vedette.get(
      `/projects/${organization.slug}/web/`,
      stranger.caller,
    )
    expect({ status, location: headers.location, body }).toEqual({
      status: 403,
      location: undefined,
      body: notPermitted,
    })
  })

  test('is gone from its old slug too when it is deleted', async () => {
    const { organization, owner, project } = await renamed()
    await vedette.write((tx) =>
      tx.updateTable('project').set({ status: 'pending_deletion' }).where('id', '=', project.id).execute(),
    )
    const { status, body } = await vedette.get(`/projects/${organization.slug}/web/`, owner.caller)
    expect({ status, body }).toEqual({ status: 404, body: noProject })
  })
})
