/** Who may call what: the table of accepted scopes, crossed with every scope, kind of credentials and role. */
import { afterAll, describe, expect, test } from 'vitest'
import { allScopes, type OrganizationRole, type Scope, type TeamRole } from '../../src/protocol/scopes.ts'
import {
  addPerson,
  addTeam,
  apiKeyOf,
  type Caller,
  type Founded,
  flush,
  found,
  methodsOf,
  nobody,
  openInstallation,
  organizationTokenOf,
  type Person,
  sessionOf,
  startAt,
  tokenOf,
} from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
type Row = readonly [path: string, accepted: { readonly [method in Method]?: readonly Scope[] }]

const orgRead: readonly Scope[] = ['org:read', 'org:write', 'org:admin']
const orgWrite: readonly Scope[] = ['org:write', 'org:admin']
const memberRead: readonly Scope[] = ['member:read', 'member:write', 'member:admin']
const teamRead: readonly Scope[] = ['team:read', 'team:write', 'team:admin']
const projectRead: readonly Scope[] = ['project:read', 'project:write', 'project:admin']
const projectWrite: readonly Scope[] = ['project:write', 'project:admin']

/** Source: web API, accepted scopes per endpoint and method. */
const table: readonly Row[] = [
  ['/projects/', { GET: projectRead }],
  ['/organizations/', { GET: orgRead, POST: orgWrite }],
  ['/organizations/{org}/', { GET: orgRead, PUT: orgWrite, DELETE: ['org:admin'] }],
  ['/organizations/{org}/projects/', { GET: orgRead, POST: projectRead }],
  ['/organizations/{org}/projects-count/', { GET: orgRead }],
  ['/organizations/{org}/experimental/projects/', { POST: projectRead }],
  ['/organizations/{org}/project-keys/', { GET: orgRead }],
  ['/organizations/{org}/teams/', { GET: orgRead, POST: ['org:write', 'org:admin', 'team:write'] }],
  [
    '/organizations/{org}/members/',
    { GET: memberRead, POST: ['member:write', 'member:admin', 'member:invite'] },
  ],
  ['/organizations/{org}/stats_v2/', { GET: orgRead }],
  ['/organizations/{org}/stats-summary/', { GET: orgRead }],
  ['/organizations/{org}/stats/', { GET: orgRead }],
  ['/teams/{org}/{team}/', { GET: teamRead, PUT: ['team:write', 'team:admin'], DELETE: ['team:admin'] }],
  ['/teams/{org}/{team}/projects/', { GET: projectRead, POST: projectWrite }],
  ['/teams/{org}/{team}/members/', { GET: teamRead }],
  ['/projects/{org}/{project}/', { GET: projectRead, PUT: projectRead, DELETE: ['project:admin'] }],
  ['/projects/{org}/{project}/keys/', { GET: projectRead, POST: projectWrite }],
  [
    '/projects/{org}/{project}/keys/{key}/',
    { GET: projectRead, PUT: projectWrite, DELETE: ['project:admin'] },
  ],
  ['/projects/{org}/{project}/keys/{key}/stats/', { GET: projectRead }],
  ['/projects/{org}/{project}/stats/', { GET: projectRead }],
  ['/projects/{org}/{project}/filters/', { GET: projectRead }],
  ['/projects/{org}/{project}/filters/{filter}/', { PUT: projectWrite }],
  ['/projects/{org}/{project}/teams/', { GET: projectRead }],
  ['/projects/{org}/{project}/teams/{team}/', { POST: projectWrite, DELETE: projectWrite }],
  ['/projects/{org}/{project}/members/', { GET: projectRead }],
  ['/projects/{org}/{project}/environments/', { GET: projectRead, PUT: projectWrite }],
  ['/projects/{org}/{project}/environments/{environment}/', { GET: projectRead, PUT: projectWrite }],
  ['/projects/{org}/{project}/events/', { GET: projectRead }],
  ['/projects/{org}/{project}/events/{event}/', { GET: projectRead }],
]

/** Addresses of the table that may still be missing, whole or a method of them. */
const later = [
  'PUT /organizations/{org}/',
  'DELETE /organizations/{org}/',
  'GET /organizations/{org}/stats_v2/',
  'GET /organizations/{org}/stats-summary/',
  'GET /organizations/{org}/stats/',
  'PUT /teams/{org}/{team}/',
  'DELETE /teams/{org}/{team}/',
  'GET /teams/{org}/{team}/members/',
  'PUT /projects/{org}/{project}/',
  'DELETE /projects/{org}/{project}/',
  'GET /projects/{org}/{project}/filters/',
  'PUT /projects/{org}/{project}/filters/{filter}/',
  'GET /projects/{org}/{project}/teams/',
  'POST /projects/{org}/{project}/teams/{team}/',
  'DELETE /projects/{org}/{project}/teams/{team}/',
  'GET /projects/{org}/{project}/members/',
  'GET /projects/{org}/{project}/environments/',
  'PUT /projects/{org}/{project}/environments/',
  'GET /projects/{org}/{project}/environments/{environment}/',
  'PUT /projects/{org}/{project}/environments/{environment}/',
  'GET /projects/{org}/{project}/events/',
  'GET /projects/{org}/{project}/events/{event}/',
]

interface Operation {
  readonly name: string
  readonly method: Method
  readonly path: string
  readonly accepted: readonly Scope[]
}

const documented: readonly Operation[] = table.flatMap(([path, accepted]) =>
  (Object.entries(accepted) as [Method, readonly Scope[]][]).map(([method, scopes]) => ({
    name: `${method} ${path}`,
    method,
    path,
    accepted: scopes,
  })),
)

const served: Operation[] = []
for (const operation of documented) {
  const methods = await methodsOf(vedette, pathTo(operation.path, 'no-such'))
  if (methods.includes(operation.method)) served.push(operation)
}
const named = served.map((operation) => [operation.name, operation] as const)
/** Those that name an organization, and what is in it. */
const placed = named.filter(([, { path }]) => path.includes('{org}'))

/** The address with its placeholders filled in. */
function pathTo(template: string, place: Founded | 'no-such'): string {
  const names =
    place === 'no-such'
      ? { org: 'no-such', project: 'thing', team: 'thing', key: '0'.repeat(32) }
      : { org: place.organization.slug, project: 'web', team: 'crew', key: place.key.publicKey }
  const values: Readonly<Record<string, string>> = {
    ...names,
    filter: 'localhost',
    environment: 'production',
    event: 'e'.repeat(32),
  }
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
}

/** A list is no body that any address reads, so nothing is changed by those who are let through. */
async function call({ method, path }: Operation, place: Founded | 'no-such', caller: Caller) {
  const body = method === 'GET' ? {} : { body: [] }
  const { status } = await vedette.send(method, `/api/0${pathTo(path, place)}`, caller, body)
  return status
}

/** Source: web API, organization roles and team roles. */
const roleScopes: Readonly<Record<OrganizationRole, readonly Scope[]>> = (() => {
  const event: readonly Scope[] = ['event:read', 'event:write', 'event:admin']
  const alerts: readonly Scope[] = ['alerts:read', 'alerts:write']
  const member: readonly Scope[] = [
    ...event,
    ...alerts,
    'project:releases',
    'project:read',
    'org:read',
    'member:invite',
    'member:read',
    'team:read',
  ]
  const admin: readonly Scope[] = [
    ...event,
    ...alerts,
    'org:read',
    'member:read',
    'member:invite',
    'project:read',
    'project:write',
    'project:admin',
    'project:releases',
    'team:read',
    'team:write',
    'team:admin',
    'org:integrations',
  ]
  const manager: readonly Scope[] = [...admin, 'member:write', 'member:admin', 'org:write']
  return { member, admin, manager, owner: [...manager, 'org:admin'] }
})()

const teamRoleScopes: Readonly<Record<TeamRole, readonly Scope[]>> = (() => {
  const contributor: readonly Scope[] = [
    'event:read',
    'event:write',
    'project:releases',
    'project:read',
    'org:read',
    'member:read',
    'team:read',
    'alerts:read',
  ]
  const more: readonly Scope[] = [
    'event:admin',
    'project:write',
    'project:admin',
    'team:write',
    'team:admin',
    'org:integrations',
    'alerts:write',
  ]
  return { contributor, admin: [...contributor, ...more] }
})()

test('every address of the table is served, but for those that are still to come', () => {
  const missing = documented.filter((operation) => !served.includes(operation)).map(({ name }) => name)
  expect(missing.filter((name) => !later.includes(name))).toEqual([])
})

describe('the gate lets through whoever holds an accepted scope, and nobody else', async () => {
  const { organization, owner } = await found(vedette)
  const tokens = new Map<Scope, Caller>()
  const keys = new Map<Scope, Caller>()
  for (const scope of allScopes) {
    tokens.set(scope, await tokenOf(vedette, owner, [scope]))
    keys.set(scope, await apiKeyOf(vedette, organization, [scope]))
  }
  const session = await sessionOf(vedette, owner)
  const empty = [await tokenOf(vedette, owner, []), await apiKeyOf(vedette, organization, [])]
  const organizationToken = await organizationTokenOf(vedette, organization)

  /** Scopes whose holder is let through, of things that do not exist. */
  async function passing(operation: Operation, callers: ReadonlyMap<Scope, Caller>) {
    const passed: Scope[] = []
    for (const [scope, caller] of callers) {
      const status = await call(operation, 'no-such', caller)
      if (status !== 403) passed.push(scope)
      if (operation.path.includes('{org}')) expect([403, 404]).toContain(status)
    }
    return passed
  }

  test.each(named)('%s', async (_, operation) => {
    const accepted = allScopes.filter((scope) => operation.accepted.includes(scope))
    expect(await passing(operation, tokens)).toEqual(accepted)
    expect(await passing(operation, keys)).toEqual(accepted)

    for (const caller of [...empty, organizationToken]) {
      expect(await call(operation, 'no-such', caller)).toBe(403)
    }
    expect(await call(operation, 'no-such', nobody)).toBe(401)
    expect([401, 403]).not.toContain(await call(operation, 'no-such', session))
  })
})

/** Somebody in the organization, and every scope they have there by their roles. */
interface Standing {
  readonly name: string
  readonly role: OrganizationRole | undefined
  readonly teamRole?: TeamRole
}

const standings: readonly Standing[] = [
  { name: 'a stranger', role: undefined },
  { name: 'a member', role: 'member' },
  { name: 'an admin', role: 'admin' },
  { name: 'a manager', role: 'manager' },
  { name: 'an owner', role: 'owner' },
  { name: 'a member who contributes to the team', role: 'member', teamRole: 'contributor' },
  { name: 'a member who is Team Admin', role: 'member', teamRole: 'admin' },
]

/** Roles in a team count for the team and its projects, not for the organization. */
function scopesBy({ role, teamRole }: Standing, path: string): ReadonlySet<Scope> {
  const own = role === undefined ? [] : roleScopes[role]
  const inTeam = teamRole === undefined || !/\{team\}|\{project\}/.test(path) ? [] : teamRoleScopes[teamRole]
  return new Set([...own, ...inTeam])
}

async function enter({ organization, team }: Founded, { role, teamRole }: Standing): Promise<Person> {
  return addPerson(vedette, {
    ...(role === undefined ? {} : { organization, role }),
    ...(teamRole === undefined ? {} : { teams: { [team.id]: teamRole } }),
  })
}

/** How somebody speaks: with a session, or with a token that holds one scope. */
type Voice = 'session' | Scope
/** Scopes that no address accepts have failed at the gate already. */
const voices: readonly Voice[] = [
  'session',
  ...allScopes.filter((scope) => documented.some(({ accepted }) => accepted.includes(scope))),
]

async function voiceOf(person: Person, voice: Voice): Promise<Caller> {
  return voice === 'session' ? sessionOf(vedette, person) : tokenOf(vedette, person, [voice])
}

describe.each(standings.map((standing) => [standing.name, standing] as const))(
  'roles: %s',
  async (_, standing) => {
    const place = await found(vedette)
    const person = await enter(place, standing)
    const callers = new Map<Voice, Caller>()
    for (const voice of voices) callers.set(voice, await voiceOf(person, voice))

    test.each(placed)('%s', async (_name, operation) => {
      const held = scopesBy(standing, operation.path)
      const expected = voices.filter((voice) =>
        voice === 'session'
          ? operation.accepted.some((scope) => held.has(scope))
          : operation.accepted.includes(voice) && held.has(voice),
      )
      const allowed: Voice[] = []
      for (const [voice, caller] of callers) {
        // What is deleted is gone, so each who may delete has a place of their own.
        const isLast = operation.method === 'DELETE' && expected.includes(voice)
        const own = isLast ? await found(vedette) : place
        const speaker = isLast ? await voiceOf(await enter(own, standing), voice) : caller
        const status = await call(operation, own, speaker)
        expect(status).not.toBe(401)
        if (status !== 403) allowed.push(voice)
      }
      expect(allowed).toEqual(expected)
    })
  },
)

describe('an API key reaches everything of its organization with its own scopes', async () => {
  const { organization, project, team, key, owner } = await found(vedette, {
    options: { openMembership: false },
  })
  const place: Founded = { organization, project, team, key, owner }
  const keys = new Map<Scope, Caller>()
  for (const scope of allScopes) keys.set(scope, await apiKeyOf(vedette, organization, [scope]))

  test.each(placed.filter(([, { method }]) => method !== 'DELETE'))('%s', async (_, operation) => {
    const allowed: Scope[] = []
    for (const [scope, caller] of keys) {
      const status = await call(operation, place, caller)
      // Some addresses need a person behind the key, and say so once the key has passed.
      if (status !== 403) allowed.push(scope)
    }
    expect(allowed).toEqual(allScopes.filter((scope) => operation.accepted.includes(scope)))
  })
})

describe('a closed organization', async () => {
  const place = await found(vedette, { options: { openMembership: false } })
  const { organization, team } = place
  const otherTeam = await addTeam(vedette, organization, 'other')
  const org = organization.slug
  const [projectPath, teamPath, listPath] = [
    `/projects/${org}/web/`,
    `/teams/${org}/crew/`,
    `/organizations/${org}/projects/`,
  ]

  test.each<[string, OrganizationRole, { in: 'crew' | 'other' | 'none'; as?: TeamRole }, number]>([
    ['a member of no team', 'member', { in: 'none' }, 403],
    ['an admin of no team', 'admin', { in: 'none' }, 403],
    ['an admin of another team', 'admin', { in: 'other' }, 403],
    ['the Team Admin of another team', 'member', { in: 'other', as: 'admin' }, 403],
    ['a member of the team', 'member', { in: 'crew' }, 200],
    ['an admin of the team', 'admin', { in: 'crew' }, 200],
    ['a manager of no team', 'manager', { in: 'none' }, 200],
    ['an owner of no team', 'owner', { in: 'none' }, 200],
  ])('opens projects and teams to %s as it should', async (_, role, membership, expected) => {
    const teamId = { crew: team.id, other: otherTeam.id, none: undefined }[membership.in]
    const teams = teamId === undefined ? {} : { [teamId]: membership.as ?? 'contributor' }
    const person = await addPerson(vedette, { organization, role, teams })
    for (const caller of [person.caller, await sessionOf(vedette, person)]) {
      expect((await vedette.get(projectPath, caller)).status).toBe(expected)
      expect((await vedette.get(teamPath, caller)).status).toBe(expected)
      const list = await vedette.get<{ hasAccess: boolean; access: string[] }[]>(listPath, caller)
      expect(list.status).toBe(200)
      expect(list.body.map(({ hasAccess }) => hasAccess)).toEqual([expected === 200])
      if (expected === 403) expect(list.body.map(({ access }) => access)).toEqual([[]])
    }
  })

  test('is open to superusers', async () => {
    const { caller } = await addPerson(vedette, { isSuperuser: true })
    for (const path of [projectPath, teamPath, listPath]) {
      expect((await vedette.get(path, caller)).status).toBe(200)
    }
  })
})

test('a role in a team gives nothing in projects of other teams', async () => {
  const { organization } = await found(vedette)
  const other = await addTeam(vedette, organization, 'other')
  const person = await addPerson(vedette, { organization, teams: { [other.id]: 'admin' } })
  const project = (slug: string) => `/teams/${organization.slug}/${slug}/projects/`
  const body = { name: 'Thing' }
  expect((await vedette.post(project('crew'), person.caller, body)).status).toBe(403)
  expect((await vedette.post(project('other'), person.caller, body)).status).toBe(201)
})

test('a token is capped by the role its owner has now', async () => {
  const { organization } = await found(vedette)
  const person = await addPerson(vedette, { organization, role: 'manager' })
  const path = `/teams/${organization.slug}/crew/projects/`
  expect((await vedette.post(path, person.caller, { name: 'One' })).status).toBe(201)
  await vedette.write((tx) =>
    tx
      .updateTable('organization_member')
      .set({ role: 'member' })
      .where('user_id', '=', person.userId)
      .execute(),
  )
  expect((await vedette.post(path, person.caller, { name: 'Two' })).status).toBe(403)
})

describe('the permission walk-through', () => {
  type Who = (place: Founded) => Promise<Caller>
  const user =
    (role: OrganizationRole, ...scopes: Scope[]): Who =>
    async ({ organization }) =>
      tokenOf(vedette, await addPerson(vedette, { organization, role }), scopes)
  const apiKey =
    (...scopes: Scope[]): Who =>
    ({ organization }) =>
      apiKeyOf(vedette, organization, scopes)
  const organizationToken: Who = ({ organization }) => organizationTokenOf(vedette, organization)
  const project = '/projects/{org}/{project}/'
  const keys = '/projects/{org}/{project}/keys/'

  /** Source: web API, worked examples. `undefined` is a body that is not sent. */
  const steps: readonly [string, Who, Method, string, unknown, number][] = [
    ['a member with project:read', user('member', 'project:read'), 'GET', project, undefined, 200],
    [
      'a member with project:read',
      user('member', 'project:read'),
      'PUT',
      project,
      { isBookmarked: true },
      200,
    ],
    ['a member with project:read', user('member', 'project:read'), 'PUT', project, { name: 'x' }, 403],
    ['a member with project:read', user('member', 'project:read'), 'PUT', project, { verifySSL: false }, 200],
    ['a member with project:read', user('member', 'project:read'), 'POST', keys, {}, 403],
    ['a member with project:write', user('member', 'project:write'), 'POST', keys, {}, 403],
    [
      'a manager with project:write',
      user('manager', 'project:write'),
      'DELETE',
      `${keys}{key}/`,
      undefined,
      403,
    ],
    ['an owner with project:admin', user('owner', 'project:admin'), 'DELETE', project, undefined, 204],
    // Sentry answers an empty 400; infrastructure tools with organization-wide keys need it done.
    ['an API key with project:write', apiKey('project:write'), 'PUT', project, { name: 'x' }, 200],
    ['an API key with project:write', apiKey('project:write'), 'POST', keys, {}, 201],
    ['an organization token', organizationToken, 'GET', project, undefined, 403],
    ['an organization token', organizationToken, 'GET', keys, undefined, 403],
    ['an organization token', organizationToken, 'GET', `${project}stats/`, undefined, 403],
    ['an organization token', organizationToken, 'GET', '/projects/', undefined, 403],
    ['an organization token', organizationToken, 'GET', '/organizations/{org}/projects/', undefined, 403],
    ['an organization token', organizationToken, 'GET', '/', undefined, 200],
    ['nobody', async () => nobody, 'GET', project, undefined, 401],
    ['an owner with org:read', user('owner', 'org:read'), 'GET', project, undefined, 403],
    [
      'an owner with org:read',
      user('owner', 'org:read'),
      'GET',
      '/organizations/{org}/projects/',
      undefined,
      200,
    ],
  ]

  for (const [name, who, method, path, body, expected] of steps) {
    test(`${name}: ${method} ${path} ${body === undefined ? '' : JSON.stringify(body)} → ${expected}`, async ({
      skip,
    }) => {
      const place = await found(vedette)
      const address = pathTo(path, place)
      if (!(await methodsOf(vedette, address)).includes(method)) skip('this address has no such method yet')
      // It has received events, which asks people, not tokens, for their password when it is deleted.
      flush(vedette, (tx) => tx.noteFirstEvent(place.project.id, startAt))
      const { status } = await vedette.send(method, `/api/0${address}`, await who(place), { body })
      expect(status).toBe(expected)
    })
  }

  test('a token of project:read is refused the keys of a project that does not exist', async () => {
    const { organization, owner } = await found(vedette)
    const caller = await tokenOf(vedette, owner, ['project:read'])
    const { status } = await vedette.post(`/projects/${organization.slug}/no-such/keys/`, caller, {})
    expect(status).toBe(403)
  })
})

test('API tokens are managed by people who are signed in, and by nobody else', async ({ skip }) => {
  const path = '/api-tokens/'
  if ((await methodsOf(vedette, path)).length === 0) skip('this address is still to come')
  const { organization, owner } = await found(vedette)
  const callers: readonly (readonly [number, Caller])[] = [
    [200, await sessionOf(vedette, owner)],
    [401, nobody],
    [403, owner.caller],
    [403, await apiKeyOf(vedette, organization, allScopes)],
    [403, await organizationTokenOf(vedette, organization)],
    [403, { headers: { ...(await sessionOf(vedette, owner)).headers, authorization: 'Digest x' } }],
  ]
  for (const [expected, caller] of callers) {
    expect((await vedette.get(path, caller)).status).toBe(expected)
  }
})
