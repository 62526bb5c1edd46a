/** Client keys as they are made, changed, rotated and deleted. */
import { afterAll, describe, expect, test } from 'vitest'
import type { OrganizationRole, Scope, TeamRole } from '../../src/protocol/scopes.ts'
import { listAuditEntries } from '../../src/store/audit-log.ts'
import {
  type Answer,
  addPerson,
  addProject,
  apiKeyOf,
  type Caller,
  type Founded,
  firstKeyOf,
  found,
  type Method,
  openInstallation,
  sessionOf,
  startAt,
  tokenOf,
} from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

interface Key {
  readonly id: string
  readonly name: string
  readonly public: string
  readonly secret: string
  readonly isActive: boolean
  readonly browserSdkVersion: string
  readonly dynamicSdkLoaderOptions: Readonly<Record<string, boolean>>
  readonly lastUsed: string | null
  readonly rotatedFrom: string | null
  readonly rotatedTo: string | null
  readonly useCase?: string
}

const keysOf = ({ organization }: Founded) => `/projects/${organization.slug}/web/keys/`
const at = (place: Founded, id: string = place.key.publicKey) => `${keysOf(place)}${id}/`
const hex = (digit: string) => digit.repeat(32)
const loaderDefaults = {
  hasReplay: true,
  hasPerformance: true,
  hasDebug: false,
  hasFeedback: false,
  hasLogsAndMetrics: false,
}

async function make(place: Founded, body: unknown = {}, caller: Caller = place.owner.caller): Promise<Key> {
  const answer = await vedette.post<Key>(keysOf(place), caller, body)
  if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`)
  return answer.body
}

async function read(place: Founded, id?: string): Promise<Key> {
  return (await vedette.get<Key>(at(place, id), place.owner.caller)).body
}

async function idsIn(place: Founded): Promise<string[]> {
  const { body } = await vedette.get<Key[]>(keysOf(place), place.owner.caller)
  return body.map(({ id }) => id)
}

/** The status of an answer to one event, sent with a key of the project as an SDK would. */
async function knock({ project }: Founded, publicKey: string): Promise<number> {
  const path = `/api/${project.id}/store/?sentry_key=${publicKey}`
  return (await vedette.send('POST', path, undefined, { body: { message: 'The lamp went out' } })).status
}

describe('a new key', () => {
  test('of which nothing is said has two random words for a name, and the defaults', async () => {
    const place = await found(vedette)
    const { status, body } = await vedette.post<Key>(keysOf(place), place.owner.caller)
    expect({ status, body }).toMatchObject({
      status: 201,
      body: {
        name: expect.stringMatching(/^[A-Z][a-z]+ [A-Z][a-z]+$/),
        secret: expect.stringMatching(/^[0-9a-f]{32}$/),
        projectId: place.project.id,
        isActive: true,
        rateLimit: null,
        browserSdkVersion: '10.x',
        dynamicSdkLoaderOptions: loaderDefaults,
        dateCreated: '2026-01-05T09:30:00Z',
        lastUsed: null,
        rotatedFrom: null,
        rotatedTo: null,
      },
    })
    expect(body).toMatchObject({ id: body.public, label: body.name })
    expect(body.public).toMatch(/^[0-9a-f]{32}$/)
    expect(body).not.toHaveProperty('useCase')
    expect(await read(place, body.id)).toEqual(body)
    expect(await idsIn(place)).toEqual([body.id, place.key.publicKey])
  })

  test.each([[null], [''], ['   ']])('called %j has a name all the same', async (name) => {
    const key = await make(await found(vedette), { name })
    expect(key.name).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/)
  })

  test.each<[unknown, unknown]>([
    [
      { count: 10, window: 60 },
      { count: 10, window: 60 },
    ],
    [
      { count: 1, window: 1 },
      { count: 1, window: 1 },
    ],
    [
      { count: '10', window: '86400' },
      { count: 10, window: 86_400 },
    ],
    [
      { count: Number.MAX_SAFE_INTEGER, window: 3600 },
      { count: Number.MAX_SAFE_INTEGER, window: 3600 },
    ],
    [{ count: 0, window: 0 }, null],
    [{ count: 0, window: 60 }, null],
    [{ count: 10, window: 0 }, null],
    [{ count: null, window: 60 }, null],
    [{ count: '', window: 300 }, null],
    [{}, null],
  ])('with the rate limit %j has %j', async (rateLimit, expected) => {
    const place = await found(vedette)
    const key = await make(place, { name: 'limited', rateLimit })
    expect(await read(place, key.id)).toMatchObject({ name: 'limited', rateLimit: expected })
  })

  test('has the loader settings that it is made with', async () => {
    const place = await found(vedette)
    const chosen = { hasReplay: false, hasPerformance: true, hasDebug: true }
    const input = { name: 'js', browserSdkVersion: '7.x', dynamicSdkLoaderOptions: chosen }
    const key = await make(place, input)
    expect(await read(place, key.id)).toMatchObject({
      browserSdkVersion: '7.x',
      dynamicSdkLoaderOptions: { ...loaderDefaults, ...chosen },
    })
  })

  test.each<[unknown, Record<string, boolean>]>([
    [{ hasDebug: true }, { hasDebug: true }],
    [{ hasReplay: false, hasWings: true }, { hasReplay: false }],
    [{}, {}],
    [null, {}],
  ])('with the loader options %j keeps the other defaults', async (dynamicSdkLoaderOptions, difference) => {
    const key = await make(await found(vedette), { dynamicSdkLoaderOptions })
    expect(key.dynamicSdkLoaderOptions).toEqual({ ...loaderDefaults, ...difference })
  })

  test('may bring its own halves', async () => {
    const place = await found(vedette)
    const halves = { public: '00000000000000000000000000c0ffee', secret: '00000000000000000000000000decade' }
    expect(await make(place, halves)).toMatchObject({ id: halves.public, ...halves })
    expect(await make(place, { public: null, secret: null })).toMatchObject({ isActive: true })
    expect(await knock(place, halves.public)).toBe(200)
  })

  test('cannot have a half that another key has, in whatever project', async () => {
    const [place, other] = [await found(vedette), await found(vedette)]
    const { publicKey, secretKey } = other.key
    const [takenPublic, takenSecret] = [
      { public: ['A client key with this public key already exists.'] },
      { secret: ['A client key with this secret key already exists.'] },
    ]
    for (const [input, errors] of [
      [{ public: publicKey }, takenPublic],
      [{ secret: secretKey }, takenSecret],
      [
        { public: publicKey, secret: secretKey },
        { ...takenPublic, ...takenSecret },
      ],
      [{ public: place.key.publicKey }, takenPublic],
    ] as const) {
      const { status, body } = await vedette.post(keysOf(place), place.owner.caller, input)
      expect({ status, body }).toEqual({ status: 400, body: errors })
    }
    expect(await idsIn(place)).toEqual([place.key.publicKey])
  })

  test.each([
    ['application/x-www-form-urlencoded', 'name=Form&rateLimit.count=10&rateLimit.window=60'],
    [
      'multipart/form-data; boundary=x',
      ['name', 'rateLimit.count', 'rateLimit.window']
        .flatMap((name, n) => [
          '--x',
          `content-disposition: form-data; name="${name}"`,
          '',
          ['Form', 10, 60][n],
          '',
        ])
        .concat('--x--')
        .join('\r\n'),
    ],
  ])('can be asked for with a form: %s', async (type, body) => {
    const place = await found(vedette)
    const sending = { body, headers: { 'content-type': type } }
    const answer = await vedette.send('POST', `/api/0${keysOf(place)}`, place.owner.caller, sending)
    expect(answer).toMatchObject({
      status: 201,
      body: { name: 'Form', rateLimit: { count: 10, window: 60 } },
    })
  })

  test('can be made where the path names organization and project by id', async () => {
    const place = await found(vedette)
    const path = `/projects/${place.organization.id}/${place.project.id}/keys/`
    expect((await vedette.post(path, place.owner.caller, { name: 'by id' })).status).toBe(201)
    expect(await idsIn(place)).toHaveLength(2)
  })
})

describe('a change to a key', () => {
  /** What is sent, and what is different afterwards. */
  test.each<[unknown, Record<string, unknown>]>([
    [{}, {}],
    [{ name: 'Renamed' }, { name: 'Renamed', label: 'Renamed' }],
    [{ name: '  Renamed ' }, { name: 'Renamed', label: 'Renamed' }],
    [{ name: null }, {}],
    [{ name: '' }, {}],
    [{ isActive: false }, { isActive: false }],
    [{ isActive: 'off' }, { isActive: false }],
    [{ isActive: true }, {}],
    [
      { name: 'Asleep', isActive: false },
      { name: 'Asleep', label: 'Asleep', isActive: false },
    ],
    [{ rateLimit: { count: 1, window: 3 } }, { rateLimit: { count: 1, window: 3 } }],
    [{ rateLimit: null }, { rateLimit: null }],
    [{ rateLimit: {} }, {}],
    [{ rateLimit: { count: '', window: 300 } }, { rateLimit: null }],
    [{ rateLimit: { count: 300, window: null } }, { rateLimit: null }],
    [{ rateLimit: { count: 0, window: 0 } }, { rateLimit: null }],
    [{ browserSdkVersion: '5.x' }, { browserSdkVersion: '5.x' }],
    [{ browserSdkVersion: 'latest' }, { browserSdkVersion: 'latest' }],
    [{ dynamicSdkLoaderOptions: {} }, {}],
    [{ dynamicSdkLoaderOptions: null }, {}],
    [
      { dynamicSdkLoaderOptions: { hasReplay: false, hasWings: true } },
      { dynamicSdkLoaderOptions: { ...loaderDefaults, hasDebug: true, hasReplay: false } },
    ],
    [{ public: hex('1'), secret: hex('2'), useCase: 'demo', id: hex('3'), dateCreated: null }, {}],
  ])('%j leaves everything else alone', async (input, difference) => {
    const place = await found(vedette)
    const before = await make(place, {
      name: 'Browser',
      rateLimit: { count: 10, window: 60 },
      browserSdkVersion: '7.x',
      dynamicSdkLoaderOptions: { hasDebug: true },
    })
    const { status, body } = await vedette.put<Key>(at(place, before.id), place.owner.caller, input)
    expect({ status, body }).toEqual({ status: 200, body: { ...before, ...difference } })
    expect(await read(place, before.id)).toEqual(body)
  })

  test('adds loader options to those that are stored, one after the other', async () => {
    const place = await found(vedette)
    const set = async (options: Record<string, boolean>) => {
      const input = { dynamicSdkLoaderOptions: options }
      return (await vedette.put<Key>(at(place), place.owner.caller, input)).body.dynamicSdkLoaderOptions
    }
    expect(await set({ hasDebug: true })).toEqual({ ...loaderDefaults, hasDebug: true })
    expect(await set({ hasReplay: false, hasLogsAndMetrics: true })).toEqual({
      hasReplay: false,
      hasPerformance: true,
      hasDebug: true,
      hasFeedback: false,
      hasLogsAndMetrics: true,
    })
    expect(await set({ hasDebug: false })).toMatchObject({ hasReplay: false, hasDebug: false })
  })

  test('touches no other key', async () => {
    const place = await found(vedette)
    const other = await make(place, { name: 'Other' })
    await vedette.put(at(place), place.owner.caller, { name: 'Renamed', isActive: false, rateLimit: null })
    expect(await read(place, other.id)).toEqual(other)
  })

  test('is in force for the next event', async () => {
    const place = await found(vedette)
    const { publicKey } = place.key
    expect(await knock(place, publicKey)).toBe(200)
    for (const [isActive, status] of [
      [false, 403],
      [true, 200],
    ] as const) {
      expect((await vedette.put(at(place), place.owner.caller, { isActive })).status).toBe(200)
      expect(await knock(place, publicKey)).toBe(status)
    }
  })
})

describe('deleting a key', () => {
  test('removes it, and keeps what was counted of it', async () => {
    const place = await found(vedette)
    const key = await make(place, { name: 'Leaving' })
    expect(await knock(place, key.id)).toBe(200)
    const { status, text } = await vedette.delete(at(place, key.id), place.owner.caller)
    expect({ status, text }).toEqual({ status: 204, text: '' })
    expect(await idsIn(place)).toEqual([place.key.publicKey])
    expect(await knock(place, key.id)).toBe(403)
    const stats = await vedette.get<[number, number][]>(
      `/projects/${place.organization.slug}/web/stats/`,
      place.owner.caller,
    )
    expect(stats.body.at(-1)?.[1]).toBe(1)
  })

  test('forgets when it was used', async () => {
    const place = await found(vedette)
    await knock(place, place.key.publicKey)
    const uses = () =>
      vedette.app.db.read
        .selectFrom('client_key_use')
        .selectAll()
        .where('key_id', '=', place.key.id)
        .execute()
    expect(await uses()).toHaveLength(1)
    await vedette.delete(at(place), place.owner.caller)
    expect(await uses()).toEqual([])
  })
})

describe('a key that is not here', async () => {
  const [place, other] = [await found(vedette), await found(vedette)]
  const sibling = await addProject(vedette, place.organization, { slug: 'sibling', teams: [place.team] })
  const foreign = await firstKeyOf(vedette, sibling)
  const gone = await make(place)
  await vedette.delete(at(place, gone.id), place.owner.caller)

  describe.each([
    ['never was', hex('0')],
    ['belongs to another project', foreign.publicKey],
    ['belongs to another organization', other.key.publicKey],
    ['is written in capitals', place.key.publicKey.toUpperCase().replace(/^./, 'A')],
    ['is the number of a key', String(place.key.id)],
    ['is no key at all', 'Default'],
    ['is deleted', gone.id],
  ])('because it %s', (_, id) => {
    test.each<[Method, string]>([
      ['GET', ''],
      ['PUT', ''],
      ['DELETE', ''],
      ['POST', 'rotate/'],
      ['GET', 'stats/'],
    ])('is not found: %s %s', async (method, rest) => {
      const sending = method === 'GET' ? {} : { body: {} }
      const answer = await vedette.send(method, `/api/0${at(place, id)}${rest}`, place.owner.caller, sending)
      expect({ status: answer.status, body: answer.body }).toEqual({
        status: 404,
        body: { detail: 'The requested resource does not exist' },
      })
    })
  })
})

test('an old slug of the project leads to the key at its new address', async () => {
  const place = await found(vedette)
  await vedette.write(async (tx) => {
    await tx.updateTable('project').set({ slug: 'bridge' }).where('id', '=', place.project.id).execute()
    await tx
      .insertInto('project_redirect')
      .values({ organization_id: place.organization.id, slug: 'web', project_id: place.project.id })
      .execute()
  })
  const { status, headers } = await vedette.put(at(place), place.owner.caller, { name: 'x' })
  expect({ status, location: headers.location }).toEqual({
    status: 302,
    location: `/api/0/projects/${place.organization.slug}/bridge/keys/${place.key.publicKey}/`,
  })
})

describe('rotating a key', () => {
  const rotate = (place: Founded, id?: string, caller: Caller = place.owner.caller) =>
    vedette.post<Key>(`${at(place, id)}rotate/`, caller)

  test('makes a successor with the same settings, and both let events in', async () => {
    const place = await found(vedette)
    const old = await make(place, {
      name: 'Browser',
      rateLimit: { count: 10, window: 60 },
      browserSdkVersion: '7.x',
      dynamicSdkLoaderOptions: { hasDebug: true },
    })
    const { status, body } = await rotate(place, old.id)
    const { id, secret, dsn } = body as Key & { dsn: unknown }
    expect({ status, body }).toEqual({
      status: 201,
      body: { ...old, id, public: id, secret, dsn, rotatedFrom: old.id, rotatedTo: null },
    })
    expect([id, secret]).not.toContain(old.id)
    expect(secret).not.toBe(old.secret)
    expect(await read(place, old.id)).toEqual({ ...old, rotatedTo: id })
    expect(await read(place, id)).toEqual(body)
    const { body: listed } = await vedette.get<Key[]>(keysOf(place), place.owner.caller)
    expect(listed.map(({ rotatedFrom, rotatedTo }) => ({ rotatedFrom, rotatedTo }))).toEqual([
      { rotatedFrom: old.id, rotatedTo: null },
      { rotatedFrom: null, rotatedTo: id },
      { rotatedFrom: null, rotatedTo: null },
    ])
    for (const key of [old.id, id]) expect(await knock(place, key)).toBe(200)
  })

  test('leaves the old key to be switched off, and tells who still uses it', async () => {
    await using own = await openInstallation()
    const place = await found(own)
    const path = `/projects/${place.organization.slug}/web/keys/`
    const successor = (await own.post<Key>(`${path}${place.key.publicKey}/rotate/`, place.owner.caller)).body
    const send = async (key: string) => {
      own.clock.advance(60_000)
      const url = `/api/${place.project.id}/store/?sentry_key=${key}`
      return (await own.send('POST', url, undefined, { body: { message: 'Ahoy' } })).status
    }
    const uses = async () =>
      (await own.get<Key[]>(path, place.owner.caller)).body.map(({ lastUsed }) => lastUsed)
    expect(await uses()).toEqual([null, null])
    expect(await send(place.key.publicKey)).toBe(200)
    expect(await send(successor.id)).toBe(200)
    expect(await uses()).toEqual(['2026-01-05T09:32:00Z', '2026-01-05T09:31:00Z'])
    const off = { isActive: false }
    await own.put(`${path}${place.key.publicKey}/`, place.owner.caller, off)
    expect(await send(place.key.publicKey)).toBe(403)
    expect(await send(successor.id)).toBe(200)
  })

  test('happens once: a second time the successor is named', async () => {
    const place = await found(vedette)
    const { body: successor } = await rotate(place)
    const { status, body } = await rotate(place)
    expect({ status, body }).toEqual({
      status: 409,
      body: {
        detail: `This key has been rotated already; its successor is ${successor.id}.`,
        rotatedTo: successor.id,
      },
    })
    expect(await idsIn(place)).toEqual([successor.id, place.key.publicKey])
  })

  test('two at once makes one successor', async () => {
    const place = await found(vedette)
    const answers = await Promise.all([rotate(place), rotate(place)])
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
    expect(await idsIn(place)).toHaveLength(2)
  })

  test('goes on from the successor', async () => {
    const place = await found(vedette)
    const { body: second } = await rotate(place)
    const { body: third } = await rotate(place, second.id)
    expect(await read(place, second.id)).toMatchObject({
      rotatedFrom: place.key.publicKey,
      rotatedTo: third.id,
    })
  })

  test('is forgotten by the successor when the old key is deleted', async () => {
    const place = await found(vedette)
    const { body: successor } = await rotate(place)
    expect((await vedette.delete(at(place), place.owner.caller)).status).toBe(204)
    expect(await read(place, successor.id)).toEqual({ ...successor, rotatedFrom: null })
  })

  test('can be done again when the successor is deleted', async () => {
    const place = await found(vedette)
    const { body: successor } = await rotate(place)
    await vedette.delete(at(place, successor.id), place.owner.caller)
    expect(await read(place)).toMatchObject({ rotatedTo: null })
    expect((await rotate(place)).status).toBe(201)
  })

  test('makes an active key of one that is switched off', async () => {
    const place = await found(vedette)
    await vedette.put(at(place), place.owner.caller, { isActive: false })
    expect(await rotate(place)).toMatchObject({ status: 201, body: { isActive: true } })
    expect(await read(place)).toMatchObject({ isActive: false })
  })
})

describe('internal keys', () => {
  test('are made by signed-in superusers alone; from others the use case is ignored', async () => {
    const place = await found(vedette)
    const admin = await addPerson(vedette, { isSuperuser: true })
    const session = await sessionOf(vedette, admin)
    for (const useCase of ['user', 'profiling', 'tempest', 'demo']) {
      expect(await make(place, { useCase }, session)).toMatchObject({ useCase })
      for (const caller of [place.owner.caller, admin.caller, await sessionOf(vedette, place.owner)]) {
        const key = await make(place, { useCase }, caller)
        expect(key).not.toHaveProperty('useCase')
        expect((await vedette.get<Key>(at(place, key.id), session)).body.useCase).toBe('user')
      }
    }
  })

  test('can be seen, changed, rotated and deleted by signed-in superusers alone', async () => {
    const place = await found(vedette)
    const admin = await addPerson(vedette, { isSuperuser: true })
    const session = await sessionOf(vedette, admin)
    const key = await make(place, { name: 'Hidden', useCase: 'profiling' }, session)
    const call = (method: Method, rest: string, caller: Caller): Promise<Answer<Key>> =>
      vedette.send(method, `/api/0${at(place, key.id)}${rest}`, caller, method === 'GET' ? {} : { body: {} })
    const operations: readonly [Method, string, number][] = [
      ['GET', '', 200],
      ['PUT', '', 200],
      ['GET', 'stats/', 200],
      ['POST', 'rotate/', 201],
      ['DELETE', '', 204],
    ]
    const others = [
      place.owner.caller,
      admin.caller,
      await sessionOf(vedette, place.owner),
      await apiKeyOf(vedette, place.organization, ['project:admin']),
    ]
    for (const [method, rest] of operations) {
      for (const caller of others) expect((await call(method, rest, caller)).status).toBe(404)
    }
    for (const [method, rest, expected] of operations) {
      const { status, body } = await call(method, rest, session)
      expect(status).toBe(expected)
      if (rest === 'rotate/') expect(body).toMatchObject({ useCase: 'profiling', rotatedFrom: key.id })
    }
    expect(await idsIn(place)).toEqual([place.key.publicKey])
  })

  test('keep their use case, whoever changes them', async () => {
    const place = await found(vedette)
    const session = await sessionOf(vedette, await addPerson(vedette, { isSuperuser: true }))
    const key = await make(place, { useCase: 'demo' }, session)
    const { body } = await vedette.put<Key>(at(place, key.id), session, { name: 'x', useCase: 'user' })
    expect(body).toMatchObject({ name: 'x', useCase: 'demo' })
  })
})

describe('who may change keys', () => {
  const operations: readonly [string, Method, (place: Founded) => string, readonly Scope[], number][] = [
    ['make', 'POST', keysOf, ['project:write', 'project:admin'], 201],
    ['change', 'PUT', at, ['project:write', 'project:admin'], 200],
    ['rotate', 'POST', (place) => `${at(place)}rotate/`, ['project:write', 'project:admin'], 201],
    ['delete', 'DELETE', at, ['project:admin'], 204],
  ]
  const scopes: readonly Scope[] = ['project:read', 'project:write', 'project:admin', 'org:admin', 'org:ci']

  describe.each(operations)('%s', (_, method, path, accepted, success) => {
    const call = async (place: Founded, caller: Caller) =>
      (await vedette.send(method, `/api/0${path(place)}`, caller, { body: {} })).status

    test.each(scopes)('a token or an API key with %s', async (scope) => {
      const expected = accepted.includes(scope) ? success : 403
      for (const callerOf of [
        (place: Founded) => tokenOf(vedette, place.owner, [scope]),
        (place: Founded) => apiKeyOf(vedette, place.organization, [scope]),
      ]) {
        const place = await found(vedette)
        expect(await call(place, await callerOf(place))).toBe(expected)
        if (expected === 403) expect(await read(place)).toMatchObject({ isActive: true, rotatedTo: null })
      }
    })

    test.each<[string, OrganizationRole, TeamRole | undefined, boolean]>([
      ['a member', 'member', undefined, false],
      ['a member who contributes to the team', 'member', 'contributor', false],
      ['a member who is Team Admin', 'member', 'admin', true],
      ['an admin', 'admin', undefined, true],
      ['a manager', 'manager', undefined, true],
    ])('%s', async (_who, role, teamRole, isAllowed) => {
      for (const voice of ['session', 'token'] as const) {
        const place = await found(vedette)
        const { organization, team } = place
        const teams = teamRole === undefined ? {} : { [team.id]: teamRole }
        const person = await addPerson(vedette, { organization, role, teams })
        const caller = voice === 'token' ? person.caller : await sessionOf(vedette, person)
        expect(await call(place, caller)).toBe(isAllowed ? success : 403)
      }
    })
  })
})

describe('the audit log', () => {
  async function entriesOf({ organization }: Founded) {
    const newest = { limit: 100, position: undefined, backwards: false }
    const { rows } = await listAuditEntries(vedette.app.db.read, { organizationId: organization.id }, newest)
    return rows.toReversed()
  }

  test('has who did what to which key, and no secret', async () => {
    const place = await found(vedette)
    const { caller, userId, email } = place.owner
    const key = await make(place, { name: 'One' })
    const path = at(place, key.id)
    await vedette.put(path, caller, { name: 'Two', rateLimit: { count: 10, window: 60 } })
    await vedette.put(path, caller, { isActive: false })
    await vedette.put(path, caller, { isActive: true, dynamicSdkLoaderOptions: { hasDebug: true } })
    const { body: successor } = await vedette.post<Key>(`${path}rotate/`, caller)
    await vedette.delete(path, caller)

    const entries = await entriesOf(place)
    const two = { public_key: key.id, label: 'Two', slug: 'web' }
    const heir = { ...two, public_key: successor.id, rotated_from: key.id }
    expect(entries.map(({ event, data }) => [event, data])).toEqual([
      ['projectkey.create', { ...two, label: 'One' }],
      ['projectkey.edit', { ...two, changed: ['name', 'rateLimit'] }],
      ['projectkey.disable', two],
      ['projectkey.edit', { ...two, changed: ['dynamicSdkLoaderOptions'] }],
      ['projectkey.enable', two],
      ['projectkey.rotate', heir],
      ['projectkey.remove', two],
    ])
    const [created, , , , , rotated, removed] = entries
    expect(created).toMatchObject({ changer: { userId, label: email }, createdAt: startAt })
    expect(removed?.targetObject).toBe(created?.targetObject)
    expect(rotated?.targetObject).not.toBe(created?.targetObject)
    for (const secret of [key.secret, successor.secret]) {
      expect(JSON.stringify(entries)).not.toContain(secret)
    }
  })

  test('has nothing of what changed nothing', async () => {
    const place = await found(vedette)
    const { caller } = place.owner
    for (const input of [{}, { name: 'Default' }, { isActive: true }, { rateLimit: null }, { name: null }]) {
      expect((await vedette.put(at(place), caller, input)).status).toBe(200)
    }
    expect((await vedette.put(at(place), caller, { name: 'x', isActive: 'perhaps' })).status).toBe(400)
    expect((await vedette.post(keysOf(place), caller, { public: place.key.publicKey })).status).toBe(400)
    expect((await vedette.delete(at(place, hex('0')), caller)).status).toBe(404)
    expect(await entriesOf(place)).toEqual([])
  })
})
