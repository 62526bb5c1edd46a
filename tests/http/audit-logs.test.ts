/** The audit log: what an entry looks like, how it is narrowed, and who may read it. */
import { afterAll, describe, expect, test } from 'vitest'
import { auditEvents } from '../../src/protocol/audit-events.ts'
import { allScopes } from '../../src/protocol/scopes.ts'
import { recordChange } from '../../src/store/audit-log.ts'
import { DAY, HOUR } from '../../src/time.ts'
import {
  addPerson,
  apiKeyOf,
  type Caller,
  type Founded,
  found,
  type Installation,
  nobody,
  openInstallation,
  organizationTokenOf,
  sessionOf,
  startAt,
  tokenOf,
} from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

interface Row {
  readonly data: Readonly<Record<string, unknown>>
  readonly actor: unknown
  readonly ipAddress: unknown
  readonly targetUser: unknown
}

interface AuditLog {
  readonly rows: readonly Row[]
  readonly options: readonly string[]
}

const at = ({ organization }: Pick<Founded, 'organization'>) =>
  `/organizations/${organization.slug}/audit-logs/`

async function read(place: Founded, query = '', own = vedette) {
  return own.get<AuditLog>(`${at(place)}${query}`, place.owner.caller)
}

/** Team names of the entries that a query finds. */
async function teamsOf(place: Founded, query: string, own = vedette): Promise<unknown[]> {
  return (await read(place, query, own)).body.rows.map(({ data }) => data.slug)
}

/** Teams made one after the other, an hour apart, each by the next caller. */
async function makeTeams(
  own: Installation,
  place: Founded,
  slugs: readonly string[],
  callers: readonly Caller[],
) {
  for (const [index, slug] of slugs.entries()) {
    if (index > 0) own.clock.advance(HOUR)
    const caller = callers[index % callers.length] ?? nobody
    await own.post(`/organizations/${place.organization.slug}/teams/`, caller, { slug })
  }
}

describe('an entry', () => {
  test('says who did what, to what, when and from where', async () => {
    const place = await found(vedette)
    const { owner, organization } = place
    await vedette.post(`/organizations/${organization.slug}/teams/`, owner.caller, { name: 'Gunners' })
    const { status, body } = await read(place)
    const [row] = body.rows
    expect(status).toBe(200)
    expect(row).toEqual({
      id: expect.stringMatching(/^\d+$/),
      actor: expect.objectContaining({
        id: String(owner.userId),
        email: owner.email,
        username: owner.email,
        isSuperuser: false,
      }),
      event: 'team.create',
      ipAddress: '127.0.0.1',
      note: 'created team gunners',
      targetObject: expect.any(Number),
      targetUser: null,
      data: { slug: 'gunners', name: 'Gunners' },
      dateCreated: '2026-01-05T09:30:00Z',
    })
    expect(body.rows.length).toBe(1)
    expect(body.options).toEqual(auditEvents)
  })

  test('names what is no user: a key, the command line, somebody who is gone', async () => {
    const place = await found(vedette)
    const { organization } = place
    const { id: organizationId, slug } = organization
    const key = await apiKeyOf(vedette, organization, allScopes)
    const gone = await addPerson(vedette, { organization, role: 'manager' })
    const teams = `/organizations/${slug}/teams/`
    await vedette.post(teams, key, { slug: 'by-key' })
    await vedette.post(teams, gone.caller, { slug: 'by-gone' })
    const operator = { userId: null, label: 'command line', ipAddress: null }
    await vedette.write((tx) =>
      recordChange(
        tx,
        operator,
        { organizationId, event: 'project.create', targetUserId: gone.userId },
        startAt,
      ),
    )
    await vedette.write((tx) => tx.deleteFrom('user').where('id', '=', gone.userId).execute())
    const { body } = await read(place)
    expect(body.rows.map(({ actor, ipAddress, targetUser }) => ({ actor, ipAddress, targetUser }))).toEqual([
      { actor: { name: 'command line' }, ipAddress: null, targetUser: gone.userId },
      { actor: { name: gone.email }, ipAddress: '127.0.0.1', targetUser: null },
      {
        actor: { name: expect.stringMatching(/^organization token \d+$/) },
        ipAddress: '127.0.0.1',
        targetUser: null,
      },
    ])
  })

  test('is its organization’s alone', async () => {
    const [place, other] = [await found(vedette), await found(vedette)]
    await vedette.post(`/organizations/${other.organization.slug}/teams/`, other.owner.caller, { slug: 'x' })
    expect((await read(place)).body.rows).toEqual([])
  })

  test('is not made for what is refused', async () => {
    const place = await found(vedette)
    await vedette.post(`/organizations/${place.organization.slug}/teams/`, place.owner.caller, {
      slug: 'crew',
    })
    expect((await read(place)).body.rows).toEqual([])
  })
})

describe('a query', async () => {
  const own = await openInstallation()
  afterAll(() => own.close())
  const place = await found(own)
  const { organization, owner } = place
  const manager = await addPerson(own, { organization, role: 'manager' })
  // At 9:30, 10:30, 11:30 and 12:30.
  await makeTeams(own, place, ['a', 'b', 'c', 'd'], [owner.caller, manager.caller])
  await own.delete(`/teams/${organization.slug}/a/`, owner.caller)

  test.each<[string, unknown[]]>([
    ['', ['a', 'd', 'c', 'b', 'a']],
    ['?event=team.create', ['d', 'c', 'b', 'a']],
    ['?event=team.remove', ['a']],
    ['?event=org.create', []],
    ['?event=no-such.event', []],
    ['?event=', ['a', 'd', 'c', 'b', 'a']],
    [`?actor=${owner.userId}`, ['a', 'c', 'a']],
    [`?actor=${manager.userId}`, ['d', 'b']],
    [`?actor=${manager.userId}&event=team.remove`, []],
    ['?actor=0', []],
    ['?statsPeriod=1h', ['a', 'd', 'c']],
    ['?statsPeriod=59m', ['a', 'd']],
    ['?start=2026-01-05T10:30:00&end=2026-01-05T11:30:00', ['c', 'b']],
    ['?start=2026-01-05T10:30:00.001Z&end=2026-01-05T11:29:59Z', []],
    ['?start=2026-01-04&end=2026-01-05', []],
    [`?event=team.create&actor=${owner.userId}&statsPeriod=2h`, ['c']],
  ])('%s', async (query, expected) => {
    expect(await teamsOf(place, query, own)).toEqual(expected)
  })

  test.each<[string, unknown]>([
    ['?actor=ada', { actor: ['A valid integer is required.'] }],
    ['?actor=-1', { actor: ['A valid integer is required.'] }],
    ['?statsPeriod=soon', { detail: "Invalid statsPeriod: 'soon'" }],
    ['?start=2026-01-05', { detail: 'start and end are both required' }],
    ['?start=2026-01-06&end=2026-01-05', { detail: 'start must be before end' }],
    ['?cursor=x', { detail: 'Invalid cursor parameter.' }],
    ['?per_page=101', { detail: 'Invalid per_page value. Must be between 1 and 100.' }],
  ])('%s is refused', async (query, expected) => {
    const { status, body } = await read(place, query, own)
    expect([status, body]).toEqual([400, expected])
  })

  test('is answered in pages, whose cursors keep their place when new entries come', async () => {
    const linkOf = (link: string | undefined, relation: string) => {
      const pattern = new RegExp(`rel="${relation}"; results="(true|false)"; cursor="([^"]+)"`)
      const [, results, cursor] = pattern.exec(link ?? '') ?? []
      return { results, cursor }
    }
    const first = await read(place, '?per_page=2&event=team.create', own)
    const next = linkOf(first.headers.link, 'next')
    expect(first.body.rows.map(({ data }) => data.slug)).toEqual(['d', 'c'])
    expect([linkOf(first.headers.link, 'previous').results, next.results]).toEqual(['false', 'true'])

    own.clock.advance(DAY)
    await own.post(`/organizations/${organization.slug}/teams/`, owner.caller, { slug: 'e' })
    const second = await read(place, `?per_page=2&event=team.create&cursor=${next.cursor}`, own)
    expect(second.body.rows.map(({ data }) => data.slug)).toEqual(['b', 'a'])
    expect(linkOf(second.headers.link, 'next').results).toBe('false')

    const back = linkOf(second.headers.link, 'previous').cursor
    const before = await read(place, `?per_page=2&event=team.create&cursor=${back}`, own)
    expect(before.body.rows.map(({ data }) => data.slug)).toEqual(['d', 'c'])
  })
})

describe('who may read it', () => {
  test('holders of org:write, and of nothing else', async () => {
    const place = await found(vedette)
    const passed = { token: [] as string[], key: [] as string[] }
    for (const scope of allScopes) {
      const token = await tokenOf(vedette, place.owner, [scope])
      const key = await apiKeyOf(vedette, place.organization, [scope])
      if ((await vedette.get(at(place), token)).status === 200) passed.token.push(scope)
      if ((await vedette.get(at(place), key)).status === 200) passed.key.push(scope)
    }
    expect(passed).toEqual({ token: ['org:write'], key: ['org:write'] })
  })

  test.each([
    ['member', 403],
    ['admin', 403],
    ['manager', 200],
    ['owner', 200],
  ] as const)('%s: %i', async (role, expected) => {
    const { organization } = await found(vedette)
    const person = await addPerson(vedette, { organization, role })
    for (const caller of [person.caller, await sessionOf(vedette, person)]) {
      expect((await vedette.get(at({ organization }), caller)).status).toBe(expected)
    }
  })

  test('nobody else, and nobody changes it', async () => {
    const place = await found(vedette)
    const stranger = await addPerson(vedette)
    expect((await vedette.get(at(place), nobody)).status).toBe(401)
    expect((await vedette.get(at(place), stranger.caller)).status).toBe(403)
    expect(
      (await vedette.get(at(place), await organizationTokenOf(vedette, place.organization))).status,
    ).toBe(403)
    const session = await sessionOf(vedette, place.owner)
    for (const method of ['POST', 'PUT', 'DELETE'] as const) {
      expect((await vedette.send(method, `/api/0${at(place)}`, session)).status).toBe(405)
      expect((await vedette.send(method, `/api/0${at(place)}`, place.owner.caller)).status).toBe(403)
    }
  })
})
