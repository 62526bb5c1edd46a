/** Who may call what: the table of accepted scopes, crossed with every scope, kind of credentials and role. */
import { afterAll, describe, expect, test } from 'vitest'
import { allScopes, type OrganizationRole, type Scope, type TeamRole } from '../../src/protocol/scopes.ts'
import { insertMember } from '../../src/store/members.ts'
import { addTeamMember } from '../../src/store/teams.ts'
import { insertOrganizationToken } from '../../src/store/tokens.ts'
import {
  addPerson,
  addTeam,
  apiKeyOf,
  type Caller,
  type Founded,
  flush,
  found,
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

const orgRead: readonly Scope[] = ['org:read', 'org:write', 'org:admin']
const orgWrite: readonly Scope[] = ['org:write', 'org:admin']
const memberRead: readonly Scope[] = ['member:read', 'member:write', 'member:admin']
const teamRead: readonly Scope[] = ['team:read', 'team:write', 'team:admin']
const projectRead: readonly Scope[] = ['project:read', 'project:write', 'project:admin']
const projectWrite: readonly Scope[] = ['project:write', 'project:admin']

type Row = readonly [path: string, accepted: { readonly [method in Method]?: readonly Scope[] }]

/** Source: web API, accepted scopes per endpoint and method. */
const listed: readonly Row[] = [
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
  ['/projects/{org}/{project}/users/', { GET: projectRead }],
  ['/projects/{org}/{project}/tags/', { GET: projectRead }],
  ['/projects/{org}/{project}/tags/{tag}/values/', { GET: projectRead }],
  ['/projects/{org}/{project}/events/', { GET: projectRead }],
  ['/projects/{org}/{project}/events/{event}/', { GET: projectRead }],
  [
    '/projects/{org}/{project}/issues/',
    {
      GET: ['event:read', 'event:write', 'event:admin'],
      PUT: ['event:write', 'event:admin'],
      DELETE: ['event:admin'],
    },
  ],
  ['/projects/{org}/{project}/ownership/', { GET: projectRead, PUT: projectRead }],
  ['/projects/{org}/{project}/transfer/', { POST: ['org:admin'] }],
]

/** What the list above leaves out and this server has none of. */
const absent = [
  'DELETE /organizations/{org}/',
  'GET /projects/{org}/{project}/users/',
  'GET /projects/{org}/{project}/tags/',
  'GET /projects/{org}/{project}/tags/{tag}/values/',
  'GET /projects/{org}/{project}/issues/',
  'PUT /projects/{org}/{project}/issues/',
  'DELETE /projects/{org}/{project}/issues/',
  'POST /projects/{org}/{project}/transfer/',
]

/** What the list does not speak of: the scopes of the family that the thing belongs to. */
const further: readonly Row[] = [
  // Changes to everything in an organization, so readers of it do not see them.
  ['/organizations/{org}/audit-logs/', { GET: ['org:write'] }],
  ['/organizations/{org}/environments/', { GET: orgRead }],
  ['/organizations/{org}/user-teams/', { GET: orgRead }],
  // Source: web API, token formats.
  ['/organizations/{org}/org-auth-tokens/', { GET: orgRead, POST: orgRead }],
  ['/organizations/{org}/org-auth-tokens/{token}/', { GET: orgRead, PUT: orgRead, DELETE: orgWrite }],
  // Those who invite may change their invitations, and everybody may leave.
  [
    '/organizations/{org}/members/{member}/',
    { GET: memberRead, PUT: ['member:invite', 'member:write', 'member:admin'], DELETE: memberRead },
  ],
  // Everybody may join a team and leave it where membership is open.
  [
    '/organizations/{org}/members/{member}/teams/{team}/',
    {
      GET: [...orgRead, ...memberRead],
      POST: ['org:read', 'org:write', 'team:write'],
      PUT: [...orgRead, ...memberRead, 'team:write', 'team:admin'],
      DELETE: [...orgRead, 'team:admin'],
    },
  ],
  ['/organizations/{org}/spike-protections/', { POST: projectRead, DELETE: projectRead }],
  ['/organizations/{org}/usage/', { GET: orgRead }],
  ['/organizations/{org}/project-usage/', { GET: orgRead }],
  ['/projects/{org}/{project}/usage/', { GET: projectRead }],
  ['/projects/{org}/{project}/usage/dropped/', { GET: projectRead }],
  ['/projects/{org}/{project}/usage/live/', { GET: projectRead }],
  ['/projects/{org}/{project}/keys/{key}/rotate/', { POST: projectWrite }],
  ['/projects/{org}/{project}/events/{event}/json/', { GET: projectRead }],
  ['/projects/{org}/{project}/events/{event}/attachments/', { GET: projectRead }],
  ['/projects/{org}/{project}/events/{event}/attachments/{attachment}/', { GET: projectRead }],
]

/** Who passes where no scope decides. */
type Circle = 'anybody' | 'anybody but tokens' | 'people' | 'people who are signed in' | 'sessions alone'

const scopeless: readonly (readonly [name: string, circle: Circle])[] = [
  ['GET /', 'anybody'],
  ['GET /scopes/', 'anybody'],
  ['GET /openapi.json', 'anybody'],
  ['GET /internal/health', 'anybody'],
  ['GET /internal/health/', 'anybody'],
  ['POST /auth/login/', 'anybody'],
  ['GET /auth/', 'people'],
  ['GET /users/me/regions/', 'people'],
  ['PUT /auth/', 'people who are signed in'],
  ['DELETE /auth/', 'anybody'],
  ['GET /accept-invite/{member}/{token}/', 'anybody but tokens'],
  ['POST /accept-invite/{member}/{token}/', 'anybody but tokens'],
  ['GET /users/me/', 'sessions alone'],
  ['PUT /users/me/', 'sessions alone'],
  ['PUT /users/me/password/', 'sessions alone'],
  ['GET /users/me/sessions/', 'sessions alone'],
  ['DELETE /users/me/sessions/', 'sessions alone'],
  ['DELETE /users/me/sessions/{session}/', 'sessions alone'],
  ['GET /api-tokens/', 'sessions alone'],
  ['POST /api-tokens/', 'sessions alone'],
  ['DELETE /api-tokens/', 'sessions alone'],
  ['GET /api-tokens/{token}/', 'sessions alone'],
  ['PUT /api-tokens/{token}/', 'sessions alone'],
  ['DELETE /api-tokens/{token}/', 'sessions alone'],
]

interface Operation {
  readonly name: string
  readonly method: Method
  readonly path: string
  readonly accepted: readonly Scope[]
}

const operations: readonly Operation[] = [...listed, ...further]
  .flatMap(([path, accepted]) =>
    (Object.entries(accepted) as [Method, readonly Scope[]][]).map(([method, scopes]) => ({
      name: `${method} ${path}`,
      method,
      path,
      accepted: scopes,
    })),
  )
  .filter(({ name }) => !absent.includes(name))
const named = operations.map((operation) => [operation.name, operation] as const)
/** Those that name an organization, and what is in it. */
const placed = named.filter(([, { path }]) => path.includes('{org}'))

/** An organization with something of everything that a path can name. */
interface Place extends Founded {
  /** An invitation, in the team. */
  readonly memberId: number
  readonly tokenId: number
}

async function settle(input: Parameters<typeof found>[1] = {}): Promise<Place> {
  const founded = await found(vedette, input)
  const { organization, team } = founded
  const common = { organizationId: organization.id, now: startAt }
  const made = await vedette.write(async (tx) => {
    const invited = { userId: null, email: 'invited@example.net', role: 'member', inviterId: null }
    const member = await insertMember(tx, { ...common, ...invited })
    await addTeamMember(tx, { teamId: team.id, memberId: member.id, role: 'contributor' })
    const token = { kind: 'token', name: 'CI', scopes: ['org:ci'], createdBy: null } as const
    const secret = { tokenHash: organization.slug, tokenLast4: '1234' }
    return {
      memberId: member.id,
      tokenId: await insertOrganizationToken(tx, { ...common, ...token, ...secret }),
    }
  })
  return { ...founded, ...made }
}

/** The address with its placeholders filled in. */
function pathTo(template: string, place: Founded | Place | 'no-such'): string {
  const names: Readonly<Record<string, string | number>> =
    place === 'no-such'
      ? { org: 'no-such', project: 'thing', team: 'thing', key: '0'.repeat(32), member: 0, token: 0 }
      : {
          org: place.organization.slug,
          project: 'web',
          team: 'crew',
          key: place.key.publicKey,
          ...('memberId' in place ? { member: place.memberId, token: place.tokenId } : {}),
        }
  const values: typeof names = {
    ...names,
    filter: 'localhost',
    environment: 'production',
    event: 'e'.repeat(32),
    attachment: 1,
  }
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name]))
}

/** A list is no body that an address reads, so nothing is changed by those who are let through. */
const noBody: readonly unknown[] = []
const bodies: { readonly [name: string]: unknown } = {
  // Whoever reads a project may send its rules, and nothing else.
  'PUT /projects/{org}/{project}/ownership/': { raw: null },
}

/** Answers that have no end. */
const endless = new Set(['GET /projects/{org}/{project}/usage/live/'])

async function call({ name, method, path }: Operation, place: Place | 'no-such', caller: Caller) {
  const url = `/api/0${pathTo(path, place)}`
  if (endless.has(name)) {
    const answer = await vedette.server.inject({ method, url, ...caller, payloadAsStream: true })
    answer.stream().destroy()
    return answer.statusCode
  }
  const body = method === 'GET' ? {} : { body: bodies[name] ?? noBody }
  return (await vedette.send(method, url, caller, body)).status
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

describe('the API document', async () => {
  interface Documented {
    readonly security: readonly { readonly token?: readonly string[] }[]
  }
  const { body } = await vedette.get<{ paths: Record<string, Record<string, Documented>> }>('/openapi.json')
  const documented = new Map(
    Object.entries(body.paths)
      .filter(([path]) => path.startsWith('/api/0/'))
      .flatMap(([path, methods]) =>
        Object.entries(methods).map(
          ([method, operation]) =>
            [
              `${method.toUpperCase()} ${path.slice('/api/0'.length)}`
                .replace('{organization_id_or_slug}', '{org}')
                .replaceAll(/\{(\w+?)_id(?:_or_slug)?\}/g, '{$1}'),
              operation,
            ] as const,
        ),
      ),
  )

  test('has the operations of these tables, and no others', () => {
    const expected = [...operations.map(({ name }) => name), ...scopeless.map(([name]) => name)]
    expect([...documented.keys()].sort()).toEqual(expected.sort())
  })

  test('names the scopes that each accepts', () => {
    const stated = ({ name }: Operation) =>
      (documented.get(name)?.security ?? []).flatMap(({ token }) => token ?? []).sort()
    expect(operations.map((each) => [each.name, stated(each)])).toEqual(
      operations.map(({ name, accepted }) => [name, [...accepted].sort()]),
    )
  })
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

describe('where no scope decides', async () => {
  const { organization, owner } = await found(vedette)
  const { headers } = await sessionOf(vedette, owner)
  const callers = {
    nobody,
    session: { headers },
    'session beside another credential': { headers: { ...headers, authorization: 'Digest x' } },
    token: await tokenOf(vedette, owner, allScopes),
    'token without scopes': await tokenOf(vedette, owner, []),
    'API key': await apiKeyOf(vedette, organization, allScopes),
    'organization token': await organizationTokenOf(vedette, organization),
  } satisfies Record<string, Caller>
  const others = Object.keys(callers).filter((name) => name !== 'session')
  /** Status of those who are refused; the rest passes. */
  const refusals: Readonly<Record<Circle, Readonly<Record<string, number>>>> = {
    anybody: {},
    'anybody but tokens': {
      token: 403,
      'token without scopes': 403,
      'API key': 403,
      'organization token': 403,
    },
    people: {
      nobody: 401,
      'session beside another credential': 401,
      'API key': 401,
      'organization token': 401,
    },
    'people who are signed in': Object.fromEntries(others.map((name) => [name, 401])),
    'sessions alone': { ...Object.fromEntries(others.map((name) => [name, 403])), nobody: 401 },
  }

  test.each(scopeless)('%s is for %s', async (name, circle) => {
    const [method = '', path = ''] = name.split(' ')
    const refused: Record<string, number> = {}
    for (const [who, caller] of Object.entries(callers)) {
      // Signing out ends a session, so it gets one of its own.
      const speaker = name === 'DELETE /auth/' && who === 'session' ? await sessionOf(vedette, owner) : caller
      const body = method === 'GET' ? {} : { body: noBody }
      const { status } = await vedette.send(
        method as Method,
        `/api/0${pathTo(path, 'no-such')}`,
        speaker,
        body,
      )
      if (status === 401 || status === 403) refused[who] = status
    }
    expect(refused).toEqual(refusals[circle])
  })
})

/** Somebody in the organization, and every scope they have there by their roles. */
interface Standing {
  readonly name: string
  readonly role: OrganizationRole | undefined
  readonly teamRole?: TeamRole
  /** Whether the organization keeps its members to their own teams. */
  readonly isClosed?: true
}

const standings: readonly Standing[] = [
  { name: 'a stranger', role: undefined },
  { name: 'a member', role: 'member' },
  { name: 'an admin', role: 'admin' },
  { name: 'a manager', role: 'manager' },
  { name: 'an owner', role: 'owner' },
  { name: 'a member who contributes to the team', role: 'member', teamRole: 'contributor' },
  { name: 'a member who is Team Admin', role: 'member', teamRole: 'admin' },
  { name: 'an admin of no team, in a closed organization', role: 'admin', isClosed: true },
  {
    name: 'an admin of the team, in a closed organization',
    role: 'admin',
    teamRole: 'contributor',
    isClosed: true,
  },
  { name: 'a manager of no team, in a closed organization', role: 'manager', isClosed: true },
]

/** Roles in a team count for the team and its projects, not for the organization. */
function scopesBy({ role, teamRole, isClosed }: Standing, path: string): ReadonlySet<Scope> {
  if (role === undefined) return new Set()
  const isOfTeam = path.startsWith('/teams/') || path.startsWith('/projects/')
  const isGlobal = role === 'manager' || role === 'owner'
  if (isOfTeam && isClosed && !isGlobal && teamRole === undefined) return new Set()
  const inTeam =
    teamRole === undefined || !isOfTeam ? [] : teamRoleScopes[role === 'member' ? teamRole : 'admin']
  return new Set([...roleScopes[role], ...inTeam])
}

async function enter({ organization, team }: Founded, { role, teamRole }: Standing): Promise<Person> {
  return addPerson(vedette, {
    ...(role === undefined ? {} : { organization, role }),
    ...(teamRole === undefined ? {} : { teams: { [team.id]: teamRole } }),
  })
}

/** How somebody speaks: with a session, or with a token that holds one scope or all of them. */
type Voice = 'session' | 'every scope' | Scope
const allVoices: ReadonlySet<Voice> = new Set([
  'session',
  'every scope',
  ...operations.flatMap(({ accepted }) => accepted),
])

async function voiceOf(person: Person, voice: Voice): Promise<Caller> {
  if (voice === 'session') return sessionOf(vedette, person)
  return voice === 'every scope' ? person.caller : tokenOf(vedette, person, [voice])
}

/** Those of the callers who are let through. Scopes that are not accepted have failed at the gate already. */
async function heard<V extends string>(
  operation: Operation,
  voices: readonly V[],
  speak: (voice: V, isLast: boolean) => Promise<readonly [Place, Caller]>,
  expected: readonly V[],
) {
  const allowed: V[] = []
  for (const voice of voices) {
    // What is deleted is gone, so each who may delete has a place of their own.
    const [place, caller] = await speak(voice, operation.method === 'DELETE' && expected.includes(voice))
    const status = await call(operation, place, caller)
    expect(status).toBeLessThan(500)
    if (status !== 403) allowed.push(voice)
  }
  expect(allowed).toEqual(expected)
}

describe.each(standings.map((standing) => [standing.name, standing] as const))(
  'roles: %s',
  async (_, standing) => {
    const founding = standing.isClosed ? { options: { openMembership: false } } : {}
    const place = await settle(founding)
    const person = await enter(place, standing)
    const callers = new Map<Voice, Caller>()
    for (const voice of allVoices) callers.set(voice, await voiceOf(person, voice))

    async function speak(voice: Voice, isLast: boolean): Promise<readonly [Place, Caller]> {
      if (!isLast) return [place, callers.get(voice) ?? nobody]
      const own = await settle(founding)
      return [own, await voiceOf(await enter(own, standing), voice)]
    }

    test.each(placed)('%s', async (_name, operation) => {
      const { accepted, path } = operation
      const held = scopesBy(standing, path)
      const voices: readonly Voice[] = ['session', 'every scope', ...accepted]
      const expected = voices.filter((voice) =>
        voice === 'session' || voice === 'every scope'
          ? accepted.some((scope) => held.has(scope))
          : held.has(voice),
      )
      await heard(operation, voices, speak, expected)
    })
  },
)

describe('an API key reaches everything of its organization with its own scopes', async () => {
  const founding = { options: { openMembership: false } }
  const place = await settle(founding)
  const keys = new Map<Scope, Caller>()
  for (const scope of allScopes) keys.set(scope, await apiKeyOf(vedette, place.organization, [scope]))

  async function speak(scope: Scope, isLast: boolean): Promise<readonly [Place, Caller]> {
    if (!isLast) return [place, keys.get(scope) ?? nobody]
    const own = await settle(founding)
    return [own, await apiKeyOf(vedette, own.organization, [scope])]
  }

  // Some addresses need a person behind the key, and say so once the key has passed.
  test.each(placed)('%s', async (_, operation) => {
    await heard(operation, operation.accepted, speak, operation.accepted)
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
    test(`${name}: ${method} ${path} ${body === undefined ? '' : JSON.stringify(body)} → ${expected}`, async () => {
      const place = await found(vedette)
      const address = pathTo(path, place)
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
