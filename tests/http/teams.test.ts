/** Teams: their list, creating one, and one of them. */
import { afterAll, describe, expect, test } from 'vitest'
import { allScopes } from '../../src/protocol/scopes.ts'
import {
  addPerson,
  addProject,
  addTeam,
  apiKeyOf,
  type Founded,
  found,
  openInstallation,
  sessionOf,
  tokenOf,
} from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

interface Listed {
  readonly slug: string
}

const teamAdminScopes = [
  'alerts:read',
  'alerts:write',
  'event:admin',
  'event:read',
  'event:write',
  'member:read',
  'org:integrations',
  'org:read',
  'project:admin',
  'project:read',
  'project:releases',
  'project:write',
  'team:admin',
  'team:read',
  'team:write',
]
const contributorScopes = [
  'alerts:read',
  'event:read',
  'event:write',
  'member:read',
  'org:read',
  'project:read',
  'project:releases',
  'team:read',
]
const memberScopes = [...contributorScopes, 'event:admin', 'member:invite', 'alerts:write'].sort()

/** The team `crew` as an answer without expansions has it. */
function crew({ team }: Founded) {
  return {
    id: String(team.id),
    slug: 'crew',
    name: 'Crew',
    dateCreated: '2026-01-05T09:30:00Z',
    flags: { 'idp:provisioned': false },
    isPending: false,
    avatar: { avatarType: 'letter_avatar', avatarUuid: null },
  }
}

describe('a team', () => {
  test('is described with its organization', async () => {
    const place = await found(vedette)
    const { organization } = place
    const ada = await addPerson(vedette, { organization, teams: { [place.team.id]: 'contributor' } })
    const path = `/teams/${organization.slug}/crew/`
    const { status, body } = await vedette.get<{ access: string[]; organization: unknown }>(
      path,
      await sessionOf(vedette, ada),
    )
    expect(status).toBe(200)
    expect(body).toEqual({
      ...crew(place),
      isMember: true,
      teamRole: 'contributor',
      access: memberScopes,
      hasAccess: true,
      memberCount: 2,
      organization: expect.objectContaining({ id: String(organization.id), slug: organization.slug }),
    })
    expect(body.organization).toMatchObject({
      status: { id: 'active', name: 'active' },
      features: expect.any(Array),
      links: expect.any(Object),
    })
  })

  test('leaves out its organization and brings projects when asked', async () => {
    const { organization, owner } = await found(vedette)
    const path = `/teams/${organization.slug}/crew/`
    const collapsed = await vedette.get(`${path}?collapse=organization`, owner.caller)
    expect(collapsed.body).not.toHaveProperty('organization')
    expect(collapsed.body).not.toHaveProperty('projects')
    const expanded = await vedette.get(`${path}?expand=projects&expand=externalTeams&expand=x`, owner.caller)
    expect(expanded.body).toMatchObject({
      projects: [
        { slug: 'web', status: 'active', isInternal: false, avatar: { avatarType: 'letter_avatar' } },
      ],
      externalTeams: [],
      organization: { slug: organization.slug },
    })
  })

  test.each([
    ['member', undefined, false, null],
    ['member', 'contributor', true, 'contributor'],
    ['member', 'admin', true, 'admin'],
    ['admin', undefined, false, null],
    ['admin', 'contributor', true, 'admin'],
    ['manager', 'contributor', true, 'admin'],
    ['owner', 'contributor', true, 'admin'],
  ] as const)(
    'tells an organization %s who is %s in it their role there',
    async (role, own, isMember, teamRole) => {
      const { organization, team } = await found(vedette)
      const ada = await addPerson(vedette, { organization, role, teams: own ? { [team.id]: own } : {} })
      const { body } = await vedette.get(`/teams/${organization.slug}/crew/`, ada.caller)
      expect(body).toMatchObject({ isMember, teamRole, hasAccess: true })
    },
  )

  test('shows access within the token’s scopes', async () => {
    const { organization, owner } = await found(vedette)
    const caller = await tokenOf(vedette, owner, ['team:read', 'org:admin', 'email'])
    const { body } = await vedette.get(`/teams/${organization.slug}/crew/`, caller)
    expect(body).toMatchObject({ access: ['org:admin', 'team:read'] })
  })

  test('is not counted for callers that are no person', async () => {
    const { organization } = await found(vedette)
    const key = await apiKeyOf(vedette, organization, ['team:read'])
    const { body } = await vedette.get(`/teams/${organization.slug}/crew/`, key)
    expect(body).toMatchObject({ memberCount: 0, isMember: false, teamRole: null, hasAccess: true })
  })

  test('counts active people only', async () => {
    const { organization, owner, team } = await found(vedette)
    const gone = await addPerson(vedette, { organization, teams: { [team.id]: 'contributor' } })
    await vedette.post(`/organizations/${organization.slug}/members/`, owner.caller, {
      email: 'invited-to-crew@example.net',
      teamRoles: [{ teamSlug: 'crew', role: null }],
    })
    await vedette.write((tx) =>
      tx.updateTable('user').set({ is_active: 0 }).where('id', '=', gone.userId).execute(),
    )
    const { body } = await vedette.get(`/teams/${organization.slug}/crew/`, owner.caller)
    expect(body).toMatchObject({ memberCount: 1 })
  })
})

describe('the list of teams', () => {
  test('is sorted by slug and brings projects', async () => {
    const place = await found(vedette)
    const { organization, owner, team } = place
    const other = await addTeam(vedette, organization, 'abc', 'Zulu')
    await addProject(vedette, organization, { slug: 'shared', teams: [team, other] })
    const { body } = await vedette.get(`/organizations/${organization.slug}/teams/`, owner.caller)
    expect(body).toMatchObject([
      { slug: 'abc', name: 'Zulu', isMember: false, projects: [{ slug: 'shared' }], externalTeams: [] },
      {
        ...crew(place),
        isMember: true,
        teamRole: 'admin',
        memberCount: 1,
        access: teamAdminScopes
          .concat('org:admin', 'org:write', 'member:admin', 'member:invite', 'member:write')
          .sort(),
        projects: [{ slug: 'shared' }, { slug: 'web' }],
        externalTeams: [],
      },
    ])
  })

  test('leaves projects out with detailed=0', async () => {
    const { organization, owner } = await found(vedette)
    const path = `/organizations/${organization.slug}/teams/?detailed=0`
    const { body } = await vedette.get<object[]>(path, owner.caller)
    expect(body).toMatchObject([{ slug: 'crew' }])
    expect(Object.keys(body[0] ?? {})).not.toContain('projects')
    expect(Object.keys(body[0] ?? {})).not.toContain('externalTeams')
  })

  test('leaves out teams that are being deleted, and projects that are', async () => {
    const { organization, owner, project } = await found(vedette)
    const gone = await addTeam(vedette, organization, 'gone')
    const status = 'pending_deletion'
    await vedette.write(async (tx) => {
      await tx.updateTable('team').set({ status }).where('id', '=', gone.id).execute()
      await tx.updateTable('project').set({ status }).where('id', '=', project.id).execute()
    })
    const { body } = await vedette.get(`/organizations/${organization.slug}/teams/`, owner.caller)
    expect(body).toMatchObject([{ slug: 'crew', projects: [] }])
  })

  test('is narrowed by slug, id and text', async () => {
    const { organization, owner, team } = await found(vedette)
    const red = await addTeam(vedette, organization, 'red', 'Red Sails')
    const expected: Readonly<Record<string, readonly string[]>> = {
      'slug:red': ['red'],
      [`id:${team.id}`]: ['crew'],
      [`id:${team.id} id:${red.id}`]: ['crew', 'red'],
      'hasExternalTeams:false': ['crew', 'red'],
      'hasExternalTeams:true': [],
      SAIL: ['red'],
    }
    const answers = await Promise.all(
      Object.keys(expected).map(async (query) => {
        const path = `/organizations/${organization.slug}/teams/?query=${encodeURIComponent(query)}`
        const { body } = await vedette.get<Listed[]>(path, owner.caller)
        return [query, body.map(({ slug }) => slug)]
      }),
    )
    expect(Object.fromEntries(answers)).toEqual(expected)
  })

  test('refuses an id that is no number', async () => {
    const { organization, owner } = await found(vedette)
    const path = `/organizations/${organization.slug}/teams/?query=id:abc`
    expect(await vedette.get(path, owner.caller)).toMatchObject({
      status: 400,
      body: { detail: 'Invalid id value' },
    })
  })
})

describe('creating a team', () => {
  const at = ({ organization }: Founded) => `/organizations/${organization.slug}/teams/`

  test.each<[Record<string, unknown>, { slug: string | RegExp; name: string }]>([
    [{ name: 'Night Watch' }, { slug: 'night-watch', name: 'Night Watch' }],
    [{ slug: 'night_watch' }, { slug: 'night_watch', name: 'night_watch' }],
    [
      { slug: 'nw', name: 'Night Watch' },
      { slug: 'nw', name: 'Night Watch' },
    ],
    [
      { slug: null, name: 'Night Watch' },
      { slug: 'night-watch', name: 'Night Watch' },
    ],
    [{ name: '1234' }, { slug: /^1234-[a-z0-9]{2}$/, name: '1234' }],
    [{ name: 'Crew' }, { slug: /^crew-[a-z0-9]{2}$/, name: 'Crew' }],
    [{ name: '大' }, { slug: /^[0-9a-f]{12}(-[a-z0-9]{2})?$/, name: '大' }],
  ])('with %j', async (input, { slug, name }) => {
    const place = await found(vedette)
    const { status, body } = await vedette.post(at(place), place.owner.caller, input)
    expect({ status, body }).toEqual({
      status: 201,
      body: {
        id: expect.stringMatching(/^\d+$/),
        slug: typeof slug === 'string' ? slug : expect.stringMatching(slug),
        name,
        dateCreated: '2026-01-05T09:30:00Z',
        isMember: true,
        teamRole: 'admin',
        flags: { 'idp:provisioned': false },
        access: expect.arrayContaining(teamAdminScopes),
        hasAccess: true,
        isPending: false,
        memberCount: 1,
        avatar: { avatarType: 'letter_avatar', avatarUuid: null },
      },
    })
  })

  test('by an API key leaves it empty', async () => {
    const place = await found(vedette)
    const key = await apiKeyOf(vedette, place.organization, allScopes)
    const made = await vedette.post(at(place), key, { slug: 'automatic' })
    expect(made).toMatchObject({ status: 201, body: { isMember: false, memberCount: 0 } })
    const seen = await vedette.get(`/teams/${place.organization.slug}/automatic/`, place.owner.caller)
    expect(seen.body).toMatchObject({ memberCount: 0 })
  })

  test('is repeated as a conflict', async () => {
    const place = await found(vedette)
    const { status, body } = await vedette.post(at(place), place.owner.caller, { slug: 'crew' })
    const text = 'A team with this slug already exists.'
    expect({ status, body }).toEqual({ status: 409, body: { non_field_errors: [text], detail: text } })
  })

  test('of the same slug in another organization is none of its business', async () => {
    await found(vedette)
    const place = await found(vedette)
    expect((await vedette.post(at(place), place.owner.caller, { slug: 'red' })).status).toBe(201)
    const other = await found(vedette)
    expect((await vedette.post(at(other), other.owner.caller, { slug: 'red' })).status).toBe(201)
  })

  test('twice at once makes one', async () => {
    const place = await found(vedette)
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => vedette.post(at(place), place.owner.caller, { slug: 'race' })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409])
  })

  const slugText =
    'Enter a valid slug consisting of lowercase letters, numbers, underscores or hyphens. It cannot be entirely numeric.'
  test.each<[Record<string, unknown>, Record<string, unknown>]>([
    [{}, { non_field_errors: ['Name or slug is required'] }],
    [{ name: '', slug: '' }, { non_field_errors: ['Name or slug is required'] }],
    [{ slug: '1234' }, { slug: [slugText] }],
    [{ slug: 'Red' }, { slug: [slugText] }],
    [{ slug: 'a b' }, { slug: [slugText] }],
    [{ slug: 'x'.repeat(51) }, { slug: ['Ensure this field has no more than 50 characters.'] }],
    [{ name: 'x'.repeat(65) }, { name: ['Ensure this field has no more than 64 characters.'] }],
    [{ name: ['a'] }, { name: ['Not a valid string.'] }],
  ])('refuses %j', async (input, errors) => {
    const place = await found(vedette)
    const { status, body } = await vedette.post(at(place), place.owner.caller, input)
    expect({ status, body }).toEqual({ status: 400, body: errors })
    const { body: teams } = await vedette.get<unknown[]>(at(place), place.owner.caller)
    expect(teams.length).toBe(1)
  })
})
