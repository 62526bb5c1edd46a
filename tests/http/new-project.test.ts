/** Creating projects: through a team, and through the organization. */
import { afterAll, describe, expect, test } from 'vitest'
import { allScopes, type Scope } from '../../src/protocol/scopes.ts'
import { projectOptions } from '../../src/store/project-options.ts'
import {
  addPerson,
  addProject,
  addTeam,
  apiKeyOf,
  type Founded,
  found,
  openInstallation,
  organizationTokenOf,
  tokenOf,
} from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

interface Created {
  readonly id: string
  readonly slug: string
  readonly team_slug: string
}

type Way = readonly [name: string, pathOf: (place: Founded) => string]

const throughTeam: Way = [
  'through a team',
  ({ organization }) => `/teams/${organization.slug}/crew/projects/`,
]
const throughOrganization: Way = [
  'through the organization',
  ({ organization }) => `/organizations/${organization.slug}/projects/`,
]
const olderPath: Way = [
  'through the organization, on the path of older servers',
  ({ organization }) => `/organizations/${organization.slug}/experimental/projects/`,
]
const ways = [throughTeam, throughOrganization]

const [, ofTeam] = throughTeam
const [, ofOrganization] = throughOrganization

async function optionsOf(id: string) {
  return (await projectOptions(vedette.app.db.read, [Number(id)])).get(Number(id))
}

describe.each(ways)('a project created %s', (_, pathOf) => {
  test('has the name, slug and platform it was given', async () => {
    const place = await found(vedette)
    const { owner, organization } = place
    const created = await vedette.post<Created>(pathOf(place), owner.caller, {
      name: 'Night Watch',
      slug: 'night_watch-1',
      platform: 'python-django',
      default_rules: false,
      origin: 'ui',
    })
    expect(created).toMatchObject({
      status: 201,
      body: {
        id: expect.stringMatching(/^\d+$/),
        slug: 'night_watch-1',
        name: 'Night Watch',
        platform: 'python-django',
        dateCreated: '2026-01-05T09:30:00Z',
        firstEvent: null,
        isBookmarked: false,
        isMember: true,
        hasAccess: true,
        access: expect.arrayContaining(['project:admin']),
        platforms: [],
        environments: [],
        latestRelease: null,
        // Sent by older servers, and read by clients written for them.
        status: 'active',
        isPublic: false,
        isInternal: false,
        color: expect.stringMatching(/^#[0-9a-f]{6}$/),
        avatar: { avatarType: 'letter_avatar', avatarUuid: null },
      },
    })
    const path = `/projects/${organization.slug}/night_watch-1/`
    expect((await vedette.get(path, owner.caller)).body).toMatchObject({
      id: created.body.id,
      slug: 'night_watch-1',
      platform: 'python-django',
    })
  })

  test('has one key, called Default, with the loader’s defaults', async () => {
    const place = await found(vedette)
    const { owner, organization } = place
    const { body } = await vedette.post<Created>(pathOf(place), owner.caller, { name: 'Night Watch' })
    const keys = await vedette.get(`/projects/${organization.slug}/${body.slug}/keys/`, owner.caller)
    expect(keys.body).toMatchObject([
      {
        name: 'Default',
        label: 'Default',
        projectId: Number(body.id),
        isActive: true,
        rateLimit: null,
        dynamicSdkLoaderOptions: { hasPerformance: true, hasReplay: true, hasDebug: false },
      },
    ])
  })

  test.each([
    ['Night Watch', /^night-watch$/],
    ['Größe & Maß', /^groe-ma$/],
    ['1234', /^1234-[a-z0-9]{2}$/],
    ['Web', /^web-[a-z0-9]{2}$/],
    ['API Keys', /^[0-9a-f]{12}(-[a-z0-9]{2})?$/],
    ['大', /^[0-9a-f]{12}(-[a-z0-9]{2})?$/],
    [`${'a'.repeat(48)} b`, new RegExp(`^${'a'.repeat(48)}-b$`)],
  ])('gets a slug from the name %s', async (name, expected) => {
    const place = await found(vedette)
    const { body } = await vedette.post<Created>(pathOf(place), place.owner.caller, { name })
    expect(body.slug).toMatch(expected)
  })

  test.each(['other', 'javascript-react', 'go', 'minidump', 'native', null, ''])(
    'may be of platform %j',
    async (platform) => {
      const place = await found(vedette)
      const { status, body } = await vedette.post(pathOf(place), place.owner.caller, { name: 'P', platform })
      expect({ status, body }).toMatchObject({ status: 201, body: { platform: platform || null } })
    },
  )

  const slugText =
    'Enter a valid slug consisting of lowercase letters, numbers, underscores or hyphens. It cannot be entirely numeric.'
  const notEnabled = (platform: string) =>
    `Console platform '${platform}' is not enabled for this organization`
  test.each<[Record<string, unknown>, Record<string, unknown>]>([
    [{}, { name: ['This field is required.'] }],
    [{ name: null }, { name: ['This field may not be null.'] }],
    [{ name: '  ' }, { name: ['This field may not be blank.'] }],
    [{ name: 'x'.repeat(51) }, { name: ['Ensure this field has no more than 50 characters.'] }],
    [{ name: true }, { name: ['Not a valid string.'] }],
    [{ name: 'teams' }, { name: ['The name "teams" is reserved and not allowed.'] }],
    [{ name: '$all' }, { name: ['The name "$all" is reserved and not allowed.'] }],
    [{ name: 'P', slug: '1234' }, { slug: [slugText] }],
    [{ name: 'P', slug: 'Web' }, { slug: [slugText] }],
    [{ name: 'P', slug: 'a.b' }, { slug: [slugText] }],
    [{ name: 'P', slug: 'x'.repeat(101) }, { slug: ['Ensure this field has no more than 100 characters.'] }],
    [{ name: 'P', platform: 'fortran' }, { platform: ['Invalid platform'] }],
    [{ name: 'P', platform: 'Python' }, { platform: ['Invalid platform'] }],
    [{ name: 'P', platform: 'xbox' }, { platform: [notEnabled('xbox')] }],
    [{ name: 'P', platform: 'playstation' }, { platform: [notEnabled('playstation')] }],
    [{ name: 'P', platform: 'nintendo-switch' }, { platform: [notEnabled('nintendo-switch')] }],
    [{ name: 'P', default_rules: 'perhaps' }, { default_rules: ['Must be a valid boolean.'] }],
    [
      { slug: '1234', platform: 'fortran' },
      { name: ['This field is required.'], slug: [slugText], platform: ['Invalid platform'] },
    ],
  ])('is refused with %j', async (input, errors) => {
    const place = await found(vedette)
    const { status, body } = await vedette.post(pathOf(place), place.owner.caller, input)
    expect({ status, body }).toEqual({ status: 400, body: errors })
    const count = await vedette.get(
      `/organizations/${place.organization.slug}/projects-count/`,
      place.owner.caller,
    )
    expect(count.body).toEqual({ allProjects: 1, myProjects: 1 })
  })

  test('may have a reserved slug, but not one that is taken', async () => {
    const place = await found(vedette)
    const post = (slug: string) => vedette.post(pathOf(place), place.owner.caller, { name: 'P', slug })
    expect(await post('settings')).toMatchObject({ status: 201, body: { slug: 'settings' } })
    expect(await post('web')).toMatchObject({
      status: 409,
      body: { detail: 'A project with this slug already exists.' },
    })
  })

  test('may be told the same as a form', async () => {
    const place = await found(vedette)
    const answer = await vedette.send('POST', `/api/0${pathOf(place)}`, place.owner.caller, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'name=Night+Watch&platform=go&default_rules=false',
    })
    expect(answer).toMatchObject({ status: 201, body: { name: 'Night Watch', platform: 'go' } })
  })
})

describe('a project created through a team', () => {
  test('belongs to that team', async () => {
    const place = await found(vedette)
    const { body } = await vedette.post(ofTeam(place), place.owner.caller, { name: 'P' })
    const team = { id: String(place.team.id), slug: 'crew', name: 'Crew' }
    expect(body).toMatchObject({ team, teams: [team] })
  })

  test('of JavaScript filters what browsers send without being asked', async () => {
    const place = await found(vedette)
    const { body } = await vedette.post<Created>(ofTeam(place), place.owner.caller, {
      name: 'P',
      platform: 'javascript-react',
    })
    expect(await optionsOf(body.id)).toMatchObject({
      'filters:browser-extensions': '1',
      'filters:web-crawlers': '1',
      'filters:filtered-transaction': '1',
      'filters:legacy-browsers': [
        'android',
        'chrome',
        'edge',
        'firefox',
        'ie',
        'opera',
        'opera_mini',
        'safari',
      ],
    })
  })

  test('of another platform keeps the defaults of filters', async () => {
    const place = await found(vedette)
    const { body } = await vedette.post<Created>(ofTeam(place), place.owner.caller, {
      name: 'P',
      platform: 'python',
    })
    expect(Object.keys((await optionsOf(body.id)) ?? {})).toEqual(['sentry:token'])
  })

  test.each([
    ['electron', ['ios', 'microsoft', 'electron']],
    ['unity', ['ios', 'microsoft', 'android', 'nuget', 'unity', 'nvidia', 'ubuntu']],
    ['unreal', ['ios', 'microsoft', 'android', 'nvidia', 'ubuntu']],
    ['godot', ['ios', 'microsoft', 'android', 'nuget', 'nvidia', 'ubuntu']],
    ['python', ['ios', 'microsoft', 'android', 'nuget']],
  ])('of %s looks for symbols in %j', async (platform, sources) => {
    const place = await found(vedette)
    const { owner, organization } = place
    const { body } = await vedette.post<Created>(ofTeam(place), owner.caller, { name: 'P', platform })
    const detail = await vedette.get(`/projects/${organization.slug}/${body.slug}/`, owner.caller)
    expect(detail.body).toMatchObject({ builtinSymbolSources: sources })
  })

  test('is possible for an API key', async () => {
    const place = await found(vedette)
    const key = await apiKeyOf(vedette, place.organization, ['project:write'])
    const made = await vedette.post(ofTeam(place), key, { name: 'P' })
    expect(made).toMatchObject({ status: 201, body: { isMember: false, hasAccess: true } })
  })

  test('is made once when asked for at once', async () => {
    const place = await found(vedette)
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        vedette.post(ofTeam(place), place.owner.caller, { name: 'P', slug: 'race' }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409])
  })

  test('of the slug of another organization’s project is none of its business', async () => {
    const [one, other] = [await found(vedette), await found(vedette)]
    await addProject(vedette, one.organization, { slug: 'same' })
    const made = await vedette.post(ofTeam(other), other.owner.caller, { name: 'P', slug: 'same' })
    expect(made.status).toBe(201)
  })

  test.each([
    ['a contributor', 'member', 'contributor', 403],
    ['a Team Admin', 'member', 'admin', 201],
    ['an admin of the team', 'admin', 'contributor', 201],
    ['an admin of no team', 'admin', undefined, 201],
    ['a manager', 'manager', undefined, 201],
    ['an owner', 'owner', undefined, 201],
  ] as const)('where members may not: %s', async (_, role, teamRole, expected) => {
    const place = await found(vedette, { options: { allowMemberProjectCreation: false } })
    const { organization, team } = place
    const teams = teamRole === undefined ? {} : { [team.id]: teamRole }
    const { caller } = await addPerson(vedette, { organization, role, teams })
    const { status } = await vedette.post(ofTeam(place), caller, { name: 'P' })
    expect(status).toBe(expected)
  })

  test.each<[Scope, number]>([
    ['project:admin', 403],
    ['team:write', 403],
    ['team:admin', 201],
    ['org:write', 201],
  ])('where members may not, with project:write and %s: %i', async (scope, expected) => {
    const place = await found(vedette, { options: { allowMemberProjectCreation: false } })
    const { organization, owner } = place
    const scopes: readonly Scope[] = ['project:write', scope]
    for (const caller of [
      await apiKeyOf(vedette, organization, scopes),
      await tokenOf(vedette, owner, scopes),
    ]) {
      const { status, body } = await vedette.post(ofTeam(place), caller, { name: 'P' })
      expect(status).toBe(expected)
      if (expected === 403) {
        expect(body).toEqual({ detail: 'Your organization has disabled this feature for members.' })
      }
    }
  })
})

describe.each([throughOrganization, olderPath])('a project created %s', (_, pathOf) => {
  test('comes with a team of the caller’s own', async () => {
    const place = await found(vedette)
    const { organization } = place
    const ada = await addPerson(vedette, { organization, email: `Ada.Love+${organization.id}@example.net` })
    const created = await vedette.post<Created>(pathOf(place), ada.caller, { name: 'Mine' })
    const slug = `team-adalove${organization.id}`
    expect(created).toMatchObject({
      status: 201,
      body: { slug: 'mine', team_slug: slug, isMember: true, team: { slug }, teams: [{ slug }] },
    })
    const team = await vedette.get(`/teams/${organization.slug}/${slug}/`, ada.caller)
    expect(team.body).toMatchObject({ isMember: true, teamRole: 'admin', memberCount: 1 })
  })

  test('comes with another team the next time', async () => {
    const place = await found(vedette)
    const post = async (name: string) =>
      (await vedette.post<Created>(pathOf(place), place.owner.caller, { name })).body.team_slug
    const first = await post('One')
    expect(await post('Two')).toMatch(new RegExp(`^${first}-[a-z]{3}$`))
  })

  test('is refused whole: no team is left behind', async () => {
    const place = await found(vedette)
    const answer = await vedette.post(pathOf(place), place.owner.caller, { name: 'Web', slug: 'web' })
    expect(answer.status).toBe(409)
    const teams = await vedette.get<unknown[]>(
      `/organizations/${place.organization.slug}/teams/`,
      place.owner.caller,
    )
    expect(teams.body.length).toBe(1)
  })

  test('needs a person', async () => {
    const place = await found(vedette)
    const key = await apiKeyOf(vedette, place.organization, allScopes)
    const { status, body } = await vedette.post(pathOf(place), key, { name: 'P' })
    expect({ status, body }).toEqual({ status: 401, body: { detail: 'User is not authenticated' } })
    const token = await organizationTokenOf(vedette, place.organization)
    expect((await vedette.post(pathOf(place), token, { name: 'P' })).status).toBe(403)
  })

  test('needs a member', async () => {
    const place = await found(vedette)
    const stranger = await addPerson(vedette)
    expect((await vedette.post(pathOf(place), stranger.caller, { name: 'P' })).status).toBe(403)
    const admin = await addPerson(vedette, { isSuperuser: true })
    const { status, body } = await vedette.post(pathOf(place), admin.caller, { name: 'P' })
    expect({ status, body }).toEqual({
      status: 403,
      body: {
        detail: 'You must be a member of the organization to join a new team as a Team Admin',
      },
    })
  })

  test.each([
    ['member', 403],
    ['admin', 403],
    ['manager', 201],
    ['owner', 201],
  ] as const)('where members may not, is refused to a %s or not: %i', async (role, expected) => {
    const place = await found(vedette, { options: { allowMemberProjectCreation: false } })
    const { caller } = await addPerson(vedette, { organization: place.organization, role })
    const { status, body } = await vedette.post(pathOf(place), caller, { name: 'P' })
    expect(status).toBe(expected)
    if (expected === 403) {
      expect(body).toEqual({ detail: 'Your organization has disabled this feature for members.' })
    }
  })
})

test('a team may be named by its id when a project is created', async () => {
  const { organization, owner } = await found(vedette)
  const team = await addTeam(vedette, organization, 'other')
  const path = `/teams/${organization.id}/${team.id}/projects/`
  expect(await vedette.post(path, owner.caller, { name: 'P' })).toMatchObject({
    status: 201,
    body: { team: { slug: 'other' } },
  })
})

test('a plain member may create a project where the organization permits', async () => {
  const place = await found(vedette)
  const { caller } = await addPerson(vedette, { organization: place.organization })
  expect((await vedette.post(ofOrganization(place), caller, { name: 'P' })).status).toBe(201)
})
