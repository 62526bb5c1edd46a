/** Organizations and their members: lists, the detailed answer, creating and inviting. */
import { afterAll, describe, expect, test } from 'vitest'
import { allScopes, type OrganizationRole } from '../../src/protocol/scopes.ts'
import {
  addPerson,
  addProject,
  addTeam,
  apiKeyOf,
  type Caller,
  enrol,
  flush,
  found,
  openInstallation,
  type Person,
  sessionOf,
  setOrganizationOptions,
  startAt,
} from './installation.ts'

const vedette = await openInstallation()
afterAll(() => vedette.close())

interface Listed {
  readonly id: string
  readonly slug: string
}

/** The short shape, as lists and nested organizations have it. */
function short(id: number, slug: string, name: string) {
  return {
    id: String(id),
    slug,
    name,
    status: { id: 'active', name: 'active' },
    dateCreated: '2026-01-05T09:30:00Z',
    isEarlyAdopter: false,
    require2FA: false,
    requireEmailVerification: false,
    hasAuthProvider: false,
    allowMemberInvite: true,
    allowMemberProjectCreation: true,
    allowSuperuserAccess: true,
    avatar: { avatarType: 'letter_avatar', avatarUuid: null, avatarUrl: null },
    links: { organizationUrl: 'http://localhost:9000', regionUrl: 'http://localhost:9000' },
    features: expect.any(Array),
    extraOptions: expect.any(Object),
  }
}

async function join(person: Person, slug?: string, role: OrganizationRole = 'member') {
  const { organization } = await found(vedette, slug === undefined ? {} : { slug })
  await enrol(vedette, person, { organization, role })
  return organization
}

describe('the list of organizations', () => {
  test('has those the caller belongs to, in the short shape', async () => {
    const { organization, owner } = await found(vedette)
    const { status, body } = await vedette.get('/organizations/', owner.caller)
    expect({ status, body }).toEqual({
      status: 200,
      body: [short(organization.id, organization.slug, organization.name)],
    })
  })

  test('begins with the newest', async () => {
    await using own = await openInstallation()
    const ada = await addPerson(own)
    for (const slug of ['first', 'second', 'third']) {
      own.clock.advance(1)
      const { organization } = await found(own, { slug })
      await enrol(own, ada, { organization })
    }
    const { body } = await own.get<Listed[]>('/organizations/', ada.caller)
    expect(body.map(({ slug }) => slug)).toEqual(['third', 'second', 'first'])
  })

  test('is the one organization of an API key', async () => {
    const { organization } = await found(vedette)
    const key = await apiKeyOf(vedette, organization, ['org:read'])
    const { organization: other } = await found(vedette)
    const slugs = async (query: string) =>
      (await vedette.get<Listed[]>(`/organizations/?query=${query}`, key)).body.map(({ slug }) => slug)
    expect(await slugs('')).toEqual([organization.slug])
    expect(await slugs(`id:${organization.id}`)).toEqual([organization.slug])
    expect(await slugs(`id:${other.id}`)).toEqual([])
  })

  test('leaves out organizations that are being deleted, unless asked by status', async () => {
    const ada = await addPerson(vedette)
    const gone = await join(ada)
    const live = await join(ada)
    await vedette.write((tx) =>
      tx.updateTable('organization').set({ status: 'pending_deletion' }).where('id', '=', gone.id).execute(),
    )
    const list = async (path: string) => (await vedette.get<Listed[]>(path, ada.caller)).body
    expect((await list('/organizations/')).map(({ slug }) => slug)).toEqual([live.slug])
    expect(await list('/organizations/?query=status:pending_deletion')).toMatchObject([
      { slug: gone.slug, status: { id: 'pending_deletion', name: 'pending deletion' } },
    ])
  })

  test('shows all to superusers who ask for it, and to nobody else', async () => {
    await using own = await openInstallation()
    const { owner } = await found(own, { slug: 'acme' })
    await found(own, { slug: 'umbrella' })
    const admin = await addPerson(own, { isSuperuser: true })
    const slugs = async (path: string, { caller }: Person) =>
      (await own.get<Listed[]>(path, caller)).body.map(({ slug }) => slug).sort()
    expect(await slugs('/organizations/', admin)).toEqual([])
    expect(await slugs('/organizations/?show=all', admin)).toEqual(['acme', 'umbrella'])
    expect(await slugs('/organizations/?show=all', owner)).toEqual(['acme'])
  })

  test('has another shape for those the caller owns', async () => {
    const ada = await addPerson(vedette)
    const shared = await join(ada, 'b-shared', 'owner')
    await join(ada, 'c-member', 'member')
    const alone = await join(ada, 'a-alone', 'owner')
    await vedette.write((tx) =>
      tx
        .deleteFrom('organization_member')
        .where('organization_id', '=', alone.id)
        .where('user_id', '!=', ada.userId)
        .execute(),
    )
    for (const value of ['1', 'true']) {
      const { headers, body } = await vedette.get<{ organization: { name: string } }[]>(
        `/organizations/?owner=${value}`,
        ada.caller,
      )
      const byName = [
        { organization: short(alone.id, 'a-alone', alone.name), singleOwner: true },
        { organization: short(shared.id, 'b-shared', shared.name), singleOwner: false },
      ].sort((a, b) => a.organization.name.localeCompare(b.organization.name))
      expect(body).toEqual(byName)
      expect(headers.link).toBeUndefined()
    }
  })

  test('calls an owner the single one when the others cannot sign in', async () => {
    const { organization, owner } = await found(vedette)
    const other = await addPerson(vedette, { organization, role: 'owner' })
    const isSingle = async () =>
      (await vedette.get('/organizations/?owner=1', owner.caller)).body as { singleOwner: boolean }[]
    expect(await isSingle()).toMatchObject([{ singleOwner: false }])
    await vedette.write((tx) =>
      tx.updateTable('user').set({ is_active: 0 }).where('id', '=', other.userId).execute(),
    )
    expect(await isSingle()).toMatchObject([{ singleOwner: true }])
  })

  test('is sorted by members or projects, most first', async () => {
    const ada = await addPerson(vedette)
    const crowded = await join(ada)
    const busy = await join(ada)
    for (let n = 0; n < 2; n++) await addPerson(vedette, { organization: crowded })
    for (const slug of ['one', 'two']) await addProject(vedette, busy, { slug })
    const slugs = async (by: string) =>
      (await vedette.get<Listed[]>(`/organizations/?sortBy=${by}`, ada.caller)).body.map(({ slug }) => slug)
    expect(await slugs('members')).toEqual([crowded.slug, busy.slug])
    expect(await slugs('projects')).toEqual([busy.slug, crowded.slug])
  })

  test('is narrowed by its query', async () => {
    await using own = await openInstallation()
    const admin = await addPerson(own, { isSuperuser: true })
    const acme = await found(own, { slug: 'acme' })
    const umbrella = await found(own, { slug: 'umbrella' })
    const ada = await addPerson(own, { organization: umbrella.organization, email: 'ada@example.net' })
    flush(own, (tx) => tx.noteSeen(acme.project.id, 'platform:python', startAt))
    const expected: Readonly<Record<string, readonly string[]>> = {
      'slug:acme': ['acme'],
      'slug:acme slug:umbrella': ['acme', 'umbrella'],
      [`id:${umbrella.organization.id}`]: ['umbrella'],
      'email:ADA@example.net': ['umbrella'],
      [`member_id:${ada.memberId}`]: ['umbrella'],
      'platform:python': ['acme'],
      'status:active': ['acme', 'umbrella'],
      'status:pending_deletion': [],
      UMBR: ['umbrella'],
      'ada@': ['umbrella'],
      'colour:red': [],
    }
    const answers = await Promise.all(
      Object.keys(expected).map(async (query) => {
        const path = `/organizations/?show=all&query=${encodeURIComponent(query)}`
        const { body } = await own.get<Listed[]>(path, admin.caller)
        return [query, body.map(({ slug }) => slug).sort()]
      }),
    )
    expect(Object.fromEntries(answers)).toEqual(expected)
  })
})

describe('creating an organization', () => {
  test('answers the short shape and makes the caller its owner', async () => {
    const ada = await addPerson(vedette)
    const created = await vedette.post<Listed>('/organizations/', ada.caller, { name: 'Ada & Söhne' })
    expect(created.status).toBe(201)
    expect(created.body).toEqual(short(Number(created.body.id), 'ada-sohne', 'Ada & Söhne'))
    const detail = await vedette.get('/organizations/ada-sohne/', ada.caller)
    expect(detail.body).toMatchObject({ role: 'owner', orgRole: 'owner', teams: [], projects: [] })
  })

  test('takes the slug it is given', async () => {
    const ada = await addPerson(vedette)
    const { status, body } = await vedette.post('/organizations/', ada.caller, {
      name: 'Ada',
      slug: 'ada-lovelace',
    })
    expect({ status, body }).toMatchObject({ status: 201, body: { slug: 'ada-lovelace', name: 'Ada' } })
  })

  test('makes a first team when asked, with the caller in it', async () => {
    const ada = await addPerson(vedette)
    await vedette.post('/organizations/', ada.caller, {
      name: 'Night Watch',
      slug: 'watch',
      defaultTeam: true,
    })
    const { body } = await vedette.get('/organizations/watch/teams/', ada.caller)
    expect(body).toMatchObject([
      { slug: 'night-watch', name: 'Night Watch', isMember: true, teamRole: 'admin' },
    ])
  })

  test.each([
    [true, 1],
    ['true', 1],
    ['T', 1],
    ['yes', 1],
    ['Y', 1],
    ['ON', 1],
    ['1', 1],
    [1, 1],
    [false, 0],
    ['False', 0],
    ['f', 0],
    ['no', 0],
    ['n', 0],
    ['off', 0],
    ['0', 0],
    [0, 0],
  ])('understands %j where it asks for yes or no', async (defaultTeam, teams) => {
    const ada = await addPerson(vedette)
    const { body } = await vedette.post<Listed>('/organizations/', ada.caller, {
      name: 'Yes or no',
      defaultTeam,
    })
    const list = await vedette.get<Listed[]>(`/organizations/${body.slug}/teams/`, ada.caller)
    expect(list.body.length).toBe(teams)
  })

  test('finds another slug when the name’s own is taken, reserved or a number', async () => {
    const ada = await addPerson(vedette)
    const slugOf = async (name: string) =>
      (await vedette.post<Listed>('/organizations/', ada.caller, { name })).body.slug
    expect(await slugOf('Lighthouse')).toBe('lighthouse')
    expect(await slugOf('Lighthouse')).toMatch(/^lighthouse-[a-z0-9]{2}$/)
    expect(await slugOf('404')).toMatch(/^[0-9a-f]{12}(-[a-z0-9]{2})?$/)
    expect(await slugOf('1234')).toMatch(/^1234-[a-z0-9]{2}$/)
    expect(await slugOf('???')).toMatch(/^[0-9a-f]{12}(-[a-z0-9]{2})?$/)
  })

  const slugText =
    'Enter a valid slug consisting of letters, numbers, or hyphens. It cannot be entirely numeric or start/end with a hyphen.'
  test.each<[Record<string, unknown>, Record<string, unknown>]>([
    [{}, { name: ['This field is required.'] }],
    [{ name: null }, { name: ['This field may not be null.'] }],
    [{ name: ' ' }, { name: ['This field may not be blank.'] }],
    [{ name: 'x'.repeat(65) }, { name: ['Ensure this field has no more than 64 characters.'] }],
    [{ name: {} }, { name: ['Not a valid string.'] }],
    [{ name: 'A', slug: '1234' }, { slug: [slugText] }],
    [{ name: 'A', slug: '-abc' }, { slug: [slugText] }],
    [{ name: 'A', slug: 'abc-' }, { slug: [slugText] }],
    [{ name: 'A', slug: 'a_b' }, { slug: [slugText] }],
    [{ name: 'A', slug: 'ab' }, { slug: ['This slug "ab" is too short. Minimum of 3 characters.'] }],
    [{ name: 'A', slug: 'Abc' }, { slug: ['This slug "Abc" should not contain uppercase symbols.'] }],
    [{ name: 'A', slug: 'x'.repeat(51) }, { slug: ['Ensure this field has no more than 50 characters.'] }],
    [{ name: 'A', defaultTeam: 'perhaps' }, { defaultTeam: ['Must be a valid boolean.'] }],
  ])('refuses %j', async (input, errors) => {
    const ada = await addPerson(vedette)
    const { status, body } = await vedette.post('/organizations/', ada.caller, input)
    expect({ status, body }).toEqual({ status: 400, body: errors })
    expect((await vedette.get('/organizations/', ada.caller)).body).toEqual([])
  })

  test('refuses a slug that is taken', async () => {
    const { organization } = await found(vedette)
    const ada = await addPerson(vedette)
    const input = { name: 'Mine', slug: organization.slug }
    const { status, body } = await vedette.post('/organizations/', ada.caller, input)
    expect({ status, body }).toEqual({
      status: 409,
      body: { detail: 'An organization with this slug already exists.' },
    })
  })

  test('needs a person', async () => {
    const { organization } = await found(vedette)
    const key = await apiKeyOf(vedette, organization, ['org:write'])
    const { status, body } = await vedette.post('/organizations/', key, { name: 'Mine' })
    expect({ status, body }).toEqual({
      status: 401,
      body: { detail: 'This endpoint requires user info' },
    })
  })
})

describe('an organization', () => {
  test('is described in full, for clients that need one part or another', async () => {
    const { organization, owner } = await found(vedette)
    const { status, body } = await vedette.get<Record<string, unknown>>(
      `/organizations/${organization.slug}/`,
      owner.caller,
    )
    const { features, extraOptions, ...shared } = short(organization.id, organization.slug, organization.name)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      ...shared,
      onboardingTasks: [],
      role: 'owner',
      orgRole: 'owner',
      defaultRole: 'member',
      openMembership: true,
      allowSharedIssues: true,
      enhancedPrivacy: false,
      sensitiveFields: [],
      safeFields: [],
      storeCrashReports: 0,
      scrubIPAddresses: false,
      scrapeJavaScript: true,
      allowJoinRequests: true,
      relayPiiConfig: null,
      trustedRelays: [],
      pendingAccessRequests: 0,
      isDynamicallySampled: false,
      requiresSso: false,
      enabledConsolePlatforms: [],
      experiments: {},
      availableRoles: [
        { id: 'member', name: 'Member' },
        { id: 'admin', name: 'Admin' },
        { id: 'manager', name: 'Manager' },
        { id: 'owner', name: 'Owner' },
      ],
    })
    expect({ features: body.features, extraOptions: body.extraOptions }).toEqual({})
    expect(features).toBeDefined()
    expect(extraOptions).toBeDefined()
    const others =
      'isDefault dataScrubber dataScrubberDefaults attachmentsRole debugFilesRole eventsMemberAdmin alertsMemberWrite codecovAccess hideAiFeatures githubPRBot githubNudgeInvite gitlabPRBot gitlabOpenPRBot aggregatedDataConsent genAIConsent issueAlertsThreadFlag metricAlertsThreadFlag rollbackEnabled streamlineOnly'
    expect(others.split(' ').filter((name) => !(name in body))).toEqual([])
  })

  test('lists roles with what Terraform reads of them', async () => {
    const { organization, owner } = await found(vedette)
    const { body } = await vedette.get<{ orgRoleList: unknown[]; teamRoleList: unknown[] }>(
      `/organizations/${organization.slug}/`,
      owner.caller,
    )
    const role = {
      name: expect.any(String),
      desc: expect.any(String),
      scopes: expect.arrayContaining(['project:read']),
      isAllowed: true,
    }
    expect(body.orgRoleList).toMatchObject([
      { ...role, id: 'member', isRetired: false, isGlobal: false, minimumTeamRole: 'contributor' },
      { ...role, id: 'admin', isRetired: true, isGlobal: false, minimumTeamRole: 'admin' },
      { ...role, id: 'manager', isRetired: false, isGlobal: true, minimumTeamRole: 'admin' },
      { ...role, id: 'owner', isRetired: false, isGlobal: true, minimumTeamRole: 'admin' },
    ])
    expect(body.teamRoleList).toMatchObject([
      { ...role, id: 'contributor', isMinimumRoleFor: null },
      { ...role, id: 'admin', isMinimumRoleFor: 'admin' },
    ])
  })

  test('tells what the caller may do there, within their token', async () => {
    const { organization } = await found(vedette)
    const path = `/organizations/${organization.slug}/`
    const ada = await addPerson(vedette, { organization, role: 'member' })
    const member = await vedette.get<{ access: string[] }>(path, await sessionOf(vedette, ada))
    expect(member.body).toMatchObject({ role: 'member', orgRole: 'member' })
    expect([...member.body.access].sort()).toEqual(
      [
        'alerts:read',
        'alerts:write',
        'event:admin',
        'event:read',
        'event:write',
        'member:invite',
        'member:read',
        'org:read',
        'project:read',
        'project:releases',
        'team:read',
      ].sort(),
    )
    const key = await vedette.get(path, await apiKeyOf(vedette, organization, ['org:read']))
    expect(key.body).toMatchObject({ access: ['org:read'] })
    expect(key.body).not.toHaveProperty('role')
  })

  test('brings its teams and projects unless told not to', async () => {
    const { organization, owner } = await found(vedette)
    await addTeam(vedette, organization, 'another')
    const path = `/organizations/${organization.slug}/`
    const whole = await vedette.get(path, owner.caller)
    expect(whole.body).toMatchObject({
      teams: [
        { slug: 'another', isMember: false },
        { slug: 'crew', isMember: true },
      ],
      projects: [{ slug: 'web', teams: [{ slug: 'crew' }], latestRelease: null, environments: [] }],
    })
    const brief = await vedette.get(`${path}?detailed=0`, owner.caller)
    expect(brief.body).not.toHaveProperty('teams')
    expect(brief.body).not.toHaveProperty('projects')
  })

  test('shows feature switches when asked', async () => {
    const { organization, owner } = await found(vedette)
    const path = `/organizations/${organization.slug}/?include_feature_flags=1`
    const { body } = await vedette.get(path, owner.caller)
    expect(body).toMatchObject({ features: expect.any(Array), extraOptions: expect.any(Object) })
  })

  test('shows its settings as they are stored', async () => {
    const { organization, owner } = await found(vedette)
    await setOrganizationOptions(vedette, organization, { openMembership: false, allowMemberInvite: false })
    const { body } = await vedette.get(`/organizations/${organization.slug}/`, owner.caller)
    expect(body).toMatchObject({ openMembership: false, allowMemberInvite: false, allowJoinRequests: true })
  })

  test('has six digits after the second, or none', async () => {
    await using own = await openInstallation()
    own.clock.advance(7)
    const { organization, owner } = await found(own)
    const { body } = await own.get(`/organizations/${organization.slug}/`, owner.caller)
    expect(body).toMatchObject({ dateCreated: '2026-01-05T09:30:00.007000Z' })
  })
})

describe('the list of members', () => {
  test('describes members and invitations', async () => {
    const { organization, owner, team } = await found(vedette)
    const path = `/organizations/${organization.slug}/members/`
    await addPerson(vedette, {
      organization,
      name: 'Ada',
      email: 'ada@example.org',
      teams: { [team.id]: 'admin' },
    })
    await vedette.post(path, owner.caller, { email: 'Grace@example.org', orgRole: 'manager' })
    const { body } = await vedette.get(path, owner.caller)
    const flags = {
      'idp:provisioned': false,
      'idp:role-restricted': false,
      'sso:linked': false,
      'sso:invalid': false,
      'member-limit:restricted': false,
      'partnership:restricted': false,
    }
    const member = {
      id: expect.stringMatching(/^\d+$/),
      flags,
      expired: false,
      dateCreated: '2026-01-05T09:30:00Z',
      inviteStatus: 'approved',
    }
    expect(body).toMatchObject([
      {
        ...member,
        email: owner.email,
        name: owner.email,
        user: { id: String(owner.userId), email: owner.email },
        orgRole: 'owner',
        pending: false,
        inviterName: null,
        teamRoles: [{ teamSlug: 'crew', role: 'admin' }],
      },
      {
        ...member,
        email: 'ada@example.org',
        name: 'Ada',
        user: { name: 'Ada' },
        orgRole: 'member',
        pending: false,
        teams: ['crew'],
        teamRoles: [{ teamSlug: 'crew', role: 'admin' }],
      },
      {
        ...member,
        email: 'grace@example.org',
        name: 'grace@example.org',
        user: null,
        orgRole: 'manager',
        pending: true,
        inviterName: owner.email,
        teams: [],
      },
    ])
  })

  test('is narrowed by its query', async () => {
    const { organization, owner } = await found(vedette)
    const ada = await addPerson(vedette, {
      organization,
      role: 'manager',
      name: 'Ada',
      email: 'ada@narrow.example',
    })
    await vedette.post(`/organizations/${organization.slug}/members/`, owner.caller, {
      email: 'grace@narrow.example',
    })
    const [o, a, g] = [owner.email, 'ada@narrow.example', 'grace@narrow.example']
    const expected: Readonly<Record<string, readonly string[]>> = {
      '': [o, a, g],
      'email:ada@narrow.example': [a],
      [`email:ada@narrow.example email:${o}`]: [o, a],
      [`id:${ada.memberId}`]: [a],
      [`user.id:${ada.userId}`]: [a],
      'role:manager': [a],
      'role:owner role:member': [o, g],
      'role:nonsense': [],
      'scope:org:admin': [o],
      'scope:member:write': [o, a],
      'isInvited:true': [g],
      'isInvited:false': [o, a],
      'ssoLinked:true': [],
      'ssoLinked:false': [o, a, g],
      'has2fa:true': [],
      'hasExternalUsers:false': [o, a, g],
      'NARROW.example': [a, g],
      Ada: [a],
      'colour:red': [],
    }
    const answers = await Promise.all(
      Object.keys(expected).map(async (query) => {
        const path = `/organizations/${organization.slug}/members/?query=${encodeURIComponent(query)}`
        const { body } = await vedette.get<{ email: string }[]>(path, owner.caller)
        return [query, body.map(({ email }) => email)]
      }),
    )
    expect(Object.fromEntries(answers)).toEqual(expected)
  })
})

describe('adding a member', () => {
  async function add(input: unknown, caller?: Caller, options: Record<string, unknown> = {}) {
    const place = await found(vedette, { options })
    const path = `/organizations/${place.organization.slug}/members/`
    return { ...place, path, answer: await vedette.post(path, caller ?? place.owner.caller, input) }
  }

  test('who has an account takes effect at once, teams included', async () => {
    const ada = await addPerson(vedette)
    const { organization, answer } = await add({
      email: ada.email.toUpperCase(),
      orgRole: 'member',
      teamRoles: [{ teamSlug: 'crew', role: 'admin' }],
    })
    expect(answer).toMatchObject({
      status: 201,
      body: {
        email: ada.email,
        user: { id: String(ada.userId) },
        orgRole: 'member',
        pending: false,
        teamRoles: [{ teamSlug: 'crew', role: 'admin' }],
      },
    })
    const project = await vedette.get(`/projects/${organization.slug}/web/`, ada.caller)
    expect(project).toMatchObject({ status: 200, body: { isMember: true } })
  })

  test('who has none is an invitation', async () => {
    const { answer, owner } = await add({ email: 'nobody-yet@example.net' })
    expect(answer).toMatchObject({
      status: 201,
      body: {
        email: 'nobody-yet@example.net',
        user: null,
        orgRole: 'member',
        pending: true,
        inviterName: owner.email,
      },
    })
  })

  test('understands the older spelling of role and teams', async () => {
    const { answer } = await add({ email: 'old@example.net', role: 'admin', teams: ['crew'] })
    expect(answer).toMatchObject({
      status: 201,
      body: { orgRole: 'admin', role: 'admin', teams: ['crew'] },
    })
  })

  test.each<[unknown, unknown]>([
    [{}, { email: ['This field is required.'] }],
    [{ email: 'nonsense' }, { email: ['Enter a valid email address.'] }],
    [{ email: `${'x'.repeat(70)}@e.net` }, { email: ['Ensure this field has no more than 75 characters.'] }],
    [{ email: 'a@example.net', orgRole: 'king' }, { orgRole: ['"king" is not a valid choice.'] }],
    [
      { email: 'a@example.net', teamRoles: [{ teamSlug: 'no-such', role: null }] },
      { teamRoles: ['Invalid teams'] },
    ],
  ])('refuses %j', async (input, errors) => {
    const { answer, path, owner } = await add(input)
    expect(answer).toMatchObject({ status: 400, body: errors })
    const { body } = await vedette.get<unknown[]>(path, owner.caller)
    expect(body.length).toBe(1)
  })

  test('refuses who belongs already, by account or by invitation', async () => {
    const { path, owner } = await add({ email: 'twice@example.net' })
    for (const email of ['Twice@example.net', owner.email]) {
      const { status, body } = await vedette.post(path, owner.caller, { email })
      expect({ status, body }).toEqual({
        status: 400,
        body: { email: [`The user ${email.toLowerCase()} is already a member`] },
      })
    }
  })

  test.each([
    ['owner', ['member', 'admin', 'manager', 'owner']],
    ['manager', ['member', 'admin', 'manager']],
    ['admin', ['member']],
    ['member', ['member']],
  ] as const)('%s may give the roles %j', async (role, grantable) => {
    const { organization } = await found(vedette)
    const { caller } = await addPerson(vedette, { organization, role })
    const given: string[] = []
    for (const orgRole of ['member', 'admin', 'manager', 'owner']) {
      const path = `/organizations/${organization.slug}/members/`
      const { status } = await vedette.post(path, caller, { email: `${orgRole}@example.net`, orgRole })
      expect([201, 400]).toContain(status)
      if (status === 201) given.push(orgRole)
    }
    expect(given).toEqual(grantable)
  })

  test('is for managers alone where members may not invite', async () => {
    const { organization } = await found(vedette, { options: { allowMemberInvite: false } })
    const path = `/organizations/${organization.slug}/members/`
    const expected = { member: 403, admin: 403, manager: 201, owner: 201 } as const
    for (const role of ['member', 'admin', 'manager', 'owner'] as const) {
      const { caller } = await addPerson(vedette, { organization, role })
      const { status } = await vedette.post(path, caller, { email: `by-${role}@example.net` })
      expect({ role, status }).toEqual({ role, status: expected[role] })
    }
  })

  test('is possible for an API key', async () => {
    const { organization } = await found(vedette)
    const key = await apiKeyOf(vedette, organization, allScopes)
    const { status, body } = await vedette.post(`/organizations/${organization.slug}/members/`, key, {
      email: 'by-key@example.net',
      orgRole: 'owner',
    })
    expect({ status, body }).toMatchObject({ status: 201, body: { orgRole: 'owner', inviterName: null } })
  })
})
